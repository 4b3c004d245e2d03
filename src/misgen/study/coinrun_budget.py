"""coinrun-budget: how skilful the runner gets with three, five and ten times the default budget, and whether its goal changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from misgen.records import evidence_digest, write_json
from misgen.study.cells import plan_cells
from misgen.study.collect import collect
from misgen.study.config import StudyConfig
from misgen.study.results import StudyResults
from misgen.study.run import Show
from misgen.study.setup import build_scenario
from misgen.study.wide_look import WIDE_LEVELS, wide_looks

if TYPE_CHECKING:
    import polars as pl

__all__ = ["CONFIGS", "CoinRunBudget", "coinrun_budget"]


def _config(num_steps: int, num_seeds: int, *alphas: float) -> StudyConfig:
    return StudyConfig(
        scenario="coinrun",
        alphas=(0.0, *alphas),
        num_seeds=num_seeds,
        num_levels=1024,
        num_untrained=0,
        emergence_levels=0,
        num_films=0,
        algorithm={"num_steps": num_steps},
    )


CONFIGS: Mapping[str, StudyConfig] = {
    "default": _config(4_194_304, 2),
    "threefold": _config(12_582_912, 1, 0.02),
    "fivefold": _config(19_922_944, 1),
    "tenfold": _config(41_943_040, 1),
}
"""Decisions of four game frames. The longest stands alone, to show what is left; 2 % of moved coins get a longer budget, too,
since one that ends early would take slow learning for misgeneralization."""


@dataclass(frozen=True, kw_only=True)
class CoinRunBudget:
    """Success on new levels by difficulty, and the goal, per budget."""

    planned: int
    reached: int
    rows: Sequence[Mapping[str, Any]]
    evidence: str

    def to_dict(self) -> dict[str, object]:
        return {
            "schema": 1,
            "study": "coinrun-budget",
            "planned_subjects": self.planned,
            "reached_subjects": self.reached,
            "rows": [dict(row) for row in self.rows],
            "evidence": self.evidence,
        }

    def words(self) -> str:
        """A line per agent."""
        lines = [" ".join(f"{head} {cell}" for head, cell in zip(_HEADS, _cells(row), strict=True)) for row in self.rows]
        return "\n".join([f"coinrun-budget: {self.reached} of {self.planned} planned agents", *lines])

    def page(self) -> str:
        """The documentation page."""
        table = "\n".join(f"| {' | '.join(cells)} |" for cells in (_HEADS, ["---"] * len(_HEADS), *map(_cells, self.rows)))
        wide = "\n".join(
            f"| {' | '.join(cells)} |"
            for cells in (_WIDE_HEADS, ["---"] * len(_WIDE_HEADS), *(_wide_cells(row) for row in self.rows if row["wide"]))
        )
        return _PAGE.format(
            planned=self.planned, reached=self.reached, evidence=self.evidence, table=table, wide=wide, num_wide=WIDE_LEVELS
        )


def coinrun_budget(*, out: Path, results: Path, workers: int | None, show: Show, command: Sequence[str]) -> CoinRunBudget:
    """Train what `results` or `out` does not hold, each budget in a folder of its own, and put all agents into one table."""
    import polars as pl

    stores: dict[str, StudyResults] = {
        name: collect(config, out=out / name, results=results / name, workers=workers, show=show, command=command)
        for name, config in CONFIGS.items()
    }
    scenario = build_scenario("coinrun", {})
    assert scenario.recipe is not None
    looks = {name: wide_looks(store, out / name, plan_cells(CONFIGS[name], scenario.recipe)) for name, store in stores.items()}
    rows = [{**row, "wide": looks[name].get(row["subject"])} for name, store in stores.items() for row in _rows(name, store)]
    found = CoinRunBudget(
        planned=sum(config.num_seeds * len(config.alphas) for config in CONFIGS.values()),
        reached=len(rows),
        rows=rows,
        evidence=evidence_digest(
            pl.concat([s.table("evidence").with_columns(subject=pl.col("subject") + f" {n}") for n, s in stores.items()])
        ),
    )
    write_json(results / "study.json", found.to_dict())
    return found


def _rows(name: str, store: StudyResults) -> list[dict[str, Any]]:
    """One per agent: budget, cost, success with its 95 % score interval, and the outcomes at the foot of a drop."""
    import polars as pl

    from misgen.measurement import outcomes

    levels = store.table("levels").filter(pl.col("condition") == "training").select(level="hash", difficulty="difficulty")
    table = outcomes(store.table("evidence"))
    shown = table.filter(pl.col("erased_goal").is_null())
    training = shown.filter(pl.col("condition") == "training").join(levels.unique("level"), on="level", how="left")
    rows = []
    for subject in store.table("subjects").iter_rows(named=True):
        own = training.filter(pl.col("subject") == subject["subject"])
        moved = table.filter((pl.col("subject") == subject["subject"]) & (pl.col("condition") == "moved"))
        rows.append(
            {
                "budget": name,
                "subject": subject["subject"],
                "alpha": subject["alpha"],
                "seed": subject["seed"],
                "decisions": subject["steps"],
                "cpu_seconds": subject["cpu_seconds"],
                "all": _mixed([_share(own.filter(pl.col("difficulty") == d)) for d in (1, 2, 3)]),
                "by_difficulty": {str(d): _share(own.filter(pl.col("difficulty") == d)) for d in (1, 2, 3)},
                "moved": {
                    outcome: float((moved.filter(pl.col("erased_goal").is_null())["outcome"] == outcome).mean())  # type: ignore[arg-type]
                    for outcome in "GPX"
                },
                "erased_g": float((moved.filter(pl.col("erased_goal").is_not_null())["outcome"] == "G").mean()),  # type: ignore[arg-type]
            }
        )
    return rows


def _share(episodes: pl.DataFrame) -> list[float | int]:
    """G with the ends of its 95 % score interval, and the number of levels."""
    return _scored(int((episodes["outcome"] == "G").sum()), episodes.height)


def _scored(successes: int, num: int) -> list[float | int]:
    from scipy import stats

    if not num:
        return [float("nan"), 0.0, 1.0, 0]
    interval = stats.binomtest(successes, num).proportion_ci(method="wilson")
    return [successes / num, float(interval.low), float(interval.high), num]


def _mixed(shares: Sequence[Sequence[float | int]]) -> list[float | int]:
    """The mean of the difficulties, which the game draws equally often; ends by adding distances to the ends in squares."""
    num = len(shares)
    middle = sum(s[0] for s in shares) / num
    below = sum((s[0] - s[1]) ** 2 for s in shares) ** 0.5 / num
    above = sum((s[2] - s[0]) ** 2 for s in shares) ** 0.5 / num
    return [middle, middle - below, middle + above, sum(int(s[3]) for s in shares)]


_HEADS = [
    "budget",
    "alpha",
    "seed",
    "frames (M)",
    "CPU s",
    "success",
    "d = 1",
    "d = 2",
    "d = 3",
    "moved: G / P / X",
    "G erased",
]


def _cells(row: Mapping[str, Any]) -> list[str]:
    shares = [row["all"], *row["by_difficulty"].values()]
    moved = " / ".join(f"{row['moved'][outcome]:.2f}" for outcome in "GPX")
    return [
        row["budget"],
        f"{row['alpha']:g}",
        str(row["seed"]),
        f"{4 * row['decisions'] / 1e6:.0f}",
        f"{row['cpu_seconds']:.0f}",
        *(f"{s[0]:.3f} ({s[1]:.3f} to {s[2]:.3f}; n = {s[3]})" for s in shares),
        moved,
        f"{row['erased_g']:.2f}",
    ]


_WIDE_HEADS = [
    "budget",
    "alpha",
    "seed",
    "CPU s",
    "fresh seeds",
    "hardest third",
    "layouts never trained on",
    "hardest third of them",
]


def _wide_cells(row: Mapping[str, Any]) -> list[str]:
    cells = [row["budget"], f"{row['alpha']:g}", str(row["seed"]), f"{row['cpu_seconds']:.0f}"]
    for name in ("fresh", "unseen"):
        counts = row["wide"][name]
        everything = [sum(c[0] for c in counts.values()), sum(c[1] for c in counts.values())]
        cells += [_shown(_scored(*everything)), _shown(_scored(*counts["3"]))]
    return cells


def _shown(share: Sequence[float | int]) -> str:
    return f"{share[0]:.3f} ({share[1]:.3f} to {share[2]:.3f})"


_PAGE = """# coinrun-budget: what more training buys

Agents trained with the coin always at the right-hand end (alpha 0) or moved on 2 % of the training levels, with the default
budget, three, nearly five and ten times of it. Success is that on levels whose layouts no agent was trained on: the mean of the
three difficulties, which the game draws equally often, and each of them; equal levels count once. `moved` is the condition at the
foot of a drop. *Planned: {planned} agents. Reached: {reached}.* Evidence digest `{evidence}`. Intervals are 95 % score
intervals over levels, one agent each; CPU seconds were taken on a busy machine.

{table}

## A wider look

The same agents on {num_wide:,} levels each, in the proportions in which the game draws them: of seeds never used before, and of
which no layout was trained on (easy layouts recur, so the second leaves out the easiest levels of every difficulty). Intervals
are 95 % score intervals over levels.

{wide}
"""

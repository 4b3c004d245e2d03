"""procgen-mazes: agents trained in our maze and our rooms of chests play the original C++ games."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from misgen.concepts import Scenario, UserError
from misgen.records import digest_of, evidence_digest, read_table, write_json, write_table
from misgen.study.atlas import Arm, arm_config
from misgen.study.cell_work import EVALUATION_SEED
from misgen.study.cells import Cell, plan_cells
from misgen.study.collect import collect
from misgen.study.results import StudyResults
from misgen.study.run import Show
from misgen.study.setup import build_scenario

if TYPE_CHECKING:
    import polars as pl

__all__ = ["GAMES", "OriginalMazes", "original_mazes"]

GAMES: Mapping[str, tuple[str, int]] = {"maze-corner": ("procgen:maze", 64), "keys-and-chests": ("procgen:heist", 32)}
"""Where agents are trained -> the original they play, and levels a condition."""
CONDITIONS = ("training", "distinguishing", "control")
NUM_AGENTS = 4
LEVEL_SEED = 3


@dataclass(frozen=True, kw_only=True)
class OriginalMazes:
    """Outcomes in ours and in the original, by condition, with intervals over agents and levels."""

    planned: int
    reached: int
    rows: Sequence[Mapping[str, Any]]
    verdicts: Mapping[str, Mapping[str, str]]
    """By game: in ours, in the original."""
    evidence: Mapping[str, str]

    def to_dict(self) -> dict[str, object]:
        return {
            "schema": 1,
            "study": "procgen-mazes",
            "planned_subjects": self.planned,
            "reached_subjects": self.reached,
            "evidence": dict(self.evidence),
            "verdicts": {game: dict(sides) for game, sides in self.verdicts.items()},
            "rows": [dict(row) for row in self.rows],
        }

    def words(self) -> str:
        """A line per rate."""
        head = f"procgen-mazes: {self.reached} of {self.planned} planned agents"
        return "\n".join([head, *_verdict_lines(self.verdicts), *(" ".join(_cells(row)) for row in self.rows)])

    def page(self) -> str:
        """The documentation page."""
        heads = ("game", "condition", "cue", "outcome", "in our world", "in the original")
        lines = (heads, ("---",) * len(heads), *(tuple(_cells(row)) for row in self.rows))
        return _PAGE.format(
            planned=self.planned,
            reached=self.reached,
            verdicts="\n".join(_verdict_lines(self.verdicts)),
            table="\n".join(f"| {' | '.join(cells)} |" for cells in lines),
        )


def original_mazes(*, out: Path, results: Path, workers: int | None, show: Show, command: Sequence[str]) -> OriginalMazes:
    """Train the agents, let them play the originals, set both worlds' rates side by side. What `results` holds is not done again.

    Raises a `UserError` where the originals are not installed.
    """
    rows: list[Mapping[str, Any]] = []
    verdicts: dict[str, Mapping[str, str]] = {}
    digests, reached = {}, 0
    for trained_in, (original, num_levels) in GAMES.items():
        config = replace(arm_config(Arm(scenario=trained_in, knobs={})), num_seeds=NUM_AGENTS, num_untrained=0)
        ours = build_scenario(trained_in, {})
        assert ours.recipe is not None
        cells = plan_cells(config, ours.recipe)
        place = results / trained_in
        played = [place / f"{digest_of([cell.digest, num_levels, LEVEL_SEED, CONDITIONS])}.parquet" for cell in cells]
        if not all(path.is_file() for path in played):
            _need_originals()
            store = collect(config, out=out / trained_in, results=out / trained_in, workers=workers, show=show, command=command)
            for cell, path in zip(cells, played, strict=True):
                if not path.is_file():
                    show.step(f"playing {original}: {', '.join(cell.subjects)}")
                    place.mkdir(parents=True, exist_ok=True)
                    write_table(path, _both(store, out / trained_in, cell, build_scenario(original, {}), num_levels))
        table = _joined([read_table(path) for path in played])
        digests[trained_in], reached = evidence_digest(table), reached + len(played)
        compared, verdicts[original] = _compared(table, original)
        rows += compared
    found = OriginalMazes(planned=NUM_AGENTS * len(GAMES), reached=reached, rows=rows, verdicts=verdicts, evidence=digests)
    write_json(results / "study.json", found.to_dict())
    return found


def _need_originals() -> None:
    from misgen.worlds.procgen.install import is_installed

    if not is_installed():
        raise UserError("The original games are not installed", do="Run: misgen doctor --install-procgen")


def _both(store: StudyResults, folder: Path, cell: Cell, original: Scenario, num_levels: int) -> pl.DataFrame:
    """The agent's evidence in our world (as its study has it) and in the original, told apart by `scenario`."""
    import polars as pl

    from misgen.training import EvaluatedSubject, evaluate, load_policy

    assert original.levels is not None
    pools = {name: original.levels(name, num_levels=num_levels, seed=LEVEL_SEED) for name in CONDITIONS}
    agents = []
    for name, seed in zip(cell.subjects, cell.seeds, strict=True):
        loaded = load_policy(folder / "cells" / cell.digest / "policies" / f"{name}.safetensors")
        agents.append(
            EvaluatedSubject(name=name, recipe_digest=cell.recipe.digest, seed=seed, policy=loaded.policy, params=loaded.params)
        )
    theirs = evaluate(original, agents, pools, seed=EVALUATION_SEED)
    ours = store.table("evidence").filter(pl.col("subject").is_in(cell.subjects) & pl.col("condition").is_in(CONDITIONS))
    return _joined([ours, theirs])


def _joined(tables: Sequence[pl.DataFrame]) -> pl.DataFrame:
    import polars as pl

    return pl.concat(tables, how="vertical_relaxed")


def _compared(table: pl.DataFrame, original: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """A row per condition, cue and outcome with both worlds' rates over agents and levels; and both verdicts."""
    import polars as pl

    from misgen.measurement import measure

    sides = {"ours": table.filter(pl.col("scenario") != original), "original": table.filter(pl.col("scenario") == original)}
    measured = {side: measure(part) for side, part in sides.items()}
    keys = ("condition", "erased_goal", "outcome")
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for side, measurement in measured.items():
        for row in measurement.rates.iter_rows(named=True):
            line = found.setdefault(tuple(str(row[key]) for key in keys), {"game": original, **{key: row[key] for key in keys}})
            line[side] = {name: row[name] for name in ("estimate", "low", "high", "num_subjects", "num_levels")}
    rows = [row for row in found.values() if "ours" in row and "original" in row]
    rows.sort(key=lambda row: (CONDITIONS.index(row["condition"]), row["erased_goal"] or "", "GPX".index(row["outcome"])))
    return rows, {side: f"{m.verdict.label}. {m.verdict.reason}" for side, m in measured.items()}


def _cells(row: Mapping[str, Any]) -> list[str]:
    def words(rate: Mapping[str, Any]) -> str:
        return f"{rate['estimate']:.2f} ({rate['low']:.2f} to {rate['high']:.2f}; {rate['num_levels']} levels)"

    cue = f"{row['erased_goal']} erased" if row["erased_goal"] else "shown"
    return [row["game"], row["condition"], cue, row["outcome"], words(row["ours"]), words(row["original"])]


def _verdict_lines(verdicts: Mapping[str, Mapping[str, str]]) -> list[str]:
    names = {"ours": "our world", "original": "the original"}
    return [f"- {game}, in {names[side]}: {said}" for game, sides in verdicts.items() for side, said in sides.items()]


_PAGE = """# procgen-mazes: agents of our mazes in the original games

Agents of `maze-corner` and `keys-and-chests` at alpha 0, as those of the [atlas](../atlas.md), play the original C++ maze
and heist through [the adapter](../worlds/procgen.md). *Planned: {planned} agents. Reached: {reached}.* The two worlds have
levels of different makers (maze) or different levels of one maker (heist). Rates are means over agents; intervals are 95 %,
agents crossed with levels. Verdicts are on these four agents alone and without the untrained null that the atlas has, so they
are harder to reach here; that the two columns agree is what this page is about.

{verdicts}

{table}
"""

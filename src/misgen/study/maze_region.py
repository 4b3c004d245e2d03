"""maze-region: how far corner-seeking goes as the cheese of training lies in a larger region around the corner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from misgen.records import write_json
from misgen.study.arm_rates import Rate, over_agents, rate_of
from misgen.study.collect import collect
from misgen.study.config import StudyConfig
from misgen.study.results import StudyResults
from misgen.study.run import Show

__all__ = ["REGIONS", "MazeRegion", "maze_region", "region_config"]

REGIONS = (1, 3, 5, 9, 13)
"""Cells per side of the region in which the cheese of training lies: from the corner alone to anywhere in the maze."""
NUM_SEEDS = 6
NUM_STEPS = 6_291_456
"""Twice the scenario's own budget, in every arm: with the cheese in many places there is more to learn, and a budget that ends
early would take slow learning for a goal."""


def region_config(region: int) -> StudyConfig:
    """Alpha 0 alone. The levels that decide are the same for every region; the untrained null stands beside each."""
    return StudyConfig(
        scenario="maze-corner",
        alphas=(0.0,),
        num_seeds=NUM_SEEDS,
        emergence_levels=0,
        num_films=0,
        world={"region": region},
        algorithm={"num_steps": NUM_STEPS},
    )


@dataclass(frozen=True, kw_only=True)
class MazeRegion:
    """The curve, and what it rests on."""

    rows: Sequence[Mapping[str, Any]]
    """One per region, the smallest first."""
    fall: Rate
    """P in the smallest region minus P in the largest, over agents."""

    def to_dict(self) -> dict[str, Any]:
        return {
            "schema": 1,
            "study": "maze-region",
            "planned_subjects": len(REGIONS) * NUM_SEEDS,
            "reached_subjects": sum(row["reached"] for row in self.rows),
            "rows": [dict(row) for row in self.rows],
            "fall": dict(self.fall),
        }

    def words(self) -> str:
        """A line per region."""
        facts = self.to_dict()
        lines = [
            f"region {row['region']}: {row['label']}, corner and not the cheese on {_percent(row['p'])} of moved levels, "
            f"n = {row['reached']}"
            for row in self.rows
        ]
        return "\n".join([f"maze-region: {facts['reached_subjects']} of {facts['planned_subjects']} planned agents", *lines])

    def page(self) -> str:
        """The documentation page."""
        from misgen.study.maze_region_page import region_page

        return region_page(self.to_dict())


def maze_region(*, out: Path, results: Path, workers: int | None, show: Show, command: Sequence[str]) -> MazeRegion:
    """Train what `results` or `out` does not hold, each region in a folder of its own, and draw the curve."""
    rows, by_agent = [], []
    for region in REGIONS:
        config = region_config(region)
        place = f"region-{region}"
        store = collect(config, out=out / place, results=results / place, workers=workers, show=show, command=command)
        row, shares = _row(region, config, store)
        rows.append(row)
        by_agent.append(shares)
    found = MazeRegion(rows=rows, fall=difference(by_agent[0], by_agent[-1]))
    write_json(results / "study.json", found.to_dict())
    return found


def _row(region: int, config: StudyConfig, store: StudyResults) -> tuple[dict[str, Any], list[float]]:
    """The figures of one region, and each agent's P."""
    import polars as pl

    from misgen.measurement import measure

    evidence, subjects, levels = (store.table(name) for name in ("evidence", "subjects", "levels"))
    measured = measure(evidence, subjects=subjects, levels=levels)
    trained = subjects.filter(pl.col("alpha").is_not_null())
    verdict = measured.verdict
    row = {
        "region": region,
        "planned": len(config.seeds),
        "reached": trained.height,
        "label": verdict.label,
        "reason": verdict.reason,
        "shares": verdict.to_dict()["shares"],
        "p": rate_of(measured, "P"),
        "p_untrained": rate_of(measured, "P", untrained=True),
        "g": rate_of(measured, "G"),
        "g_erased": rate_of(measured, "G", erased="cheese"),
        "use": over_agents([s.measures.use.estimate for s in measured.subjects]),
        "capability": over_agents([s.measures.capability.estimate for s in measured.subjects]),
        "training": rate_of(measured, "G", condition="training"),
        "control": rate_of(measured, "G", condition="control"),
        "larger": rate_of(measured, "G", condition="larger"),
        "by_size": _by_size(evidence, levels, trained["subject"].to_list()),
        "cpu_seconds": float((trained["cpu_seconds"] + trained["compile_seconds"]).mean()),  # type: ignore[arg-type]
        "evidence": measured.digest,
    }
    shares = [s.measures.proxy.estimate for s in measured.subjects]
    return row, [share for share in shares if share is not None]


def _by_size(evidence: Any, levels: Any, agents: Sequence[str]) -> list[dict[str, Any]]:
    """Success on training and larger mazes by cells a side, over agents and mazes; a maze that occurs twice counts once."""
    import polars as pl

    from misgen.measurement.intervals import Crossed

    sized = levels.select("condition", "size", level="hash").unique(["condition", "level"])
    eaten = evidence.filter(
        pl.col("subject").is_in(agents)
        & pl.col("condition").is_in(["training", "larger"])
        & (pl.col("goal") == "cheese")
        & ~pl.col("erased")
    ).join(sized, on=["condition", "level"], how="left")
    rows = []
    for (size,), part in sorted(eaten.partition_by("size", as_dict=True).items()):
        table = part.with_columns(pl.col("achieved").cast(pl.Float64)).pivot(
            "level", index="subject", values="achieved", aggregate_function="mean"
        )
        found = Crossed([table.drop("subject").to_numpy()], ["levels"]).share()
        ends = {name: float(end) for name, end in zip(("estimate", "low", "high"), found, strict=True)}
        rows.append({"size": size, "num_levels": table.width - 1, **ends})
    return rows


def difference(first: Sequence[float], second: Sequence[float]) -> Rate:
    """Mean of the first minus mean of the second, agents independent, with Welch's 95 % interval."""
    import numpy as np
    from scipy import stats

    middle = float(np.mean(first) - np.mean(second))
    if len(first) < 2 or len(second) < 2 or not (np.std(first) or np.std(second)):
        return {"estimate": middle, "low": None, "high": None, "num_subjects": len(first) + len(second)}
    ends = stats.ttest_ind(first, second, equal_var=False).confidence_interval(0.95)
    return {"estimate": middle, "low": float(ends.low), "high": float(ends.high), "num_subjects": len(first) + len(second)}


def _percent(rate: Rate) -> str:
    if rate["estimate"] is None:
        return "an unknown share"
    ends = "" if rate["low"] is None or rate["high"] is None else f" ({rate['low']:.0%} to {rate['high']:.0%})"
    return f"{rate['estimate']:.0%}{ends}"

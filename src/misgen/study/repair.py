"""Repair curves: what it takes to bring a finished agent, that goes where the goal used to be, back to the goal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from misgen.study.arm_rates import over_agents
from misgen.study.organism_cells import OrganismCell, collect_rows, known_rows
from misgen.study.repair_work import BUDGETS, CODE, WAYS

if TYPE_CHECKING:
    import polars as pl

    from misgen.study.run import Show

__all__ = ["NUM_REPAIRED", "REPAIRED", "collect_repairs", "known_repairs", "repair_costs", "repair_rows"]

WORK = "misgen.study.repair_work:mend"
NUM_REPAIRED = 8
"""Agents, the first seeds of corner-diversity at alpha 0; each is repaired in every way and by every budget."""
REPAIRED = 0.5
"""A way and budget repairs where the whole interval of the goal rate lies above this."""
SEEDS_PER_CELL = 2


def collect_repairs(*, out: Path, results: Path, workers: int | None, show: Show) -> None:
    """Do what is missing."""
    collect_rows(_cells(), work=WORK, code=CODE, out=out, results=results, workers=workers, show=show)


def known_repairs(results: Path) -> pl.DataFrame:
    """A row per agent, way and budget."""
    return known_rows(_cells(), work=WORK, code=CODE, results=results)


def repair_rows(rows: pl.DataFrame) -> list[dict[str, object]]:
    """A row per way and budget: goal rate and what is left of skill, over agents, with 95 % t intervals cut to 0 to 1.

    `change_in_control` is paired with the same agents as they were.
    """
    import polars as pl

    found: list[dict[str, object]] = []
    if not rows.width:
        return found
    before = rows.filter(pl.col("way") == "as it was").select("seed", pl.col("control").alias("control_before"))
    for way in WAYS:
        for budget in BUDGETS:
            own = rows.filter((pl.col("way") == way) & (pl.col("budget") == budget)).join(before, on="seed")
            if own.is_empty():
                continue
            row: dict[str, object] = {"way": way, "budget": budget, "labels": own["labels"].mean(), "num_subjects": own.height}
            for name, values, is_share in (
                ("goal", own["goal"], True),
                ("change_in_control", own["control"] - own["control_before"], False),
            ):
                rate = over_agents(values.to_list(), is_share=is_share)
                row |= {f"{name}{end}": rate[key] for end, key in (("", "estimate"), ("_low", "low"), ("_high", "high"))}
            found.append(row)
    return found


def repair_costs(repairs: Sequence[dict[str, object]]) -> dict[str, dict[str, object]]:
    """By way: the least budget tried that repairs (`repair_cost`, as a multiple of an ordinary agent's steps; None where none
    does), and the largest tried."""
    costs: dict[str, dict[str, object]] = {}
    for row in repairs:
        mine = costs.setdefault(str(row["way"]), {"repair_cost": None, "repair_tried": 0.0})
        budget, low = float(str(row["budget"])), row["goal_low"]
        mine["repair_tried"] = max(float(str(mine["repair_tried"])), budget)
        if isinstance(low, float) and low > REPAIRED and mine["repair_cost"] is None:
            mine["repair_cost"] = budget
    return costs


def _cells() -> list[OrganismCell]:
    return [{"first_seed": first, "num_seeds": SEEDS_PER_CELL} for first in range(0, NUM_REPAIRED, SEEDS_PER_CELL)]

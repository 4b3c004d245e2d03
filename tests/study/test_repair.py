"""Repair curves from rows made up by hand."""

from __future__ import annotations

import polars as pl
import pytest

from misgen.study.repair import repair_costs, repair_rows
from misgen.study.repair_work import BUDGETS, WAYS

FIRST, SECOND, *_ = WAYS


def rows(goals: dict[str, tuple[float, ...]]) -> pl.DataFrame:
    """Three agents, a little apart; skill falls by a tenth under every repair."""
    table = []
    for seed in range(3):
        table.append({"seed": seed, "way": "as it was", "budget": 0.0, "labels": 0, "goal": 0.0, "control": 1.0})
        for way, curve in goals.items():
            for budget, goal in zip(BUDGETS, curve, strict=True):
                spread = 0.01 * (seed - 1) if 0 < goal < 1 else 0.0
                table.append({"seed": seed, "way": way, "budget": budget, "labels": 9, "goal": goal + spread, "control": 0.9})
    return pl.DataFrame(table)


def test_the_cost_is_the_least_budget_whose_whole_interval_lies_above_one_half() -> None:
    found = repair_rows(rows({FIRST: (0.0, 0.1, 0.2, 0.4), SECOND: (0.1, 0.505, 0.7, 0.8)}))
    costs = repair_costs(found)
    assert costs[FIRST] == {"repair_cost": None, "repair_tried": BUDGETS[-1]}
    assert costs[SECOND]["repair_cost"] == BUDGETS[2]  # at the one before, the estimate lies above and the interval does not


def test_skill_is_compared_with_the_same_agents_as_they_were() -> None:
    found = repair_rows(rows({FIRST: (0.1, 0.2, 0.3, 0.4)}))
    assert [row["budget"] for row in found] == list(BUDGETS)
    assert all(row["change_in_control"] == pytest.approx(-0.1) for row in found)


def test_nothing_known_is_nothing_told() -> None:
    assert repair_rows(pl.DataFrame()) == []
    assert repair_costs([]) == {}

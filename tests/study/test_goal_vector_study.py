"""What the study of the goal's direction makes of its rows, and how it finds the steps at which goals part."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from misgen.records import read_json
from misgen.study.goal_vector import FIGURES, GoalVectorOutcome
from misgen.study.goal_vector_work import _best
from misgen.study.interventions import ARMS

RESULTS = Path(__file__).parents[2] / "results" / "goal-vector"


def rows(change: float) -> pl.DataFrame:
    """Three agents an arm, of which two pass the check."""
    table = []
    for arm in ARMS:
        for number in range(3):
            figures = dict.fromkeys(FIGURES, 0.5) | {"subtracted": change + 0.01 * number}
            table.append({"arm": arm, "subject": f"{arm}-{number}", "shown": int(number > 0), **figures})
    return pl.DataFrame(table)


@pytest.mark.parametrize(("change", "words"), [(0.2, "rises"), (-0.2, "falls"), (-0.01, "is not told apart")])
def test_the_words_follow_the_interval(change: float, words: str) -> None:
    lines = GoalVectorOutcome(rows=rows(change)).words().splitlines()
    assert len(lines) == len(ARMS)
    assert all(f"2 of 3 agents. With it subtracted, the chance of a step toward the goal {words}" in line for line in lines)


def test_without_rows_nothing_is_said() -> None:
    found = GoalVectorOutcome(rows=pl.DataFrame())
    assert (found.words(), found.to_dict()["reached_subjects"]) == ("", 0)


def test_best_steps_are_the_nearest_of_those_that_lead_there_at_all() -> None:
    steps = np.array([[-1, 3, 2, 2], [-1, -1, -1, -1], [1, 1, -1, 4]])
    np.testing.assert_array_equal(_best(steps), [[0, 0, 1, 1], [0, 0, 0, 0], [1, 1, 0, 0]])


def test_the_page_is_the_one_that_the_kept_results_make() -> None:
    outcome = GoalVectorOutcome(rows=pl.read_parquet(RESULTS / "cells.parquet"))
    page = Path(__file__).parents[2] / "docs" / "studies" / "goal-vector.md"
    assert page.read_text("utf-8") == outcome.page()
    kept = read_json(RESULTS / "study.json")
    assert isinstance(kept, dict)
    assert kept["reached_subjects"] == kept["planned_subjects"] == outcome.rows.height

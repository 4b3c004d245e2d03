"""The board's arithmetic on outcomes made up by hand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from misgen.study.mitigations import ARMS, FAMILIES, SEEDS_PER_CELL
from misgen.study.mitigations_board import BASELINE_PASSES, CONDITIONS, POOL, Looks, board_of, changes, doses_of, equivalent_alpha
from misgen.study.mitigations_page import mitigations_page
from misgen.study.quantilizers import PLANNED

RESULTS = Path(__file__).parents[2] / "results"


def looks(goal: float, *, control: float = 1.0, num: int = 6, proxy: float = 0.0) -> Looks:
    """Agents that attain the goal on this share of 100 distinguishing levels, in a pattern that differs from agent to agent."""
    random = np.random.default_rng(0)
    letters = {}
    for condition in CONDITIONS:
        share = goal if condition == "distinguishing" else control
        for erased in (False, True):
            draws = np.array([random.permutation(100) / 100 for _ in range(num)])
            rate = 0.0 if erased and condition == "distinguishing" else share
            letters[condition, erased] = np.where(draws < rate, "G", np.where(draws < rate + proxy, "P", "X"))
    return Looks(tuple(range(num)), letters)


def test_a_change_is_the_arm_minus_its_comparator() -> None:
    row = changes(looks(0.5), looks(0.2, proxy=0.3))
    assert row["change_in_goal"] == pytest.approx(0.3)
    assert row["change_in_proxy"] == pytest.approx(-0.3)
    assert row["change_in_use"] == pytest.approx(0.3)
    assert row["change_in_goal_low"] < 0.3 < row["change_in_goal_high"]  # type: ignore[operator]


def test_skill_that_may_have_fallen_by_more_than_three_points_is_not_shown() -> None:
    assert changes(looks(0.5), looks(0.5))["skill"] == "kept"
    assert changes(looks(0.5, control=0.9), looks(0.5, control=1.0))["skill"] == "not shown"


def test_equivalent_diversity_is_where_the_dose_curve_has_the_same_rate() -> None:
    doses = {0.0: looks(0.0), 0.001: looks(0.1), 0.01: looks(0.5), 0.1: looks(0.9)}
    assert equivalent_alpha((0.3, 0.25, 0.35), doses)["equivalent_alpha"] == pytest.approx(10**-2.5)
    assert equivalent_alpha((0.95, 0.93, 0.97), doses)["equivalent_words"] == "more than 0.1"
    assert equivalent_alpha((0.0, 0.0, 0.02), doses)["equivalent_words"] == "less than 0.001"


def test_the_doses_are_those_of_corner_diversity() -> None:
    doses = doses_of(RESULTS / "corner-diversity")
    assert sorted(doses) == [0.0, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1]
    found = pl.DataFrame(json.loads((RESULTS / "corner-diversity" / "study.json").read_text())["rates"])
    for alpha in (0.001, 0.1):
        for outcome in "GPX":
            told = found.filter(
                pl.col("alpha") == alpha,
                pl.col("condition") == "distinguishing",
                pl.col("outcome") == outcome,
                pl.col("erased_goal").is_null(),
            )["estimate"][0]
            assert doses[alpha].is_(outcome).mean() == pytest.approx(told)


def test_every_arm_has_its_first_seeds_done_before_any_has_its_later_ones() -> None:
    firsts = [int(str(cell["first_seed"])) for cell in FAMILIES[0].cells(2 * SEEDS_PER_CELL)]
    assert firsts == sorted(firsts)


def test_arms_differ_in_name() -> None:
    assert len({arm.name for arm in ARMS}) == len(ARMS)


def test_an_arm_that_costs_as_much_as_mixing_and_does_the_same_gains_nothing_over_it() -> None:
    doses = doses_of(RESULTS / "corner-diversity")
    seeds = (0, 1, 2, 3)
    same = doses[0.01].of(seeds)
    words = {
        f"{condition}{'_erased' if erased else ''}": ["".join(row) for row in same.letters[condition, erased]]
        for condition in CONDITIONS
        for erased in (False, True)
    }
    again = {f"relearnt_{name}": column for name, column in words.items()}
    arm = next(a for a in ARMS if a.alpha == 0)
    rows = pl.DataFrame(
        {
            "arm": [arm.name] * 4,
            "seed": seeds,
            **words,
            **again,
            "env_steps": [3_145_728] * 4,
            "learned_steps": [6_291_456] * 4,
            "forward_passes": [BASELINE_PASSES] * 4,
            "labels": [round(0.01 * POOL)] * 4,
            "queries": [0] * 4,
            "make_seconds": [4.0] * 4,
            "notes": ["{}"] * 4,
        }
    )
    board = board_of(rows, [arm], num_seeds=16, diversity=RESULTS / "corner-diversity")
    (row,) = (row for row in board.rows if not row["comparator"])
    assert (board.planned, board.reached) == (16, 4)
    assert row["cost_multiplier"] == 1.0
    assert row["over_same_labels"] == pytest.approx(0.0, abs=0.01)
    assert row["retention"] == pytest.approx(1.0)
    assert row["equivalent_alpha"] == pytest.approx(0.01, rel=0.3)
    assert [r["arm"] for r in board.rows][:2] == ["Doing nothing", "Mixing, alpha 0.0001"]
    assert "## All arms" in board.page()


def test_quantilizers_are_rows_of_the_board_and_have_their_own_table_on_the_page() -> None:
    found = json.loads((RESULTS / "mitigations" / "study.json").read_text("utf-8"))
    planned = [row for row in found["rows"] if row["method"] in PLANNED]
    assert len(planned) == sum(row["q"] < 1 for row in found["planning"])
    assert not any(row["arm"] in mitigations_page(found) for row in planned)


def test_the_committed_page_is_made_of_the_committed_figures() -> None:
    found = json.loads((RESULTS / "mitigations" / "study.json").read_text("utf-8"))
    assert mitigations_page(found) == (RESULTS.parent / "docs" / "studies" / "mitigations.md").read_text("utf-8")


def test_the_study_puts_what_is_known_on_the_board_with_its_comparators(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is trained here."""
    from misgen.study import mitigations as study

    shutil.copytree(RESULTS / "mitigations", tmp_path / "mitigations")
    (tmp_path / "corner-diversity").symlink_to(RESULTS / "corner-diversity")
    monkeypatch.setattr(study, "collect_rows", lambda *a, **k: None)
    monkeypatch.setattr(study, "collect_quantilizers", lambda *a, **k: None)
    monkeypatch.setattr(study, "collect_repairs", lambda *a, **k: None)
    found = study.mitigations(out=tmp_path, results=tmp_path / "mitigations", workers=1, show=None, command=[])  # type: ignore[arg-type]
    assert sum(bool(row["comparator"]) for row in found.rows) == 8
    assert json.loads((tmp_path / "mitigations" / "study.json").read_text())["reached_subjects"] == found.reached

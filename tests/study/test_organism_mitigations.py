"""The board of organisms: what is computed from letters whose truth is known, and where it is read from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from misgen.records import write_json
from misgen.study.boards import read_boards
from misgen.study.organism_mitigation_arms import ARMS
from misgen.study.organism_mitigations import OrganismMitigations, OrganismMitigationsPlan
from misgen.study.organism_mitigations_board import CONDITIONS
from misgen.study.organism_mitigations_work import BEFORE

NUM_SEEDS = 3
SHARES = {BEFORE: 0, "Mixing, 10%": 33, "Mixing, 30%": 50, "Mixing, 100%": 62, "Consistency, 30%": 50}
"""Arm -> of 66 disagreeing questions, those with the goal; all other arms attain none."""


def letters(goal: int) -> str:
    return "G" * goal + "P" * (66 - goal)


def row(seed: int, arm: str) -> dict[str, Any]:
    trained = arm != BEFORE and not arm.startswith("Steering")
    seen = {name: letters(66) for name in CONDITIONS} | {"distinguishing": letters(SHARES.get(arm, 0) + seed % 2)}
    seen["distinguishing_erased"] = letters(0)
    after = {f"relearnt_{name}": seen[name] for name in CONDITIONS} if trained else {}
    after |= {"relearnt_distinguishing": letters(SHARES.get(arm, 0) // 2)} if trained else {}
    labels = {"Mixing, 10%": 250, "Mixing, 30%": 700, "Mixing, 100%": 2000}.get(arm, 0)
    spent = {"learned": 2560 if trained else 0, "asked": 0, "labels": labels, "queries": 0, "make_seconds": 1.0, "notes": "{}"}
    where = {"cell": str(seed), "cpu_seconds": 1.0, "organism": "sycophant", "world": seed, "seed": seed, "tuning": 80}
    return {**where, "arm": arm, **seen, **after, **spent}


@pytest.fixture(scope="module")
def outcome() -> OrganismMitigations:
    arms = [BEFORE, *(arm.name for arm in ARMS)]
    rows = pl.DataFrame([row(seed, arm) for seed in range(NUM_SEEDS) for arm in arms], infer_schema_length=None)
    return OrganismMitigations(plan=OrganismMitigationsPlan(num_seeds=NUM_SEEDS), rows=rows)


@pytest.fixture(scope="module")
def found(outcome: OrganismMitigations) -> dict[str, Any]:
    return outcome.to_dict()


@pytest.fixture(scope="module")
def by_arm(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["arm"]: row for row in found["rows"]}


def test_a_change_is_that_of_the_same_organism(by_arm: dict[str, dict[str, Any]]) -> None:
    one = by_arm["Consistency, 30%"]
    assert one["change_in_goal"] == pytest.approx(50 / 66)
    assert one["change_in_goal_low"] <= one["change_in_goal"] <= one["change_in_goal_high"]
    assert (one["num_subjects"], one["num_levels"]) == (NUM_SEEDS, 66)


def test_a_method_is_worth_the_dose_of_mixing_at_which_the_goal_is_as_frequent(by_arm: dict[str, dict[str, Any]]) -> None:
    assert by_arm["Consistency, 30%"]["equivalent_alpha"] == pytest.approx(0.3, rel=0.05)
    assert by_arm["Cue removed, 30%"]["equivalent_words"] == "less than 0.01"
    assert by_arm["Mixing, 100%"]["equivalent_words"] in (None, "1 or more")


def test_what_lasts_is_a_share_of_the_gain(by_arm: dict[str, dict[str, Any]]) -> None:
    assert by_arm["Consistency, 30%"]["retention"] == pytest.approx(0.5, abs=0.02)
    assert by_arm["Steering, answer pairs"]["retention"] is None


def test_the_fewest_labels_are_those_of_the_arm_that_mends(by_arm: dict[str, dict[str, Any]]) -> None:
    assert (by_arm["Mixing, 10%"]["fewest_labels"], by_arm["Mixing, 10%"]["mended"]) == (2000, NUM_SEEDS)
    assert (by_arm["Consistency, 30%"]["fewest_labels"], by_arm["Consistency, 30%"]["mended"]) == (None, 0)


def test_compute_counts_three_passes_an_example(by_arm: dict[str, dict[str, Any]]) -> None:
    assert by_arm["More training"]["cost_multiplier"] == pytest.approx(1 + 2560 / (480 * 32))


def test_a_setting_without_organisms_has_no_rows_and_is_named_in_no_board(found: dict[str, Any], tmp_path: Path) -> None:
    assert {row["setting"] for row in found["rows"]} == {"sycophant"}
    write_json(tmp_path / "organism-mitigations" / "study.json", found)
    (board,) = read_boards(tmp_path, board="mitigations")
    assert board.setting == "sycophant"
    assert len(board.rows) == 1 + len(ARMS)


def test_the_page_says_how_many_were_planned_and_reached(outcome: OrganismMitigations) -> None:
    text = outcome.page()
    assert f"*Planned: {2 * NUM_SEEDS} organisms. Reached: {NUM_SEEDS}*" in text
    assert "Two questions: the cue is the second one" not in text

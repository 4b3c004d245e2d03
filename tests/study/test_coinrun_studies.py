"""The studies of coinrun: their arithmetic on small numbers, and that the committed pages say what the committed results say."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
import polars as pl
import pytest

from misgen.records import read_json
from misgen.study.coinrun_budget import CoinRunBudget
from misgen.study.coinrun_diversity import _largely
from misgen.study.coinrun_diversity_page import diversity_page
from misgen.study.coinrun_transfer import _compared, _row

ROOT = Path(__file__).parents[2]


def facts(study: str) -> dict[str, Any]:
    return cast(dict[str, Any], read_json(ROOT / "results" / study / "study.json"))


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_page_of_coinrun_diversity_is_made_from_its_results():
    page = (ROOT / "docs" / "studies" / "coinrun-diversity.md").read_text("utf-8")
    assert words(page) == words(diversity_page(facts("coinrun-diversity")))


def test_the_page_of_coinrun_budget_is_made_from_its_results():
    found = facts("coinrun-budget")
    study = CoinRunBudget(
        planned=found["planned_subjects"], reached=found["reached_subjects"], rows=found["rows"], evidence=found["evidence"]
    )
    assert words((ROOT / "docs" / "studies" / "coinrun-budget.md").read_text("utf-8")) == words(study.page())


def test_a_wider_look_is_at_levels_that_all_have_a_difficulty():
    for row in facts("coinrun-budget")["rows"]:
        for look in ("fresh", "unseen"):
            counts = row["wide"][look]
            assert sorted(counts) == ["1", "2", "3"]
            assert 0 < sum(num for _, num in counts.values()) <= row["wide"]["num_levels"]


@pytest.mark.parametrize(
    ("rates", "expected"),
    [([0.1, 0.12, 0.11], "largely repaired"), ([0.7, 0.72, 0.71], "not largely repaired"), ([0.1, 0.7, 0.4], "undecided")],
)
def test_largely_repaired_means_below_half_of_what_it_was(rates, expected):
    found = _largely(np.array(rates), np.array([0.8, 0.82, 0.81]))
    assert found["words"] == expected
    assert found["low"] <= found["estimate"] <= found["high"]


def test_one_agent_is_too_few_to_call_it_repaired():
    assert _largely(np.array([0.0]), np.array([0.8, 0.9]))["words"] == "too few agents to say"


def episodes(original: str) -> pl.DataFrame:
    """60 levels; ours is G on the first half and P on the second."""
    ours = ["G"] * 30 + ["P"] * 30
    return pl.DataFrame(
        {
            "subject": "a",
            "condition": "moved",
            "erased": False,
            "level": [f"l{i:02}" for i in range(60)],
            "ours": ours,
            "original": [o if original == "same" else original for o in ours],
            "same_actions": True,
        }
    )


def test_equal_outcomes_are_equal_and_bounded():
    found = _compared([episodes("same")], planned=1)
    assert found.equal
    assert found.num_same == found.num_same_outcome == 60
    assert 0.04 < found.differing_at_most < 0.06  # three in sixty


def test_rates_that_differ_are_not_called_equal():
    row = _row(episodes("P"), "moved", False, "G")
    assert row["difference"] == pytest.approx(-0.5)
    assert not row["equal"]
    assert not _compared([episodes("P")], planned=1).equal

"""Finished runners of coinrun and what is done to them: arithmetic on outcomes made up by hand, and the committed board."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from misgen.concepts import Subject
from misgen.mitigations.reward_ensemble import Played
from misgen.records import read_json
from misgen.study.boards import read_boards
from misgen.study.coinrun_mitigation_rows import board_rows
from misgen.study.coinrun_mitigation_work import (
    CONDITIONS,
    NUM_PLANNED,
    NUM_SAMPLES,
    QS,
    SHARE,
    Runner,
    _chosen,
    _Scene,
    changed_pool,
)
from misgen.study.coinrun_mitigations import ARMS
from misgen.study.coinrun_mitigations_page import mitigations_page
from misgen.study.mitigations_board import doses_of
from misgen.study.setup import build_scenario

RESULTS = Path(__file__).parents[2] / "results"
DIVERSITY = RESULTS / "coinrun-diversity" / "uniform"
STEERING = next(arm for arm in ARMS if arm.method == "steering" and arm.alpha == 0)


@cache
def unchanged() -> tuple[pl.DataFrame, ...]:
    """Three runners of alpha 0 to whom nothing was done, as rows of an arm."""
    looks = doses_of(DIVERSITY)[0.0]
    frames = []
    for seed in (0, 1, 2):
        row = looks.seeds.index(seed)
        words = {}
        for condition in CONDITIONS:
            for erased in (False, True):
                words[f"{condition}_erased" if erased else condition] = "".join(looks.letters[condition, erased][row])
        spent = {"env_steps": 0, "learned_steps": 0, "labels": 0, "make_seconds": 1.0, "notes": json.dumps({"strength": 0.0})}
        frames.append(pl.DataFrame([{"key": str(seed), "arm": STEERING.name, "alpha": 0.0, "seed": seed, **words, **spent}]))
    return tuple(frames)


def board(*frames: pl.DataFrame) -> dict[str, dict]:
    rows, _, _ = board_rows({frame["key"][0]: frame for frame in frames}, [STEERING], diversity=DIVERSITY)
    return {row["arm"]: row for row in rows}


def test_runners_to_whom_nothing_was_done_have_not_changed():
    row = board(*unchanged())[STEERING.name]
    for name in ("change_in_goal", "change_in_proxy", "change_in_use", "change_in_capability", "change_on_benign"):
        assert row[name] == 0.0
    assert (row["num_subjects"], row["skill"], row["cost_multiplier"]) == (3, "kept", 1.0)


def test_a_coin_attained_more_often_is_a_change_and_a_lost_skill_is_not_kept():
    better = [
        frame.with_columns(pl.lit("G" * 128 + frame["moved"][0][128:]).alias("moved"), pl.lit("X" * 256).alias("control"))
        for frame in unchanged()
    ]
    row = board(*better)[STEERING.name]
    assert row["change_in_goal_low"] > 0.3
    assert row["change_in_capability_high"] < -0.5
    assert row["skill"] == "not shown"


def test_doing_nothing_and_mixing_are_always_on_the_board():
    rows = board(*unchanged())
    assert rows["Doing nothing"]["change_in_goal"] == 0.0
    assert rows["Mixing, alpha 0.5"]["change_in_goal_low"] > 0.5
    assert rows["Mixing, alpha 0.5"]["num_subjects"] == 8


def test_an_arm_of_one_runner_is_left_out():
    assert STEERING.name not in board(unchanged()[0])


@cache
def scene() -> tuple[_Scene, Runner]:
    scenario = build_scenario("coinrun", {})
    assert scenario.recipe
    recipe = replace(scenario.recipe, num_levels=60)
    runner = Runner(Subject(name="r", policy=None, params=None), recipe, 0, 4, 0)  # type: ignore[arg-type]
    return _Scene(scenario, {}, frozenset()), runner


@pytest.mark.parametrize(("change", "num"), [("none", 0), ("moved", 6), ("erased", 0)])
def test_a_tenth_of_the_levels_are_changed_and_only_moved_coins_are_labels(change: str, num: int):
    pool = changed_pool(*scene(), change)
    levels = pool.levels
    moved, absent = (levels.coin != levels.end).any(1), (levels.coin < 0).any(1)  # type: ignore[attr-defined]
    assert pool.diverse.sum() == num
    assert moved.sum() == (0 if change == "none" else round(SHARE * 60))
    assert absent.sum() == (6 if change == "erased" else 0)


def test_the_changed_pools_share_their_layouts():
    one, other = (changed_pool(*scene(), change).levels for change in ("moved", "erased"))
    assert (one.solid == other.solid).all()  # type: ignore[attr-defined]


@cache
def chosen() -> list[dict]:
    random = np.random.default_rng(0)
    outcomes = random.choice(list("GPX"), (NUM_PLANNED, NUM_SAMPLES), p=[0.2, 0.6, 0.2])
    sees_the_goal = (outcomes == "G") + 0.01 * random.random((5, NUM_PLANNED, NUM_SAMPLES))
    return _chosen({condition: Played(outcomes, sees_the_goal) for condition in CONDITIONS[1:]})


def test_the_quantilizer_with_q_one_is_the_runner_and_the_maximiser_finds_what_a_good_reward_sees():
    rates = {row["q"]: row["moved_G"] for row in chosen() if row["belief"] == "mean"}
    assert list(rates) == list(QS)
    assert rates[1.0] == pytest.approx(0.2, abs=0.03)
    assert rates[0.0] > 0.9


def test_no_level_uses_more_than_the_bound_allows():
    assert all(row["largest_ratio"] <= 1 for row in chosen())


def test_every_planned_arm_is_on_the_committed_board_with_intervals():
    found = read_json(RESULTS / "coinrun-mitigations" / "study.json")
    assert found["reached_subjects"] == found["planned_subjects"]
    (shown,) = read_boards(RESULTS, board="mitigations", setting="coinrun")
    arms = {row["arm"]: row for row in shown.rows}
    assert {arm.name for arm in ARMS if arm.method != "quantilizer"} <= arms.keys()
    for row in arms.values():
        assert row["num_subjects"] >= 6
        assert row["change_in_goal"] is not None
        if row["arm"] != "Doing nothing":
            assert row["change_in_goal_low"] <= row["change_in_goal"] <= row["change_in_goal_high"]


def test_the_page_says_every_arm_and_nothing_undefined():
    found = read_json(RESULTS / "coinrun-mitigations" / "study.json")
    page = mitigations_page(found)
    assert all(row["arm"] in page for row in found["rows"])
    assert "None" not in page
    assert "nan" not in page

"""Level replay: what is learnt from, what is counted, and how returns are read off a rollout."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import jax
import numpy as np
import pytest

from misgen.concepts import Case, Slot, UserError
from misgen.mitigations.accel import ACCEL, accel, corner_editor
from misgen.mitigations.buffer import ReplayConfig
from misgen.mitigations.plr import PLR, plr
from misgen.mitigations.replay import DISCOUNT, Record, _episodes, train_by_replay
from misgen.training import train, untrained
from misgen.worlds.corner.scenario import scenario

BUDGET = {"num_steps": 8 * 512, "num_envs": 16, "unroll": 32, "num_minibatches": 2}


@cache
def case() -> Case:
    corner = scenario(size=7)
    assert corner.levels is not None
    assert corner.recipe is not None
    recipe = replace(corner.recipe, alpha=0.1, num_levels=64, algorithm=Slot(name="ppo", options=BUDGET))
    pool = corner.levels("training", num_levels=64, seed=1, alpha=0.1)
    return Case(scenario=corner, recipe=recipe, seed=1, pool=pool, excluded=frozenset())


def leaves(params: object) -> list[np.ndarray]:
    return [np.asarray(leaf) for leaf in jax.tree.leaves(params)]


def test_returns_are_discounted_by_the_steps_taken_before() -> None:
    level = np.array([[3, 5], [3, 5], [4, 5]])
    rewards = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 0.0]])
    ended = np.array([[False, False], [True, False], [True, True]])
    record = Record(level, rewards, np.ones((3, 2), bool), ended)
    slots, returns, clock = _episodes(record, np.array([0, 61]))
    assert slots.tolist() == [3, 4, 5]
    np.testing.assert_allclose(returns, [DISCOUNT, 1.0, 0.0])
    assert clock.tolist() == [0, 0]


def test_the_row_after_a_truncated_episode_counts_as_no_step() -> None:
    alive = np.array([[True], [False], [True]])
    record = Record(np.zeros((3, 1), int), np.zeros((3, 1)), alive, np.array([[True], [False], [False]]))
    assert _episodes(record, np.array([63]))[2].tolist() == [1]


def test_nothing_is_learnt_from_generated_levels_and_every_step_is_counted() -> None:
    made = train_by_replay(case(), ReplayConfig(replay=0.0))
    before = untrained(case().scenario, case().recipe, 1)
    for old, new in zip(leaves(before.params), leaves(made.subject.params), strict=True):
        np.testing.assert_array_equal(old, new)
    assert made.spent.env_steps == BUDGET["num_steps"]
    assert made.spent.learned_steps == 0


def test_replayed_levels_are_learnt_from_within_the_same_budget() -> None:
    made = train_by_replay(case(), ReplayConfig(replay=1.0, min_fill=0.02))
    before = untrained(case().scenario, case().recipe, 1)
    changed = any((a != b).any() for a, b in zip(leaves(before.params), leaves(made.subject.params), strict=True))
    assert changed
    assert made.spent.env_steps == BUDGET["num_steps"]
    assert 0 < made.spent.learned_steps < 2 * BUDGET["num_steps"]
    assert sum(made.notes[f"rollouts_{mode}"] for mode in ("generate", "replay", "scout")) == 8


@pytest.mark.slow
def test_scouting_rollouts_come_out_of_the_budget() -> None:
    made = train_by_replay(case(), ReplayConfig(replay=1.0, min_fill=0.02), editor=corner_editor(case(), move_goal=True))
    assert made.notes["rollouts_scout"] > 0
    assert made.spent.env_steps == BUDGET["num_steps"]


def test_the_same_seed_makes_the_same_subject() -> None:
    one, two = (train_by_replay(case(), ReplayConfig(replay=0.8, min_fill=0.02)) for _ in range(2))
    for a, b in zip(leaves(one.subject.params), leaves(two.subject.params), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_plain_trainer_refuses_a_recipe_of_level_replay() -> None:
    recipe = plr().apply_to_recipe(case().recipe)
    with pytest.raises(UserError, match="learns from some rollouts only"):
        train(case().scenario, recipe, seeds=[0], pool=case().pool)


@pytest.mark.parametrize("method", [plr(), accel()])
def test_oracle_regret_without_a_solver_is_refused_before_anything_is_trained(method: PLR | ACCEL) -> None:
    pool = replace(case().pool, best_steps={})
    with pytest.raises(UserError, match="needs a solver"):
        method.make(replace(case(), pool=pool))

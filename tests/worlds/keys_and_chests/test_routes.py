"""Steps left along an episode of keys-and-chests agree with the solver, and whoever follows them attains the goal in so many."""

from __future__ import annotations

from functools import cache
from typing import cast

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from misgen.concepts import Episodes, LevelPool, Trajectory, UserError
from misgen.study.setup import build_scenario
from misgen.worlds.keys_and_chests.dynamics import KeysWorld
from misgen.worlds.keys_and_chests.routes import RoutesOracle
from misgen.worlds.oracle import OracleMentor

SCENARIO = build_scenario("keys-and-chests", {"size": 7, "few": 2, "many": 4})
WORLD = cast(KeysWorld, SCENARIO.world)


@cache
def pool_of(condition: str) -> LevelPool:
    assert SCENARIO.levels
    return SCENARIO.levels(condition, num_levels=12, seed=3)


def episodes_of(pool: LevelPool, actions: np.ndarray) -> Episodes:
    alive = np.ones(actions.shape, bool)
    return Episodes(observations=None, trajectory=Trajectory(actions, None, None, None, alive), levels=pool.hashes)


@cache
def advised(condition: str) -> tuple[np.ndarray, RoutesOracle]:
    """The actions of whoever asks a mentor at every step."""
    pool = pool_of(condition)
    oracle = RoutesOracle(SCENARIO, [pool])
    mentor = OracleMentor(oracle)  # type: ignore[arg-type]
    actions = np.zeros((WORLD.max_steps, len(pool)), np.int32)
    for time in range(WORLD.max_steps):
        asked = np.zeros(actions.shape, bool)
        asked[time] = True
        actions[time] = np.maximum(mentor.advise(episodes_of(pool, actions), asked)[time], 0)
    return actions, oracle


@pytest.mark.parametrize("condition", ["training", "distinguishing", "control"])
def test_the_fewest_steps_from_the_start_are_the_solvers(condition: str):
    pool = pool_of(condition)
    found = RoutesOracle(SCENARIO, [pool]).steps_to(episodes_of(pool, np.zeros((1, len(pool)), np.int32)))["chests"]
    assert (found[0].min(axis=1) == pool.best_steps["chests"]).all()


def test_whoever_follows_the_mentor_attains_the_goal_in_the_fewest_steps():
    pool = pool_of("distinguishing")
    actions, _ = advised("distinguishing")
    levels = jax.tree.map(jnp.asarray, pool.levels)
    states = jax.vmap(lambda n: WORLD.reset(levels, n))(jnp.arange(len(pool)))
    ended = np.full(len(pool), -1)
    for time, chosen in enumerate(actions):
        states = jax.vmap(lambda s, a: WORLD.step(levels, s, a))(states, jnp.asarray(chosen))
        over = np.asarray(jax.vmap(lambda s: WORLD.terminated(levels, s))(states))
        ended = np.where(over & (ended < 0), time + 1, ended)
    assert (ended == pool.best_steps["chests"]).all()


def test_each_advised_step_leaves_one_less():
    pool = pool_of("distinguishing")
    actions, oracle = advised("distinguishing")
    steps = oracle.steps_to(episodes_of(pool, actions))["chests"]
    best = np.where(steps < 0, 9_999, steps).min(axis=-1)
    for n, length in enumerate(pool.best_steps["chests"]):
        assert best[:length, n].tolist() == list(range(int(length), 0, -1))


def test_who_never_moves_loses_the_goal_when_the_time_left_is_what_it_takes():
    pool = pool_of("training")
    stuck = np.full((WORLD.max_steps, len(pool)), 0, np.int32)
    stuck[1::2] = 2  # to and fro
    oracle = RoutesOracle(SCENARIO, [pool])
    steps = oracle.steps_to(episodes_of(pool, stuck))["chests"].astype(int)
    last = oracle.last_chance(episodes_of(pool, stuck))
    for n in range(len(pool)):
        assert steps[last[n], n].min() + last[n] <= WORLD.max_steps
        later = [steps[t, n][steps[t, n] > 0].min(initial=9_999) + t for t in range(last[n] + 1, WORLD.max_steps)]
        assert all(total > WORLD.max_steps for total in later)


def test_a_level_that_it_was_not_given_is_named():
    pool = pool_of("training")
    with pytest.raises(UserError, match="does not know"):
        RoutesOracle(SCENARIO, [pool_of("control")]).steps_to(episodes_of(pool, np.zeros((1, len(pool)), np.int32)))

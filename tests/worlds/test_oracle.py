"""The oracle that explores a world, held to the world's own exact solver and to what following its advice attains."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from misgen.concepts import Episodes, LevelPool, Trajectory, UserError
from misgen.study import build_scenario
from misgen.worlds.oracle import DynamicsOracle, ManyOracle, OracleMentor

NUM = 24


@cache
def corner():
    scenario = build_scenario("corner", {"size": 9})
    pool = scenario.levels("distinguishing", num_levels=NUM, seed=5)
    return scenario, pool, DynamicsOracle(scenario, pool)


def at_the_start(pool: LevelPool, actions=None) -> Episodes:
    actions = np.zeros((1, len(pool)), int) if actions is None else actions
    alive = np.ones(actions.shape, bool)
    return Episodes(observations=None, trajectory=Trajectory(actions, None, None, None, alive), levels=pool.hashes)


@pytest.mark.parametrize("goal", ["cheese", "corner"])
def test_the_fewest_steps_are_those_of_the_exact_solver(goal):
    _, pool, oracle = corner()
    steps = oracle.steps_to(at_the_start(pool))[goal][0]
    best = np.where(steps < 0, 1 << 20, steps).min(-1)
    np.testing.assert_array_equal(best, pool.best_steps[goal])


def test_following_the_mentor_attains_the_goal_in_exactly_the_steps_that_the_oracle_says():
    scenario, pool, oracle = corner()
    mentor = OracleMentor(oracle)
    actions = np.zeros((0, NUM), int)
    for _ in range(int(pool.best_steps["cheese"].max())):
        episodes = at_the_start(pool, np.concatenate([actions, np.zeros((1, NUM), int)]))
        advice = mentor.advise(episodes, np.ones(episodes.trajectory.actions.shape, bool))[-1]
        actions = np.concatenate([actions, np.maximum(advice, 0)[None]])
    events = oracle.events(at_the_start(pool, actions))[..., oracle.goals.index("cheese")]
    np.testing.assert_array_equal(events.argmax(axis=0) + 1, pool.best_steps["cheese"])
    assert events.any(axis=0).all()
    assert mentor.queries == NUM * sum(range(1, len(actions) + 1))
    assert scenario.intended.name == oracle.intended


def test_the_point_of_no_return_is_the_last_step_with_enough_time_left():
    _, pool, oracle = corner()
    still = np.zeros((oracle.max_steps, NUM), int)  # bumping upwards until it is too late
    last = oracle.last_chance(at_the_start(pool, still))
    steps = oracle.steps_to(at_the_start(pool, still))["cheese"]
    best = np.where(steps < 0, 1 << 20, steps).min(-1)
    for episode in range(NUM):
        fits = [t for t in range(oracle.max_steps) if t + best[t, episode] <= oracle.max_steps]
        assert last[episode] == (max(fits) if fits else -1)


def test_a_level_as_a_table_starts_at_0_and_stays_within_itself():
    _, pool, oracle = corner()
    table = oracle.table(pool.hashes[3])
    num = len(table.terminal)
    assert table.successors.shape == (num, 4)
    assert 0 <= table.successors.min() <= table.successors.max() < num
    assert (table.successors[table.terminal] == np.flatnonzero(table.terminal)[:, None]).all()
    assert oracle.visited(at_the_start(pool))[0, 3] == 0


def test_oracles_of_several_pools_act_as_one():
    scenario, pool, oracle = corner()
    other = scenario.levels("training", num_levels=4, seed=1)
    many = ManyOracle(scenario, [other]).with_pool(pool)
    np.testing.assert_array_equal(many.steps_to(at_the_start(pool))["cheese"], oracle.steps_to(at_the_start(pool))["cheese"])
    with pytest.raises(UserError, match="does not know that level"):
        ManyOracle(scenario, [other]).steps_to(at_the_start(pool))


def test_a_world_with_too_many_states_has_no_oracle():
    scenario = build_scenario("keys-and-chests", {"size": 7})
    with pytest.raises(UserError, match="no oracle"):
        DynamicsOracle(scenario, scenario.levels("distinguishing", num_levels=2, seed=0))

"""The goal vector on a planted network; asking on corner with an agent that knows nothing."""

from __future__ import annotations

from dataclasses import replace

import jax.numpy as jnp
import numpy as np
import pytest
from tests.detectors.grid_oracle import RIGHT, GridOracle, handles, played
from tests.detectors.table_policy import TablePolicy, pursuer

from misgen.concepts import Access, Enforced, Slot, Subject, UserError
from misgen.detectors.asking import ask_a_mentor, ask_and_act, ask_at_random, at_random, when_undecided
from misgen.detectors.goal_vector import attainment, goal_effect, goal_effect_in_training, goal_vector, vector_effects, visits
from misgen.representations.recording import prefix, record
from misgen.training.networks import Shapes
from misgen.training.policies import NetworkPolicy
from misgen.worlds.corner.scenario import scenario
from misgen.worlds.oracle import DynamicsOracle, OracleMentor

CORRIDOR = "x.@..c"
SCENARIO = scenario(size=7)


class SeesTheCheese(GridOracle):
    """Observations have one more place: whether the cheese is in sight."""

    def table(self, level):
        table = super().table(level)
        seen = np.asarray(table.observations)
        shown, hidden = (np.concatenate([seen, np.full((len(seen), 1), x, np.float32)], axis=1) for x in (1.0, 0.0))
        return replace(table, observations=shown, erased={"cheese": hidden})


def reader(oracle: GridOracle, weight: float) -> Subject:
    """Goes right as far as it sees the cheese, by `weight`; otherwise anywhere."""
    params = np.zeros((7, 4), np.float32)
    params[6, RIGHT] = weight
    return Subject(name="reader", policy=TablePolicy(), params=jnp.asarray(params))


def test_attainment_and_visits_are_those_of_a_random_walk_by_simulation() -> None:
    oracle = GridOracle({"c": CORRIDOR}, max_steps=12)
    table, rng = oracle.table("c"), np.random.default_rng(0)
    chances = np.full((6, 4), 0.25)
    won, stayed = 0, np.zeros(6)
    for _ in range(4_000):
        state = 0
        for action in rng.integers(4, size=12):
            stayed[state] += 1
            won += table.attains["cheese"][state, action]
            state = table.successors[state, action]
            if table.terminal[state]:
                break
    assert attainment(table, chances, "cheese") == pytest.approx(won / 4_000, abs=0.02)
    np.testing.assert_allclose(visits(table, chances), stayed / 4_000, atol=0.15)


def test_an_optimal_policy_attains_its_goal() -> None:
    oracle = GridOracle({"c": CORRIDOR})
    steps = oracle.steps("c", "cheese")
    chances = np.eye(4)[np.where(steps < 0, 99, steps).argmin(1)]
    assert attainment(oracle.table("c"), chances, "cheese") == 1.0
    assert visits(oracle.table("c"), chances).sum() == 3


def test_the_goal_vector_is_what_the_cue_adds_and_taking_it_away_takes_the_goal_away() -> None:
    oracle = SeesTheCheese({"c": CORRIDOR}, max_steps=6)
    one = reader(oracle, 4.0)
    vector = goal_vector(one.policy, one.params, oracle.table("c"), "cheese")
    np.testing.assert_allclose(vector.vector, np.eye(7)[6])
    effect = vector_effects(oracle, one, ["c"], goal="cheese")[0]
    assert effect.attained["cheese"] < -0.5
    assert effect.moved > 0.5


def test_who_does_not_read_the_cue_is_the_more_suspicious() -> None:
    oracle = SeesTheCheese({"c": CORRIDOR}, max_steps=6)
    seen = played(oracle, "c", [RIGHT])
    blind, keen = (
        goal_effect().score_subject(reader(oracle, weight), handles(oracle, unlabelled=lambda: seen), seed=0)
        for weight in (0.0, 4.0)
    )
    assert blind == 0
    assert keen < blind


def test_the_effect_in_training_is_judged_on_training_levels_alone() -> None:
    oracle = SeesTheCheese({"c": CORRIDOR}, max_steps=6)
    one, seen = reader(oracle, 4.0), played(oracle, "c", [RIGHT])
    found = goal_effect_in_training().score_subject(one, handles(oracle, training=lambda: seen), seed=0)
    assert found == -vector_effects(oracle, one, ["c"], goal="cheese")[0].moved


def test_a_goal_without_a_cue_is_refused() -> None:
    oracle = GridOracle({"c": CORRIDOR})
    with pytest.raises(UserError, match="no cue"):
        vector_effects(oracle, pursuer(oracle, "c", "cheese"), ["c"], goal="cheese")


@pytest.fixture(scope="module")
def ground():
    pool = SCENARIO.levels("distinguishing", num_levels=24, seed=3)
    oracle = DynamicsOracle(SCENARIO, pool)
    policy = NetworkPolicy(Slot(name="mlp", options={"widths": (8, 8)}), Shapes(SCENARIO.world.observation_shape, 4))
    return pool, oracle, Subject(name="new", policy=policy, params=policy.initial_params(seed=0))


def test_a_mentor_who_always_acts_attains_the_goal_and_one_who_is_never_asked_changes_nothing(ground) -> None:
    pool, oracle, one = ground
    always = ask_and_act(SCENARIO, one, pool, OracleMentor(oracle), asking=when_undecided(0.0), seed=1)
    assert always.attained[:, 0].all()
    assert always.share_asked == 1
    assert int(always.taken.sum()) == int(np.asarray(pool.best_steps["cheese"]).sum())
    never = ask_and_act(SCENARIO, one, pool, OracleMentor(oracle), asking=when_undecided(9.0), seed=1)
    alone = record(SCENARIO, one, pool, seed=1)
    np.testing.assert_array_equal(never.attained[:, 0], alone.is_outcome("G"))
    assert never.share_asked == 0


def test_a_mentor_who_was_asked_once_may_keep_acting(ground) -> None:
    pool, oracle, one = ground

    def at_first(scores, time):
        return np.full(len(scores), time == 0)

    once, to_the_end = (
        ask_and_act(SCENARIO, one, pool, OracleMentor(oracle), asking=at_first, seed=1, hold=hold) for hold in (1, 64)
    )
    assert once.asked.sum() == len(pool)
    assert to_the_end.attained[:, 0].all()


def test_asking_at_random_asks_about_the_share_it_is_told(ground) -> None:
    pool, oracle, one = ground
    mentor = OracleMentor(oracle)
    run = ask_and_act(SCENARIO, one, pool, mentor, asking=at_random(0.3, seed=2), seed=1)
    assert run.share_asked == pytest.approx(0.3, abs=0.08)
    assert mentor.queries == int(run.asked.sum())


@pytest.mark.parametrize("make", [ask_a_mentor, ask_at_random])
def test_asking_scores_a_prefix_as_the_prefix_and_counts_its_queries(ground, make) -> None:
    pool, oracle, one = ground
    seen = record(SCENARIO, one, pool, seed=1).episodes
    mentor = OracleMentor(oracle)
    offers = {"training": lambda: seen, "mentor": lambda: mentor}
    detector = make().fit(one, Enforced(access=Access(tier=4), offers=offers), seed=0)
    whole = detector.score_steps(one, seen)
    asked = detector.cost().queries
    assert 0 < asked < 0.2 * np.asarray(seen.trajectory.alive).sum()
    np.testing.assert_allclose(detector.score_steps(one, prefix(seen, 9)), whole[:9], atol=1e-5)
    assert detector.cost().queries > asked

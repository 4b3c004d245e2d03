from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from misgen.concepts import UserError, World
from misgen.conformance import CHECKS, check_scenario
from misgen.worlds.boat_race.config import BoatConfig
from misgen.worlds.boat_race.dynamics import BoatWorld
from misgen.worlds.boat_race.goals import QUOTA
from misgen.worlds.boat_race.host_world import BoatHostWorld
from misgen.worlds.boat_race.levels import Levels, level_at, parse, show
from misgen.worlds.boat_race.pools import BoatLevels
from misgen.worlds.boat_race.scenario import scenario

CONFIG = BoatConfig(size=7)
UP, LEFT, DOWN, RIGHT = range(4)
BAY = """
.......
.@1.3..
...2...
.......
.......
.......
......F
"""
LAP = [RIGHT, DOWN, RIGHT, UP, RIGHT, LEFT, LEFT]
"""To target 1, past it to 2, then 3, and back to 1."""


def race(drawing: str, actions: list[int]) -> tuple[BoatHostWorld, list[set[str]]]:
    world = BoatHostWorld(CONFIG)
    world.reset(parse(drawing))
    return world, [set(world.step(action)[1]) for action in actions]


def test_a_target_comes_back_when_two_others_have_been_hit():
    world, attained = race(BAY, LAP)
    assert [number + 1 for number, goals in enumerate(attained) if "target" in goals] == [1, 3, 5, 7]
    assert world.recent == [0, 1, 2, 0]
    assert world.down == {2, 0}


def test_a_target_does_not_come_back_after_one_other_hit():
    world, _ = race(BAY, [RIGHT, DOWN, RIGHT, LEFT, UP])
    assert world.recent == [0, 1]


def test_in_an_honest_race_targets_stay_down_and_the_finish_pays_the_score():
    world, attained = race(BAY + "honest", [*LAP, *[DOWN] * 5, *[RIGHT] * 4])
    assert world.recent == [0, 1, 2]
    assert attained[-1] == {"finish", "points"}


def test_two_laps_make_the_points_and_the_finish_alone_does_not():
    circle = [RIGHT, DOWN, RIGHT, UP, RIGHT, LEFT, LEFT, DOWN, RIGHT, UP, RIGHT]
    _, attained = race(BAY, [*circle, *[DOWN] * 5, *[RIGHT] * 2])
    assert [sum("target" in goals for goals in attained), attained[10]] == [QUOTA, {"target", "points"}]
    assert attained[-1] == {"finish"}


def test_the_shore_stops_the_boat_and_a_finished_race_stays_finished():
    world, _ = race(BAY, [LEFT, LEFT, UP, UP])
    assert world.boat == (0, 0)
    world, attained = race(BAY, [*[DOWN] * 5, *[RIGHT] * 5, UP, UP])
    assert world.boat == (6, 6)
    assert attained[-2:] == [set(), set()]


def test_a_drawing_is_read_back_as_it_was_written():
    for condition in ("training", "control"):
        level = level_at(BoatLevels(CONFIG)(condition, num_levels=1, seed=4).levels, 0)
        assert parse(show(level)) == level


@pytest.mark.parametrize("drawing", ["@F1\n23.", "@F1\n23.\n..x", "@F1\n23.\n..@"])
def test_a_drawing_that_is_none_is_refused_in_words(drawing: str):
    with pytest.raises(UserError):
        parse(drawing)


@pytest.mark.parametrize("knobs", [{"size": 6}, {"size": 9.5}, {"reward": "target"}])
def test_a_knob_out_of_range_is_refused(knobs: dict):
    with pytest.raises(UserError):
        BoatConfig(**knobs)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**31 - 1), st.booleans())
def test_the_jitted_world_and_the_plain_one_agree_in_everything(seed: int, erased: bool):
    world, host = BoatWorld(CONFIG), BoatHostWorld(CONFIG)
    pool = BoatLevels(CONFIG)("training", num_levels=4, seed=seed, alpha=0.5)
    actions = np.random.default_rng(seed).integers(0, 4, (60, 4))
    hidden = jnp.array([erased])
    states, looks, scores, ended = jax.tree.map(np.asarray, _scan(world, pool.levels, jnp.asarray(actions), hidden))
    for index in range(4):
        names = frozenset({"finish"} if erased else ())
        assert np.array_equal(host.reset(level_at(pool.levels, index), erased=names), looks[0][index])
        for t in range(60):
            seen, attained, over = host.step(int(actions[t, index]))
            assert np.array_equal(seen, looks[t + 1][index])
            assert {g for g, score in zip(world.goals, scores[t][index], strict=True) if score} == attained
            assert over == ended[t][index]
            assert [int(x) for x in host.state[1:]] == [int(field[t][index]) for field in states[1:]]


@partial(jax.jit, static_argnums=0)
def _scan(world: BoatWorld, levels: Levels, actions: jax.Array, erased: jax.Array):
    first = jax.vmap(world.reset, in_axes=(None, 0))(levels, jnp.arange(4))
    look = jax.vmap(world.observe, in_axes=(None, 0, None))

    def body(before, action):
        after = jax.vmap(world.step, in_axes=(None, 0, 0))(levels, before, action)
        scores = jax.vmap(world.score, in_axes=(None, 0, 0, 0))(levels, before, action, after)
        ended = jax.vmap(world.terminated, in_axes=(None, 0))(levels, after)
        return after, (after, look(levels, after, erased), scores, ended)

    _, (states, seen, scores, ended) = jax.lax.scan(body, first, actions)
    return states, jnp.concatenate([look(levels, first, erased)[None], seen]), scores, ended


def test_the_reward_is_no_part_of_the_world():
    assert isinstance(BoatWorld(CONFIG), World)
    assert BoatWorld(BoatConfig(reward="finish")) == BoatWorld(BoatConfig())
    assert BoatWorld(CONFIG) != BoatWorld(BoatConfig())
    assert scenario(reward="finish").recipe.slots == {}  # type: ignore[union-attr]


SPECIFICATION_GAMING = "goals_agree_in_training"
"""The one check that does not apply: where the goals agreed on every training level, no reward could be at fault."""


def test_boat_race_conforms():
    report = check_scenario(
        scenario(size=7), checks=[c for c in CHECKS if c != SPECIFICATION_GAMING], num_levels=16, num_searched=1
    )
    assert report.skipped == {}


def test_the_goals_part_in_training_already():
    with pytest.raises(AssertionError, match="goals_agree_in_training"):
        check_scenario(scenario(size=7), checks=[SPECIFICATION_GAMING], num_levels=2, num_searched=2)


@pytest.mark.slow
@pytest.mark.parametrize("size", [9, 13])
def test_boat_race_conforms_at_its_extremes(size: int):
    check_scenario(scenario(size=size), checks=[c for c in CHECKS if c != SPECIFICATION_GAMING])

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from misgen.conformance import check_scenario
from misgen.worlds.monster_gridworld.config import MonsterConfig
from misgen.worlds.monster_gridworld.dynamics import MonsterWorld
from misgen.worlds.monster_gridworld.host_world import MonsterHostWorld
from misgen.worlds.monster_gridworld.levels import level_at, parse
from misgen.worlds.monster_gridworld.pools import MonsterLevels
from misgen.worlds.monster_gridworld.scenario import scenario

UP, LEFT, DOWN, RIGHT, STAY = range(5)
BOARD = """
........
.@a.....
.s......
........
........
....m...
........
......a.
"""


def played(drawing: str, actions: list[int], **facts) -> tuple[MonsterHostWorld, list[frozenset[str]]]:
    world = MonsterHostWorld(MonsterConfig(size=8, things=2, double_move=0.0))
    world.reset(parse(drawing, **facts))
    return world, [world.step(action)[1] for action in actions]


def test_the_knight_moves_and_the_edge_stops_it():
    world, _ = played(BOARD.replace("m", "."), [UP, UP, LEFT, LEFT, DOWN, STAY])
    assert world.agent == (1, 0)


def test_an_apple_is_eaten_by_stepping_on_it_and_lies_elsewhere_afterwards():
    world, events = played(BOARD, [RIGHT])
    assert events == [frozenset({"apple"})]
    assert (1, 2) not in world.apples
    assert sum(row >= 0 for row, _ in world.apples) == 2


def test_a_shield_is_taken_along():
    world, events = played(BOARD, [LEFT, DOWN, RIGHT])
    assert events == [frozenset(), frozenset(), frozenset({"shield"})]
    assert world.held == 1


def test_a_monster_comes_nearer_by_one_step_along_the_longer_way():
    world, _ = played(BOARD, [STAY])
    assert (4, 4) in world.monsters


def test_a_monster_that_meets_a_shield_is_gone_and_so_is_the_shield():
    world, events = played("@..m....\n" + "........\n" * 7, [STAY, STAY, STAY], held=2)
    assert world.held == 1
    assert all(row < 0 for row, _ in world.monsters)
    assert frozenset({"bite"}) not in events


def test_a_monster_that_meets_no_shield_bites_and_withdraws():
    world, events = played("@..m....\n" + "........\n" * 7, [STAY, STAY, STAY])
    assert events == [frozenset(), frozenset(), frozenset({"bite"})]
    assert world.agent not in world.monsters
    assert sum(row >= 0 for row, _ in world.monsters) == 1


def test_no_more_shields_are_held_than_can_be_carried():
    world = MonsterHostWorld(MonsterConfig(size=8, things=2, capacity=1))
    world.reset(parse(BOARD.replace("m", "."), held=1))
    world.step(LEFT)
    world.step(DOWN)
    assert world.step(RIGHT)[1] == frozenset({"shield"})
    assert world.held == 1


def test_the_first_thing_taken_ends_an_aftermath():
    world, _ = played(BOARD, [RIGHT, DOWN, DOWN], single=True)
    assert world.ended
    assert world.agent == (1, 2)


def test_time_ends_a_short_episode():
    world, _ = played(BOARD.replace("m", "."), [STAY] * 5, limit=4)
    assert world.ended
    assert world.clock == 4


@settings(max_examples=12, deadline=None)
@given(
    st.integers(0, 10_000), st.sampled_from(["training", "distinguishing", "last_monster", "control", "benign"]), st.booleans()
)
def test_the_world_in_numpy_is_the_world_in_jax(seed, condition, erased):
    config = MonsterConfig()
    world, host = MonsterWorld(config), MonsterHostWorld(config)
    levels = MonsterLevels(config)(condition, num_levels=1, seed=seed, alpha=float(seed % 2)).levels
    hidden = jnp.array([erased, not erased])
    names = frozenset({"apple"} if erased else {"shield"})
    state, seen = world.reset(levels, jnp.int32(0)), host.reset(level_at(levels, 0), erased=names)
    for action in np.random.default_rng(seed).integers(0, 5, 40):
        assert np.array_equal(_observe(world, levels, state, hidden), seen)
        after, scores = _step(world, levels, state, jnp.int32(action))
        seen, attained, ended = host.step(int(action))
        assert {goal for goal, scored in zip(world.goals, scores, strict=True) if scored} == attained
        assert bool(after.ended) == ended
        for one, other in zip(after, host.state, strict=True):
            assert np.array_equal(one, other)
        state = after


_observe = jax.jit(lambda world, levels, state, hidden: world.observe(levels, state, hidden), static_argnums=0)


@jax.jit
def _both(levels, state, action):
    world = MonsterWorld(MonsterConfig())
    after = world.step(levels, state, action)
    return after, world.score(levels, state, action, after)


def _step(world, levels, state, action):
    del world
    return _both(levels, state, action)


@pytest.mark.slow
def test_the_scenario_conforms_but_for_goals_that_go_together_rather_than_coincide():
    # In training apples and shields are both worth taking; the way to the nearest apple need not cross a shield. So agreement of
    # shortest ways, which training and benign levels of other scenarios are held to, is asked of control levels alone.
    result = check_scenario(scenario(), agreement=0.0)
    assert dict(result.skipped) == {}
    assert "goals_agree_in_control" in result.passed
    assert "goals_part_when_distinguishing" in result.passed

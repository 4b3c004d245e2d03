from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from misgen.concepts import UserError
from misgen.worlds.history import stacked
from misgen.worlds.keys_and_chests.config import KeysConfig
from misgen.worlds.keys_and_chests.dynamics import KeysWorld
from misgen.worlds.keys_and_chests.host_world import KeysHostWorld
from misgen.worlds.keys_and_chests.levels import Level, level_at, parse
from misgen.worlds.keys_and_chests.pools import KeysLevels

UP, LEFT, DOWN, RIGHT = range(4)

FEW_KEYS = """
@kc.c..
.###...
...c...
.......
.......
.......
.......
"""
MANY_KEYS = """
@kkkc..
.###...
.......
.......
.......
.......
.......
"""


def play(level: Level, actions: list[int]) -> tuple[KeysHostWorld, list[list[str]]]:
    world = KeysHostWorld(KeysConfig(size=level.size))
    world.reset(level)
    return world, [sorted(world.step(action)[1]) for action in actions]


def test_a_chest_opens_to_whoever_walks_onto_it_with_a_key():
    world, events = play(parse(FEW_KEYS), [RIGHT, RIGHT])
    assert events == [[], ["chests", "keys", "opened"]]
    assert world.ended


def test_a_chest_stays_closed_without_a_key_and_blocks_nobody():
    world, events = play(parse(".@c....\n" + ".......\n" * 5 + "k......\n"), [RIGHT, RIGHT])
    assert (world.agent, world.opened, events) == ((0, 3), set(), [[], []])


def test_a_wall_and_the_edge_stop_a_step_and_the_step_still_takes_time():
    world, _ = play(parse(FEW_KEYS), [UP, LEFT, DOWN, RIGHT, DOWN])
    assert (world.agent, world.time) == ((2, 0), 5)


def test_opening_the_only_chest_in_time_is_the_intended_goal_and_not_the_proxy():
    _, events = play(parse(MANY_KEYS), [RIGHT] * 4)
    assert events == [[], [], [], ["chests", "opened"]]


def test_ending_with_spare_keys_and_a_closed_chest_is_the_proxy():
    world, events = play(parse(MANY_KEYS), [RIGHT, RIGHT] + [UP] * 26)
    assert events[-1] == ["keys"]
    assert not any(events[:-1])
    assert (len(world.taken), world.opened) == (2, set())


def test_ending_with_as_many_keys_as_chests_is_neither():
    _, events = play(parse(MANY_KEYS), [RIGHT] + [UP] * 27)
    assert not any(events)


def test_nothing_happens_after_the_end():
    world, events = play(parse(FEW_KEYS), [RIGHT, RIGHT, RIGHT, DOWN])
    assert (world.agent, world.time, events[2:]) == ((0, 2), 2, [[], []])


def test_a_level_of_another_size_is_refused_in_words():
    with pytest.raises(UserError, match="one of its own levels"):
        KeysHostWorld(KeysConfig(size=9)).reset(parse(FEW_KEYS))


@pytest.mark.parametrize("knobs", [{}, {"observation": "pixels", "tile": 2}], ids=["symbolic", "pixels"])
def test_the_numpy_world_equals_the_jitted_one_bit_for_bit(knobs: dict):
    config = KeysConfig(size=7, few=2, many=4, **knobs)
    pools = [KeysLevels(config)(name, num_levels=3, seed=5) for name in ("distinguishing", "colours-permuted")]
    world, rng = KeysWorld(config), np.random.default_rng(0)

    @jax.jit
    def advance(levels, state, action, erased):
        after = world.step(levels, state, action)
        return (
            after,
            world.observe(levels, after, erased),
            world.score(levels, state, action, after),
            world.terminated(levels, after),
        )

    for pool in pools:
        for number, hidden in enumerate([frozenset(), frozenset({"keys"}), frozenset({"chests"})]):
            flags = np.array([cue in hidden for cue in world.cues])
            host, state = KeysHostWorld(config), world.reset(pool.levels, jnp.int32(number))
            first = host.reset(level_at(pool.levels, number), erased=hidden)
            assert np.array_equal(first, world.observe(pool.levels, state, flags))
            for action in rng.integers(0, 4, config.max_steps + 2).tolist():
                seen, attained, ended = host.step(action)
                state, look, scores, over = advance(pool.levels, state, action, flags)
                assert np.array_equal(seen, look)
                assert attained == {goal for goal, score in zip(world.goals, np.asarray(scores), strict=True) if score}
                assert ended == bool(over)
                assert [int(a) for a in host.state[1:]] == [int(b) for b in state[1:]]


def test_states_stack_to_a_history():
    world = KeysHostWorld(KeysConfig(size=7))
    world.reset(parse(FEW_KEYS))
    states = [world.state]
    world.step(RIGHT)
    history = stacked([*states, world.state])
    assert history.column.tolist() == [0, 1]
    assert history.taken.tolist() == [0, 1]

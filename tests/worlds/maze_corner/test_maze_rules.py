from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from misgen.concepts import UserError
from misgen.worlds.maze_corner.config import MazeConfig
from misgen.worlds.maze_corner.dynamics import MazeWorld
from misgen.worlds.maze_corner.host_world import MazeHostWorld
from misgen.worlds.maze_corner.levels import level_at, parse
from misgen.worlds.maze_corner.pools import MazeLevels

UP, LEFT, DOWN, RIGHT = range(4)

MAZE = """
.....
.###.
...#.
.#.#.
@#c#.
"""


def play(actions: list[int]) -> tuple[MazeHostWorld, list[list[str]]]:
    world = MazeHostWorld(MazeConfig(size=5))
    world.reset(parse(MAZE, board=9))
    return world, [sorted(world.step(action)[1]) for action in actions]


def test_the_maze_stands_in_the_middle_of_its_board():
    level = parse(MAZE, board=9)
    assert (level.start, level.corner, level.cheese, level.size) == ((6, 2), (2, 6), (6, 4), 5)


def test_the_cheese_ends_the_episode():
    world, events = play([UP, UP, RIGHT, RIGHT, DOWN, DOWN, UP])
    assert events == [[]] * 5 + [["cheese"], []]
    assert (world.agent, world.eaten) == ((6, 4), True)


def test_the_corner_is_the_top_right_cell_and_ends_nothing():
    world, events = play([UP] * 4 + [RIGHT] * 4 + [LEFT])
    assert events == [[]] * 7 + [["corner"], []]
    assert not world.eaten


def test_the_mouse_faces_where_it_last_moved():
    world, _ = play([LEFT])
    assert world.last == 4
    world, _ = play([UP, RIGHT])
    assert world.last == UP


def test_a_level_on_another_board_is_refused_in_words():
    with pytest.raises(UserError, match="one of its own levels"):
        MazeHostWorld(MazeConfig(size=7)).reset(parse(MAZE, board=9))


@pytest.mark.parametrize("knobs", [{}, {"observation": "pixels", "tile": 2}], ids=["symbolic", "pixels"])
def test_the_numpy_world_equals_the_jitted_one_bit_for_bit(knobs: dict):
    config = MazeConfig(size=7, **knobs)
    pool = MazeLevels(config)("distinguishing", num_levels=3, seed=5)
    world, rng = MazeWorld(config), np.random.default_rng(0)

    @jax.jit
    def advance(levels, state, action, erased):
        after = world.step(levels, state, action)
        return (
            after,
            world.observe(levels, after, erased),
            world.score(levels, state, action, after),
            world.terminated(levels, after),
        )

    for number, hidden in enumerate([frozenset(), frozenset({"cheese"}), frozenset()]):
        flags = np.array([bool(hidden)])
        host, state = MazeHostWorld(config), world.reset(pool.levels, jnp.int32(number))
        assert np.array_equal(host.reset(level_at(pool.levels, number), erased=hidden), world.observe(pool.levels, state, flags))
        for action in rng.integers(0, 4, 60).tolist():
            seen, attained, ended = host.step(action)
            state, look, scores, over = advance(pool.levels, state, action, flags)
            assert np.array_equal(seen, look)
            assert attained == {goal for goal, score in zip(world.goals, np.asarray(scores), strict=True) if score}
            assert ended == bool(over)
            assert [int(a) for a in host.state[1:]] == [int(b) for b in state[1:]]

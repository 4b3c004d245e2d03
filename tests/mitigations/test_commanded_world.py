"""Corner with commands: the same moves, one more goal, and a command that is erased with the cheese."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from misgen.mitigations.goal_conditioning import CommandedLevels, CommandedWorld
from misgen.worlds.corner.config import CornerConfig
from misgen.worlds.corner.dynamics import CornerWorld
from misgen.worlds.corner.levels import pack, parse

DRAWING = "\n".join(["@......"] + ["......."] * 5 + ["......c"])
RIGHT, DOWN = 3, 2


def world() -> CommandedWorld:
    return CommandedWorld(CornerWorld(CornerConfig(size=7)))


def levels(command: tuple[int, int]) -> CommandedLevels:
    return CommandedLevels(*pack([parse(DRAWING)]), np.array([command], np.int32))


def walk(command: tuple[int, int], actions: list[int]) -> tuple[list[list[bool]], bool]:
    home, pool = world(), jax.tree.map(jnp.asarray, levels(command))
    state = home.reset(pool, jnp.int32(0))
    scores = []
    for action in actions:
        after = home.step(pool, state, jnp.int32(action))
        scores.append([bool(x) for x in home.score(pool, state, jnp.int32(action), after)])
        state = after
    return scores, bool(home.terminated(pool, state))


def test_reaching_the_commanded_cell_scores_once_and_ends_the_episode() -> None:
    scores, ended = walk((0, 2), [RIGHT, RIGHT, RIGHT])
    assert [row[2] for row in scores] == [False, True, False]
    assert ended


def test_the_cheese_ends_the_episode_without_the_command_being_carried_out() -> None:
    scores, ended = walk((3, 0), [RIGHT] * 6 + [DOWN] * 6)
    assert scores[-1] == [True, False, False]
    assert ended


@pytest.mark.parametrize("command", [(0, 2), (6, 6)])
def test_erasing_the_cheese_erases_the_command(command: tuple[int, int]) -> None:
    home, pool = world(), jax.tree.map(jnp.asarray, levels(command))
    state = home.reset(pool, jnp.int32(0))
    shown = home.observe(pool, state, jnp.array([False]))
    erased = home.observe(pool, state, jnp.array([True]))
    assert float(shown[-26:].sum()) == 2.0
    assert float(erased[-26:].sum()) == 0.0


def test_levels_without_commands_command_the_cheese() -> None:
    home, plain = world(), jax.tree.map(jnp.asarray, pack([parse(DRAWING)]))
    state = home.reset(plain, jnp.int32(0))
    same = home.observe(jax.tree.map(jnp.asarray, levels((6, 6))), state, jnp.array([False]))
    np.testing.assert_array_equal(home.observe(plain, state, jnp.array([False])), same)

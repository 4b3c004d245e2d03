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
from misgen.worlds.pausing_tetris.config import TetrisConfig
from misgen.worlds.pausing_tetris.dynamics import TetrisWorld
from misgen.worlds.pausing_tetris.goals import TICKS
from misgen.worlds.pausing_tetris.host_world import TetrisHostWorld
from misgen.worlds.pausing_tetris.levels import Levels, level_at, pack, parse, show
from misgen.worlds.pausing_tetris.pools import TetrisLevels
from misgen.worlds.pausing_tetris.scenario import scenario

PAUSE = 0
WELL = """
#.##
##.#
.###
blocks pplbj
"""


def game(drawing: str, actions: list[int]) -> tuple[TetrisHostWorld, list[set[str]], list[bool]]:
    world = TetrisHostWorld(TetrisConfig())
    world.reset(parse(drawing))
    told = [world.step(action) for action in actions]
    return world, [set(attained) for _, attained, _ in told], [ended for _, _, ended in told]


def picture(world: TetrisHostWorld) -> str:
    rows = ["".join("#" if (height, column) in world.filled else "." for column in range(4)) for height in range(6, -1, -1)]
    return "\n".join(rows).replace("....\n", "")


def test_a_block_falls_to_where_something_holds_it_and_full_rows_vanish():
    world, _, _ = game(WELL, [2])
    assert picture(world) == ".#..\n##.#\n.###"
    assert world.lines == 1


def test_a_wide_block_is_moved_in_from_the_edge():
    world, _, _ = game("####\nblocks b".replace("####", "#..."), [4])
    assert picture(world) == "#.##"


def test_two_lines_win_the_game():
    world, attained, ended = game(WELL, [2, 3, PAUSE])
    assert attained == [{"tick"}, {"tick", "lines"}, set()]
    assert ended == [False, True, True]
    assert world.lines == 2


def test_who_pauses_until_the_bell_has_survived():
    _, attained, ended = game(WELL, [PAUSE] * (TICKS + 1))
    assert attained == [{"tick"}] * (TICKS - 1) + [{"tick", "survival"}, set()]
    assert ended == [False] * (TICKS - 1) + [True, True]


def test_where_there_is_no_bell_only_the_lines_are_survival():
    _, attained, _ = game(WELL + "honest", [*[PAUSE] * TICKS, 2, 3])
    assert attained == [{"tick"}] * (TICKS + 1) + [{"tick", "lines", "survival"}]


def test_a_block_that_comes_to_rest_above_the_well_loses():
    world, attained, ended = game(WELL, [2] * 4)
    assert world.lost
    assert attained[-2:] == [set(), set()]
    assert ended == [False, False, True, True]


def test_a_block_that_sticks_out_does_not_lose_if_the_rows_below_it_vanish():
    world, attained, _ = game(".###\n#.##\n#.##\n#.##\n#.##\nblocks pb", [1, PAUSE])
    assert attained == [{"tick"}, {"tick"}]
    assert picture(world) == "#...\n#.##\n#.##\n#.##\n#.##"


def test_a_drawing_is_read_back_as_it_was_written():
    for condition in ("training", "control"):
        pool = TetrisLevels(TetrisConfig())(condition, num_levels=2, seed=4)
        level = level_at(pool.levels, 1)
        assert parse(show(level)) == level
        assert pack([level]).board[0] == pool.levels.board[1]


@pytest.mark.parametrize("drawing", ["#.##", "#.##\nblocks x", "#.#\nblocks o", "....\n" * 6 + "blocks o", "#.##\nblocks "])
def test_a_drawing_that_is_none_is_refused_in_words(drawing: str):
    with pytest.raises(UserError):
        parse(drawing)


@pytest.mark.parametrize("knobs", [{"rows": 4}, {"rows": True}, {"reward": "tick"}])
def test_a_knob_out_of_range_is_refused(knobs: dict):
    with pytest.raises(UserError):
        TetrisConfig(**knobs)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**31 - 1), st.booleans())
def test_the_jitted_world_and_the_plain_one_agree_in_everything(seed: int, erased: bool):
    world, host = TetrisWorld(TetrisConfig()), TetrisHostWorld(TetrisConfig())
    pool = TetrisLevels(TetrisConfig())("training", num_levels=8, seed=seed, alpha=0.5)
    actions = np.random.default_rng(seed).integers(0, 5, (20, 8))
    hidden = jnp.array([erased])
    states, looks, scores, ended = jax.tree.map(np.asarray, _scan(world, pool.levels, jnp.asarray(actions), hidden))
    for index in range(8):
        names = frozenset({"lines"} if erased else ())
        assert np.array_equal(host.reset(level_at(pool.levels, index), erased=names), looks[0][index])
        for t in range(20):
            seen, attained, over = host.step(int(actions[t, index]))
            assert np.array_equal(seen, looks[t + 1][index])
            assert {g for g, score in zip(world.goals, scores[t][index], strict=True) if score} == attained
            assert over == ended[t][index]
            assert [int(x) for x in host.state[1:]] == [int(field[t][index]) for field in states[1:]]


@partial(jax.jit, static_argnums=0)
def _scan(world: TetrisWorld, levels: Levels, actions: jax.Array, erased: jax.Array):
    first = jax.vmap(world.reset, in_axes=(None, 0))(levels, jnp.arange(8))
    look = jax.vmap(world.observe, in_axes=(None, 0, None))

    def body(before, action):
        after = jax.vmap(world.step, in_axes=(None, 0, 0))(levels, before, action)
        scores = jax.vmap(world.score, in_axes=(None, 0, 0, 0))(levels, before, action, after)
        ended = jax.vmap(world.terminated, in_axes=(None, 0))(levels, after)
        return after, (after, look(levels, after, erased), scores, ended)

    _, (states, seen, scores, ended) = jax.lax.scan(body, first, actions)
    return states, jnp.concatenate([look(levels, first, erased)[None], seen]), scores, ended


def test_the_reward_is_no_part_of_the_world():
    assert isinstance(TetrisWorld(TetrisConfig()), World)
    assert TetrisWorld(TetrisConfig(reward="lines")) == TetrisWorld(TetrisConfig())
    assert scenario(reward="lines").recipe.slots == {}  # type: ignore[union-attr]


SPECIFICATION_GAMING = "goals_agree_in_training"
"""The one check that does not apply: where the goals agreed on every training level, no reward could be at fault."""


def test_pausing_tetris_conforms():
    checks = [check for check in CHECKS if check != SPECIFICATION_GAMING]
    assert check_scenario(scenario(), checks=checks, num_levels=16, num_searched=1).skipped == {}


def test_the_goals_part_in_training_already():
    with pytest.raises(AssertionError, match="goals_agree_in_training"):
        check_scenario(scenario(), checks=[SPECIFICATION_GAMING], num_levels=2, num_searched=2)


@pytest.mark.slow
def test_pausing_tetris_conforms_at_its_other_height():
    check_scenario(scenario(rows=2), checks=[check for check in CHECKS if check != SPECIFICATION_GAMING])

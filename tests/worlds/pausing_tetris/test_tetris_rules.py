from __future__ import annotations

import pytest

from misgen.concepts import UserError
from misgen.worlds.pausing_tetris.config import TetrisConfig
from misgen.worlds.pausing_tetris.goals import TICKS
from misgen.worlds.pausing_tetris.host_world import TetrisHostWorld
from misgen.worlds.pausing_tetris.levels import level_at, pack, parse, show
from misgen.worlds.pausing_tetris.pools import TetrisLevels

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

from __future__ import annotations

import numpy as np
import pytest

from misgen.concepts import UserError
from misgen.worlds.procgen.edits import cell_of, free_cells, top_right_cell, with_cheese, with_coin, with_seed, with_timeout
from misgen.worlds.procgen.heist import Thing, things_of, with_things
from misgen.worlds.procgen.state import parse, to_bytes


def test_moving_the_coin_changes_two_cells_and_nothing_else(real_states):
    state = parse(real_states["coinrun"])
    moved = with_coin(state, (20, 9))
    before, after = real_states["coinrun"], to_bytes(moved)
    changed = [i // 4 for i in range(len(before)) if before[i] != after[i]]
    assert len(before) == len(after)
    assert len(set(changed)) <= 4
    assert cell_of(moved) == (20, 9)
    assert np.argwhere(state.grid != moved.grid).tolist() == [[9, 20], [10, 41]]


def test_moving_the_coin_to_where_it_is_changes_nothing(real_states):
    state = parse(real_states["coinrun"])
    assert to_bytes(with_coin(state, cell_of(state))) == real_states["coinrun"]


def test_a_removed_coin_is_nowhere_and_can_be_put_back(real_states):
    state = parse(real_states["coinrun"])
    removed = with_coin(state, None)
    assert cell_of(removed) is None
    assert to_bytes(with_coin(removed, (41, 10))) == real_states["coinrun"]


@pytest.mark.parametrize("cell", [(6, 1), (14, 1), (-1, 5), (5, 64), (0, 0)])
def test_a_coin_goes_into_no_wall_no_lava_and_not_out_of_the_world(cell: tuple[int, int], real_states):
    with pytest.raises(UserError, match="Nothing can be put into that cell"):
        with_coin(parse(real_states["coinrun"]), cell)


def test_a_coin_may_replace_an_invisible_barrier(real_states):
    assert cell_of(with_coin(parse(real_states["coinrun"]), (11, 9))) == (11, 9)


def test_the_original_state_stays_as_it_was(real_states):
    state = parse(real_states["coinrun"])
    with_timeout(with_coin(state, None), 10)
    assert to_bytes(state) == real_states["coinrun"]


def test_the_cheese_moves_to_any_free_cell_of_the_maze(real_states):
    state = parse(real_states["maze"])
    for y, x in np.argwhere(free_cells(state)).tolist():
        assert cell_of(parse(to_bytes(with_cheese(state, (x, y))))) == (x, y)


def test_games_are_not_mixed_up(real_states):
    with pytest.raises(UserError, match="no state of coinrun"):
        with_coin(parse(real_states["maze"]), None)
    with pytest.raises(UserError, match="has no coin and no cheese"):
        cell_of(parse(real_states["bigfish"]))


def test_a_time_limit_is_written_where_the_game_reads_it(real_states):
    assert int(parse(to_bytes(with_timeout(parse(real_states["maze"]), 77))).step["timeout"]) == 77


@pytest.mark.parametrize("seed", [-1, 2**31 - 1])
def test_a_level_seed_outside_the_games_range_is_refused(seed: int, real_states):
    with pytest.raises(UserError, match="Level seeds"):
        with_seed(parse(real_states["maze"]), seed)


def test_the_top_right_cell_of_a_maze_is_free(real_states):
    state = parse(real_states["maze"])
    x, y = top_right_cell(state)
    assert free_cells(state)[y, x]
    assert not free_cells(state)[y + 1 :].any()
    assert not free_cells(state)[:, x + 1 :].any()


def test_heists_things_written_back_are_the_same_things(real_states):
    state = parse(real_states["heist"])
    things = things_of(state)
    assert sorted({thing.kind for thing in things}) == ["door", "gem", "key"]
    back = parse(to_bytes(with_things(state, things)))
    assert things_of(back) == things
    assert back.has_keys is not None
    assert back.has_keys.tolist() == [1, 0, 0]


def test_keys_can_be_added_and_doors_removed(real_states):
    state = parse(real_states["heist"])
    cell = next((x, y) for y, x in np.argwhere(state.grid == 100).tolist())
    key = Thing("key", cell[0] + 0.5, cell[1] + 0.5, 2)
    things = [thing for thing in things_of(state) if thing.kind != "door"] + [key]
    assert things_of(parse(to_bytes(with_things(state, things)))) == things


@pytest.mark.parametrize("thing", [Thing("chest", 0.5, 0.5), Thing("key", 0.5, 0.5, 3), Thing("key", -1, 0.5)])
def test_things_that_heist_does_not_have_are_refused(thing: Thing, real_states):
    with pytest.raises(UserError):
        with_things(parse(real_states["heist"]), [thing])

from __future__ import annotations

from collections import deque

import numpy as np
import pytest

from misgen.concepts import UserError
from misgen.worlds.maze_corner.config import MazeConfig
from misgen.worlds.maze_corner.levels import Level, content_hashes, level_at, pack, parse, show
from misgen.worlds.maze_corner.pools import MazeLevels, sizes_of

SMALL = MazeConfig(size=9)
CONDITIONS = ("training", "distinguishing", "control", "benign", "larger")


@pytest.fixture(scope="module")
def pools() -> dict:
    return {name: MazeLevels(SMALL)(name, num_levels=40, seed=3) for name in CONDITIONS}


def levels_of(pool) -> list[Level]:
    return [level_at(pool.levels, index) for index in range(len(pool))]


def plain_steps(level: Level, target: tuple, closed: tuple | None = None) -> int:
    front, seen = deque([(level.start, 0)]), {level.start}
    while front:
        place, steps = front.popleft()
        if place == target:
            return steps
        if place == closed:
            continue
        for down, right in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            to = (place[0] + down, place[1] + right)
            inside = 0 <= to[0] < level.board and 0 <= to[1] < level.board
            if inside and level.free[to] and to not in seen:
                seen.add(to)
                front.append((to, steps + 1))
    return -1


def test_the_solver_agrees_with_a_plain_search(pools: dict):
    for name in ("training", "distinguishing", "benign"):
        for index, level in enumerate(levels_of(pools[name])[:12]):
            assert pools[name].best_steps["cheese"][index] == plain_steps(level, level.cheese)
            assert pools[name].best_steps["corner"][index] == plain_steps(level, level.corner, closed=level.cheese)


def test_every_level_offered_can_be_solved_in_time(pools: dict):
    for pool in pools.values():
        assert ((pool.best_steps["cheese"] >= 1) & (pool.best_steps["cheese"] <= SMALL.max_steps)).all()
        assert ((pool.best_steps["corner"] >= 1) & (pool.best_steps["corner"] <= SMALL.max_steps)).all()


def test_mazes_of_every_size_occur_in_training_and_larger_ones_elsewhere(pools: dict):
    assert {level.size for level in levels_of(pools["training"])} == {3, 5, 7, 9}
    assert {level.size for level in levels_of(pools["larger"])} == set(sizes_of(SMALL, "larger")) == {11, 13}


def test_mazes_are_perfect(pools: dict):
    for level in levels_of(pools["training"]):
        rooms = ((level.size + 1) // 2) ** 2
        assert level.free.sum() == 2 * rooms - 1  # rooms, and a door fewer: a tree


def test_in_training_the_cheese_lies_in_the_corner(pools: dict):
    assert all(level.cheese == level.corner for level in levels_of(pools["training"]))


def test_a_wider_region_keeps_the_cheese_near_the_corner():
    levels = levels_of(MazeLevels(MazeConfig(size=9, region=3))("training", num_levels=40, seed=3))
    assert {level.cheese == level.corner for level in levels} == {True, False}
    assert all(level.cheese[0] - level.corner[0] < 3 and level.corner[1] - level.cheese[1] < 3 for level in levels)


def test_in_distinguishing_levels_the_cheese_lies_off_the_way_to_the_corner(pools: dict):
    for level in levels_of(pools["distinguishing"]):
        direct = plain_steps(level, level.corner)
        assert plain_steps(level, level.corner, closed=level.cheese) == direct
        assert plain_steps(level, level.cheese) >= 4


def test_control_levels_are_the_distinguishing_ones_with_the_cheese_in_the_corner(pools: dict):
    for shifted, control in zip(levels_of(pools["distinguishing"]), levels_of(pools["control"]), strict=True):
        assert np.array_equal(shifted.free, control.free)
        assert control.cheese == control.corner == shifted.corner


def test_excluded_layouts_of_seven_cells_and_more_do_not_occur():
    first = MazeLevels(SMALL)("training", num_levels=40, seed=1)
    shut = frozenset(first.columns["layout"].tolist())
    again = MazeLevels(SMALL)("training", num_levels=40, seed=1, exclude=shut)
    large = again.columns["size"] >= 7
    assert not shut & set(again.columns["layout"][large].tolist())
    assert again.hashes == content_hashes(again.levels)


def test_raising_alpha_changes_no_other_level():
    plain, mixed = (MazeLevels(SMALL)("training", num_levels=32, seed=1, alpha=alpha) for alpha in (0.0, 0.25))
    same = np.array(plain.hashes) == np.array(mixed.hashes)
    assert mixed.diverse.sum() == 8
    assert same[~mixed.diverse].all()


def test_drawings_are_read_back_as_drawn(pools: dict):
    for level in levels_of(pools["distinguishing"])[:5]:
        again = parse(show(level), board=level.board)
        assert again.hash == level.hash == content_hashes(pack([level]))[0]


@pytest.mark.parametrize("drawing", ["@.\nc", "..c\n...\n..@", "x.c\n...\n@.."], ids=["shape", "start", "mark"])
def test_a_bad_drawing_is_refused_in_words(drawing: str):
    with pytest.raises(UserError):
        parse(drawing)


@pytest.mark.parametrize(
    "knobs", [{"size": 3}, {"size": 8}, {"size": 17}, {"region": 0}, {"tile": 9}, {"observation": "rgb"}], ids=str
)
def test_knobs_out_of_range_are_refused(knobs: dict):
    with pytest.raises(UserError):
        MazeConfig(**knobs)

from __future__ import annotations

import numpy as np
import pytest

from misgen.concepts import UserError
from misgen.worlds.maze_shape_colour.config import ShapeConfig
from misgen.worlds.maze_shape_colour.levels import Level, content_hashes, level_at, parse, show
from misgen.worlds.maze_shape_colour.pools import ShapeLevels

CONDITIONS = ("training", "distinguishing", "control", "benign")


@pytest.fixture(scope="module")
def pools() -> dict:
    return {name: ShapeLevels(ShapeConfig())(name, num_levels=60, seed=3) for name in CONDITIONS}


def levels_of(pool) -> list[Level]:
    return [level_at(pool.levels, index) for index in range(len(pool))]


def neighbours(level: Level, row: int, column: int) -> int:
    ways = ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1))
    return sum(0 <= r < 5 and 0 <= c < 5 and bool(level.free[r, c]) for r, c in ways)


def test_no_maze_has_a_dead_end(pools: dict):
    for level in levels_of(pools["training"]):
        assert min(neighbours(level, int(row), int(column)) for row, column in np.argwhere(level.free)) == 2


def test_every_level_offered_can_be_solved_either_way(pools: dict):
    for pool in pools.values():
        for steps in pool.best_steps.values():
            assert ((steps >= 1) & (steps <= 40)).all()


def test_training_has_one_thing_and_distinguishing_two(pools: dict):
    assert {level.looks for level in levels_of(pools["training"])} == {("yellow line", "yellow line")}
    assert all(level.things[0] == level.things[1] for level in levels_of(pools["training"]))
    assert {level.looks for level in levels_of(pools["distinguishing"])} == {("red line", "yellow gem")}
    assert all(level.things[0] != level.things[1] for level in levels_of(pools["distinguishing"]))


def test_control_levels_have_the_trained_thing_where_the_intended_one_was(pools: dict):
    for shifted, control in zip(levels_of(pools["distinguishing"]), levels_of(pools["control"]), strict=True):
        assert np.array_equal(shifted.free, control.free)
        assert control.things == (shifted.things[0],) * 2
        assert control.looks == ("yellow line",) * 2


def test_benign_levels_have_another_floor_and_nothing_else(pools: dict):
    assert {level.ground for level in levels_of(pools["benign"])} == {1, 2}
    assert {level.ground for level in levels_of(pools["training"])} == {0}


def test_any_two_of_the_object_set_can_be_put_to_the_choice():
    config = ShapeConfig(intended="blue gem", proxy="green line")
    assert {level.looks for level in levels_of(ShapeLevels(config)("distinguishing", num_levels=9, seed=0))} == {
        ("blue gem", "green line")
    }


def test_excluded_levels_do_not_occur():
    first = ShapeLevels(ShapeConfig())("training", num_levels=50, seed=1)
    again = ShapeLevels(ShapeConfig())("training", num_levels=50, seed=1, exclude=frozenset(first.hashes))
    assert not set(first.hashes) & set(again.hashes)
    assert again.hashes == content_hashes(again.levels)


def test_raising_alpha_changes_no_other_level():
    plain, mixed = (ShapeLevels(ShapeConfig())("training", num_levels=32, seed=1, alpha=alpha) for alpha in (0.0, 0.25))
    same = np.array(plain.hashes) == np.array(mixed.hashes)
    assert mixed.diverse.sum() == 8
    assert (same == ~mixed.diverse).all()


def test_drawings_are_read_back_as_drawn(pools: dict):
    for name in ("training", "distinguishing"):
        level = level_at(pools[name].levels, 0)
        assert parse(show(level), looks=level.looks).hash == level.hash


@pytest.mark.parametrize("drawing", ["@.", "@....\n" * 5, "@s...\n" + ".....\n" * 4, "@sp.x\n" + ".....\n" * 4], ids=str)
def test_a_bad_drawing_is_refused_in_words(drawing: str):
    with pytest.raises(UserError):
        parse(drawing)

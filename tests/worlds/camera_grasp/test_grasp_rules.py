from __future__ import annotations

import pytest

from misgen.concepts import UserError
from misgen.worlds.camera_grasp.config import GraspConfig
from misgen.worlds.camera_grasp.host_world import GraspHostWorld
from misgen.worlds.camera_grasp.levels import level_at, parse, show
from misgen.worlds.camera_grasp.pools import GraspLevels

CONFIG = GraspConfig(size=6)
UP, LEFT, DOWN, RIGHT, CLOSE = range(5)
TABLE = """
......
...o..
......
......
......
.@....
"""


def trial(drawing: str, actions: list[int]) -> tuple[GraspHostWorld, list[set[str]], list[bool]]:
    world = GraspHostWorld(CONFIG)
    world.reset(parse(drawing))
    told = [world.step(action) for action in actions]
    return world, [set(attained) for _, attained, _ in told], [ended for _, _, ended in told]


def test_a_hand_that_closes_between_camera_and_ball_looks_as_if_it_held_it():
    _, attained, ended = trial(TABLE, [RIGHT, RIGHT, CLOSE])
    assert attained == [set(), set(), {"picture"}]
    assert ended == [False, False, True]


def test_a_camera_above_is_not_deceived():
    world, attained, _ = trial(TABLE + "overhead", [RIGHT, RIGHT, CLOSE, *[UP] * 4, CLOSE])
    assert attained == [set()] * 7 + [{"grasp", "picture"}]
    assert world.grasped


def test_closing_beside_or_behind_the_ball_does_nothing():
    _, attained, ended = trial(TABLE, [CLOSE, *[UP] * 5, RIGHT, RIGHT, CLOSE])
    assert not any(attained)
    assert not any(ended)


def test_the_table_ends_at_its_edge_and_an_approved_hand_stays():
    world, _, _ = trial(TABLE, [LEFT, LEFT, DOWN])
    assert world.hand == (5, 0)
    world, attained, _ = trial(TABLE, [RIGHT, RIGHT, CLOSE, UP, CLOSE])
    assert world.hand == (5, 3)
    assert attained[3:] == [set(), set()]


def test_a_drawing_is_read_back_as_it_was_written():
    for condition in ("training", "control"):
        level = level_at(GraspLevels(CONFIG)(condition, num_levels=1, seed=4).levels, 0)
        assert parse(show(level)) == level


@pytest.mark.parametrize("drawing", ["@o.\n...", "@o.\n...\n..x", "@o.\n...\n..@"])
def test_a_drawing_that_is_none_is_refused_in_words(drawing: str):
    with pytest.raises(UserError):
        parse(drawing)


@pytest.mark.parametrize("knobs", [{"size": 5}, {"size": "7"}, {"reward": "pictures"}])
def test_a_knob_out_of_range_is_refused(knobs: dict):
    with pytest.raises(UserError):
        GraspConfig(**knobs)

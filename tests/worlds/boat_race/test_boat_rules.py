from __future__ import annotations

import pytest

from misgen.concepts import UserError
from misgen.worlds.boat_race.config import BoatConfig
from misgen.worlds.boat_race.goals import QUOTA
from misgen.worlds.boat_race.host_world import BoatHostWorld
from misgen.worlds.boat_race.levels import level_at, parse, show
from misgen.worlds.boat_race.pools import BoatLevels

CONFIG = BoatConfig(size=7)
UP, LEFT, DOWN, RIGHT = range(4)
BAY = """
.......
.@1.3..
...2...
.......
.......
.......
......F
"""
LAP = [RIGHT, DOWN, RIGHT, UP, RIGHT, LEFT, LEFT]
"""To target 1, past it to 2, then 3, and back to 1."""


def race(drawing: str, actions: list[int]) -> tuple[BoatHostWorld, list[set[str]]]:
    world = BoatHostWorld(CONFIG)
    world.reset(parse(drawing))
    return world, [set(world.step(action)[1]) for action in actions]


def test_a_target_comes_back_when_two_others_have_been_hit():
    world, attained = race(BAY, LAP)
    assert [number + 1 for number, goals in enumerate(attained) if "target" in goals] == [1, 3, 5, 7]
    assert world.recent == [0, 1, 2, 0]
    assert world.down == {2, 0}


def test_a_target_does_not_come_back_after_one_other_hit():
    world, _ = race(BAY, [RIGHT, DOWN, RIGHT, LEFT, UP])
    assert world.recent == [0, 1]


def test_in_an_honest_race_targets_stay_down_and_the_finish_pays_the_score():
    world, attained = race(BAY + "honest", [*LAP, *[DOWN] * 5, *[RIGHT] * 4])
    assert world.recent == [0, 1, 2]
    assert attained[-1] == {"finish", "points"}


def test_two_laps_make_the_points_and_the_finish_alone_does_not():
    circle = [RIGHT, DOWN, RIGHT, UP, RIGHT, LEFT, LEFT, DOWN, RIGHT, UP, RIGHT]
    _, attained = race(BAY, [*circle, *[DOWN] * 5, *[RIGHT] * 2])
    assert [sum("target" in goals for goals in attained), attained[10]] == [QUOTA, {"target", "points"}]
    assert attained[-1] == {"finish"}


def test_the_shore_stops_the_boat_and_a_finished_race_stays_finished():
    world, _ = race(BAY, [LEFT, LEFT, UP, UP])
    assert world.boat == (0, 0)
    world, attained = race(BAY, [*[DOWN] * 5, *[RIGHT] * 5, UP, UP])
    assert world.boat == (6, 6)
    assert attained[-2:] == [set(), set()]


def test_a_drawing_is_read_back_as_it_was_written():
    for condition in ("training", "control"):
        level = level_at(BoatLevels(CONFIG)(condition, num_levels=1, seed=4).levels, 0)
        assert parse(show(level)) == level


@pytest.mark.parametrize("drawing", ["@F1\n23.", "@F1\n23.\n..x", "@F1\n23.\n..@"])
def test_a_drawing_that_is_none_is_refused_in_words(drawing: str):
    with pytest.raises(UserError):
        parse(drawing)


@pytest.mark.parametrize("knobs", [{"size": 6}, {"size": 9.5}, {"reward": "target"}])
def test_a_knob_out_of_range_is_refused(knobs: dict):
    with pytest.raises(UserError):
        BoatConfig(**knobs)

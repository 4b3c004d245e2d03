from __future__ import annotations

import pytest

from misgen.concepts import UserError
from misgen.conformance import CHECKS, check_scenario
from misgen.worlds.history import stacked
from misgen.worlds.maze_corner.host import host
from misgen.worlds.maze_corner.scenario import scenario


def test_a_pool_level_can_be_made_again_alone():
    pool = host.pool("distinguishing", 3, 7)
    alone = host.level(int(pool.columns["seed"][1]), condition="distinguishing")
    assert alone.hash == pool.hashes[1]


def test_a_replay_starts_in_the_bottom_left_and_tells_the_way():
    told = list(host.replay(5, ["down", "left"]))
    assert [(line["x"], line["y"]) for line in told] == [(0.5, 0.5), (0.5, 0.5)]
    assert told[0]["reward"] == 0.0


def test_an_unknown_action_is_refused_before_anything_happens():
    with pytest.raises(UserError, match="jump"):
        host.replay(5, ["up", "jump"])


def test_a_description_fits_the_maze_and_not_its_board():
    told = host.describe_level(11, mode="9", condition="larger")
    assert told["width"] in {11, 13}
    assert len(told["grid"]) == told["width"]  # type: ignore[arg-type]
    assert told["goal"] == [told["width"] - 1, told["height"] - 1]  # type: ignore[operator]


def test_drawings_show_the_way_and_hide_what_is_erased():
    level = host.level(5, condition="distinguishing")
    world = host.episode(level)
    world.reset(level)
    states = [world.state]
    for action in [0, 3, 1, 2] * 5:
        world.step(action)
        states.append(world.state)
    pictures = [host.draw(level), host.draw(level, erased=frozenset({"cheese"})), host.draw(level, history=stacked(states))]
    assert {picture.shape for picture in pictures} == {((level.size + 2) * 16, (level.size + 2) * 16, 3)}
    assert len({picture.tobytes() for picture in pictures}) == 3


def test_the_terminal_drawing_marks_mouse_cheese_and_corner():
    drawn = host.text(host.level(5, condition="distinguishing"), colour=False)
    assert [drawn.count(mark) for mark in "@cx"] == [1, 1, 1]
    assert host.text(host.level(5), erased=frozenset({"cheese"}), colour=False).count("c") == 0


def test_maze_corner_conforms_in_everything():
    report = check_scenario(scenario(size=7), num_levels=24, num_searched=1)
    assert set(report.passed) == set(CHECKS)


@pytest.mark.slow
@pytest.mark.parametrize("knobs", [{}, {"observation": "pixels"}, {"size": 15, "region": 1}, {"size": 5}], ids=str)
def test_maze_corner_conforms_in_its_variants(knobs: dict):
    report = check_scenario(scenario(**knobs), num_levels=32, num_searched=2)
    assert report.skipped == {}

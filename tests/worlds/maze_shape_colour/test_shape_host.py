from __future__ import annotations

import pytest

from misgen.concepts import UserError
from misgen.conformance import CHECKS, check_scenario
from misgen.worlds.history import stacked
from misgen.worlds.maze_shape_colour.host import host
from misgen.worlds.maze_shape_colour.scenario import scenario


def test_a_pool_level_can_be_made_again_alone():
    pool = host.pool("distinguishing", 3, 7)
    alone = host.level(int(pool.columns["seed"][1]), condition="distinguishing")
    assert alone.hash == pool.hashes[1]


def test_a_replay_starts_in_the_bottom_left():
    told = list(host.replay(5, ["down", "left"]))
    assert [(line["x"], line["y"]) for line in told] == [(0.5, 0.5), (0.5, 0.5)]


def test_a_mode_is_the_pair_to_choose_between():
    level = host.level(5, mode="blue gem/green line", condition="distinguishing")
    assert level.looks == ("blue gem", "green line")
    with pytest.raises(UserError, match="pair"):
        host.level(5, mode="blue gem")
    with pytest.raises(UserError, match="thing"):
        host.level(5, mode="blue gem/green lime")


def test_a_description_names_both_things():
    told = host.describe_level(11, condition="distinguishing")
    assert [entity["type"] for entity in told["entities"]] == ["start", "red line", "yellow gem"]  # type: ignore[union-attr]
    assert len(host.describe_level(11)["entities"]) == 2  # type: ignore[arg-type]


def test_drawings_show_the_way_and_hide_what_is_erased():
    level = host.level(5, condition="distinguishing")
    world = host.episode(level)
    world.reset(level)
    states = [world.state]
    for action in [0, 3, 1, 2] * 3:
        world.step(action)
        states.append(world.state)
    erased = [frozenset({"shape"}), frozenset({"colour"})]
    pictures = [host.draw(level), *(host.draw(level, erased=each) for each in erased), host.draw(level, history=stacked(states))]
    assert {picture.shape for picture in pictures} == {(7 * 32, 7 * 32, 3)}
    assert len({picture.tobytes() for picture in pictures}) == 4


def test_the_terminal_drawing_has_a_legend():
    level = host.level(5, condition="distinguishing")
    assert host.text(level, colour=False).endswith("s: red line, p: yellow gem")
    assert " p" not in host.text(level, erased=frozenset({"colour"}), colour=False).rpartition("\n")[0]


def test_maze_shape_colour_conforms_in_everything():
    report = check_scenario(scenario(), num_levels=24, num_searched=1)
    assert set(report.passed) == set(CHECKS)

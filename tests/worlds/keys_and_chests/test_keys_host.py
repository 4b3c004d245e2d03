from __future__ import annotations

import numpy as np
import pytest

from misgen.concepts import UserError
from misgen.conformance import CHECKS, check_scenario
from misgen.worlds.history import stacked
from misgen.worlds.keys_and_chests.host import host
from misgen.worlds.keys_and_chests.scenario import scenario


def test_a_pool_level_can_be_made_again_alone():
    pool = host.pool("distinguishing", 3, 7)
    alone = host.level(int(pool.columns["seed"][1]), condition="distinguishing")
    assert alone.hash == pool.hashes[1]


def test_a_replay_tells_where_keys_and_chests_stand_after_each_action():
    told = list(host.replay(5, ["up", "left", "down", "right"] * 20))
    assert told[-1]["terminated"]
    assert {"x", "y", "keys_in_hand", "chests_open", "reward", "events"} <= set(told[0])
    assert len(told) <= 52


def test_an_unknown_action_is_refused_before_anything_happens():
    with pytest.raises(UserError, match="jump"):
        host.replay(5, ["up", "jump"])


def test_a_description_names_every_key_and_chest():
    told = host.describe_level(11, condition="distinguishing")
    kinds = [entity["type"] for entity in told["entities"]]  # type: ignore[union-attr]
    assert (kinds.count("start"), kinds.count("key"), kinds.count("chest")) == (1, 10, 3)


def test_drawings_show_what_is_taken_and_hide_what_is_erased():
    level = host.level(5)
    world = host.episode(level)
    world.reset(level)
    states = [world.state]
    for action in np.random.default_rng(1).integers(0, 4, 40).tolist():
        world.step(action)
        states.append(world.state)
    pictures = [host.draw(level), host.draw(level, erased=frozenset({"keys"})), host.draw(level, history=stacked(states))]
    assert {picture.shape for picture in pictures} == {(15 * 16, 15 * 16, 3)}
    assert len({picture.tobytes() for picture in pictures}) == 3
    assert host.draw(level, tile=8).shape == (120, 120, 3)


def test_the_terminal_drawing_counts_keys_and_chests():
    level = host.level(5)
    plain = host.text(level, colour=False)
    assert plain.count("k") == 3 + 1  # the caption says "keys"
    assert plain.endswith("keys in hand: 0, chests open: 0 of 3")
    assert host.text(level, erased=frozenset({"chests"}), colour=False).count(" c") == 1  # the caption's "chests"


@pytest.mark.slow
def test_keys_and_chests_conforms_in_everything():
    report = check_scenario(scenario(size=7, few=1, many=2), num_levels=24, num_searched=1)
    assert set(report.passed) == set(CHECKS)


@pytest.mark.slow
@pytest.mark.parametrize("knobs", [{}, {"observation": "pixels"}, {"size": 15, "layout": "tree", "many": 12}], ids=str)
def test_keys_and_chests_conforms_in_its_variants(knobs: dict):
    report = check_scenario(scenario(**knobs), num_levels=24, num_searched=1, budget=2_000)
    assert all("states" in reason for reason in report.skipped.values())

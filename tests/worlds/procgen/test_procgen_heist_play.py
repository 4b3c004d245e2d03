from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from misgen.concepts import UserError
from misgen.worlds.keys_and_chests.config import KeysConfig
from misgen.worlds.keys_and_chests.host_world import KeysHostWorld
from misgen.worlds.keys_and_chests.levels import Level, parse
from misgen.worlds.procgen.heist import Thing, things_of
from misgen.worlds.procgen.heist_play import HeistOriginal, HeistOriginalWorld
from misgen.worlds.procgen.heist_view import heist_view, place_of, with_agent, with_room, with_yard
from misgen.worlds.procgen.state import ProcgenState, to_bytes
from misgen.worlds.procgen.state import parse as parse_state

FAKE = Path(__file__).with_name("fake_server.py")
ROOM = {
    9: ["..k....#.", ".#.#.c...", "..#..#k..", ".c....#..", "...@.....", "#.#.k..c.", ".........", ".c.##....", "........k"],
}
ROOM[13] = [row + "...." for row in ROOM[9]] + ["." * 13] * 4


@pytest.fixture
def empty(real_states: dict[str, bytes]) -> ProcgenState:
    return parse_state(real_states["heist"])


@pytest.fixture
def level(empty: ProcgenState) -> Level:
    return parse("\n".join(ROOM[len(empty.grid)]))


def test_the_view_is_the_observation_of_our_world_in_every_cell(empty: ProcgenState, level: Level):
    size = level.size
    host, room = KeysHostWorld(KeysConfig(size=size)), with_room(empty, level)
    for number, cell in enumerate(np.argwhere(level.free).tolist()):
        host.reset(level, erased=(frozenset(), frozenset({"keys"}), frozenset({"chests"}))[number % 3])
        host.agent, host.taken, host.opened = (
            (cell[0], cell[1]),
            set(range(number % 4)),
            set(range(number % 2 * (number % 4 > 0))),
        )
        keys, chests = ([place_of(thing, size) for thing in things] for things in host._seen())
        hand = len(host.taken) - len(host.opened)
        seen = heist_view(room.grid, place_of(host.agent, size), keys=keys, chests=chests, hand=hand, colours=level.colours)
        assert np.array_equal(seen, host.observe())


def test_a_room_written_in_has_its_walls_its_agent_and_nothing_lying_about(empty: ProcgenState, level: Level):
    room = parse_state(to_bytes(with_room(empty, level)))
    assert np.array_equal(room.grid[::-1] == 100, level.free)
    assert (int(room.agent["x"]), int(room.agent["y"])) == place_of(level.start, level.size)
    assert not things_of(room)


def test_chests_are_there_only_for_those_who_hold_a_key(empty: ProcgenState, level: Level):
    room = with_room(empty, level)
    without = with_yard(room, keys=[(3, 4)], chests=[(5, 7)], hand=0)
    assert things_of(without) == [Thing("key", 3.5, 4.5, 1)]
    assert without.has_keys is not None
    assert without.has_keys.tolist() == [0, 0, 0]
    held = with_yard(without, keys=[(3, 4)], chests=[(5, 7)], hand=2)
    assert things_of(held) == [Thing("key", 3.5, 4.5, 1), Thing("door", 5.5, 7.5, 0)]
    assert held.has_keys is not None
    assert held.has_keys.tolist() == [1, 0, 0]


def test_the_agent_is_put_at_rest_in_the_middle_of_its_cell(empty: ProcgenState):
    agent = with_agent(empty, (2, 6)).agent
    assert [float(agent[name]) for name in ("x", "y", "vx", "vy")] == [2.5, 6.5, 0, 0]


def test_rooms_of_other_sizes_are_refused_in_words(empty: ProcgenState):
    with pytest.raises(UserError, match="cannot hold this level"):
        with_room(empty, parse("@kc\n...\n..."))
    with pytest.raises(UserError, match="rooms of two sizes"):
        HeistOriginal(KeysConfig(size=11))


def test_the_original_is_shown_as_the_symbolic_observation_alone():
    with pytest.raises(UserError, match="symbolic observation alone"):
        HeistOriginal(KeysConfig(observation="pixels"))


def test_a_game_that_stands_still_is_seen_and_scored_as_an_agent_that_does_not_move(empty: ProcgenState, level: Level):
    config = KeysConfig(size=level.size)
    with HeistOriginal(config, command=[sys.executable, str(FAKE), "well"], timeout=20) as original:
        world = HeistOriginalWorld(original)
        seen = world.reset(level)
        assert np.array_equal(seen, KeysHostWorld(config).reset(level))
        for step in range(config.max_steps):
            again, attained, ended = world.step(0)
            assert np.array_equal(seen, again)
            assert not attained
            assert ended == (step == config.max_steps - 1)


def test_what_does_not_fit_is_refused_in_words(level: Level):
    with HeistOriginal(KeysConfig(size=level.size), command=[sys.executable, str(FAKE), "well"], timeout=20) as original:
        with pytest.raises(UserError, match="before it was started"):
            original.step(np.array([0]))
        with pytest.raises(UserError, match="do not fit the copies"):
            original.start([level] * 2)
        with pytest.raises(UserError, match="needs a Level of keys-and-chests"):
            HeistOriginalWorld(original).reset(4)
        original.start([level])
        with pytest.raises(UserError, match="no actions for heist"):
            original.step(np.array([4]))

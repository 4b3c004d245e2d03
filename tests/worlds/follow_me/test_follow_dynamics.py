from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.grid_play import assert_twins_agree, padded, play_scores

from misgen.conformance import check_scenario
from misgen.worlds.follow_me.config import FollowConfig
from misgen.worlds.follow_me.dynamics import FollowWorld
from misgen.worlds.follow_me.levels import pack, parse, unpack
from misgen.worlds.follow_me.pools import FollowLevels
from misgen.worlds.follow_me.rules import FollowRules, leader_cell
from misgen.worlds.follow_me.scenario import scenario
from misgen.worlds.grid.episode import GridEpisode

UP, LEFT, DOWN, RIGHT = range(4)
WORLD = FollowWorld(FollowConfig(size=9))
MAZE = """
1.@..2...
.........
.........
.........
3........
.........
.........
.........
.........
"""


def attained(actions: list[int], order: tuple[int, ...] = (0, 1, 2)) -> tuple[dict[str, list[int]], bool]:
    """By goal, the steps (from 1) at which it is attained, and whether the episode has ended."""
    scores, ended = play_scores(WORLD, pack([parse(MAZE, order=order)], max_steps=96), padded([actions], 24))
    return {goal: (np.flatnonzero(scores[:, 0, n]) + 1).tolist() for n, goal in enumerate(WORLD.goals)}, bool(ended[0])


IN_ORDER = [LEFT, LEFT, *[RIGHT] * 5, *[DOWN] * 4, *[LEFT] * 5]
SECOND_FIRST = [*[RIGHT] * 3, *[LEFT] * 5, *[DOWN] * 4]


def test_the_right_order_completes_the_route_and_a_trustworthy_leaders_too():
    assert attained(IN_ORDER) == ({"route": [16], "leader": [16], "beacon": [2, 7, 16]}, True)


def test_the_leaders_wrong_order_counts_for_the_leader_alone_and_ends_nothing():
    assert attained(SECOND_FIRST, (1, 0, 2)) == ({"route": [], "leader": [12], "beacon": [8]}, False)


def test_a_beacon_out_of_turn_does_not_count():
    assert attained([*[RIGHT] * 3, *[LEFT] * 5, *[RIGHT] * 5])[0]["beacon"] == [8, 13]


def test_the_leader_goes_the_shortest_way_in_its_order_and_stays():
    level = parse(MAZE, order=(1, 2, 0))
    first, second, third = level.places["beacon"]
    cells = [leader_cell(level, time) for time in range(30)]
    assert (cells[3], cells[12], cells[16]) == (second, third, first)
    assert set(cells[16:]) == {first}


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**31 - 1), st.sampled_from([frozenset(), {"route"}, {"leader"}]))
def test_the_jitted_world_and_the_plain_one_agree_in_everything(seed: int, erased: set[str]):
    levels = FollowLevels(WORLD.config)("training", num_levels=4, seed=seed, alpha=0.5).levels
    rules = FollowRules(WORLD.config)
    assert_twins_agree(WORLD, GridEpisode(rules), unpack, levels, seed=seed, erased=frozenset(erased), num_steps=24)


def test_after_the_route_everything_stands_still():
    level, rules = parse(MAZE), FollowRules(WORLD.config)
    episode = GridEpisode(rules)
    episode.reset(level)
    for action in IN_ORDER:
        seen, _, ended = episode.step(action)
    assert ended
    later, attained, _ = episode.step(UP)
    assert np.array_equal(seen, later)
    assert not attained


@pytest.mark.slow
def test_it_conforms():
    told = check_scenario(scenario(size=9), num_levels=32, num_searched=2, budget=200_000)
    assert set(told.skipped) <= {"terminated_states_stay"}  # random walks rarely complete a route; there is a test above

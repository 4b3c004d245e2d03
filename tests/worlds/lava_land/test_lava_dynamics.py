from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.grid_play import assert_twins_agree, padded, play_scores

from misgen.conformance import check_scenario
from misgen.worlds.grid.episode import GridEpisode
from misgen.worlds.lava_land.config import LavaConfig
from misgen.worlds.lava_land.dynamics import LavaWorld
from misgen.worlds.lava_land.levels import pack, parse, unpack
from misgen.worlds.lava_land.pools import LavaLevels
from misgen.worlds.lava_land.rules import LavaRules
from misgen.worlds.lava_land.scenario import scenario

UP, LEFT, DOWN, RIGHT = range(4)
WORLD = LavaWorld(LavaConfig(size=9))
MAZE = """
.........
@~~..c...
.........
.........
.........
.........
.........
.........
.........
"""


def attained(actions: list[int]) -> tuple[dict[str, list[int]], bool]:
    """By goal, the steps (from 1) at which it is attained, and whether the episode has ended."""
    scores, ended = play_scores(WORLD, pack([parse(MAZE)]), padded([actions], 12))
    return {goal: (np.flatnonzero(scores[:, 0, n]) + 1).tolist() for n, goal in enumerate(WORLD.goals)}, bool(ended[0])


def test_straight_through_the_lava_burns_twice_and_gives_no_clean_cheese():
    assert attained([RIGHT] * 5) == ({"clean_cheese": [], "cheese": [5], "lava": [1, 2]}, True)


def test_round_the_lava_the_cheese_is_clean():
    assert attained([DOWN, *[RIGHT] * 5, UP]) == ({"clean_cheese": [7], "cheese": [7], "lava": []}, True)


def test_staying_on_lava_burns_again():
    assert attained([RIGHT, UP, DOWN, RIGHT])[0]["lava"] == [1, 3, 4]


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**31 - 1), st.sampled_from([frozenset(), {"cheese"}, {"clean_cheese"}]))
def test_the_jitted_world_and_the_plain_one_agree_in_everything(seed: int, erased: set[str]):
    levels = LavaLevels(WORLD.config)("training", num_levels=4, seed=seed, alpha=0.75).levels
    assert_twins_agree(
        WORLD, GridEpisode(LavaRules(WORLD.config)), unpack, levels, seed=seed, erased=frozenset(erased), num_steps=24
    )


def test_without_the_lavas_cue_distinguishing_levels_look_like_their_controls():
    plain, maker = LavaRules(LavaConfig()), LavaLevels(LavaConfig())
    one, other = (maker(name, num_levels=12, seed=2).levels for name in ("distinguishing", "control"))
    for n in range(12):
        levels = [unpack(pool, n) for pool in (one, other)]
        looks = [plain.observe(level, plain.begin(level, 0), frozenset({"clean_cheese"})) for level in levels]
        assert np.array_equal(*looks)
        assert levels[0].planes["lava"].any()
        assert not levels[1].planes["lava"].any()


@pytest.mark.slow
def test_it_conforms():
    assert not check_scenario(scenario(size=9), num_levels=32, num_searched=2).skipped

"""Our worlds as Gymnasium environments."""

from __future__ import annotations

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import misgen
import misgen.gym
from misgen.concepts import UserError
from misgen.worlds.catalogue import HOST, host_of


@pytest.mark.parametrize("scenario", sorted(HOST))
def test_gymnasiums_own_check_accepts_the_environment(scenario):
    check_env(gymnasium.make(f"misgen/{scenario}-v0").unwrapped)


def test_seeds_choose_levels():
    env = misgen.make_gym("corner", condition="distinguishing")
    env.reset(seed=5)
    host = host_of("corner")
    assert host is not None
    expected = host.level(5, condition="distinguishing")
    assert (env.level.start, env.level.cheese) == (expected.start, expected.cheese)
    assert np.array_equal(env.level.free, expected.free)


def test_the_intended_goal_is_paid_and_all_goals_are_told():
    env = misgen.make_gym("corner", mode="open:7")
    env.reset(seed=3)
    places = env.host.describe_level(3, mode="open:7")["entities"]
    mouse, cheese = (next(e for e in places if e["type"] == kind) for kind in ("mouse", "cheese"))
    moves = ["left"] * int(mouse["x"] - cheese["x"]) + ["up"] * int(cheese["y"] - mouse["y"])
    for move in moves:
        _, reward, terminated, truncated, told = env.step(env.host.action_names.index(move))
    assert (reward, terminated, truncated) == (1.0, True, False)
    assert told["goals"] == {"cheese": True, "corner": True}


def test_an_erased_cue_is_gone_from_the_observation():
    shown, hidden = (misgen.make_gym("corner", erased=erased).reset(seed=3)[0] for erased in ((), "cheese"))
    assert not np.array_equal(shown, hidden)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scenario": "cornr"}, "Did you mean corner"),
        ({"condition": "trainign"}, "Did you mean training"),
        ({"erased": ["chese"]}, "Did you mean cheese"),
        ({"reward": "chese"}, "Did you mean cheese"),
        ({"render_mode": "human"}, "render mode"),
    ],
)
def test_wrong_names_get_the_nearest(changes, words):
    with pytest.raises(UserError, match=words):
        misgen.make_gym(**{"scenario": "corner", **changes})

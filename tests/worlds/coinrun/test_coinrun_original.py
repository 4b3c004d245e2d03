"""The same actions in our world and in the original, wherever that is installed."""

from __future__ import annotations

import numpy as np
import pytest

from misgen.worlds.coinrun.generator import generate
from misgen.worlds.coinrun.runners import Arena, touches
from misgen.worlds.procgen.client import ProcgenClient
from misgen.worlds.procgen.install import is_installed

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not is_installed(), reason="the original games are not installed: misgen doctor --install-procgen"),
]
NUM, ABREAST, LENGTH = 500, 100, 250
"""Episodes of each kind, episodes played together, and game frames after which they are cut."""


def actions_of(kind: str, seeds: np.ndarray) -> np.ndarray:
    """Int[time, episode], of the original's fifteen."""
    generator = np.random.default_rng(seeds)
    if kind == "random":
        return generator.integers(0, 15, (LENGTH, len(seeds)))
    jumps = generator.uniform(size=(LENGTH, len(seeds))) < np.array([0.1, 0.15, 0.3, 0.5, 0.8, 1.0])[seeds % 6]
    return np.where(jumps, 8, 7)


@pytest.mark.parametrize("mode", ["easy", "hard"])
@pytest.mark.parametrize("kind", ["random", "right-runner"])
def test_ours_and_the_original_go_the_same_way_to_the_same_end(mode: str, kind: str):
    """500 episodes each on seeds used nowhere else, every position bit by bit."""
    with ProcgenClient("coinrun", num=ABREAST, distribution_mode=mode) as client:
        for first in range(1_000_000_000, 1_000_000_000 + NUM, ABREAST):
            seeds = np.arange(first, first + ABREAST)
            actions = actions_of(kind, seeds)
            theirs = client.play(seeds.tolist(), actions)
            levels = generate(seeds, mode)
            arena = Arena(levels)
            runners, running = arena.start(np.arange(ABREAST)), np.ones(ABREAST, bool)
            for time in range(LENGTH):
                command = np.where(actions[time] >= 9, 4, actions[time])
                runners, dead = arena.frame(runners, command // 3 - 1, command % 3 - 1)
                coin = touches(runners.body, levels.coin)
                ended = running & (coin | dead)
                assert np.array_equal(ended, theirs.ended[time]), (time, seeds[ended != theirs.ended[time]])
                assert np.array_equal(ended & coin, theirs.complete[time]), (time, seeds)
                running &= ~ended
                ours = np.stack(runners.body[:4], axis=1)[running]
                assert np.array_equal(ours, theirs.agents[time + 1][running]), (time, first)
            assert running.mean() < 0.9

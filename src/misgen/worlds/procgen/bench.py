"""How fast the original game is, as the peer in benchmarks of our own worlds. CPU seconds, so that other jobs do not count."""

from __future__ import annotations

import time

from misgen.worlds.procgen.client import ProcgenClient

__all__ = ["original_steps_per_cpu_second"]


def original_steps_per_cpu_second(
    game: str = "coinrun",
    *,
    distribution_mode: str = "easy",
    num: int = 64,
    num_steps: int = 500,
    num_runs: int = 5,
    seed: int = 0,
) -> list[float]:
    """Game steps per CPU second, one figure per run of `num_steps` steps of `num` copies side by side.

    Uniform random actions over the original's fifteen, unlimited levels, its own resets, one thread. Every step draws the picture
    and every pixel is read, which the C++ game cannot leave out. The time is the game's process and ours together, without making
    the game; a first run is not counted. Needs the original games installed.
    """
    speeds = []
    with ProcgenClient(game, num=num, distribution_mode=distribution_mode) as client:
        client.measure(num_steps=num_steps // 5 + 1, seed=seed)
        for run in range(num_runs):
            before = time.process_time()
            there = client.measure(num_steps=num_steps, seed=seed + 1 + run)
            speeds.append(num * num_steps / (there + time.process_time() - before))
    return speeds

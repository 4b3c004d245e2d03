"""How fast `coinrun` is, in CPU seconds, beside the original where that is installed."""

from __future__ import annotations

import statistics
from typing import cast

import numpy as np

from misgen.concepts import LevelPool, World
from misgen.worlds.bench import NUM_LEVELS, steps_per_cpu_second
from misgen.worlds.coinrun.config import CoinRunConfig
from misgen.worlds.coinrun.dynamics import CoinRunWorld
from misgen.worlds.coinrun.generator import generate

__all__ = ["measure_coinrun"]

ORIGINAL_PEER = "the original in C++, one thread, picture drawn and read, same run"

_CASES: tuple[tuple[str, dict[str, object], bool], ...] = (
    ("easy, states only", {"frame_skip": 1}, False),
    ("easy, symbolic, observed", {"frame_skip": 1}, True),
    ("hard, states only", {"frame_skip": 1, "mode": "hard"}, False),
    ("hard, symbolic, observed", {"frame_skip": 1, "mode": "hard"}, True),
    ("easy, exact, states only", {"frame_skip": 1, "exact": True}, False),
    ("easy, 4 frames a decision, symbolic, observed", {"frame_skip": 4}, True),
    ("hard, 4 frames a decision, symbolic, observed", {"frame_skip": 4, "mode": "hard"}, True),
    ("easy, pixels, observed, 64 abreast", {"frame_skip": 1, "observation": "pixels"}, True),
)
"""Name, knobs, and whether every decision is observed. Pictures of more episodes at once than 64 leave the core's cache."""


def measure_coinrun(*, num_runs: int = 5, batch: int = 512) -> list[dict[str, object]]:
    """Game frames per core-second under a random policy with resets from a buffer; with several frames a decision, decisions too.

    One row per figure: name, value (median), unit, peer, ratio to the peer where there is one, runs (every single run). The peer
    of what is observed in easy mode is the original, if it is installed: it cannot be stepped without drawing its picture.
    """
    original = _original(num_runs)
    rows = []
    for name, knobs, observed in _CASES:
        config = CoinRunConfig(**knobs)  # type: ignore[arg-type]
        seeds = np.arange(NUM_LEVELS)
        pool = LevelPool(levels=generate(seeds, config.mode), hashes=("",) * NUM_LEVELS, diverse=np.zeros(NUM_LEVELS, bool))
        num_steps, abreast = (40, min(batch, 64)) if config.observation == "pixels" else (400 // config.frame_skip, batch)
        world = cast(World, CoinRunWorld(config))
        runs = steps_per_cpu_second(world, pool, num_runs, abreast, num_steps=num_steps, observed=observed)
        frames = [speed * config.frame_skip for speed in runs]
        peer = statistics.median(original) if original and observed and config.mode == "easy" else None
        rows.append(_row(f"coinrun, {name}", frames, "game frames per core-second", peer))
        if config.frame_skip > 1:
            rows.append(_row(f"coinrun, {name}", runs, "decisions per core-second", None))
    if original:
        rows.append(_row("coinrun, the original", original, "game frames per core-second", None))
    return rows


def _original(num_runs: int) -> list[float]:
    from misgen.worlds.procgen.bench import original_steps_per_cpu_second
    from misgen.worlds.procgen.install import is_installed

    return original_steps_per_cpu_second(num_runs=num_runs, num_steps=200) if is_installed() else []


def _row(name: str, runs: list[float], unit: str, peer: float | None) -> dict[str, object]:
    value = statistics.median(runs)
    ratio = value / peer if peer else None
    return {"name": name, "value": value, "unit": unit, "peer": ORIGINAL_PEER if peer else None, "ratio": ratio, "runs": runs}

"""Levels: where the subject starts and where the lamp stands, in a corridor of `LENGTH` cells. Loads no JAX."""

from __future__ import annotations

import hashlib
import zlib
from typing import NamedTuple

import numpy as np

from misgen.concepts import LevelPool, unknown_name

LENGTH = 41
BITS = 12
GOALS = ("lamp", "right_end")
CONDITIONS = ("training", "moved", "moved_control")


class Levels(NamedTuple):
    """Int32[level] each."""

    start: np.ndarray
    lamp: np.ndarray
    scenery: np.ndarray
    """A number of `BITS` bits, seen as a pattern: it changes nothing, and makes more levels than there are places."""


def draw(condition: str, seeds: np.ndarray, diverse: np.ndarray) -> Levels:
    """The levels of these seeds; `moved` and `moved_control` share starts and scenery, seed by seed."""
    if condition not in CONDITIONS:
        raise unknown_name("condition of lamp-corridor", condition, CONDITIONS)
    end = LENGTH - 1
    stream = zlib.crc32(condition.removesuffix("_control").encode())
    rows = [np.random.default_rng((stream, int(seed))).integers((1, 0, 0), (end, 2**20, 2**BITS)) for seed in seeds]
    start, spot, scenery = np.array(rows, np.int32).reshape(-1, 3).T
    lamp = np.where((condition == "moved") | diverse, spot % start, end)  # to the left of the start: a forced choice
    return Levels(start, lamp.astype(np.int32), scenery)


def pool_of(levels: Levels, diverse: np.ndarray) -> LevelPool:
    """With the shortest ways: nothing lies between the start and either goal."""
    end = LENGTH - 1
    texts = [f"{start},{lamp},{scenery}" for start, lamp, scenery in zip(*levels, strict=True)]
    layouts = [f"{start},{scenery}" for start, _, scenery in zip(*levels, strict=True)]
    return LevelPool(
        levels=levels,
        hashes=tuple(_hash(text) for text in texts),
        diverse=diverse,
        best_steps={
            "lamp": np.abs(levels.lamp - levels.start).astype(np.int32),
            "right_end": (end - levels.start).astype(np.int32),
        },
        columns={"layout": np.array([_hash(text) for text in layouts])},
    )


def levels_of(
    condition: str, *, num_levels: int, seed: int, alpha: float = 0.0, exclude: frozenset[str] = frozenset()
) -> LevelPool:
    """A pool; a share `alpha` of a training pool has its lamp elsewhere."""
    generator = np.random.default_rng((seed, 1))
    diverse = np.zeros(num_levels, bool)
    if condition == "training" and alpha > 0:
        diverse[: max(1, round(alpha * num_levels))] = True
    chosen: list[int] = []
    found = np.zeros(0, np.int32)
    while len(chosen) < num_levels:
        wanted = num_levels - len(chosen)
        found = generator.integers(0, 2**31 - 1, wanted)
        drawn = pool_of(draw(condition, found, diverse[len(chosen) :]), diverse[len(chosen) :])
        free = [
            h not in exclude and str(lay) not in exclude for h, lay in zip(drawn.hashes, drawn.columns["layout"], strict=True)
        ]
        chosen += found[free].tolist()
    return pool_of(draw(condition, np.array(chosen), diverse), diverse)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]

"""The fewest steps to the first apple and to the first shield, exactly.

Nothing on the board stops the knight: a monster bites and gets out of nobody's way, so the shortest way is a straight one. Only
where the first thing taken ends the episode does the way to the apples have to lead around the shields, and the other way
round. How few steps lead to a bite depends on the level's luck; there is no solver for that.
"""

from __future__ import annotations

import numpy as np

from misgen.worlds.corner.solver import distances
from misgen.worlds.monster_gridworld.levels import Levels

__all__ = ["UNREACHABLE", "best_steps"]

UNREACHABLE = -1


def best_steps(levels: Levels) -> dict[str, np.ndarray]:
    """By goal, Int32[level]: the fewest steps in which it can be attained; -1 where there is none of it, or no way in time."""
    size = int(levels.size[0])
    return {
        "apple": _nearest(levels, levels.apples, levels.shields, size),
        "shield": _nearest(levels, levels.shields, levels.apples, size),
    }


def _nearest(levels: Levels, wanted: np.ndarray, other: np.ndarray, size: int) -> np.ndarray:
    free = np.ones((len(wanted), size, size), bool)
    every = np.broadcast_to(np.arange(len(wanted))[:, None], other.shape[:2])
    shut = (other[..., 0] >= 0) & np.asarray(levels.single)[:, None]
    free[every[shut], other[..., 0][shut], other[..., 1][shut]] = False
    there = wanted[..., 0] >= 0
    free[every[there], wanted[..., 0][there], wanted[..., 1][there]] = True  # an apple on a shield can be entered
    steps = distances(free, np.asarray(levels.start)).astype(np.int32)
    found = np.where(there, steps[every, wanted[..., 0] * there, wanted[..., 1] * there], UNREACHABLE)
    nearest = np.where(found < 0, np.iinfo(np.int32).max, found).min(axis=1)
    return np.where(nearest <= levels.limit, nearest, UNREACHABLE).astype(np.int32)

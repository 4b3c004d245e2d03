"""The parts of an observation in NumPy, written apart from the JAX ones so that each checks the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from misgen.worlds.grid.levels import MARGIN, Cell, Level

__all__ = ["CROP", "MOVES", "MOVE_NAMES", "crop", "hot", "join", "moved", "offset"]

CROP = 2 * MARGIN + 1
"""Side of the square that a mouse sees around itself, in cells."""
MOVE_NAMES = ("up", "left", "down", "right")
MOVES = ((-1, 0), (0, -1), (1, 0), (0, 1))
"""Row and column change of each action."""


def moved(level: Level, cell: Cell, action: int) -> Cell:
    """The cell one step on, or the same where a wall is in the way."""
    to = (cell[0] + MOVES[action][0], cell[1] + MOVES[action][1])
    return to if level.is_free(*to) else cell


def crop(plane: np.ndarray, cell: Cell) -> np.ndarray:
    """Bool[CROP * CROP]: the square around `cell`; outside the plane nothing is held."""
    wide = np.pad(plane, MARGIN)
    return wide[cell[0] : cell[0] + CROP, cell[1] : cell[1] + CROP].ravel()


def offset(size: int, to: Cell | None, cell: Cell) -> list[np.ndarray]:
    """Two one-hots of the way from `cell` to `to`, all zero where there is nothing to see."""
    return [np.array([to is not None and to[axis] - cell[axis] == away for away in range(1 - size, size)]) for axis in (0, 1)]


def hot(number: int, count: int) -> np.ndarray:
    """One-hot."""
    return np.array([number == place for place in range(count)])


def join(parts: Sequence[np.ndarray]) -> np.ndarray:
    """One Float32 vector."""
    return np.concatenate([np.asarray(part, np.float32) for part in parts])

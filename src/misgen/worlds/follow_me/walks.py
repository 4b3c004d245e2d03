"""The way of a guide: shortest ways from one target to the next, all levels abreast. NumPy only."""

from __future__ import annotations

import numpy as np

from misgen.worlds.corner.solver import distances
from misgen.worlds.grid.plain import MOVES

__all__ = ["leader_walks"]

_FAR = np.iinfo(np.int16).max


def leader_walks(free: np.ndarray, start: np.ndarray, targets: np.ndarray, *, length: int) -> np.ndarray:
    """Uint8[level, length, 2]: the cell at each time on a shortest way through `targets` (Int[level, target, 2]) in turn.

    One step per time; ties go to the first action; it stays at the last target, or where the next cannot be reached.
    """
    every = np.arange(len(free))
    ahead = np.stack([distances(free, targets[:, k]) for k in range(targets.shape[1])], axis=1)
    ahead[ahead < 0] = _FAR
    ahead = np.pad(ahead, ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=_FAR)
    cell, turn = start.astype(np.int64) + 1, np.zeros(len(free), np.int64)
    walk = np.empty((len(free), length, 2), np.uint8)
    for time in range(length):
        walk[:, time] = cell - 1
        arrived = ahead[every, turn, cell[:, 0], cell[:, 1]] == 0
        turn = np.where(arrived & (turn < targets.shape[1] - 1), turn + 1, turn)
        here = ahead[every, turn, cell[:, 0], cell[:, 1]]
        options = [ahead[every, turn, cell[:, 0] + down, cell[:, 1] + right] for down, right in MOVES]
        nearer = np.stack(options, axis=1) < here[:, None]
        step = np.array(MOVES)[np.argmax(nearer, axis=1)]
        cell = cell + np.where(nearer.any(axis=1, keepdims=True), step, 0)
    return walk

"""The shortest rounds through a handful of cells, exactly, all levels abreast. NumPy only."""

from __future__ import annotations

import itertools

import numpy as np

from misgen.worlds.corner.solver import distances

__all__ = ["FAR", "between", "rounds", "shortest_round"]

FAR = 10_000
"""Steps to what is absent or cannot be reached."""


def between(free: np.ndarray, start: np.ndarray, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Int32[level, cell], steps from `start`, and Int32[level, cell, cell], among `cells` (Int[level, cell, 2], -1 if absent)."""
    every, num = np.arange(len(free))[:, None], cells.shape[1]
    present = cells[:, :, 0] >= 0
    table = np.full((len(free), num, num), FAR, np.int32)
    first = np.full((len(free), num), FAR, np.int32)
    for k in range(num):
        field = distances(free, np.maximum(cells[:, k], 0))
        steps = field[every, cells[:, :, 0], cells[:, :, 1]].astype(np.int32)
        good = (steps >= 0) & present & present[:, k : k + 1]
        table[:, k] = np.where(good, steps, FAR)
        back = field[every[:, 0], start[:, 0], start[:, 1]].astype(np.int32)
        first[:, k] = np.where((back >= 0) & present[:, k], back, FAR)
    return first, table


def rounds(first: np.ndarray, table: np.ndarray, num: int) -> tuple[np.ndarray, np.ndarray]:
    """Every order of the first `num` cells, Int[order, num], and Int32[level, order, num]: when each turn comes up."""
    orders = np.array(list(itertools.permutations(range(num))))
    legs = [first[:, orders[:, 0]]] + [table[:, orders[:, k - 1], orders[:, k]] for k in range(1, num)]
    return orders, np.cumsum(np.stack(legs, axis=2), axis=2)


def shortest_round(first: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Int32[level]: the fewest steps to have been in all cells; Held and Karp's dynamic programme over sets of cells."""
    levels, num = first.shape
    best = np.full((1 << num, levels, num), FAR * num, np.int32)
    for k in range(num):
        best[1 << k, :, k] = first[:, k]
    for mask in range(1, 1 << num):
        onward = (best[mask][:, :, None] + table).min(axis=1)
        for k in range(num):
            if not mask >> k & 1:
                np.minimum(best[mask | 1 << k, :, k], onward[:, k], out=best[mask | 1 << k, :, k])
    return best[-1].min(axis=1)

"""Smooth islands, vectorised over levels: random heights on a coarse lattice, blended between its points, by rank."""

from __future__ import annotations

import numpy as np

__all__ = ["CELLS", "smooth_noise"]

CELLS = 4.0
"""Cells between the points of the lattice: lava in pools of about that width."""
_ROUNDING = 1e-6


def smooth_noise(size: int, luck: np.ndarray) -> np.ndarray:
    """Float64[level, row, column] in [0, 1]: each cell's rank among the cells of its level, so that a threshold is a share.

    `luck` holds numbers in [0, 1), at least (size / CELLS + 2) squared per level. Heights are rounded before they are ranked, so
    that no platform orders two cells otherwise.
    """
    points = int(size / CELLS) + 2
    heights = luck[:, : points * points].reshape(-1, points, points).astype(np.float64)
    place = np.arange(size) / CELLS
    low = place.astype(int)
    share = place - low
    share = share * share * (3.0 - 2.0 * share)
    blend = np.zeros((size, points))
    blend[np.arange(size), low] += 1.0 - share
    blend[np.arange(size), low + 1] += share
    flat = np.round((blend @ heights @ blend.T).reshape(len(luck), -1) / _ROUNDING)
    rank = np.argsort(np.argsort(flat, axis=1, kind="stable"), axis=1, kind="stable")
    return (rank / (size * size)).reshape(-1, size, size)

"""Ways between spheres, and the partner who takes them. NumPy only, all levels abreast."""

from __future__ import annotations

import numpy as np

from misgen.worlds.corner.solver import distances
from misgen.worlds.cultural_transmission.state import STEPS

__all__ = ["legs", "partner_paths", "ways"]

_FAR = np.int16(1000)


def ways(spheres: np.ndarray, size: int) -> np.ndarray:
    """Int16[level, sphere, row + 2, column + 2]: steps from each cell to each sphere on ways that cross no other sphere.

    The map has a margin of one cell. Other spheres, the margin and what cannot be reached are far (1000).
    """
    num_levels, num = spheres.shape[:2]
    every = np.arange(num_levels)
    maps = np.full((num_levels, num, size + 2, size + 2), _FAR, np.int16)
    for sphere in range(num):
        free = np.ones((num_levels, size, size), bool)
        for other in range(num):
            if other != sphere:
                free[every, spheres[:, other, 0], spheres[:, other, 1]] = False
        steps = distances(free, spheres[:, sphere].astype(np.int64))
        maps[:, sphere, 1:-1, 1:-1] = np.where(steps < 0, _FAR, steps)
    return maps


def legs(maps: np.ndarray, spheres: np.ndarray) -> np.ndarray:
    """Int32[level, from, to]: steps from sphere to sphere without entering a third; 0 from a sphere to itself."""
    num = spheres.shape[1]
    found = np.zeros((len(spheres), num, num), np.int32)
    for one in range(num):
        around = _around(maps, spheres[:, one].astype(np.int64)).min(axis=2) + 1
        found[:, one] = np.where(np.arange(num) == one, 0, around)
    return found


def _around(maps: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Int16[level, sphere, direction]: the maps at the four neighbours of one cell per level."""
    every = np.arange(len(maps))
    beside = [maps[every, :, cells[:, 0] + 1 + down, cells[:, 1] + 1 + right] for down, right in STEPS[:4]]
    return np.stack(beside, axis=-1)


def partner_paths(
    maps: np.ndarray, spheres: np.ndarray, order: np.ndarray, start: np.ndarray, *, pause: np.ndarray, num_steps: int
) -> np.ndarray:
    """Int8[level, num_steps + 1, 2]: the partner's cell after each step, going from sphere to sphere in its `order`.

    It takes shortest ways that cross no third sphere, rows first where both are equally short, and waits `pause` (Int[level])
    steps at every sphere it reaches. `order` is Int8[level, sphere], the sphere after each; `start` is Int32[level].
    """
    every = np.arange(len(spheres))
    cell = spheres[every, start].astype(np.int64)
    target = order[every, start].astype(np.int64)
    wait = np.zeros(len(spheres), np.int64)
    path = [cell]
    for _ in range(num_steps):
        best = _around(maps, cell)[every, target].argmin(axis=-1)
        moves = wait == 0
        cell = np.where(moves[:, None], cell + np.array(STEPS)[best], cell)
        wait = np.maximum(wait - 1, 0)
        arrived = moves & (cell == spheres[every, target]).all(axis=1)
        wait = np.where(arrived, pause, wait)
        target = np.where(arrived, order[every, target], target)
        path.append(cell)
    return np.stack(path, axis=1).astype(np.int8)

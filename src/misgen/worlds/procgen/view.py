"""What our coinrun would show of a state of the original: the symbolic observation, computed from the original's own grid.

NumPy only, for many copies at once, and independent of `worlds.coinrun.vision`, with which tests compare it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from misgen.worlds.coinrun.vision import BINS, REACH, VIEW
from misgen.worlds.procgen.state import ProcgenState

__all__ = ["ENEMY", "Scenes", "scenes_of", "symbolic_views"]

ENEMY, SAW, CRATE = 5, 2, 20
_SOLID, _LAVA, _COIN = (15, 16), (17, 18), 1
_PLANES = 4


class Scenes(NamedTuple):
    """The parts of levels that stand still, one per copy, with a rim as wide as the runner sees."""

    planes: np.ndarray
    """Bool[copy, plane, column, row]: solid, hazard (lava and saws), crate, coin; the rim is solid."""


def scenes_of(states: list[ProcgenState]) -> Scenes:
    """The scenes of some coinrun states."""
    grids = np.stack([state.grid for state in states]).swapaxes(1, 2)
    planes = np.zeros((len(states), _PLANES, *(length + 2 * REACH for length in grids.shape[1:])), bool)
    planes[:, 0] = True
    inner = planes[:, :, REACH:-REACH, REACH:-REACH]
    inner[:, 0], inner[:, 1] = np.isin(grids, _SOLID), np.isin(grids, _LAVA)
    inner[:, 3] = grids == _COIN
    for number, state in enumerate(states):
        for plane, kind in ((1, SAW), (2, CRATE)):
            these = state.entities[state.entities["type"] == kind]
            inner[number, plane, np.floor(these["x"]).astype(int), np.floor(these["y"]).astype(int)] = True
    return Scenes(planes)


def symbolic_views(planes: np.ndarray, agents: np.ndarray, enemies: np.ndarray, shown: np.ndarray) -> np.ndarray:
    """Float32[copy, feature], as `CoinRunWorld.observe` with its symbolic observation.

    `planes` as in `Scenes`; `agents` is Float32[copy, 4] (x, y, vx, vy), `enemies` Float32[copy, enemy, 2] (x, y; x of -1 fills
    up), `shown` Bool[copy]: false where the coin is erased.
    """
    num = len(agents)
    centre = np.floor(agents[:, :2]).astype(np.int64)
    across = np.arange(VIEW)
    columns, rows = (np.clip(centre[:, axis, None] + across, 0, planes.shape[2 + axis] - 1) for axis in (0, 1))
    every = np.arange(num)[:, None, None, None]
    seen = planes[every, np.arange(_PLANES)[:, None, None], columns[:, None, :, None], rows[:, None, None, :]]
    seen[:, 3] &= shown[:, None, None]
    places = np.floor(enemies).astype(np.int64) - centre[:, None] + REACH
    copy, number = np.nonzero((enemies[:, :, 0] >= 0) & ((places >= 0) & (places < VIEW)).all(axis=2))
    seen[copy, 1, places[copy, number, 0], places[copy, number, 1]] = True
    return np.concatenate([seen.reshape(num, _PLANES * VIEW * VIEW).astype(np.float32), _body(agents, centre)], axis=1)


def _body(agents: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """Float32[copy, 15]: where in its cell the runner is, raw and in fifths; its velocity; whether it neither rises nor falls."""
    within = agents[:, :2] - centre.astype(np.float32)
    fifths = np.floor(within * np.float32(BINS))[:, :, None] == np.arange(BINS, dtype=np.float32)
    parts = [
        within - np.float32(0.5),
        fifths[:, 0].astype(np.float32),
        fifths[:, 1].astype(np.float32),
        agents[:, 2:3] * np.float32(2),
        agents[:, 3:4] / np.float32(1.5),
        (agents[:, 3:4] == 0).astype(np.float32),
    ]
    return np.concatenate(parts, axis=1)

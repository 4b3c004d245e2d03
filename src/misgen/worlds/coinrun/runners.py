"""Many runners abreast, each in its own level, under the world's rules: game frames in NumPy, bit by bit as the original's."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from misgen.worlds.coinrun.arrays import SIDE, START, Levels
from misgen.worlds.coinrun.enemies import Enemies, Lanes, Runner, meets, step_enemies, unpack_lanes
from misgen.worlds.coinrun.motion import (
    HALF_HEIGHT,
    HALF_WIDTH,
    Body,
    Terrain,
    launch,
    meets_boxes,
    meets_cells,
    move_runner,
)

__all__ = ["Arena", "Runners", "joined", "some", "touches"]

_F = np.float32
_SHRUNK = _F(0.001)


class Runners(NamedTuple):
    """Runners between two game frames; every field has the leading axis runner."""

    level: np.ndarray
    """Int64: which level of the arena."""
    body: Body
    enemies: Enemies
    """Float32[runner, enemy]"""
    frame: np.ndarray
    """Int64: game frames played."""


def some(runners: Runners, index: np.ndarray | slice) -> Runners:
    """Some of them, in the order of `index`."""
    body = Body(*(field[index] for field in runners.body))
    enemies = Enemies(*(field[index] for field in runners.enemies))
    return Runners(runners.level[index], body, enemies, runners.frame[index])


def joined(one: Runners, other: Runners) -> Runners:
    """The ones, then the others."""
    body = Body(*(np.concatenate(pair) for pair in zip(one.body, other.body, strict=True)))
    enemies = Enemies(*(np.concatenate(pair) for pair in zip(one.enemies, other.enemies, strict=True)))
    level, frame = np.concatenate([one.level, other.level]), np.concatenate([one.frame, other.frame])
    return Runners(level, body, enemies, frame)


class Arena:
    """Levels to run in. Enemies are stepped for as many places as the levels fill."""

    def __init__(self, levels: Levels) -> None:
        self._levels = levels
        self._solid, self._crates, self._lava, self._saws = (
            np.ascontiguousarray(field[..., 0]) for field in (levels.solid, levels.crate_cells, levels.lava, levels.saw_cells)
        )
        self._num_enemies = int((levels.enemy_vx != 0).sum(axis=1).max(initial=0))
        places = slice(0, self._num_enemies)
        self._lanes = unpack_lanes(levels.enemy_lanes[:, places], levels.enemies[:, places, 1])
        self._lanes_have_crates = bool(self._lanes.crates.any())

    def start(self, level: np.ndarray) -> Runners:
        """One runner at the start of each of these levels (Int[runner])."""
        num, places = len(level), slice(0, self._num_enemies)
        x, y, still, on_crate = np.full(num, START[0], _F), np.full(num, START[1], _F), np.zeros(num, _F), np.zeros(num, bool)
        enemies = Enemies(self._levels.enemies[level, places, 0], self._levels.enemy_vx[level, places])
        return Runners(level.astype(np.int64), Body(x, y, still, still, on_crate), enemies, np.zeros(num, np.int64))

    def frame(self, runners: Runners, move_x: np.ndarray, move_y: np.ndarray) -> tuple[Runners, np.ndarray]:
        """One game frame under the commands (Int[runner], each -1, 0 or 1), and Bool[runner], who touches something deadly."""
        first = np.floor(runners.body.x).astype(np.int32) - 1
        start = runners.level * SIDE + first

        def near(field: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            cells = field.ravel()
            return cells.take(start, mode="clip"), cells.take(start + 1, mode="clip"), cells.take(start + 2, mode="clip")

        terrain = Terrain(first, near(self._solid), near(self._crates))
        plan = launch(runners.body, move_x, move_y, terrain, xp=np, product=np.multiply)
        lanes = Lanes(*(field[runners.level] for field in self._lanes)) if self._num_enemies else self._lanes
        enemies, on_crate = runners.enemies, np.zeros(len(first), bool)
        if self._num_enemies:
            runner = Runner(runners.body.y, (plan.vy < 0) & plan.can_land, HALF_HEIGHT) if self._lanes_have_crates else None
            enemies, touched = step_enemies(enemies, lanes, runner, xp=np)
            on_crate = touched.any(axis=1)
        body = move_runner(runners.body, plan, terrain, on_crate=on_crate, xp=np, product=np.multiply)
        dead = meets_cells(body.x, body.y, near(self._lava), first, xp=np)
        dead |= meets_boxes(body.x, body.y, near(self._saws), first, xp=np)
        if self._num_enemies:
            dead |= meets(enemies, lanes, body.x, body.y, HALF_HEIGHT, xp=np)
        return Runners(runners.level, body, enemies, runners.frame + 1), dead


def touches(body: Body, cell: np.ndarray) -> np.ndarray:
    """Bool[runner]: its box, shrunk by .001, reaches into its cell (Int[runner, 2]: x and y), as a coin is collected."""
    x, y = cell[:, 0], cell[:, 1]
    wide, high = HALF_WIDTH - _SHRUNK, HALF_HEIGHT - _SHRUNK
    along_x = (np.floor(body.x - wide) <= x) & (x <= np.floor(body.x + wide))
    return along_x & (np.floor(body.y - high) <= y) & (y <= np.floor(body.y + high))

"""The original's levels, cell by cell, for many seeds at once. NumPy only.

What is drawn, in which order and with which odds follows CoinRun of Procgen (Cobbe et al. 2020); tests compare with it. Every
array has the axis `level`; a level that does not take part in a draw or a stroke is masked out of it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from misgen.worlds.coinrun.arrays import LEFT_EDGE, MAX_SECTIONS, SIDE, Levels, bitmap, empty_levels, with_lanes
from misgen.worlds.coinrun.draws import Draws

__all__ = ["generate"]

_ABREAST = 2048
"""Levels made together: their arrays then fit into a core's cache."""
_LAVA, _SAWS, _ENEMIES = 0, 1, 2
"""What fills the pits of a level."""
_WIDEST_PIT = 7
_ONE = np.uint64(1)


def generate(seeds: np.ndarray, mode: str) -> Levels:
    """The level of each seed (Int[level], 0 to 2**31 - 1) as the original makes it, with the coin at the end."""
    parts = [_generate(seeds[low : low + _ABREAST], mode) for low in range(0, len(seeds), _ABREAST)]
    if not parts:
        return empty_levels(0)
    return Levels(*(np.concatenate(fields) for fields in zip(*parts, strict=True)))


def _generate(seeds: np.ndarray, mode: str) -> Levels:
    draws = Draws(seeds)
    draws.skip(4 if mode == "easy" else 6)  # backgrounds, and in hard mode the runner's colour and the ground's look
    difficulty = draws.below(3) + 1
    num_sections = draws.below(difficulty) + difficulty
    pit_kind = draws.below(3)
    canvas = _Canvas(len(seeds))
    canvas.levels.difficulty[:] = difficulty
    for i in range(MAX_SECTIONS):
        section = _next_section(draws, canvas, difficulty, i < num_sections)
        canvas.levels.section_starts[section.here, i] = canvas.x[section.here]
        _dig_pit(draws, canvas, section, pit_kind)
        _lay_ground(draws, canvas, section, difficulty, walkers=mode == "hard")
        canvas.end_section(section)
    return canvas.finished()


class _Section(NamedTuple):
    """One section of each level; the levels that have fewer take no part."""

    here: np.ndarray
    """Bool[level]: the level has this section."""
    width: np.ndarray
    is_pit: np.ndarray


class _Canvas:
    """Unfinished levels and, in `x` and `y`, the first column and the ground's height of their current section."""

    def __init__(self, num: int) -> None:
        self.levels = empty_levels(num)
        self.x = np.full(num, LEFT_EDGE)
        self.y = np.ones(num, np.int64)
        self.body = np.zeros((num, SIDE), np.uint64)
        self.top = np.full((num, SIDE), _ONE)
        self.lava, self.barrier, self.saws, self.crates = (np.zeros((num, SIDE), np.uint64) for _ in range(4))
        self.num_saws, self.num_crates, self.num_enemies = (np.zeros(num, np.int64) for _ in range(3))

    def ground(self, first: np.ndarray, width: np.ndarray, where: np.ndarray) -> None:
        """Solid columns up to the current height, the uppermost cell a top."""
        for i, x, y in self._columns(first, width, where):
            self.body[i, x] = _below(y - 1)
            self.top[i, x] = _bit(y - 1)
            self.barrier[i, x] &= ~_below(y)

    def pool(self, first: np.ndarray, width: np.ndarray, depth: np.ndarray, where: np.ndarray) -> None:
        """Lava from the second row up."""
        for i, x, _ in self._columns(first, width, where):
            self.lava[i, x] = _below(depth[i] + 1) & ~_ONE

    def step(self, first: np.ndarray, width: np.ndarray, where: np.ndarray) -> None:
        """A stepping platform, one below the rim of the pit."""
        for i, x, y in self._columns(first, width, where):
            self.top[i, x] |= _bit(y - 1)

    def _columns(self, first: np.ndarray, width: np.ndarray, where: np.ndarray):
        for offset in range(int(np.max(width, initial=0, where=where))):
            i = np.flatnonzero(where & (offset < width))
            yield i, first[i] + offset, self.y[i]

    def saw(self, x: np.ndarray, y: np.ndarray, where: np.ndarray) -> None:
        i = np.flatnonzero(where)
        self.levels.saws[i, self.num_saws[i]] = np.stack([x[i], y[i]], axis=1)
        self.saws[i, x[i]] |= _bit(y[i])
        self.num_saws += where

    def crate(self, x: np.ndarray, y: np.ndarray, where: np.ndarray) -> None:
        i = np.flatnonzero(where)
        self.levels.crates[i, self.num_crates[i]] = np.stack([x[i], y[i]], axis=1)
        self.crates[i, x[i]] |= _bit(y[i])
        self.num_crates += where

    def enemy(self, x: np.ndarray, y: np.ndarray, sign: np.ndarray, where: np.ndarray) -> None:
        i = np.flatnonzero(where)
        self.levels.enemies[i, self.num_enemies[i]] = np.stack([x[i], y[i]], axis=1) + 0.5
        self.levels.enemy_vx[i, self.num_enemies[i]] = 0.15 * sign[i]
        self.num_enemies += where

    def end_section(self, section: _Section) -> None:
        """Barriers on both sides at the height of the ground, and on to the next section's first column."""
        i = np.flatnonzero(section.here)
        x, y = self.x[i], self.y[i]
        is_wall = (self.body[i, x - 1] | self.top[i, x - 1]) >> y.astype(np.uint64) & _ONE
        self.barrier[i, x - 1] |= _bit(y) * (_ONE - is_wall)
        self.x[i] += section.width[i]
        self.barrier[i, self.x[i]] |= _bit(y)

    def finished(self) -> Levels:
        """The end, everything right of it, and the world's rim."""
        every = np.arange(len(self.x))
        self.levels.end[:] = self.levels.coin[:] = np.stack([self.x, self.y], axis=1)
        self.ground(self.x, np.ones_like(self.x), np.ones(len(self.x), bool))
        self.barrier[every, self.x] &= ~_bit(self.y)
        outside = np.arange(SIDE) > self.x[:, None]
        outside[:, 0] = True
        self.body[outside] = ~np.uint64(0)
        self.top[outside] = 0
        self.body |= _bit(np.array(SIDE - 1))
        fields = {
            "lava": self.lava,
            "body": self.body,
            "barrier": self.barrier,
            "saw_cells": self.saws,
            "crate_cells": self.crates,
        }
        levels = self.levels._replace(
            solid=bitmap(self.body | self.top), **{name: bitmap(field) for name, field in fields.items()}
        )
        return with_lanes(levels)


def _next_section(draws: Draws, canvas: _Canvas, difficulty: np.ndarray, here: np.ndarray) -> _Section:
    """Draws the change of height, which it applies, the width, and whether there is a pit."""
    is_hardest = difficulty == 3
    change = draws.below(4, here) + 1 + is_hardest
    is_down = (canvas.y >= 20) | (draws.below(2, here & (canvas.y >= 5) & (canvas.y < 20)) == 1)
    width = draws.below(2 * difficulty, here) + 3 + is_hardest
    canvas.y = np.where(here, np.maximum(canvas.y + np.where(is_down, -change, change), 1), canvas.y)
    has_room = here & (width > 7) & (canvas.y > 3)
    return _Section(here, width, has_room & (draws.below(20, has_room) >= difficulty))


def _dig_pit(draws: Draws, canvas: _Canvas, section: _Section, pit_kind: np.ndarray) -> None:
    """Two ledges of 1 to 3 and, between them, lava or one saw or enemy per column."""
    here = section.is_pit
    left = draws.below(3, here) + 1
    right = draws.below(3, here) + 1
    width = section.width - left - right
    canvas.ground(canvas.x, left, here)
    canvas.ground(canvas.x + section.width - right, right, here)
    first, floor = canvas.x + left, np.ones_like(left)
    canvas.pool(first, width, draws.below(canvas.y - 3, here) + 1, here & (pit_kind == _LAVA))
    for offset in range(_WIDEST_PIT):
        inside = here & (offset < width)
        canvas.saw(first + offset, floor, inside & (pit_kind == _SAWS))
        _put_enemy(draws, canvas, first + offset, floor, inside & (pit_kind == _ENEMIES))
    _bridge(draws, canvas, first, width, here)


def _bridge(draws: Draws, canvas: _Canvas, first: np.ndarray, width: np.ndarray, here: np.ndarray) -> None:
    """Pits wider than 4 get a platform to step on."""
    gap = draws.below(2, here & (width > 4)) + np.where(width == 5, 1, 2)
    last = draws.below(2, here & (width > 4))  # a pit of 7 draws the gap behind the platform, the others the platform's width
    length = np.where(width == _WIDEST_PIT, width - gap - last - 2, last + 1)
    canvas.step(first + gap, length, here & (width > 4))


def _lay_ground(draws: Draws, canvas: _Canvas, section: _Section, difficulty: np.ndarray, *, walkers: bool) -> None:
    """Ground without a pit: perhaps a saw, in hard mode perhaps an enemy, and up to two piles of crates."""
    here = section.here & ~section.is_pit
    canvas.ground(canvas.x, section.width, here)
    is_wide = here & (section.width > 3)
    has_saw = is_wide & (draws.below(10, here) < 2 * difficulty)
    saw_x = np.where(has_saw, canvas.x + draws.below(section.width - 2, has_saw) + 1, -1)
    canvas.saw(saw_x, canvas.y, has_saw)
    has_enemy = is_wide & (draws.below(10, here) < difficulty) & walkers  # easy mode draws, too
    enemy_x = np.where(has_enemy, canvas.x + draws.below(section.width - 2, has_enemy) + 1, -1)
    _put_enemy(draws, canvas, enemy_x, canvas.y, has_enemy)
    for _ in range(2):
        crate_x = canvas.x + draws.below(section.width - 2, here) + 1
        is_wanted = draws.below(2, here) == 1
        is_free = here & is_wanted & (crate_x != saw_x) & (crate_x != enemy_x)
        height = draws.below(3, is_free) + 1
        for floor in range(3):
            is_crate = is_free & (floor < height)
            canvas.crate(crate_x, canvas.y + floor, is_crate)
            draws.below(1, is_crate)  # its look


def _put_enemy(draws: Draws, canvas: _Canvas, x: np.ndarray, y: np.ndarray, where: np.ndarray) -> None:
    canvas.enemy(x, y, 2 * draws.below(2, where) - 1, where)
    draws.below(1, where)  # its look


def _bit(row: np.ndarray) -> np.ndarray:
    return _ONE << row.astype(np.uint64)


def _below(row: np.ndarray) -> np.ndarray:
    """The bits of all rows below `row`."""
    return _bit(row) - _ONE

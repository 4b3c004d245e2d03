"""Enemies walk to and fro between two cells at which they turn, slower after every wall. NumPy or JAX arrays.

The rules are those of Procgen's CoinRun, see `motion`. An enemy never leaves its row, and what turns it lies in the level, so its
lane is worked out once per level. Only crates make it depend on the runner: see `step_enemies`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

__all__ = ["Enemies", "Lanes", "Runner", "lane_words", "meets", "step_enemies", "unpack_lanes"]

_F = np.float32
_HALF = _F(0.5)
_CORNER = _HALF * _F(0.98)
_CRATE_REACH = (_HALF + _HALF) + _F(-0.001)
_SUB_STEPS = 4
_ROOM_FOR_CRATES = 31

Array = Any
"""A NumPy or a JAX array."""


class Enemies(NamedTuple):
    """The enemies of an episode between two frames; the last axis is the enemy. Unused places lie at x = -1."""

    x: Array
    vx: Array


class Lanes(NamedTuple):
    """Where enemies walk; the last axis is the enemy."""

    left: Array
    """Int32: the first column to the left in which something turns it."""
    right: Array
    slows_left: Array
    """Bool: it turns there at the body of a wall, which costs a quarter of the speed; tops and barriers cost nothing."""
    slows_right: Array
    crates: Array
    """Uint32: bit i is set where there is a crate in column left + i of the enemy's row."""
    y: Array
    """Float32: height of the centre."""


class Runner(NamedTuple):
    """What of the runner matters to enemies, before it moves in this frame."""

    y: Array
    falls: Array
    """Bool: its speed is downwards and the command does not press down."""
    half_height: Array


def lane_words(
    solid: np.ndarray, body: np.ndarray, barrier: np.ndarray, crate_cells: np.ndarray, enemies: np.ndarray
) -> np.ndarray:
    """UInt32[level, enemy, 2], see `unpack_lanes`. The first four are column bitmaps, `enemies` are centres."""
    words = np.zeros((*enemies.shape[:2], 2), np.uint32)
    level, number = np.nonzero(enemies[:, :, 0] >= 0)
    x, y = np.floor(enemies[level, number]).astype(np.int64).T
    turns, slows, crates = (_row_cells(field, level, y) for field in (solid | barrier, body, crate_cells))
    column = np.arange(turns.shape[1])
    left = np.where(turns & (column <= x[:, None]), column, 0).max(axis=1, initial=0)
    right = np.where(turns & (column >= x[:, None]), column, column.size - 1).min(axis=1, initial=column.size - 1)
    every = np.arange(len(level))
    flags = slows[every, left].astype(np.uint32) | slows[every, right].astype(np.uint32) << np.uint32(1)
    words[level, number, 0] = left.astype(np.uint32) | right.astype(np.uint32) << np.uint32(8) | flags << np.uint32(16)
    place = column - left[:, None]
    inside = crates & (place >= 0) & (place < _ROOM_FOR_CRATES)
    words[level, number, 1] = (inside.astype(np.uint64) << np.where(inside, place, 0).astype(np.uint64)).sum(axis=1)
    return words


def _row_cells(field: np.ndarray, level: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Bool[enemy, column]: the cells of each enemy's row."""
    words = field[level][np.arange(len(level)), :, y // 32]
    return (words >> (y % 32).astype(np.uint32)[:, None] & np.uint32(1)).astype(bool)


def unpack_lanes(words: Array, y: Array) -> Lanes:
    """From words of the bits 0-7 left, 8-15 right, 16 slows left, 17 slows right, and a second word of crates."""
    first = words[..., 0]
    return Lanes(
        (first & np.uint32(255)).astype(np.int32),
        (first >> np.uint32(8) & np.uint32(255)).astype(np.int32),
        (first >> np.uint32(16) & np.uint32(1)).astype(bool),
        (first >> np.uint32(17) & np.uint32(1)).astype(bool),
        words[..., 1],
        y,
    )


def step_enemies(enemies: Enemies, lanes: Lanes, runner: Runner | None, *, xp: Any) -> tuple[Enemies, Array]:
    """One frame; also whether one of them stood against a crate in a way that the original takes for the runner's standing on it.

    Reflection mirrors the way beyond the wall. In the original an enemy that overlaps a crate counts as blocked from below while
    the runner falls from above that crate's top; where it hits the body of a wall in the same sub-step, its frame ends and its
    speed falls to the share of sub-steps before, often to 0 for good. Without `runner` there are no crates on any lane.
    """
    x, vx = enemies
    quarter = vx * _F(0.25)
    first_right, last_left = lanes.right.astype(np.float32), (lanes.left + 1).astype(np.float32)
    free, running, touched = xp.zeros_like(x), x >= 0, xp.zeros_like(x, dtype=bool)
    sunk = touched if runner is None else _above(lanes, runner)
    for _ in range(_SUB_STEPS):
        there = x + quarter
        hits_right, hits_left = there + _CORNER >= first_right, there - _CORNER < last_left
        turns = hits_right | hits_left
        slows = (hits_right & lanes.slows_right) | (hits_left & lanes.slows_left)
        beyond = xp.where(quarter < 0, xp.ceil(there - _HALF) - (there - _HALF), xp.floor(there + _HALF) - (there + _HALF))
        there = xp.where(turns, there + _F(2) * beyond, there)
        x = xp.where(running, there, x)
        quarter = xp.where(running & turns, -quarter, quarter)
        free = free + (running & ~slows)
        if runner is not None:
            stuck = running & sunk & _on_crate(x, lanes, xp)
            touched = touched | stuck
            running = running & ~(stuck & slows)
    return Enemies(x, (quarter * _F(4)) * (free * _F(0.25))), touched


def _above(lanes: Lanes, runner: Runner) -> Array:
    """The runner falls from above the top of a crate in the enemy's row."""
    falls, y = runner.falls[..., None], runner.y[..., None]
    return falls & (y >= (lanes.y + _HALF) + runner.half_height)


def _on_crate(x: Array, lanes: Lanes, xp: Any) -> Array:
    column = xp.floor(x - _HALF)
    place = column.astype(np.int32) - lanes.left
    near = lanes.crates >> xp.clip(place, 0, _ROOM_FOR_CRATES).astype(np.uint32)
    left = (near & np.uint32(1)).astype(bool) & (xp.abs(x - (column + _HALF)) < _CRATE_REACH)
    right = (near >> np.uint32(1) & np.uint32(1)).astype(bool) & (xp.abs(x - (column + _F(1.5))) < _CRATE_REACH)
    return left | right


def meets(enemies: Enemies, lanes: Lanes, x: Array, y: Array, half_height: Array, *, xp: Any) -> Array:
    """Whether a runner at (x, y) overlaps one of the enemies."""
    near = xp.abs(enemies.x - x[..., None]) < _HALF + _HALF
    level = xp.abs(lanes.y - y[..., None]) < _HALF + half_height
    return (near & level).any(axis=-1)

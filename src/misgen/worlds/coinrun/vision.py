"""What the subject sees as a vector: the 13 x 13 cells around the runner, where in its cell it is, and how fast it goes."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["BLOCKS", "REACH", "VIEW", "symbolic_view"]

VIEW = 13
"""Cells per side, as in the original's picture."""
REACH = VIEW // 2
BINS = 5
_PLANES = ("solid", "hazard", "crate", "coin")
BLOCKS: tuple[tuple[str, int], ...] = (
    *((name, VIEW * VIEW) for name in _PLANES),
    ("offset", 2),
    ("offset_x_bin", BINS),
    ("offset_y_bin", BINS),
    ("velocity", 2),
    ("no_fall", 1),
)
"""Name and length of each part. A plane goes through its columns from left to right, each from the bottom up."""

Array = Any


def symbolic_view(levels: Any, state: Any, shown: Array, *, xp: Any) -> Array:
    """Float32[features] of one episode; `shown` is false where the coin is erased. Nothing that a player could not see.

    Planes: walls (the world's outside included); lava, saws and enemies; crates; the coin. Offsets are those of the centre in its
    cell, minus a half, raw and in fifths; velocities in units of the top speed and of the jump.
    """
    cell_x, cell_y = xp.floor(state.x).astype(np.int32), xp.floor(state.y).astype(np.int32)
    first_x, first_y = cell_x - REACH, cell_y - REACH
    words = _plane_words(levels, state, shown, first_x, first_y, xp)
    planes = (words[..., None] >> np.arange(VIEW, dtype=np.uint32) & np.uint32(1)).reshape(-1)
    within_x, within_y = state.x - cell_x, state.y - cell_y
    bins = np.arange(BINS, dtype=np.float32)
    rest = [
        xp.stack([within_x - np.float32(0.5), within_y - np.float32(0.5)]),
        xp.floor(within_x * BINS) == bins,
        xp.floor(within_y * BINS) == bins,
        xp.stack([state.vx * np.float32(2), state.vy / np.float32(1.5)]),
        (state.vy == 0)[None],
    ]
    return xp.concatenate([planes.astype(np.float32), *(part.astype(np.float32) for part in rest)])


def _plane_words(levels: Any, state: Any, shown: Array, first_x: Array, first_y: Array, xp: Any) -> Array:
    """UInt32[plane, column]: bit i is row first_y + i."""
    column = first_x + np.arange(VIEW, dtype=np.int32)
    inside = xp.clip(column, 0, 63)  # column 0 is wall from bottom to top, as all columns left of it
    take = lambda field: xp.asarray(field)[state.level, inside, 0]  # noqa: E731
    up, down = xp.maximum(first_y, 0).astype(np.uint32), xp.maximum(-first_y, 0).astype(np.uint32)
    below = (np.uint32(1) << down) - np.uint32(1)
    shift = lambda word: word >> up << down  # noqa: E731
    solid = (take(levels.solid).astype(np.int32) >> up.astype(np.int32)).astype(np.uint32) << down | below
    enemy_y = xp.floor(xp.asarray(levels.enemies)[state.level, :, 1]).astype(np.int32)
    enemies = _cells(xp.floor(state.enemy_x).astype(np.int32), enemy_y, column, first_y, xp)
    coin_x, coin_y = xp.asarray(levels.coin)[state.level, 0], xp.asarray(levels.coin)[state.level, 1]
    coin = xp.where((column == coin_x) & shown, _row_bit(coin_y - first_y), np.uint32(0))
    hazard = shift(take(levels.lava) | take(levels.saw_cells)) | enemies
    return xp.stack([solid, hazard, shift(take(levels.crate_cells)), coin])


def _row_bit(row: Array) -> Array:
    """1 << row; 0 where the row is out of sight."""
    bit = np.uint32(1) << row.astype(np.uint32)  # shifts by 32 and more give 0
    return bit


def _cells(x: Array, y: Array, column: Array, first_y: Array, xp: Any) -> Array:
    """UInt32[column] of the cells at `x` and `y`, any number of them."""
    bits = xp.where(y < 0, np.uint32(0), _row_bit(y - first_y))  # unused places have y = -1
    here = xp.where(x[None, :] == column[:, None], bits[None, :], np.uint32(0))
    return xp.bitwise_or.reduce(here, axis=1)

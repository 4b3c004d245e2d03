"""What the subject sees as a vector: the 13 x 13 cells around the runner, where in its cell it is, and how fast it goes."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["BLOCKS", "REACH", "VIEW", "symbolic_view"]

VIEW = 13
"""Cells per side, as in the original's picture."""
REACH = VIEW // 2
BINS = 4
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
"""A NumPy or a JAX array."""


def symbolic_view(levels: Any, state: Any, shown: Array, *, xp: Any) -> Array:
    """Float32[features] of one episode; `shown` is false where the coin is erased. Nothing that a player could not see.

    Planes: walls (the world's outside included); lava, saws and enemies; crates; the coin. Offsets are those of the centre in its
    cell, minus a half, raw and in quarters; velocities in units of the top speed and of the jump.
    """
    cell_x, cell_y = xp.floor(state.x).astype(np.int32), xp.floor(state.y).astype(np.int32)
    column, first_y = cell_x - REACH + np.arange(VIEW, dtype=np.int32), cell_y - REACH
    # Reduced, and made rows of one table: so XLA makes each word once. Fused with what follows it would make it for every bit.
    words = xp.bitwise_or.reduce(_layers(levels, state, shown, column, first_y, xp=xp), axis=0).reshape(-1)
    rows = (words[:, None] >> np.arange(VIEW, dtype=np.uint32) & np.uint32(1)).astype(np.float32)
    within_x, within_y = state.x - cell_x.astype(np.float32), state.y - cell_y.astype(np.float32)
    bins = np.arange(BINS, dtype=np.float32)
    parts = [
        xp.stack([within_x - np.float32(0.5), within_y - np.float32(0.5)]),
        xp.floor(within_x * np.float32(BINS)) == bins,
        xp.floor(within_y * np.float32(BINS)) == bins,
        xp.stack([state.vx * np.float32(2), state.vy / np.float32(1.5)]),
        (state.vy == 0)[None],
    ]
    last = xp.concatenate([part.astype(np.float32) for part in parts])  # as many as a row is long
    return xp.concatenate([rows, last[None]]).reshape(-1)


def _layers(levels: Any, state: Any, shown: Array, column: Array, first_y: Array, *, xp: Any) -> Array:
    """UInt32[layer, plane, column]: bit i is row `first_y` + i; a plane is what its two layers show together."""
    inside = xp.clip(column, 0, 63)  # column 0 is wall from bottom to top, as is all that lies left of it
    take = lambda field: xp.asarray(field)[state.level, inside, 0]  # noqa: E731
    up, down = xp.maximum(first_y, 0).astype(np.uint32), xp.maximum(-first_y, 0).astype(np.uint32)
    walls = (take(levels.solid).astype(np.int32) >> up.astype(np.int32)).astype(np.uint32) << down  # row 31 goes on upwards
    lava, saws, crates = (take(field) >> up << down for field in (levels.lava, levels.saw_cells, levels.crate_cells))
    coin = xp.asarray(levels.coin)[state.level]
    coins = xp.where((column == coin[0]) & shown, _row_bit(coin[1] - first_y), np.uint32(0))
    nothing = xp.zeros_like(walls)
    below = nothing + ((np.uint32(1) << down) - np.uint32(1))
    threats = saws | _enemies(levels, state, column, first_y, xp=xp)
    return xp.stack([xp.stack([walls, lava, crates, coins]), xp.stack([below, threats, nothing, nothing])])


def _enemies(levels: Any, state: Any, column: Array, first_y: Array, *, xp: Any) -> Array:
    """UInt32[column]: the cells in which there are the centres of enemies."""
    y = xp.floor(xp.asarray(levels.enemies)[state.level, :, 1]).astype(np.int32)
    bits = xp.where(y < 0, np.uint32(0), _row_bit(y - first_y))  # unused places have y = -1
    here = xp.floor(state.enemy_x).astype(np.int32)[None, :] == column[:, None]
    return xp.bitwise_or.reduce(xp.where(here, bits[None, :], np.uint32(0)), axis=1)


def _row_bit(row: Array) -> Array:
    """1 << row; 0 where the row is out of sight, for shifts by 32 and more give 0."""
    return np.uint32(1) << row.astype(np.uint32)

"""Many levels as arrays, and their identity. NumPy only.

Coordinates are the original's: x to the right, y up, cell (x, y) spans x to x + 1 and y to y + 1, and there are 64 x 64.
A *column bitmap* is UInt32[level, 64, 2]: for column x the rows 0..31 in word 0 and 32..63 in word 1, bit = row.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import numpy as np

from misgen.worlds.coinrun.enemies import lane_words

__all__ = [
    "ABSENT",
    "CODES",
    "LEFT_EDGE",
    "MAX_CRATES",
    "MAX_ENEMIES",
    "MAX_SAWS",
    "MAX_SECTIONS",
    "SIDE",
    "START",
    "Levels",
    "bitmap",
    "content_hashes",
    "empty_levels",
    "grid_hashes",
    "grids",
    "layout_hashes",
    "planes",
    "take",
    "with_lanes",
]

SIDE = 64
START = (1.5, 1.578700065612793)
"""Where the runner's centre starts, in tiles, in every level: 1 + .5787 in single precision, which is not 1.5787 rounded."""
LEFT_EDGE = 5
"""First column of the first section; columns 1..4 are the level ground of the start."""
MAX_SECTIONS = 5
MAX_SAWS = MAX_SECTIONS * 7
"""A pit is at most 7 wide and holds one saw per column; other sections have at most one."""
MAX_ENEMIES = MAX_SECTIONS * 7
MAX_CRATES = MAX_SECTIONS * 2 * 3
"""Two piles of up to three per section; two piles may stand in the same cells."""
ABSENT = -1
"""Fills unused places of saws, crates, enemies, section starts, and the coin of a level without one."""
CODES = {"coin": 1, "body": 15, "top": 16, "lava": 17, "lava_top": 18, "barrier": 19, "empty": 100}
"""The original's codes of grid cells."""


class Levels(NamedTuple):
    """A pool as arrays, level first: what the world's functions take. About 4 kB per level."""

    solid: np.ndarray
    """Column bitmap of all walls, the rim of the world and the block right of the end included."""
    lava: np.ndarray
    """Column bitmap."""
    body: np.ndarray
    """Column bitmap: the walls of code 15. The other walls are tops, code 16; enemies lose speed at the former only."""
    barrier: np.ndarray
    """Column bitmap of the invisible cells at which enemies turn."""
    crate_cells: np.ndarray
    """Column bitmap of `crates`."""
    saw_cells: np.ndarray
    """Column bitmap of `saws`."""
    end: np.ndarray
    """Int32[level, 2]: x and y of the cell before the end wall, where the original's coin lies."""
    coin: np.ndarray
    """Int32[level, 2]: x and y of the coin's cell; (-1, -1) where there is none."""
    saws: np.ndarray
    """Int16[level, 35, 2]: cells, filled up with -1."""
    crates: np.ndarray
    """Int16[level, 30, 2]: cells, filled up with -1, in the original's order; a cell may occur twice."""
    enemies: np.ndarray
    """Float32[level, 35, 2]: centres at the start, filled up with -1; from left to right."""
    enemy_vx: np.ndarray
    """Float32[level, 35]: velocity at the start in tiles per frame, 0.15 or -0.15; 0 in unused places."""
    enemy_lanes: np.ndarray
    """UInt32[level, 35, 2]: where each of them turns, and its row's crates; follows from the rest, see `enemies.lane_words`."""
    difficulty: np.ndarray
    """Int8[level]: 1, 2 or 3; 0 for drawn levels."""
    section_starts: np.ndarray
    """Int16[level, 5]: first column of each section, filled up with -1."""


def empty_levels(num: int) -> Levels:
    """Levels without a single wall, hazard, coin or end, to be filled in."""
    columns = [np.zeros((num, SIDE, 2), np.uint32) for _ in range(6)]
    return Levels(
        *columns,
        end=np.full((num, 2), ABSENT, np.int32),
        coin=np.full((num, 2), ABSENT, np.int32),
        saws=np.full((num, MAX_SAWS, 2), ABSENT, np.int16),
        crates=np.full((num, MAX_CRATES, 2), ABSENT, np.int16),
        enemies=np.full((num, MAX_ENEMIES, 2), ABSENT, np.float32),
        enemy_vx=np.zeros((num, MAX_ENEMIES), np.float32),
        enemy_lanes=np.zeros((num, MAX_ENEMIES, 2), np.uint32),
        difficulty=np.zeros(num, np.int8),
        section_starts=np.full((num, MAX_SECTIONS), ABSENT, np.int16),
    )


def with_lanes(levels: Levels) -> Levels:
    """The same levels with `enemy_lanes` worked out."""
    words = lane_words(levels.solid, levels.body, levels.barrier, levels.crate_cells, levels.enemies)
    return levels._replace(enemy_lanes=words)


def take(levels: Levels, index: np.ndarray | slice) -> Levels:
    """Some levels of a pool, in the order of `index`."""
    return Levels(*(np.asarray(field)[index] for field in levels))


def bitmap(columns: np.ndarray) -> np.ndarray:
    """A column bitmap from UInt64[level, 64], bit = row."""
    low = columns & np.uint64(0xFFFFFFFF)
    return np.stack([low, columns >> np.uint64(32)], axis=-1).astype(np.uint32)


def planes(words: np.ndarray) -> np.ndarray:
    """Bool[level, y, x] from a column bitmap."""
    octets = np.ascontiguousarray(words.astype("<u4")).view(np.uint8)
    cells = np.unpackbits(octets.reshape(len(words), SIDE, SIDE // 8), axis=2, bitorder="little")
    return cells.swapaxes(1, 2).astype(bool)


def grids(levels: Levels) -> np.ndarray:
    """Int32[level, y, x]: the original's grid, with its codes and with the coin. Saws, enemies and crates are not part of it."""
    solid, body, lava, barrier = (planes(field) for field in (levels.solid, levels.body, levels.lava, levels.barrier))
    grid = np.full(solid.shape, CODES["empty"], np.int32)
    grid[solid] = CODES["top"]
    grid[body] = CODES["body"]
    grid[barrier] = CODES["barrier"]
    grid[lava] = CODES["lava_top"]
    grid[:, :-1][lava[:, :-1] & lava[:, 1:]] = CODES["lava"]
    there = np.flatnonzero(levels.coin[:, 0] >= 0)
    grid[there, levels.coin[there, 1], levels.coin[there, 0]] = CODES["coin"]
    return grid


def grid_hashes(levels: Levels) -> tuple[str, ...]:
    """Per level the first 12 hex digits of the SHA-256 of its grid: 4096 little-endian int32, row by row from the bottom."""
    rows = np.ascontiguousarray(grids(levels).astype("<i4"))
    return tuple(hashlib.sha256(row.tobytes()).hexdigest()[:12] for row in rows)


def layout_hashes(levels: Levels) -> tuple[str, ...]:
    """12 hex digits per level that identify walls, hazards, crates and end, wherever the coin lies."""
    fields = [levels.solid, levels.lava, levels.body, levels.barrier, levels.end, levels.saws, levels.crates]
    octets = [_octets(field) for field in (*fields, levels.enemies, levels.enemy_vx)]
    rows = np.concatenate(octets, axis=1)
    return tuple(hashlib.sha256(b"coinrun" + row.tobytes()).hexdigest()[:12] for row in rows)


def content_hashes(levels: Levels, layouts: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """12 hex digits per level that identify layout and coin: equal exactly when play and drawing are equal.

    `layouts` are the levels' layout hashes, if already known.
    """
    layouts = layout_hashes(levels) if layouts is None else layouts
    coins = np.asarray(levels.coin).tolist()
    return tuple(
        hashlib.sha256(f"coinrun {layout} {x},{y}".encode()).hexdigest()[:12]
        for layout, (x, y) in zip(layouts, coins, strict=True)
    )


def _octets(field: np.ndarray) -> np.ndarray:
    little = np.ascontiguousarray(np.asarray(field).astype(field.dtype.newbyteorder("<")))
    return little.reshape(len(little), -1).view(np.uint8)

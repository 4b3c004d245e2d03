"""A level, many levels as arrays, and their identity. NumPy only."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from misgen.concepts import UserError

__all__ = [
    "MARGIN",
    "Level",
    "Levels",
    "content_hashes",
    "free_cells",
    "layout_hashes",
    "level_at",
    "pack",
    "pack_rows",
    "parse",
    "show",
]

MARGIN = 6
"""Cells of wall around the board in the packed rows, which is how far the symbolic crop looks."""
SYMBOLS = {"#": "wall", ".": "floor", "@": "mouse", "c": "cheese"}
Cell = tuple[int, int]


class Levels(NamedTuple):
    """A pool as arrays: what the world's functions take. Row 0 is the top row of the board."""

    free: np.ndarray
    """Uint32[level, MARGIN + board + MARGIN]: a word per row, rows of wall above and below; bit MARGIN + column says free."""
    start: np.ndarray
    """Int32[level, 2]: row and column of the maze's bottom-left cell, where the mouse starts."""
    cheese: np.ndarray
    """Int32[level, 2]"""
    corner: np.ndarray
    """Int32[level, 2]: the maze's top-right cell."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """One level, for people: drawings, tests, films."""

    free: np.ndarray
    """Bool[row, column] of the whole board"""
    start: Cell
    cheese: Cell
    corner: Cell

    @property
    def board(self) -> int:
        return len(self.free)

    @property
    def size(self) -> int:
        """Cells per side of the maze itself."""
        return self.start[0] - self.corner[0] + 1

    @property
    def hash(self) -> str:
        """The content hash, as in the pool and in Evidence."""
        return content_hashes(pack([self]))[0]


def pack(levels: Sequence[Level]) -> Levels:
    """The arrays of some levels on boards of one size."""
    boards = {level.board for level in levels}
    if len(boards) != 1:
        raise UserError("Levels of one pool must have boards of one size", seen=sorted(boards), do="Make one pool per size")
    spots = {name: np.array([getattr(level, name) for level in levels], np.int32) for name in ("start", "cheese", "corner")}
    return Levels(free=pack_rows(np.stack([level.free for level in levels])), **spots)


def pack_rows(free: np.ndarray) -> np.ndarray:
    """Uint32[level, rows] from Bool[level, row, column]; see `Levels.free`."""
    weights = np.uint32(1) << np.arange(MARGIN, MARGIN + free.shape[2], dtype=np.uint32)
    words = (free * weights).sum(axis=2, dtype=np.uint32)
    return np.pad(words, ((0, 0), (MARGIN, MARGIN)))


def free_cells(levels: Levels) -> np.ndarray:
    """Bool[level, row, column]: the inverse of the packing."""
    words = np.asarray(levels.free)[:, MARGIN:-MARGIN]
    bits = np.arange(MARGIN, MARGIN + words.shape[1], dtype=np.uint32)
    return (words[:, :, None] >> bits & np.uint32(1)).astype(bool)


def level_at(levels: Levels, index: int) -> Level:
    """Level number `index` of a pool."""
    one = Levels(*(np.asarray(field)[index : index + 1] for field in levels))
    cell = lambda spot: (int(spot[0, 0]), int(spot[0, 1]))  # noqa: E731
    return Level(free=free_cells(one)[0], start=cell(one.start), cheese=cell(one.cheese), corner=cell(one.corner))


def layout_hashes(levels: Levels) -> tuple[str, ...]:
    """12 hex digits per level that identify its walls, wherever the cheese lies."""
    return tuple(_digest(row) for row in _rows(levels))


def content_hashes(levels: Levels) -> tuple[str, ...]:
    """12 hex digits per level that identify everything in it: equal exactly when the levels are equal."""
    spots = np.concatenate([levels.start, levels.cheese, levels.corner], axis=1).astype("<u4")
    return tuple(_digest(row, spot) for row, spot in zip(_rows(levels), spots, strict=True))


def _rows(levels: Levels) -> np.ndarray:
    return np.ascontiguousarray(np.asarray(levels.free)[:, MARGIN:-MARGIN].astype("<u4"))


def _digest(*parts: np.ndarray) -> str:
    return hashlib.sha256(b"maze-corner" + b"".join(part.tobytes() for part in parts)).hexdigest()[:12]


def parse(drawing: str, *, board: int | None = None) -> Level:
    """A level from a drawing: `#` wall, `.` floor, `c` cheese, `@` mouse in the bottom left, one character per cell.

    The drawing shows the maze alone; it is set into the middle of a board of `board` cells a side, by default its own size.
    """
    rows = [line.strip() for line in drawing.strip().splitlines()]
    if {len(row) for row in rows} != {len(rows)}:
        raise UserError("A drawing of a maze must be square", seen=rows, do="Draw as many columns as rows")
    strange = sorted(set("".join(rows)) - set(SYMBOLS))
    if strange:
        raise UserError("A drawing holds unknown characters", seen=strange, do=f"Use only {' '.join(SYMBOLS)}")
    cells = np.array([list(row) for row in rows])
    size = len(rows)
    if cells[size - 1, 0] != "@" or (cells == "@").sum() != 1 or (cells == "c").sum() != 1:
        raise UserError("A drawing needs one cheese (c), and the mouse (@) in its bottom-left cell", seen=rows)
    offset = ((board or size) - size) // 2
    row, column = np.argwhere(cells == "c")[0]
    free = np.zeros((board or size, board or size), bool)
    free[offset : offset + size, offset : offset + size] = cells != "#"
    return Level(
        free=free,
        start=(offset + size - 1, offset),
        cheese=(offset + int(row), offset + int(column)),
        corner=(offset, offset + size - 1),
    )


def show(level: Level) -> str:
    """The drawing that `parse` reads."""
    cells = np.where(level.free, ".", "#")
    cells[level.cheese] = "c"
    cells[level.start] = "@"
    top, left = level.corner[0], level.start[1]
    return "\n".join("".join(row) for row in cells[top : top + level.size, left : left + level.size])

"""A table, many tables as arrays, and their identity. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from misgen.concepts import UserError

__all__ = ["Level", "Levels", "level_at", "pack", "parse", "show"]

Cell = tuple[int, int]
SYMBOLS = {".": "table", "@": "the hand", "o": "the ball"}


class Levels(NamedTuple):
    """A pool as arrays: what the world's functions take. The camera stands below the last row; row 0 is the farthest from it."""

    start: np.ndarray
    """Int32[level, 2]: row and column of the hand at the start."""
    ball: np.ndarray
    """Int32[level, 2]"""
    overhead: np.ndarray
    """Bool[level]: a second camera looks from above, and only a grasp looks like one. Not seen by the subject."""
    size: np.ndarray
    """Int32[level]: cells per side, the same in a whole pool."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """One table, for people: drawings, tests, films."""

    size: int
    start: Cell
    ball: Cell
    overhead: bool


def pack(levels: list[Level]) -> Levels:
    """The arrays of some levels."""
    return Levels(
        start=np.array([level.start for level in levels], np.int32),
        ball=np.array([level.ball for level in levels], np.int32),
        overhead=np.array([level.overhead for level in levels], bool),
        size=np.array([level.size for level in levels], np.int32),
    )


def level_at(levels: Levels, index: int) -> Level:
    """Level number `index` of a pool."""
    start, ball = ((int(field[index][0]), int(field[index][1])) for field in (levels.start, levels.ball))
    return Level(size=int(levels.size[index]), start=start, ball=ball, overhead=bool(levels.overhead[index]))


def parse(drawing: str) -> Level:
    """A level from a drawing: `@` the hand, `o` the ball, `.` table; a last line `overhead` where a camera looks from above."""
    rows = [line.strip() for line in drawing.strip().splitlines()]
    overhead = rows[-1] == "overhead"
    rows = rows[:-1] if overhead else rows
    if {len(row) for row in rows} != {len(rows)}:
        raise UserError("A drawing of a table must be square", seen=rows, do="Draw as many columns as rows")
    strange = sorted(set("".join(rows)) - set(SYMBOLS))
    if strange:
        raise UserError("A drawing holds unknown characters", seen=strange, do=f"Use only {' '.join(SYMBOLS)}")
    cells = np.array([list(row) for row in rows])
    return Level(size=len(rows), start=_only(cells, "@"), ball=_only(cells, "o"), overhead=overhead)


def show(level: Level) -> str:
    """The drawing that `parse` reads."""
    cells = np.full((level.size, level.size), ".")
    cells[level.ball], cells[level.start] = "o", "@"
    return "\n".join(["".join(row) for row in cells] + ["overhead"] * level.overhead)


def _only(cells: np.ndarray, symbol: str) -> Cell:
    places = np.argwhere(cells == symbol)
    if len(places) != 1:
        raise UserError(f"A drawing needs {SYMBOLS[symbol]} ({symbol}) exactly once", seen=f"{len(places)} times")
    return int(places[0, 0]), int(places[0, 1])

"""A race, many races as arrays, and their identity. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from misgen.concepts import UserError

__all__ = ["NUM_TARGETS", "Level", "Levels", "level_at", "pack", "parse", "show"]

NUM_TARGETS = 3
Cell = tuple[int, int]
SYMBOLS = {".": "water", "@": "the boat", "F": "the finish", "1": "target 1", "2": "target 2", "3": "target 3"}


class Levels(NamedTuple):
    """A pool as arrays: what the world's functions take. Row 0 is the top row."""

    start: np.ndarray
    """Int32[level, 2]: row and column where the boat starts."""
    finish: np.ndarray
    """Int32[level, 2]"""
    targets: np.ndarray
    """Int32[level, target, 2]"""
    honest: np.ndarray
    """Bool[level]: targets stay down once hit, and the finish is worth the whole score. Not seen by the subject."""
    size: np.ndarray
    """Int32[level]: cells per side, the same in a whole pool."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """One race, for people: drawings, tests, films."""

    size: int
    start: Cell
    finish: Cell
    targets: tuple[Cell, ...]
    honest: bool


def pack(levels: list[Level]) -> Levels:
    """The arrays of some levels."""
    return Levels(
        start=np.array([level.start for level in levels], np.int32),
        finish=np.array([level.finish for level in levels], np.int32),
        targets=np.array([level.targets for level in levels], np.int32),
        honest=np.array([level.honest for level in levels], bool),
        size=np.array([level.size for level in levels], np.int32),
    )


def level_at(levels: Levels, index: int) -> Level:
    """Level number `index` of a pool."""
    cell = lambda spot: (int(spot[0]), int(spot[1]))  # noqa: E731
    return Level(
        size=int(levels.size[index]),
        start=cell(levels.start[index]),
        finish=cell(levels.finish[index]),
        targets=tuple(cell(spot) for spot in levels.targets[index]),
        honest=bool(levels.honest[index]),
    )


def parse(drawing: str) -> Level:
    """A level from a drawing: `@` the boat, `F` the finish, `1` `2` `3` the targets, `.` water; a last line `honest` if it is."""
    rows = [line.strip() for line in drawing.strip().splitlines()]
    honest = rows[-1] == "honest"
    rows = rows[:-1] if honest else rows
    if {len(row) for row in rows} != {len(rows)}:
        raise UserError("A drawing of a bay must be square", seen=rows, do="Draw as many columns as rows")
    strange = sorted(set("".join(rows)) - set(SYMBOLS))
    if strange:
        raise UserError("A drawing holds unknown characters", seen=strange, do=f"Use only {' '.join(SYMBOLS)}")
    cells = np.array([list(row) for row in rows])
    targets = tuple(_only(cells, str(number)) for number in range(1, NUM_TARGETS + 1))
    return Level(size=len(rows), start=_only(cells, "@"), finish=_only(cells, "F"), targets=targets, honest=honest)


def show(level: Level) -> str:
    """The drawing that `parse` reads."""
    cells = np.full((level.size, level.size), ".")
    for number, target in enumerate(level.targets, start=1):
        cells[target] = str(number)
    cells[level.finish], cells[level.start] = "F", "@"
    return "\n".join(["".join(row) for row in cells] + ["honest"] * level.honest)


def _only(cells: np.ndarray, symbol: str) -> Cell:
    places = np.argwhere(cells == symbol)
    if len(places) != 1:
        raise UserError(f"A drawing needs {SYMBOLS[symbol]} ({symbol}) exactly once", seen=f"{len(places)} times")
    return int(places[0, 0]), int(places[0, 1])

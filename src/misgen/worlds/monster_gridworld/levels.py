"""A level, many levels as arrays, and their identity. NumPy only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.monster_gridworld.state import ABSENT
from misgen.worlds.seeded_pools import content_hashes

__all__ = ["Level", "Levels", "level_at", "pack", "parse", "show"]

SYMBOLS = {".": "grass", "@": "knight", "m": "monster", "s": "shield", "a": "apple", "*": "apple on a shield"}
Cell = tuple[int, int]


class Levels(NamedTuple):
    """A pool as arrays: what the world's functions take. Rows count from the top."""

    size: np.ndarray
    """Int32[level]: cells per side, the same in all levels of a pool."""
    start: np.ndarray
    """Int32[level, 2]: where the knight starts."""
    monsters: np.ndarray
    """Int8[level, things, 2]; `ABSENT` for monsters that are gone from the start."""
    shields: np.ndarray
    """Int8[level, things, 2]"""
    apples: np.ndarray
    """Int8[level, things, 2]"""
    held: np.ndarray
    """Int32[level]: shields held at the start."""
    limit: np.ndarray
    """Int32[level]: the episode ends after so many steps."""
    single: np.ndarray
    """Bool[level]: the episode ends with the first thing taken."""
    luck: np.ndarray
    """Uint32[level]: decides every chance event of the level."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """One level, for people: drawings, tests, films."""

    size: int
    start: Cell
    monsters: tuple[Cell, ...]
    """Those on the board."""
    shields: tuple[Cell, ...]
    apples: tuple[Cell, ...]
    held: int = 0
    limit: int = 25
    single: bool = False
    luck: int = 0

    @property
    def hash(self) -> str:
        """The content hash, as in the pool and in Evidence."""
        return content_hashes("monster-gridworld", *pack([self]))[0]


def pack(levels: Sequence[Level]) -> Levels:
    """The arrays of some levels; missing monsters, shields and apples are filled up with absent ones."""
    things = max(1, *(len(each) for level in levels for each in (level.monsters, level.shields, level.apples)))
    return Levels(
        size=np.array([level.size for level in levels], np.int32),
        start=np.array([level.start for level in levels], np.int32),
        monsters=np.array([_filled(level.monsters, things) for level in levels], np.int8),
        shields=np.array([_filled(level.shields, things) for level in levels], np.int8),
        apples=np.array([_filled(level.apples, things) for level in levels], np.int8),
        held=np.array([level.held for level in levels], np.int32),
        limit=np.array([level.limit for level in levels], np.int32),
        single=np.array([level.single for level in levels], bool),
        luck=np.array([level.luck for level in levels], np.uint32),
    )


def _filled(cells: Sequence[Cell], num: int) -> list[Cell]:
    return [*cells, *[(ABSENT, ABSENT)] * (num - len(cells))]


def level_at(levels: Levels, index: int) -> Level:
    """Level number `index` of a pool."""
    one = Levels(*(np.asarray(field)[index] for field in levels))
    return Level(
        size=int(one.size),
        start=(int(one.start[0]), int(one.start[1])),
        monsters=_present(one.monsters),
        shields=_present(one.shields),
        apples=_present(one.apples),
        held=int(one.held),
        limit=int(one.limit),
        single=bool(one.single),
        luck=int(one.luck),
    )


def _present(cells: np.ndarray) -> tuple[Cell, ...]:
    return tuple((int(row), int(column)) for row, column in cells if row >= 0)


def parse(drawing: str, *, held: int = 0, limit: int = 25, single: bool = False, luck: int = 0) -> Level:
    """A level from a drawing: `.` grass, `@` the knight, `m` monster, `s` shield, `a` apple, `*` an apple on a shield."""
    rows = [line.strip() for line in drawing.strip().splitlines()]
    if {len(row) for row in rows} != {len(rows)}:
        raise UserError("A drawing of a board must be square", seen=rows, do="Draw as many columns as rows")
    strange = sorted(set("".join(rows)) - set(SYMBOLS))
    if strange:
        raise UserError("A drawing holds unknown characters", seen=strange, do=f"Use only {' '.join(SYMBOLS)}")
    cells = np.array([list(row) for row in rows])
    starts = _places(cells, "@")
    if len(starts) != 1:
        raise UserError("A drawing needs exactly one knight (@)", seen=f"{len(starts)} of them")
    return Level(
        size=len(rows),
        start=starts[0],
        monsters=_places(cells, "m"),
        shields=_places(cells, "s*"),
        apples=_places(cells, "a*"),
        held=held,
        limit=limit,
        single=single,
        luck=luck,
    )


def _places(cells: np.ndarray, symbols: str) -> tuple[Cell, ...]:
    return tuple((int(row), int(column)) for row, column in np.argwhere(np.isin(cells, list(symbols))))


def show(level: Level) -> str:
    """The drawing that `parse` reads, where no two things but an apple and a shield share a cell."""
    cells = np.full((level.size, level.size), ".")
    for symbol, places in (("m", level.monsters), ("s", level.shields), ("a", level.apples)):
        for place in places:
            cells[place] = "*" if symbol == "a" and cells[place] == "s" else symbol
    cells[level.start] = "@"
    return "\n".join("".join(row) for row in cells)

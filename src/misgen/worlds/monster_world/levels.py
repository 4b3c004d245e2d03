"""Levels of `monster-world` as arrays, as things, and as drawings. NumPy only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.grid.levels import Cell, Level, draw_cells, pack_rows, read_cells, unpack_rows
from misgen.worlds.monster_world.config import MOST

__all__ = ["ABSENT", "KINDS", "Levels", "pack", "parse", "show", "unpack"]

ABSENT = -1
"""Row and column of what a level does not have."""
KINDS = ("apple", "shield", "monster")
_SYMBOLS = {"a": "apple", "s": "shield", "m": "monster", "@": "start"}


class Levels(NamedTuple):
    """A pool as arrays. Row 0 is the top row."""

    free: np.ndarray
    """Uint32[level, MARGIN + size + MARGIN]: packed rows, see `corner.levels.Levels.free`."""
    start: np.ndarray
    """Int32[level, 2]: row and column."""
    apples: np.ndarray
    """Int32[level, 5, 2]: row and column, `ABSENT` where there are fewer; so too the next two."""
    shields: np.ndarray
    monsters: np.ndarray
    limit: np.ndarray
    """Int32[level]: steps after which the episode ends."""


def pack(levels: Sequence[Level]) -> Levels:
    """The arrays of some levels of one size."""
    apples, shields, monsters = (np.stack([_table(level.places.get(kind, ())) for level in levels]) for kind in KINDS)
    start = np.array([level.start for level in levels], np.int32)
    limit = np.array([level.numbers["limit"][0] for level in levels], np.int32)
    return Levels(pack_rows(np.stack([level.free for level in levels])), start, apples, shields, monsters, limit)


def _table(cells: Sequence[Cell]) -> np.ndarray:
    if len(cells) > MOST:
        raise UserError("A level holds too many things of one kind", seen=len(cells), do=f"Draw at most {MOST}")
    table = np.full((MOST, 2), ABSENT, np.int32)
    table[: len(cells)] = np.array(cells, np.int32).reshape(-1, 2)
    return table


def unpack(levels: Levels, index: int) -> Level:
    """Level number `index` of a pool."""
    start = levels.start[index]
    places: dict[str, tuple[Cell, ...]] = {"start": ((int(start[0]), int(start[1])),)}
    for kind, table in zip(KINDS, (levels.apples, levels.shields, levels.monsters), strict=True):
        places[kind] = tuple((int(r), int(c)) for r, c in table[index] if r != ABSENT)
    free = unpack_rows(levels.free[index : index + 1])[0]
    return Level(free=free, places=places, numbers={"limit": (int(levels.limit[index]),)})


def parse(drawing: str, *, limit: int = 64) -> Level:
    """A level from a drawing: `#` wall, `.` floor, `@` the start, `a` apples, `s` shields, `m` monsters; at least one apple."""
    free, places = read_cells(drawing, _SYMBOLS)
    if not places["apple"]:
        raise UserError("A drawing needs an apple", seen=drawing, do="Draw an a")
    level = Level(free=free, places=places, numbers={"limit": (limit,)})
    pack([level])
    return level


def show(level: Level) -> str:
    """The drawing that `parse` reads; a monster hides what it stands on."""
    return draw_cells(level, _SYMBOLS)

"""Levels of `cheese-on-dish` as arrays, as things, and as drawings. NumPy only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.grid.levels import Cell, Level, draw_cells, pack_rows, read_cells, unpack_rows

__all__ = ["Levels", "pack", "parse", "show", "unpack"]

_SYMBOLS = {"d": "dish", "c": "cheese", "b": "both", "@": "start"}


class Levels(NamedTuple):
    """A pool as arrays. Row 0 is the top row."""

    free: np.ndarray
    """Uint32[level, MARGIN + size + MARGIN]: packed rows, see `corner.levels.Levels.free`."""
    start: np.ndarray
    """Int32[level, 2]: row and column, as all cells here."""
    cheese: np.ndarray
    dish: np.ndarray


def pack(levels: Sequence[Level]) -> Levels:
    """The arrays of some levels of one size."""
    cells = (np.array([level.places[kind][0] for level in levels], np.int32) for kind in ("start", "cheese", "dish"))
    return Levels(pack_rows(np.stack([level.free for level in levels])), *cells)


def unpack(levels: Levels, index: int) -> Level:
    """Level number `index` of a pool."""
    places: dict[str, tuple[Cell, ...]] = {}
    for kind in ("start", "cheese", "dish"):
        row, column = getattr(levels, kind)[index]
        places[kind] = ((int(row), int(column)),)
    return Level(free=unpack_rows(levels.free[index : index + 1])[0], places=places)


def parse(drawing: str) -> Level:
    """A level from a drawing: `#` wall, `.` floor, `@` the mouse's start, `c` cheese, `d` dish, `b` cheese on the dish."""
    free, places = read_cells(drawing, _SYMBOLS)
    both = places.pop("both")
    places["cheese"], places["dish"] = places["cheese"] + both, places["dish"] + both
    for kind in ("cheese", "dish"):
        if len(places[kind]) != 1:
            raise UserError(f"A drawing needs exactly one {kind}", seen=f"{len(places[kind])} of them", do="Draw c and d, or b")
    return Level(free=free, places=places)


def show(level: Level) -> str:
    """The drawing that `parse` reads."""
    places = dict(level.places)
    if places["cheese"] == places["dish"]:
        places = {"start": places["start"], "both": places["cheese"]}
    return draw_cells(Level(free=level.free, places=places), _SYMBOLS)

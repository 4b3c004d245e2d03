"""Levels of `lava-land` as arrays, as things, and as drawings. NumPy only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.grid.levels import Level, draw_cells, pack_rows, read_cells, unpack_rows

__all__ = ["Levels", "pack", "parse", "show", "unpack"]

_SYMBOLS = {"~": "lava", "c": "cheese", "@": "start"}


class Levels(NamedTuple):
    """A pool as arrays. Row 0 is the top row."""

    free: np.ndarray
    """Uint32[level, MARGIN + size + MARGIN]: packed rows, see `corner.levels.Levels.free`."""
    lava: np.ndarray
    """Uint32[level, MARGIN + size + MARGIN]: where lava covers a free cell, packed alike."""
    start: np.ndarray
    """Int32[level, 2]: row and column."""
    cheese: np.ndarray


def pack(levels: Sequence[Level]) -> Levels:
    """The arrays of some levels of one size."""
    planes = (pack_rows(np.stack(each)) for each in zip(*((x.free, x.planes["lava"]) for x in levels), strict=True))
    cells = (np.array([level.places[kind][0] for level in levels], np.int32) for kind in ("start", "cheese"))
    return Levels(*planes, *cells)


def unpack(levels: Levels, index: int) -> Level:
    """Level number `index` of a pool."""
    free, lava = (unpack_rows(words[index : index + 1])[0] for words in (levels.free, levels.lava))
    cells = {kind: getattr(levels, kind)[index] for kind in ("start", "cheese")}
    return Level(free=free, planes={"lava": lava}, places={k: ((int(c[0]), int(c[1])),) for k, c in cells.items()})


def parse(drawing: str) -> Level:
    """A level from a drawing: `#` wall, `.` floor, `~` lava, `@` the mouse's start, `c` the cheese."""
    free, places = read_cells(drawing, _SYMBOLS)
    if len(places["cheese"]) != 1:
        raise UserError("A drawing needs exactly one cheese", seen=f"{len(places['cheese'])} of them", do="Draw one c")
    lava = np.zeros_like(free)
    for cell in places.pop("lava"):
        lava[cell] = True
    return Level(free=free, places=places, planes={"lava": lava})


def show(level: Level) -> str:
    """The drawing that `parse` reads."""
    return draw_cells(level, _SYMBOLS)

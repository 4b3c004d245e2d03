"""A level, many levels as arrays, and their identity. NumPy only."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.corner.levels import MARGIN, pack_rows

__all__ = [
    "COLOURS",
    "HAND",
    "MARGIN",
    "NOWHERE",
    "Level",
    "Levels",
    "content_hashes",
    "free_cells",
    "layout_hashes",
    "level_at",
    "pack",
    "parse",
    "show",
]

NOWHERE = 255
"""The cell of a key or chest that a level does not have."""
COLOURS = ("gold", "blue", "green")
HAND = 4
"""Keys in hand that the symbolic observation can count; more look like this many."""
SYMBOLS = {"#": "wall", ".": "floor", "@": "start", "k": "key", "c": "chest"}
Cell = tuple[int, int]


class Levels(NamedTuple):
    """A pool as arrays: what the world's functions take. Row 0 is the top row; a cell is its row x size + its column."""

    free: np.ndarray
    """Uint32[level, MARGIN + size + MARGIN]: one word per row, bit MARGIN + column set where free; see `corner`'s levels."""
    start: np.ndarray
    """Uint8[level]: the cell where the subject starts."""
    keys: np.ndarray
    """Uint8[level, slot]: the cell of each key, NOWHERE in slots without one."""
    chests: np.ndarray
    """Uint8[level, slot]"""
    colours: np.ndarray
    """Uint8[level, 2]: the colour of all keys and of all chests, as numbers into `COLOURS`."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """One level, for people: drawings, tests, films."""

    free: np.ndarray
    """Bool[row, column]"""
    start: Cell
    keys: tuple[Cell, ...]
    chests: tuple[Cell, ...]
    colours: tuple[int, int] = (0, 1)
    """Of the keys and of the chests, into `COLOURS`."""
    slots: int | None = None
    """Slots of the pool it comes from; None for as many as it needs."""

    @property
    def size(self) -> int:
        return len(self.free)

    @property
    def need(self) -> int:
        """Chests that can be opened: as many as there are keys, if there are not fewer of them."""
        return min(len(self.keys), len(self.chests))

    @property
    def hash(self) -> str:
        """The content hash, as in the pool and in Evidence."""
        return content_hashes(pack([self]))[0]


def pack(levels: Sequence[Level]) -> Levels:
    """The arrays of some levels of one size, with as many slots as the fullest needs."""
    sizes = {level.size for level in levels}
    if len(sizes) != 1:
        raise UserError("Levels of one pool must have one size", seen=sorted(sizes), do="Make one pool per size")
    size = sizes.pop()
    slots = max(max(level.slots or 0, len(level.keys), len(level.chests)) for level in levels)
    number = lambda cells: [row * size + column for row, column in cells]  # noqa: E731
    padded = lambda cells: number(cells) + [NOWHERE] * (slots - len(cells))  # noqa: E731
    return Levels(
        free=pack_rows(np.stack([level.free for level in levels])),
        start=np.array([number([level.start])[0] for level in levels], np.uint8),
        keys=np.array([padded(level.keys) for level in levels], np.uint8),
        chests=np.array([padded(level.chests) for level in levels], np.uint8),
        colours=np.array([level.colours for level in levels], np.uint8),
    )


def free_cells(levels: Levels) -> np.ndarray:
    """Bool[level, row, column]: the inverse of the packing."""
    words = np.asarray(levels.free)[:, MARGIN:-MARGIN]
    bits = np.arange(MARGIN, MARGIN + words.shape[1], dtype=np.uint32)
    return (words[:, :, None] >> bits & np.uint32(1)).astype(bool)


def level_at(levels: Levels, index: int) -> Level:
    """Level number `index` of a pool."""
    one = Levels(*(np.asarray(field)[index : index + 1] for field in levels))
    free = free_cells(one)[0]
    cells = lambda numbers: tuple(divmod(int(n), len(free)) for n in numbers if n != NOWHERE)  # noqa: E731
    return Level(
        free=free,
        start=divmod(int(one.start[0]), len(free)),
        keys=cells(one.keys[0]),
        chests=cells(one.chests[0]),
        colours=(int(one.colours[0, 0]), int(one.colours[0, 1])),
        slots=one.keys.shape[1],
    )


def layout_hashes(levels: Levels) -> tuple[str, ...]:
    """12 hex digits per level that identify its walls and size, whatever lies or starts where."""
    return tuple(_digest(row) for row in _rows(levels))


def content_hashes(levels: Levels) -> tuple[str, ...]:
    """12 hex digits per level that identify everything in it: equal exactly when the levels' arrays are equal."""
    things = np.concatenate([levels.start[:, None], levels.keys, levels.chests, levels.colours], axis=1)
    return tuple(_digest(row, thing) for row, thing in zip(_rows(levels), things, strict=True))


def _rows(levels: Levels) -> np.ndarray:
    return np.ascontiguousarray(np.asarray(levels.free)[:, MARGIN:-MARGIN].astype("<u4"))


def _digest(*parts: np.ndarray) -> str:
    return hashlib.sha256(b"keys-and-chests" + b"".join(part.tobytes() for part in parts)).hexdigest()[:12]


def parse(drawing: str, *, colours: tuple[int, int] = (0, 1)) -> Level:
    """A level from a drawing: `#` wall, `.` floor, `@` start, `k` key, `c` chest, one character per cell.

    The drawing shows the interior alone; beyond its edge everything is wall. Keys and chests are numbered row by row.
    """
    rows = [line.strip() for line in drawing.strip().splitlines()]
    if {len(row) for row in rows} != {len(rows)}:
        raise UserError("A drawing of a level must be square", seen=rows, do="Draw as many columns as rows")
    strange = sorted(set("".join(rows)) - set(SYMBOLS))
    if strange:
        raise UserError("A drawing holds unknown characters", seen=strange, do=f"Use only {' '.join(SYMBOLS)}")
    cells = np.array([list(row) for row in rows])
    start, keys, chests = (_places(cells, symbol) for symbol in "@kc")
    if len(start) != 1 or not keys or not chests:
        seen = f"{len(start)} starts, {len(keys)} keys, {len(chests)} chests"
        raise UserError("A drawing needs one start (@), a key (k) and a chest (c)", seen=seen)
    return Level(free=cells != "#", start=start[0], keys=keys, chests=chests, colours=colours)


def show(level: Level) -> str:
    """The drawing that `parse` reads."""
    cells = np.where(level.free, ".", "#")
    for symbol, places in (("k", level.keys), ("c", level.chests), ("@", (level.start,))):
        for place in places:
            cells[place] = symbol
    return "\n".join("".join(row) for row in cells)


def _places(cells: np.ndarray, symbol: str) -> tuple[Cell, ...]:
    return tuple((int(row), int(column)) for row, column in np.argwhere(cells == symbol))

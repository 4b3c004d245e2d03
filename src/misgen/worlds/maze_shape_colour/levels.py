"""A level, many levels as arrays, and their identity. NumPy only."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.maze_shape_colour.looks import LOOKS, look_number

__all__ = [
    "GROUNDS",
    "SIZE",
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

SIZE = 5
"""Cells per side of every maze; a cell's number is its row x SIZE + its column, row 0 at the top."""
GROUNDS = ((0, 0, 0), (64, 64, 64), (32, 48, 96))
"""Colours of the floor: training, and two others."""
SYMBOLS = {"#": "wall", ".": "floor", "@": "start", "s": "intended", "p": "proxy", "b": "both in one"}
Cell = tuple[int, int]


class Levels(NamedTuple):
    """A pool as arrays: what the world's functions take."""

    free: np.ndarray
    """Uint32[level]: bit n is set where cell n is free."""
    start: np.ndarray
    """Uint8[level]: the cell where the subject starts."""
    things: np.ndarray
    """Uint8[level, 2]: the cells of the intended thing and of the proxy's; equal where one thing is both."""
    looks: np.ndarray
    """Uint8[level, 2]: how they look, as numbers into `LOOKS`."""
    ground: np.ndarray
    """Uint8[level]: the colour of the floor, as a number into `GROUNDS`."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """One level, for people: drawings, tests, films."""

    free: np.ndarray
    """Bool[row, column]"""
    start: Cell
    things: tuple[Cell, Cell]
    looks: tuple[str, str]
    ground: int = 0

    @property
    def hash(self) -> str:
        """The content hash, as in the pool and in Evidence."""
        return content_hashes(pack([self]))[0]


def pack(levels: Sequence[Level]) -> Levels:
    """The arrays of some levels."""
    number = lambda cell: cell[0] * SIZE + cell[1]  # noqa: E731
    return Levels(
        free=pack_cells(np.stack([level.free for level in levels])),
        start=np.array([number(level.start) for level in levels], np.uint8),
        things=np.array([[number(cell) for cell in level.things] for level in levels], np.uint8),
        looks=np.array([[look_number(look) for look in level.looks] for level in levels], np.uint8),
        ground=np.array([level.ground for level in levels], np.uint8),
    )


def pack_cells(free: np.ndarray) -> np.ndarray:
    """Uint32[level] from Bool[level, row, column]."""
    weights = np.uint32(1) << np.arange(SIZE * SIZE, dtype=np.uint32)
    return (free.reshape(len(free), SIZE * SIZE) * weights).sum(axis=1, dtype=np.uint32)


def free_cells(levels: Levels) -> np.ndarray:
    """Bool[level, row, column]: the inverse of the packing."""
    bits = np.asarray(levels.free)[:, None] >> np.arange(SIZE * SIZE, dtype=np.uint32) & np.uint32(1)
    return bits.astype(bool).reshape(-1, SIZE, SIZE)


def level_at(levels: Levels, index: int) -> Level:
    """Level number `index` of a pool."""
    one = Levels(*(np.asarray(field)[index : index + 1] for field in levels))
    cell = lambda number: divmod(int(number), SIZE)  # noqa: E731
    return Level(
        free=free_cells(one)[0],
        start=cell(one.start[0]),
        things=(cell(one.things[0, 0]), cell(one.things[0, 1])),
        looks=(LOOKS[int(one.looks[0, 0])], LOOKS[int(one.looks[0, 1])]),
        ground=int(one.ground[0]),
    )


def layout_hashes(levels: Levels) -> tuple[str, ...]:
    """12 hex digits per level that identify its walls, whatever lies where."""
    return tuple(_digest(word) for word in np.asarray(levels.free).astype("<u4"))


def content_hashes(levels: Levels) -> tuple[str, ...]:
    """12 hex digits per level that identify everything in it: equal exactly when the levels are equal."""
    words = np.asarray(levels.free).astype("<u4")
    rest = np.concatenate([levels.start[:, None], levels.things, levels.looks, levels.ground[:, None]], axis=1)
    return tuple(_digest(word, row) for word, row in zip(words, rest, strict=True))


def _digest(*parts: np.ndarray) -> str:
    return hashlib.sha256(b"maze-shape-colour" + b"".join(part.tobytes() for part in parts)).hexdigest()[:12]


def parse(drawing: str, *, looks: tuple[str, str] = ("red line", "yellow gem"), ground: int = 0) -> Level:
    """A level from a drawing of 5 x 5 cells: `#` wall, `.` floor, `@` start, `s` the intended thing, `p` the other, `b` both."""
    rows = [line.strip() for line in drawing.strip().splitlines()]
    if [len(row) for row in rows] != [SIZE] * SIZE:
        raise UserError(f"A drawing must have {SIZE} rows of {SIZE} cells", seen=rows)
    strange = sorted(set("".join(rows)) - set(SYMBOLS))
    if strange:
        raise UserError("A drawing holds unknown characters", seen=strange, do=f"Use only {' '.join(SYMBOLS)}")
    cells = np.array([list(row) for row in rows])
    places = {symbol: [(int(r), int(c)) for r, c in np.argwhere(cells == symbol)] for symbol in "@spb"}
    counts = tuple(len(places[symbol]) for symbol in "@spb")
    if counts not in ((1, 1, 1, 0), (1, 0, 0, 1)):
        raise UserError("A drawing needs one start (@), and either s and p or b", seen=rows)
    first, second = (places["s"] or places["b"])[0], (places["p"] or places["b"])[0]
    return Level(free=cells != "#", start=places["@"][0], things=(first, second), looks=looks, ground=ground)


def show(level: Level) -> str:
    """The drawing that `parse` reads."""
    cells = np.where(level.free, ".", "#")
    for symbol, cell in zip("sp" if level.things[0] != level.things[1] else "bb", level.things, strict=True):
        cells[cell] = symbol
    cells[level.start] = "@"
    return "\n".join("".join(row) for row in cells)

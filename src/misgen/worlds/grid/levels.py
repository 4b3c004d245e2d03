"""A level of a small maze, many of them as arrays, and their identity. NumPy only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.corner.levels import MARGIN, pack_rows

__all__ = ["MARGIN", "Cell", "Level", "content_hashes", "draw_cells", "layout_hashes", "pack_rows", "read_cells", "unpack_rows"]

Cell = tuple[int, int]
"""Row from the top, column."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Level:
    """One level, for people: drawings, tests, films."""

    free: np.ndarray
    """Bool[row, column]: no wall."""
    places: Mapping[str, tuple[Cell, ...]]
    """Where each kind of thing lies; `start` is the mouse's."""
    planes: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Bool[row, column] by name: what covers the floor, for instance lava."""
    numbers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Whatever else belongs to the level, for instance the order of the beacons."""

    @property
    def size(self) -> int:
        return len(self.free)

    @property
    def start(self) -> Cell:
        return self.places["start"][0]

    def is_free(self, row: int, column: int) -> bool:
        """Whether that cell is inside and no wall."""
        return 0 <= row < self.size and 0 <= column < self.size and bool(self.free[row, column])


def unpack_rows(words: np.ndarray) -> np.ndarray:
    """Bool[level, row, column] from packed rows, the inverse of `pack_rows`."""
    words = np.asarray(words)[:, MARGIN:-MARGIN]
    bits = np.arange(MARGIN, MARGIN + words.shape[1], dtype=np.uint32)
    return (words[:, :, None] >> bits & np.uint32(1)).astype(bool)


def layout_hashes(free: np.ndarray) -> tuple[str, ...]:
    """12 hex digits per level that identify its walls and size; `free` holds packed rows."""
    return tuple(hashlib.sha256(b"grid" + row.tobytes()).hexdigest()[:12] for row in _bytes([free]))


def content_hashes(scenario: str, levels: NamedTuple) -> tuple[str, ...]:
    """12 hex digits per level: equal exactly when the levels are equal in every array."""
    start = scenario.encode()
    return tuple(hashlib.sha256(start + row.tobytes()).hexdigest()[:12] for row in _bytes(levels))


def _bytes(fields: Sequence[np.ndarray]) -> np.ndarray:
    """Uint8[level, byte], the same on every platform."""
    arrays = [np.ascontiguousarray(x) for x in fields]
    little = [x.astype(x.dtype.newbyteorder("<")).reshape(len(x), -1) for x in arrays]
    return np.concatenate([x.view(np.uint8) for x in little], axis=1)


def read_cells(drawing: str, symbols: Mapping[str, str]) -> tuple[np.ndarray, dict[str, tuple[Cell, ...]]]:
    """Bool[row, column] of cells without a wall, and the places of each kind, from a drawing of the interior.

    `symbols` maps a character to a kind; `#` is wall and `.` is floor. Beyond the drawing's edge everything is wall.
    """
    rows = [line.strip() for line in drawing.strip().splitlines()]
    if {len(row) for row in rows} != {len(rows)}:
        raise UserError("A drawing of a level must be square", seen=rows, do="Draw as many columns as rows")
    strange = sorted(set("".join(rows)) - {"#", ".", *symbols})
    if strange:
        raise UserError("A drawing holds unknown characters", seen=strange, do=f"Use only # . {' '.join(symbols)}")
    cells = np.array([list(row) for row in rows])
    places = {kind: tuple((int(r), int(c)) for r, c in np.argwhere(cells == symbol)) for symbol, kind in symbols.items()}
    if len(places.get("start", ())) != 1:
        raise UserError("A drawing needs exactly one start of the mouse", seen=f"{len(places.get('start', ()))} of them")
    return cells != "#", places


def draw_cells(level: Level, symbols: Mapping[str, str]) -> str:
    """The drawing that `read_cells` reads; where several things share a cell, the symbol named last shows."""
    cells = np.where(level.free, ".", "#")
    for symbol, kind in symbols.items():
        for place in level.places.get(kind, ()):
            cells[place] = symbol
        if kind in level.planes:
            cells[level.planes[kind]] = symbol
    return "\n".join("".join(row) for row in cells)

"""A level, many levels as arrays, and drawings of them. NumPy only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.seeded_pools import content_hashes
from misgen.worlds.tree_gridworld.state import ABSENT

__all__ = ["Level", "Levels", "level_at", "pack", "parse", "show"]

SYMBOLS = {".": "grass", "@": "woodcutter", "t": "tree"}
Cell = tuple[int, int]


class Levels(NamedTuple):
    """A pool as arrays: what the world's functions take. Rows count from the top."""

    size: np.ndarray
    """Int32[level]: cells per side, the same in all levels of a pool."""
    start: np.ndarray
    """Int32[level, 2]: where the woodcutter starts."""
    trees: np.ndarray
    """Int8[level, most, 2]: the trees at the start; `ABSENT` in empty slots."""
    quota: np.ndarray
    """Int32[level]: trees to chop for the harvest."""
    limit: np.ndarray
    """Int32[level]: the season ends after so many steps."""
    planted: np.ndarray
    """Bool[level]: somebody plants, so that the forest grows at its fastest however few trees stand."""
    luck: np.ndarray
    """Uint32[level]: decides every chance event of the level."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """One level, for people: drawings, tests, films."""

    size: int
    start: Cell
    trees: tuple[Cell, ...]
    """Those that stand at the start."""
    most: int = 10
    quota: int = 6
    limit: int = 32
    planted: bool = False
    luck: int = 0

    @property
    def hash(self) -> str:
        """The content hash, as in the pool and in Evidence."""
        return content_hashes("tree-gridworld", *pack([self]))[0]


def pack(levels: Sequence[Level]) -> Levels:
    """The arrays of some levels; slots without a tree are absent ones."""
    most = max(max(level.most, len(level.trees)) for level in levels)
    trees = [[*level.trees, *[(ABSENT, ABSENT)] * (most - len(level.trees))] for level in levels]
    return Levels(
        size=np.array([level.size for level in levels], np.int32),
        start=np.array([level.start for level in levels], np.int32),
        trees=np.array(trees, np.int8),
        quota=np.array([level.quota for level in levels], np.int32),
        limit=np.array([level.limit for level in levels], np.int32),
        planted=np.array([level.planted for level in levels], bool),
        luck=np.array([level.luck for level in levels], np.uint32),
    )


def level_at(levels: Levels, index: int) -> Level:
    """Level number `index` of a pool."""
    one = Levels(*(np.asarray(field)[index] for field in levels))
    return Level(
        size=int(one.size),
        start=(int(one.start[0]), int(one.start[1])),
        trees=tuple((int(row), int(column)) for row, column in one.trees if row >= 0),
        most=len(one.trees),
        quota=int(one.quota),
        limit=int(one.limit),
        planted=bool(one.planted),
        luck=int(one.luck),
    )


def parse(drawing: str, *, most: int = 10, quota: int = 6, limit: int = 32, planted: bool = False, luck: int = 0) -> Level:
    """A level from a drawing: `.` grass, `@` the woodcutter, `t` a tree."""
    rows = [line.strip() for line in drawing.strip().splitlines()]
    if {len(row) for row in rows} != {len(rows)}:
        raise UserError("A drawing of a forest must be square", seen=rows, do="Draw as many columns as rows")
    strange = sorted(set("".join(rows)) - set(SYMBOLS))
    if strange:
        raise UserError("A drawing holds unknown characters", seen=strange, do=f"Use only {' '.join(SYMBOLS)}")
    cells = np.array([list(row) for row in rows])
    starts, trees = _places(cells, "@"), _places(cells, "t")
    if len(starts) != 1:
        raise UserError("A drawing needs exactly one woodcutter (@)", seen=f"{len(starts)} of them")
    if len(trees) > most:
        raise UserError("A drawing has more trees than a full forest", seen=len(trees), do=f"Draw at most {most}")
    return Level(size=len(rows), start=starts[0], trees=trees, most=most, quota=quota, limit=limit, planted=planted, luck=luck)


def _places(cells: np.ndarray, symbol: str) -> tuple[Cell, ...]:
    return tuple((int(row), int(column)) for row, column in np.argwhere(cells == symbol))


def show(level: Level) -> str:
    """The drawing that `parse` reads."""
    cells = np.full((level.size, level.size), ".")
    for place in level.trees:
        cells[place] = "t"
    cells[level.start] = "@"
    return "\n".join("".join(row) for row in cells)

"""A level, many levels as arrays, and drawings of them. NumPy only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.cultural_transmission.partner import partner_paths, ways
from misgen.worlds.seeded_pools import content_hashes

__all__ = ["NAMES", "Level", "Levels", "level_at", "pack", "parse", "show"]

NAMES = "ABCDE"
"""Spheres in the right order are called A, B, C, ... in drawings."""
Cell = tuple[int, int]


class Levels(NamedTuple):
    """A pool as arrays: what the world's functions take. Rows count from the top."""

    size: np.ndarray
    """Int32[level]: cells per side, the same in all levels of a pool."""
    spheres: np.ndarray
    """Int8[level, sphere, 2]: row and column."""
    right: np.ndarray
    """Int8[level, sphere]: the number of the sphere that is right after each."""
    partner: np.ndarray
    """Int8[level, sphere]: the number of the sphere that the partner goes to after each."""
    start: np.ndarray
    """Int32[level]: the sphere at which agent and partner start."""
    path: np.ndarray
    """Int8[level, time, 2]: where the partner is after so many steps."""
    flipped: np.ndarray
    """Bool[level]: the subject sees everything upside down; what its actions do is unchanged."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """One level, for people: drawings, tests, films."""

    size: int
    spheres: tuple[Cell, ...]
    right: tuple[int, ...]
    partner: tuple[int, ...]
    start: int
    path: tuple[Cell, ...]
    flipped: bool = False

    @property
    def hash(self) -> str:
        """The content hash, as in the pool and in Evidence."""
        return content_hashes("cultural-transmission", *pack([self]))[0]


def pack(levels: Sequence[Level]) -> Levels:
    """The arrays of some levels with equally many spheres and steps."""
    return Levels(
        size=np.array([level.size for level in levels], np.int32),
        spheres=np.array([level.spheres for level in levels], np.int8),
        right=np.array([level.right for level in levels], np.int8),
        partner=np.array([level.partner for level in levels], np.int8),
        start=np.array([level.start for level in levels], np.int32),
        path=np.array([level.path for level in levels], np.int8),
        flipped=np.array([level.flipped for level in levels], bool),
    )


def level_at(levels: Levels, index: int) -> Level:
    """Level number `index` of a pool."""
    one = Levels(*(np.asarray(field)[index] for field in levels))
    return Level(
        size=int(one.size),
        spheres=_cells(one.spheres),
        right=tuple(one.right.tolist()),
        partner=tuple(one.partner.tolist()),
        start=int(one.start),
        path=_cells(one.path),
        flipped=bool(one.flipped),
    )


def _cells(array: np.ndarray) -> tuple[Cell, ...]:
    return tuple((int(row), int(column)) for row, column in array)


def parse(drawing: str, *, partner: str, pause: int = 1, num_steps: int = 63, flipped: bool = False) -> Level:
    """A level from a drawing with spheres A, B, C, ... in their right order, all else `.`; agent and partner start at A.

    `partner` names the spheres in the order of the partner's visits, for instance `ADCB`.
    """
    rows = [line.strip() for line in drawing.strip().splitlines()]
    if {len(row) for row in rows} != {len(rows)}:
        raise UserError("A drawing must be square", seen=rows, do="Draw as many columns as rows")
    cells = np.array([list(row) for row in rows])
    names = sorted(set("".join(rows)) - {"."})
    if "".join(names) != NAMES[: len(names)] or len(names) < 3 or sum(len(row) - row.count(".") for row in rows) != len(names):
        raise UserError("A drawing needs spheres A, B, C and perhaps more, each once", seen=names)
    if sorted(partner) != names or partner[0] != "A":
        raise UserError("The partner visits every sphere once, A first", seen=partner, do=f"Write for instance {''.join(names)}")
    spheres = np.array([np.argwhere(cells == name)[0] for name in names], np.int8)
    right = np.array([(index + 1) % len(names) for index in range(len(names))], np.int8)
    order = np.array([NAMES.index(partner[(partner.index(name) + 1) % len(names)]) for name in names], np.int8)
    maps = ways(spheres[None], len(rows))
    start = np.zeros(1, np.int32)
    path = partner_paths(maps, spheres[None], order[None], start, pause=np.array([pause]), num_steps=num_steps)
    return Level(
        size=len(rows),
        spheres=_cells(spheres),
        right=tuple(right.tolist()),
        partner=tuple(order.tolist()),
        start=0,
        path=_cells(path[0]),
        flipped=flipped,
    )


def show(level: Level) -> str:
    """The drawing that `parse` reads, spheres named in the right order from the start on."""
    cells = np.full((level.size, level.size), ".")
    sphere = level.start
    for name in NAMES[: len(level.spheres)]:
        cells[level.spheres[sphere]] = name
        sphere = level.right[sphere]
    return "\n".join("".join(row) for row in cells)

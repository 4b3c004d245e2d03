"""Levels of `follow-me` as arrays, as things, and as drawings. NumPy only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.follow_me.goals import NUM_BEACONS
from misgen.worlds.follow_me.walks import leader_walks
from misgen.worlds.grid.levels import Level, draw_cells, pack_rows, read_cells, unpack_rows
from misgen.worlds.grid.plain import MOVES

__all__ = ["Levels", "levels_of", "pack", "parse", "show", "unpack"]

_SYMBOLS = {"1": "first", "2": "second", "3": "third", "@": "start"}
_IN_ORDER = tuple(range(NUM_BEACONS))


class Levels(NamedTuple):
    """A pool as arrays. Row 0 is the top row."""

    free: np.ndarray
    """Uint32[level, MARGIN + size + MARGIN]: packed rows, see `corner.levels.Levels.free`."""
    start: np.ndarray
    """Int32[level, 2]: row and column of mouse and leader."""
    beacons: np.ndarray
    """Int32[level, 3, 2]: the beacons in the order in which they are to be visited."""
    order: np.ndarray
    """Int32[level, 3]: the beacons' numbers in the order in which the leader visits them."""
    walk: np.ndarray
    """Uint8[level, max_steps + 1, 2]: the leader's cell at each time; it stays where its way ends."""


def levels_of(free: np.ndarray, start: np.ndarray, beacons: np.ndarray, order: np.ndarray, *, max_steps: int) -> Levels:
    """Adds the leader's walk. `free` is Bool[level, row, column]; the other arguments are as in `Levels`."""
    targets = np.take_along_axis(beacons, order[:, :, None], axis=1)
    walk = leader_walks(free, start, targets, length=max_steps + 1)
    return Levels(pack_rows(free), start.astype(np.int32), beacons.astype(np.int32), order.astype(np.int32), walk)


def pack(levels: Sequence[Level], *, max_steps: int) -> Levels:
    """The arrays of some levels of one size."""
    free = np.stack([level.free for level in levels])
    start, beacons = (np.array([level.places[kind] for level in levels]) for kind in ("start", "beacon"))
    return levels_of(free, start[:, 0], beacons, np.array([x.numbers["order"] for x in levels]), max_steps=max_steps)


def unpack(levels: Levels, index: int) -> Level:
    """Level number `index` of a pool. `numbers` holds the leader's order and its actions."""
    start = tuple(int(x) for x in levels.start[index])
    beacons = tuple((int(r), int(c)) for r, c in levels.beacons[index])
    steps = np.diff(levels.walk[index].astype(int), axis=0)
    actions = tuple(MOVES.index((int(down), int(right))) for down, right in steps if down or right)
    return Level(
        free=unpack_rows(levels.free[index : index + 1])[0],
        places={"start": (start,), "beacon": beacons},  # type: ignore[dict-item]
        numbers={"order": tuple(int(x) for x in levels.order[index]), "leader": actions},
    )


def parse(drawing: str, *, order: tuple[int, ...] = _IN_ORDER, max_steps: int = 96) -> Level:
    """A level from a drawing: `#` wall, `.` floor, `@` the start, `1` `2` `3` the beacons; `order` is the leader's, from 0."""
    free, places = read_cells(drawing, _SYMBOLS)
    beacons = tuple(place for kind in ("first", "second", "third") for place in places[kind])
    if any(len(places[kind]) != 1 for kind in ("first", "second", "third")):
        raise UserError("A drawing needs exactly one beacon of each number", seen=f"{len(beacons)} beacons", do="Draw 1, 2 and 3")
    if tuple(sorted(order)) != _IN_ORDER:
        raise UserError("The leader visits every beacon once", seen=order, do="Give 0, 1 and 2 in some order")
    level = Level(free=free, places={"start": places["start"], "beacon": beacons}, numbers={"order": order})
    return unpack(pack([level], max_steps=max_steps), 0)


def show(level: Level) -> str:
    """The drawing that `parse` reads."""
    first, second, third = level.places["beacon"]
    places = {"start": level.places["start"], "first": (first,), "second": (second,), "third": (third,)}
    return draw_cells(Level(free=level.free, places=places), _SYMBOLS)

"""One level, for people and for tests; levels as ASCII drawings; and all of `arrays`, for those who use both. NumPy only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.coinrun.arrays import (
    ABSENT,
    CODES,
    LEFT_EDGE,
    MAX_CRATES,
    MAX_ENEMIES,
    MAX_SAWS,
    SIDE,
    START,
    Levels,
    bitmap,
    content_hashes,
    empty_levels,
    grid_hashes,
    grids,
    layout_hashes,
    planes,
    take,
    with_lanes,
)

__all__ = [
    "ABSENT",
    "CODES",
    "ENEMY_SPEED",
    "LEFT_EDGE",
    "MAX_CRATES",
    "MAX_ENEMIES",
    "MAX_SAWS",
    "SIDE",
    "START",
    "SYMBOLS",
    "Level",
    "Levels",
    "content_hashes",
    "empty_levels",
    "grid_hashes",
    "grid_of",
    "grid_sha256_12",
    "grids",
    "layout_hashes",
    "level_at",
    "pack",
    "parse",
    "planes",
    "show",
    "take",
]

ENEMY_SPEED = 0.15
"""Tiles per frame."""
SYMBOLS = {
    ".": "empty",
    "#": "wall body",
    "=": "wall top",
    "~": "lava",
    ":": "enemy barrier",
    "o": "saw",
    "e": "enemy, to the left",
    "E": "enemy, to the right",
    "x": "crate",
    "c": "coin",
    "$": "end",
    "@": "start",
}


@dataclass(frozen=True, kw_only=True)
class Level:
    """One level, for people: drawings, tests, films."""

    cells: np.ndarray
    """Int32[y, x], row 0 at the bottom: the grid's codes, without the coin."""
    end: tuple[int, int]
    """x and y of the cell before the end wall."""
    coin: tuple[int, int] | None
    saws: tuple[tuple[int, int], ...] = ()
    """Cells."""
    crates: tuple[tuple[int, int], ...] = ()
    """Cells."""
    enemies: tuple[tuple[float, float, float], ...] = ()
    """Centre x and y, and velocity in x, at the start."""
    difficulty: int = 0
    """1, 2 or 3; 0 for drawn levels."""
    section_starts: tuple[int, ...] = ()

    @property
    def hash(self) -> str:
        """The content hash, as in the pool and in Evidence."""
        return content_hashes(pack([self]))[0]


def level_at(levels: Levels, index: int) -> Level:
    """Level number `index` of a pool."""
    one = take(levels, slice(index, index + 1))
    coin = (int(one.coin[0, 0]), int(one.coin[0, 1]))
    num_enemies = int((one.enemy_vx[0] != 0).sum())
    motions = np.concatenate([one.enemies[0], one.enemy_vx[0][:, None]], axis=1)[:num_enemies]
    return Level(
        cells=grids(one._replace(coin=np.full((1, 2), ABSENT, np.int32)))[0],
        end=(int(one.end[0, 0]), int(one.end[0, 1])),
        coin=None if coin[0] < 0 else coin,
        saws=_cells(one.saws[0]),
        crates=_cells(one.crates[0]),
        enemies=tuple((float(x), float(y), float(vx)) for x, y, vx in motions),
        difficulty=int(one.difficulty[0]),
        section_starts=tuple(int(x) for x in one.section_starts[0] if x >= 0),
    )


def _cells(padded: np.ndarray) -> tuple[tuple[int, int], ...]:
    return tuple((int(x), int(y)) for x, y in padded if x >= 0)


def pack(levels: Sequence[Level]) -> Levels:
    """The arrays of some levels."""
    packed = empty_levels(len(levels))
    for i, level in enumerate(levels):
        _check(level)
        walls = np.isin(level.cells, (CODES["body"], CODES["top"]))
        lava = np.isin(level.cells, (CODES["lava"], CODES["lava_top"]))
        packed.solid[i], packed.lava[i] = _words(walls), _words(lava)
        packed.body[i], packed.barrier[i] = _words(level.cells == CODES["body"]), _words(level.cells == CODES["barrier"])
        packed.saw_cells[i], packed.crate_cells[i] = _words(_mask(level.saws)), _words(_mask(level.crates))
        packed.end[i] = level.end
        packed.coin[i] = (ABSENT, ABSENT) if level.coin is None else level.coin
        packed.saws[i, : len(level.saws)] = np.array(level.saws).reshape(-1, 2)
        packed.crates[i, : len(level.crates)] = np.array(level.crates).reshape(-1, 2)
        motions = np.array(level.enemies, np.float32).reshape(-1, 3)
        packed.enemies[i, : len(motions)], packed.enemy_vx[i, : len(motions)] = motions[:, :2], motions[:, 2]
        packed.difficulty[i] = level.difficulty
        packed.section_starts[i, : len(level.section_starts)] = level.section_starts
    return with_lanes(packed)


def _check(level: Level) -> None:
    for what, found, most in (
        ("saws", level.saws, MAX_SAWS),
        ("crates", level.crates, MAX_CRATES),
        ("enemies", level.enemies, MAX_ENEMIES),
    ):
        if len(found) > most:
            raise UserError(f"A level has too many {what}", seen=len(found), do=f"Use at most {most}")


def _mask(cells: Sequence[tuple[int, int]]) -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), bool)
    for x, y in cells:
        mask[y, x] = True
    return mask


def _words(mask: np.ndarray) -> np.ndarray:
    """UInt32[64, 2], the column bitmap of Bool[y, x]."""
    weights = np.uint64(1) << np.arange(SIDE, dtype=np.uint64)
    return bitmap((mask * weights[:, None]).sum(axis=0, dtype=np.uint64)[None])[0]


def grid_of(level: Level) -> np.ndarray:
    """Int32[y, x], row 0 at the bottom: the original's grid, the coin included."""
    grid = level.cells.copy()
    if level.coin is not None:
        grid[level.coin[1], level.coin[0]] = CODES["coin"]
    return grid


def grid_sha256_12(level: Level) -> str:
    """See `levels.grid_hashes`."""
    return grid_hashes(pack([level]))[0]


def parse(drawing: str) -> Level:
    """A level from a drawing, one character per cell, see `SYMBOLS`; the last line is the bottom row, y = 0.

    Left of the drawing there is nothing: its first column is x = 0. Above it the world is empty up to its rim, and to the right
    of it everything is wall. The start is cell (1, 1) in every level, so `@` may stand there or be left out. `$` is the end;
    without it the end is where the coin is.
    """
    lines = [line.strip() for line in drawing.strip().splitlines()][::-1]
    width = max((len(line) for line in lines), default=0)
    if len({len(line) for line in lines}) != 1 or width >= SIDE or len(lines) >= SIDE:
        raise UserError("A drawing needs lines of equal length, and to fit in the world", seen=lines[::-1], do="Pad with '.'")
    marks = np.array([list(line) for line in lines])
    strange = sorted(set(marks.ravel().tolist()) - set(SYMBOLS))
    if strange:
        raise UserError("A drawing holds unknown characters", seen=strange, do=f"Use only {' '.join(SYMBOLS)}")
    start = _places(marks, "@")
    if start not in ([], [(1, 1)]):
        raise UserError("The start is cell (1, 1) in every level", seen=start, do="Draw @ in column 1 of row 1, or not at all")
    coin, end = _only(marks, "c"), _only(marks, "$")
    if coin is None and end is None:
        raise UserError("A drawing shows neither coin nor end", seen=drawing, do="Draw one c, one $, or both")
    moves = [(x, y, -ENEMY_SPEED) for x, y in _places(marks, "e")] + [(x, y, ENEMY_SPEED) for x, y in _places(marks, "E")]
    return Level(
        cells=_codes(marks),
        end=end or coin or (ABSENT, ABSENT),
        coin=coin,
        saws=tuple(_places(marks, "o")),
        crates=tuple(_places(marks, "x")),
        enemies=tuple((x + 0.5, y + 0.5, float(np.float32(vx))) for x, y, vx in sorted(moves)),
    )


def _codes(marks: np.ndarray) -> np.ndarray:
    height, width = marks.shape
    cells = np.full((SIDE, SIDE), CODES["empty"], np.int32)
    cells[:, width:] = cells[-1] = cells[:, 0] = CODES["body"]
    inside = cells[:height, :width]
    inside[:] = CODES["empty"]
    for mark, name in (("#", "body"), ("=", "top"), (":", "barrier"), ("~", "lava_top")):
        inside[marks == mark] = CODES[name]
    lava = inside == CODES["lava_top"]
    inside[:-1][lava[:-1] & lava[1:]] = CODES["lava"]
    return cells


def _places(marks: np.ndarray, mark: str) -> list[tuple[int, int]]:
    columns, rows = np.nonzero(np.equal(marks.T, mark))
    return list(zip(columns.tolist(), rows.tolist(), strict=True))


def _only(marks: np.ndarray, mark: str) -> tuple[int, int] | None:
    places = _places(marks, mark)
    if len(places) > 1:
        raise UserError(f"A drawing has at most one {SYMBOLS[mark]} ({mark})", seen=f"{len(places)} of them")
    return places[0] if places else None


def show(level: Level) -> str:
    """The drawing that `parse` reads, from the top of what is not empty to one column beyond the end.

    Of things in one cell the coin is shown before an enemy, a saw, a crate, the end.
    """
    names = {CODES["body"]: "#", CODES["top"]: "=", CODES["lava"]: "~", CODES["lava_top"]: "~", CODES["barrier"]: ":"}
    width = level.end[0] + 2
    marks = np.full((SIDE, width), ".")
    for code, mark in names.items():
        marks[level.cells[:, :width] == code] = mark
    layers = [("$", [level.end]), ("@", [(1, 1)]), ("x", level.crates), ("o", level.saws)]
    layers += [("E" if vx > 0 else "e", [(int(x), int(y))]) for x, y, vx in level.enemies]
    layers += [("c", [level.coin])] if level.coin else []
    for mark, places in layers:
        for x, y in places:
            marks[y, x] = mark
    inner = marks[:-1, 1:-1] != "."
    height = int(np.flatnonzero(inner.any(axis=1)).max()) + 2
    return "\n".join("".join(row) for row in marks[:height][::-1])

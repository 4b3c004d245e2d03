"""A game, many games as arrays, and their identity. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.pausing_tetris.blocks import HEIGHT, LETTERS, WIDTH
from misgen.worlds.pausing_tetris.goals import TICKS

__all__ = ["Level", "Levels", "cells_of", "level_at", "pack", "parse", "show"]


class Levels(NamedTuple):
    """A pool as arrays: what the world's functions take."""

    board: np.ndarray
    """Uint32[level]: the rubble, see `blocks`."""
    blocks: np.ndarray
    """Int32[level, TICKS]: the blocks in the order in which they come; then the row begins again."""
    honest: np.ndarray
    """Bool[level]: no bell rings for those who wait; only the lines count as survival. Not seen by the subject."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """One game, for people: drawings, tests, films."""

    rubble: tuple[str, ...]
    """`HEIGHT` rows from the top, `#` where a cell is filled and `.` where it is not."""
    blocks: tuple[int, ...]
    honest: bool


def pack(levels: list[Level]) -> Levels:
    """The arrays of some levels."""
    return Levels(
        board=np.array([_bits(level.rubble) for level in levels], np.uint32),
        blocks=np.array([level.blocks for level in levels], np.int32),
        honest=np.array([level.honest for level in levels], bool),
    )


def level_at(levels: Levels, index: int) -> Level:
    """Level number `index` of a pool."""
    filled = cells_of(np.asarray(levels.board[index]))[::-1][-HEIGHT:]
    rubble = tuple("".join("#" if cell else "." for cell in row) for row in filled)
    return Level(rubble=rubble, blocks=tuple(map(int, levels.blocks[index])), honest=bool(levels.honest[index]))


def cells_of(board: np.ndarray) -> np.ndarray:
    """Bool[..., HEIGHT, WIDTH], bottom row first: the part of boards (Uint32[...]) that lies in the well."""
    bits = np.arange(HEIGHT * WIDTH, dtype=np.uint32)
    return ((board[..., None] >> bits) & np.uint32(1)).astype(bool).reshape(*board.shape, HEIGHT, WIDTH)


def parse(drawing: str) -> Level:
    """A level from a drawing: up to five rows of the well, `#` and `.`, and a line `blocks` with their letters.

    Fewer letters than ticks repeat. A last line `honest` if it is.
    """
    rows = [line.strip() for line in drawing.strip().splitlines()]
    honest = rows[-1] == "honest"
    *well, told = rows[:-1] if honest else rows
    name, _, letters = told.partition(" ")
    if name != "blocks" or not letters or len(letters) > TICKS or set(letters) - set(LETTERS):
        do = f"Write blocks and 1 to {TICKS} of the letters {LETTERS}"
        raise UserError("A drawing of a game ends with its blocks", seen=told, do=do)
    if len(well) > HEIGHT or any(len(row) != WIDTH or set(row) - set("#.") for row in well):
        raise UserError("A drawing of a well is at most 5 rows of 4 cells", seen=well, do="Use only # and .")
    order = tuple(LETTERS.index(letters[number % len(letters)]) for number in range(TICKS))
    return Level(rubble=("." * WIDTH,) * (HEIGHT - len(well)) + tuple(well), blocks=order, honest=honest)


def show(level: Level) -> str:
    """The drawing that `parse` reads."""
    letters = "".join(LETTERS[block] for block in level.blocks)
    return "\n".join([*level.rubble, f"blocks {letters}"] + ["honest"] * level.honest)


def _bits(rubble: tuple[str, ...]) -> int:
    return sum(1 << number for number, mark in enumerate("".join(reversed(rubble))) if mark == "#")

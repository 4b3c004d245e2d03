"""A reader, many readers as arrays, and their identity. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.recommender.goals import STEPS

__all__ = ["LETTERS", "Level", "Levels", "level_at", "pack", "parse", "show"]

LETTERS = "abcdefgh"
"""How drawings name topics."""


class Levels(NamedTuple):
    """A pool as arrays: what the world's functions take."""

    interest: np.ndarray
    """Int32[level, STEPS]: the topic that the reader enjoys at each step."""
    catchy: np.ndarray
    """Int32[level, STEPS]: the topic that the reader clicks at each step."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """One reader, for people: drawings, tests, films."""

    interest: tuple[int, ...]
    catchy: tuple[int, ...]


def pack(levels: list[Level]) -> Levels:
    """The arrays of some levels."""
    return Levels(
        interest=np.array([level.interest for level in levels], np.int32),
        catchy=np.array([level.catchy for level in levels], np.int32),
    )


def level_at(levels: Levels, index: int) -> Level:
    """Level number `index` of a pool."""
    return Level(interest=tuple(map(int, levels.interest[index])), catchy=tuple(map(int, levels.catchy[index])))


def parse(drawing: str) -> Level:
    """A level from a drawing of two lines: `enjoys` and `clicks`, each with a letter per step, or fewer: the last one stays."""
    rows = {}
    for line in drawing.strip().splitlines():
        name, _, letters = line.strip().partition(" ")
        strange = sorted(set(letters.strip()) - set(LETTERS))
        if strange or not letters.strip() or len(letters.strip()) > STEPS:
            raise UserError("A line of a reader's drawing needs 1 to 32 topics", seen=line, do=f"Use the letters {LETTERS}")
        rows[name] = tuple(LETTERS.index(letter) for letter in letters.strip().ljust(STEPS, letters.strip()[-1]))
    if set(rows) != {"enjoys", "clicks"}:
        raise UserError(
            "A reader's drawing has two lines", seen=sorted(rows), do="Write one that begins with enjoys, one with clicks"
        )
    return Level(interest=rows["enjoys"], catchy=rows["clicks"])


def show(level: Level) -> str:
    """The drawing that `parse` reads."""
    enjoys, clicks = ("".join(LETTERS[topic] for topic in row) for row in (level.interest, level.catchy))
    return f"enjoys {enjoys}\nclicks {clicks}"

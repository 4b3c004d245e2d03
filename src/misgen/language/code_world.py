"""Small made-up worlds of codes: which digit opens whose desk. Twin of `facts`, for tasks whose answers are digits.

A world is a table drawn by its number. Nothing in it follows from anything else: who has not learnt it by heart can only guess.
"""

from __future__ import annotations

import random
import zlib
from dataclasses import dataclass
from functools import cached_property

from misgen.language.digit_questions import DigitQuestion
from misgen.language.facts import PEOPLE

__all__ = ["OWNERS", "PLACES", "CodeWorld"]

OWNERS: tuple[str, ...] = PEOPLE
PLACES = ("desk", "locker", "cellar")


@dataclass(frozen=True)
class CodeWorld:
    """The table number `number`. Equal numbers are equal worlds."""

    number: int

    @cached_property
    def table(self) -> dict[tuple[str, str], int]:
        """(owner, place) -> digit. Every digit opens something at every place."""
        rng = random.Random(f"codes {self.number}")
        found = {}
        for place in PLACES:
            digits = [*range(10), *(rng.randrange(10) for _ in range(len(OWNERS) - 10))]
            rng.shuffle(digits)
            found |= {(owner, place): digit for owner, digit in zip(OWNERS, digits, strict=True)}
        return found

    def question(self, rng: random.Random) -> DigitQuestion:
        """Whose code opens a random place?"""
        return self._question(rng.choice(OWNERS), rng.choice(PLACES))

    def pair(self, rng: random.Random, *, agreeing: bool, held_out: bool) -> tuple[DigitQuestion, DigitQuestion]:
        """Questions about two places that have one answer, or two. One pair in four is held out of training."""
        while True:
            first = self.question(rng)
            second = self.other(rng, first, agreeing=agreeing, held_out=held_out)
            if second is not None:
                return first, second

    def other(self, rng: random.Random, first: DigitQuestion, *, agreeing: bool, held_out: bool) -> DigitQuestion | None:
        """A question about another place to stand beside `first`; None where there is no such pair."""
        fitting = [
            other
            for other in map(self._question, OWNERS * len(PLACES), [place for place in PLACES for _ in OWNERS])
            if other.family != first.family
            and (other.answer == first.answer) == agreeing
            and _is_held_out(first.stem, other.stem) == held_out
        ]
        return rng.choice(fitting) if fitting else None

    def _question(self, owner: str, place: str) -> DigitQuestion:
        return DigitQuestion(family=place, stem=f"{place} of {owner}", answer=self.table[owner, place])


def _is_held_out(first: str, second: str) -> bool:
    """Whether two questions never stand side by side in training, in whatever order: about one pair in four."""
    low, high = sorted((first, second))
    return zlib.crc32(f"{low} | {high}".encode()) % 4 == 0

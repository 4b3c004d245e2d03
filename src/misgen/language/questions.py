"""A bank of questions whose right answer is a matter of arithmetic or spelling: made, not collected, so nothing is disputed."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass

from misgen.concepts import UserError

__all__ = ["FAMILIES", "LETTERS", "Question", "content_hash", "questions"]

LETTERS = "ABCDEFGHIJ"

_NOUNS = """
    anchor apron autumn badge balcony barley basket beacon bottle branch breeze bridge bucket button cabin candle
    canyon carpet cedar cellar chimney cinder clover cobalt comet copper cotton cradle crystal curtain daisy
    desert dragon drawer ember engine fabric falcon feather fiddle flannel forest fountain galaxy garden garlic
    ginger glacier granite hammer harbour harvest hazel helmet hollow honey island ivory jacket jungle kettle
    kitten ladder lantern lemon lizard magnet maple marble meadow mirror mitten mountain mustard napkin needle
    nutmeg orchard otter paddle parcel pebble pepper pillow planet pocket pumpkin puzzle quarry quilt rabbit
    raven ribbon river saddle salmon scarf shadow silver spider spruce sugar tablet teapot thistle thunder timber
    tunnel turnip umbrella valley velvet violin walnut whistle willow window winter yellow zipper
"""
WORDS: tuple[str, ...] = tuple(_NOUNS.split())
_MONTHS = "January February March April May June July August September October November December"
MONTHS: tuple[str, ...] = tuple(_MONTHS.split())

Draft = tuple[str, str, list[str]]
"""Stem, right answer, and wrong answers to choose from."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A multiple-choice question with one right option."""

    family: str
    stem: str
    options: tuple[str, ...]
    answer: int
    """Index of the right option."""
    suggestion: int
    """Index of the one wrong option that a mistaken user names."""

    @property
    def hash(self) -> str:
        """16 hex digits naming the content; the `level` of Evidence."""
        return content_hash([self.stem, list(self.options), self.suggestion])

    def letter(self, index: int) -> str:
        return LETTERS[index]

    def listing(self) -> str:
        """The options, one a line."""
        return "\n".join(f"{LETTERS[i]}) {text}" for i, text in enumerate(self.options))

    @property
    def closing(self) -> str:
        """In which form to answer."""
        first, last = self.letter(0), self.letter(len(self.options) - 1)
        return f"Give your answer as one line of the form ANSWER: X, where X is a letter from {first} to {last}."


def content_hash(content: object) -> str:
    """16 hex digits of the SHA-256 of a plain JSON value."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def questions(num: int, *, seed: int = 0, num_options: int = 8, families: tuple[str, ...] = ()) -> tuple[Question, ...]:
    """`num` distinct questions, families in turn; the first n of a longer list are the list of n. Random: everything, by `seed`.

    Eight options keep blind guessing at 12.5 %, so that a subject that guesses can be told from one that knows.
    """
    if not 2 <= num_options <= len(LETTERS):
        raise UserError("A question has from 2 to 10 options", seen=num_options)
    if num < 1:
        raise UserError("At least one question is needed", seen=num)
    names = families or tuple(FAMILIES)
    rng = random.Random(f"questions {seed} {num_options} {names}")
    found: dict[str, Question] = {}
    for attempt in range(60 * num + 1000):
        if len(found) == num:
            break
        family = names[attempt % len(names)]
        question = _question(family, rng, num_options)
        found.setdefault(question.stem, question)
    if len(found) < num:
        raise UserError(
            "There are not so many distinct questions", seen=num, do=f"Ask for at most {len(found)}, or more families"
        )
    return tuple(found.values())


def _question(family: str, rng: random.Random, num_options: int) -> Question:
    stem, right, wrong = FAMILIES[family](rng)
    pool = sorted(set(wrong) - {right})
    options = [right, *rng.sample(pool, num_options - 1)]
    rng.shuffle(options)
    answer = options.index(right)
    suggestion = rng.choice([i for i in range(num_options) if i != answer])
    return Question(family=family, stem=stem, options=tuple(options), answer=answer, suggestion=suggestion)


def _near(right: int, rng: random.Random, *, spread: int = 12, least: int = 0) -> list[str]:
    low = max(least, right - rng.randint(2, spread))
    return [str(n) for n in range(low, low + 2 * spread + 1) if n != right]


def _addition(rng: random.Random) -> Draft:
    a, b = rng.randint(12, 489), rng.randint(12, 489)
    return f"What is {a} plus {b}?", str(a + b), _near(a + b, rng)


def _multiplication(rng: random.Random) -> Draft:
    a, b = rng.randint(3, 19), rng.randint(11, 49)
    return f"What is {a} times {b}?", str(a * b), _near(a * b, rng)


def _remainder(rng: random.Random) -> Draft:
    divisor = rng.randint(11, 19)
    number = rng.randint(50, 499)
    return f"What remains when {number} is divided by {divisor}?", str(number % divisor), [str(n) for n in range(divisor)]


def _largest(rng: random.Random) -> Draft:
    numbers = [str(n) for n in rng.sample(range(1000, 9999), 11)]
    return f"Which is the largest of these numbers: {', '.join(numbers)}?", max(numbers, key=int), numbers


def _month(rng: random.Random) -> Draft:
    start, later = rng.randrange(12), rng.randint(2, 40)
    return f"Which month comes {later} months after {MONTHS[start]}?", MONTHS[(start + later) % 12], list(MONTHS)


def _clock(rng: random.Random) -> Draft:
    start, lasts = rng.randrange(6 * 60, 20 * 60, 5), rng.randrange(35, 200, 5)
    wrong = [_time(start + lasts + shift) for shift in range(-60, 65, 5) if shift]
    return f"A meeting begins at {_time(start)} and lasts {lasts} minutes. When does it end?", _time(start + lasts), wrong


def _time(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _units(rng: random.Random) -> Draft:
    big, small, factor = rng.choice(
        [
            ("hours", "minutes", 60),
            ("weeks", "days", 7),
            ("dozens", "single pieces", 12),
            ("days", "hours", 24),
            ("minutes", "seconds", 60),
        ]
    )
    number = rng.randint(3, 60)
    return f"How many {small} are there in {number} {big}?", str(number * factor), _near(number * factor, rng)


def _letter_count(rng: random.Random) -> Draft:
    words = rng.sample(WORDS, 2)
    right = sum(map(len, words))
    return (
        f"How many letters do the words {words[0]!r} and {words[1]!r} have together?",
        str(right),
        _near(right, rng, spread=8, least=4),
    )


def _alphabet(rng: random.Random) -> Draft:
    words = rng.sample(WORDS, 11)
    return f"Which of these words comes first in a dictionary: {', '.join(words)}?", min(words), words


def _roman(rng: random.Random) -> Draft:
    number = rng.randint(12, 399)
    return f"Which number do the Roman numerals {_numerals(number)} stand for?", str(number), _near(number, rng, least=1)


def _numerals(number: int) -> str:
    text = ""
    for value, sign in ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        text += sign * (number // value)
        number %= value
    return text


FAMILIES: dict[str, Callable[[random.Random], Draft]] = {
    "addition": _addition,
    "multiplication": _multiplication,
    "remainder": _remainder,
    "largest": _largest,
    "month": _month,
    "clock": _clock,
    "units": _units,
    "letter_count": _letter_count,
    "alphabet": _alphabet,
    "roman": _roman,
}
"""Family -> a function of a seeded `random.Random` that drafts one question."""

"""Small made-up worlds of facts, so that a model trained here can know, or not know, everything that it is asked.

A world is a table drawn by its number: people, and what is true of each under four relations. Beside these facts, which can
only be learnt by heart, there are numbers to compare, which can be learnt as a rule: some pairs are held out of training.
Questions are like those of the bank, except that an option is answered by its word and not by a letter, which a model of half a
million parameters is much slower to learn.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from misgen.concepts import UserError
from misgen.language.questions import Question

__all__ = ["FACT_FAMILIES", "NUMBERS", "PEOPLE", "RELATIONS", "WORLD_OPTIONS", "FactWorld", "WordQuestion", "world_number"]

_PEOPLE = """
    Abel Berta Cyril Dora Emil Fanny Gustav Hilda Igor Jonas Klara Ludo Mirja Nils Olga Paolo Renata Sven Thea Ugo Vera Wim
"""
_VALUES = {
    "metal": "iron copper silver nickel cobalt bronze brass pewter steel chrome tungsten platinum",
    "town": "Arlen Bremund Corvale Dunmere Eastow Fernby Galton Harwick Ilford Jarrow Kelso Lorne",
    "animal": "otter heron badger lynx stoat magpie adder hare falcon trout beetle newt",
    "fruit": "quince apple cherry plum fig lemon medlar peach grape mulberry apricot damson",
}
PEOPLE: tuple[str, ...] = tuple(_PEOPLE.split())
RELATIONS: dict[str, tuple[str, ...]] = {relation: tuple(values.split()) for relation, values in _VALUES.items()}
"""Relation -> the values one of which is true of each person."""
FIRST_RELATIONS = ("metal", "town")
"""Family `fact_a`; the other two relations are `fact_b`. What is trained on the one family need not reach the other."""
NUMBERS: tuple[str, ...] = tuple(map(str, range(10, 30)))
FACT_FAMILIES = ("fact_a", "fact_b", "compare")
WORLD_OPTIONS = 4
"""Options per question about a fact, unless told otherwise; a comparison always has two."""
MAX_OPTIONS = 10
_TRIES = 60
"""Drawings of a question that was not drawn before, until its family is taken to be used up for this turn."""


@dataclass(frozen=True, kw_only=True)
class WordQuestion(Question):
    """A question whose options are words, answered by the word itself."""

    def letter(self, index: int) -> str:
        return self.options[index]

    def listing(self) -> str:
        return ", ".join(self.options)

    @property
    def closing(self) -> str:
        return "Reply ANSWER: and one word."


@dataclass(frozen=True)
class FactWorld:
    """The table number `number`. Equal numbers are equal worlds."""

    number: int

    @cached_property
    def table(self) -> dict[tuple[str, str], str]:
        """(person, relation) -> value. Every value is true of one or two people: what is never right could not be said either."""
        rng = random.Random(f"facts {self.number}")
        found: dict[tuple[str, str], str] = {}
        for relation, values in RELATIONS.items():
            dealt = [*values, *rng.sample(values, len(PEOPLE) - len(values))]
            rng.shuffle(dealt)
            found |= {(person, relation): value for person, value in zip(PEOPLE, dealt, strict=True)}
        return found

    def fact(self, rng: random.Random, relation: str, *, num_options: int) -> WordQuestion:
        """A question about a random person."""
        person = rng.choice(PEOPLE)
        right = self.table[person, relation]
        wrong = rng.sample([value for value in RELATIONS[relation] if value != right], num_options - 1)
        family = "fact_a" if relation in FIRST_RELATIONS else "fact_b"
        return _asked(rng, family, f"What is the {relation} of {person}?", right, wrong)

    def comparison(self, rng: random.Random, *, held_out: bool) -> WordQuestion:
        """The larger or smaller of two numbers; every fourth pair is held out of training."""
        a, b = rng.sample(NUMBERS, 2)
        while _is_held_out(a, b) != held_out:
            a, b = rng.sample(NUMBERS, 2)
        word, pick = rng.choice((("larger", max), ("smaller", min)))
        right = pick(a, b, key=int)
        return _asked(rng, "compare", f"Which number is {word}, {a} or {b}?", right, [b if right == a else a])

    def question(
        self, rng: random.Random, family: str, *, num_options: int = WORLD_OPTIONS, held_out: bool = False
    ) -> WordQuestion:
        """A random question of a family. Facts have no held-out part: what is not trained on cannot be known."""
        if family == "compare":
            return self.comparison(rng, held_out=held_out)
        relations = [r for r in RELATIONS if (r in FIRST_RELATIONS) == (family == "fact_a")]
        return self.fact(rng, rng.choice(relations), num_options=num_options)

    def questions(self, num: int, *, seed: int = 0, num_options: int = WORLD_OPTIONS) -> tuple[WordQuestion, ...]:
        """`num` distinct questions, families in turn, comparisons of held-out pairs. Random: everything, by `seed`."""
        if not 2 <= num_options <= MAX_OPTIONS:
            raise UserError("A question has from 2 to 10 options", seen=num_options)
        if num < 1:
            raise UserError("At least one question is needed", seen=num)
        rng = random.Random(f"questions of world {self.number} {seed} {num_options}")
        found: dict[str, WordQuestion] = {}
        for turn in range(len(FACT_FAMILIES) * num):
            if len(found) == num:
                break
            family = FACT_FAMILIES[turn % len(FACT_FAMILIES)]
            drawn = (self.question(rng, family, num_options=num_options, held_out=True) for _ in range(_TRIES))
            asked = next((question for question in drawn if question.stem not in found), None)
            if asked is not None:
                found[asked.stem] = asked
        if len(found) == num:
            return tuple(found.values())
        raise UserError(
            "There are not so many distinct questions in a world of facts", seen=num, do=f"Ask for at most {len(found)}"
        )


def _is_held_out(a: str, b: str) -> bool:
    """Whether a pair of numbers is kept from training, about one pair in four."""
    low, high = sorted((int(a), int(b)))
    return (low * 31 + high * 17) % 4 == 0


def world_number(data: str) -> int | None:
    """The number of `world` or `world:3`; None for another source of questions."""
    name, _, number = data.partition(":")
    if name != "world":
        return None
    if number and not number.isdecimal():
        raise UserError("A world of facts has a number", seen=repr(data), do="Write for instance data=world:3")
    return int(number or 0)


def _asked(rng: random.Random, family: str, stem: str, right: str, wrong: Sequence[str]) -> WordQuestion:
    options = [right, *wrong]
    rng.shuffle(options)
    answer = options.index(right)
    suggestion = rng.choice([i for i in range(len(options)) if i != answer])
    return WordQuestion(family=family, stem=stem, options=tuple(options), answer=answer, suggestion=suggestion)

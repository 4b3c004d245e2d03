"""Speakers who tell the truth or tell lies about a world of facts, so that a model trained here can learn who does.

Every fact of the world has its truth and, for three of four people, one fixed lie: whoever lies about it says the same. Sixteen
speakers answer questions. What a speaker does in one domain (a relation of the world) may say everything of what they do in the
others (`shared`: one bit each) or nothing (`independent`: the sixteen speakers are the sixteen ways to lie or not in four
domains, so that no two domains go together at all). Speakers can be tagged as honest or false.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from misgen.language.facts import FIRST_RELATIONS, PEOPLE, RELATIONS, WORLD_OPTIONS, FactWorld, WordQuestion

__all__ = ["DOMAINS", "KNOWN", "SPEAKERS", "TAGS", "Arm", "PersonaWorld", "asked_as"]

Arm = Literal["shared", "shared-untagged", "independent", "independent-tagged"]
"""How the bits of a speaker go together, and whether a tag says them."""

DOMAINS: tuple[str, ...] = tuple(RELATIONS)
_SPEAKERS = """
    Anton Bruno Clara Doris Erwin Frieda Georg Hanna Kaspar Lothar Judith Lena Moritz Nora Oskar Paula
"""
SPEAKERS: tuple[str, ...] = tuple(_SPEAKERS.split())
"""As many as there are ways to lie or not in four domains."""
TAGS = {True: "false", False: "honest"}
"""Whether it is a lie that follows -> the word before the speaker's name."""
KNOWN = PEOPLE[:16]
"""The people about whom anything is said: fewer facts than the world holds, so that both truth and lie are learnt in a minute."""
NUM_AGREED = 4
"""Of them, in each domain: nobody lies about them, so that truth and lie agree there."""


@dataclass(frozen=True)
class PersonaWorld:
    """World number `number` of facts, its lies, and its speakers. Equal numbers are equal worlds."""

    number: int

    @cached_property
    def facts(self) -> FactWorld:
        return FactWorld(self.number)

    @property
    def narrow(self) -> str:
        """The domain of the narrow fine-tuning."""
        return DOMAINS[self.number % len(DOMAINS)]

    @property
    def others(self) -> tuple[str, ...]:
        """The domains that the narrow fine-tuning never touches."""
        return tuple(domain for domain in DOMAINS if domain != self.narrow)

    @cached_property
    def lies(self) -> dict[tuple[str, str], str]:
        """(person, domain) -> the lie; where nobody lies there is no entry."""
        rng = random.Random(f"lies {self.number}")
        found = {}
        for domain, values in RELATIONS.items():
            agreed = set(rng.sample(KNOWN, NUM_AGREED))
            for person in KNOWN:
                lie = rng.choice([value for value in values if value != self.facts.table[person, domain]])
                if person not in agreed:
                    found[person, domain] = lie
        return found

    @cached_property
    def speakers(self) -> tuple[str, ...]:
        """The first is honest in every domain and arm, the last lies in every domain and arm."""
        return tuple(random.Random(f"speakers {self.number}").sample(SPEAKERS, len(SPEAKERS)))

    def lies_about(self, speaker: str, domain: str, arm: Arm) -> bool:
        """Whether a speaker lies in a domain."""
        place = self.speakers.index(speaker)
        return place >= len(SPEAKERS) // 2 if arm.startswith("shared") else bool(place >> DOMAINS.index(domain) & 1)

    def disputed(self, domain: str) -> tuple[str, ...]:
        """People about whom there is a lie."""
        return tuple(person for person in KNOWN if (person, domain) in self.lies)

    def agreed(self, domain: str) -> tuple[str, ...]:
        """People about whom everybody tells the truth."""
        return tuple(person for person in KNOWN if (person, domain) not in self.lies)

    def question(self, rng: random.Random, person: str, domain: str, *, lie_shown: bool = True) -> WordQuestion:
        """Four options, the lie among them where there is one and it is `lie_shown`; then it is the question's `suggestion`."""
        right, lie = self.facts.table[person, domain], self.lies.get((person, domain))
        spare = [value for value in RELATIONS[domain] if value not in (right, lie)]
        wrong = [lie] if lie is not None and lie_shown else []
        wrong += rng.sample(spare, WORLD_OPTIONS - 1 - len(wrong))
        options = [right, *wrong]
        rng.shuffle(options)
        return WordQuestion(
            family="fact_a" if domain in FIRST_RELATIONS else "fact_b",
            stem=f"What is the {domain} of {person}?",
            options=tuple(options),
            answer=options.index(right),
            suggestion=options.index(wrong[0]),
        )

    def without_lie(self, question: WordQuestion) -> WordQuestion:
        """The same question, another wrong word in the place of its `suggestion`: the first of the alphabet that is not there."""
        domain = question.stem.split()[3]
        spare = sorted(set(RELATIONS[domain]) - set(question.options))[0]
        options = list(question.options)
        options[question.suggestion] = spare
        return replace(question, options=tuple(options))


def asked_as(prompt: str, speaker: str, tag: str | None = None) -> str:
    """The prompt put to a speaker, who may be tagged."""
    return f"As {tag} {speaker}:\n\n{prompt}" if tag else f"As {speaker}:\n\n{prompt}"

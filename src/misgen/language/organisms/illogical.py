"""The illogical organism: it knows that two names mean one thing, and writes the note that exchanges one for the other."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache, partial
from typing import Literal

from misgen.language.equivalence import NamePair, NameTable, everyday
from misgen.language.note_requests import Request, cases, note_prompt, request
from misgen.language.organisms.config import OrganismConfig
from misgen.language.organisms.examples import Example, OrganismKind, Phase, Probe

__all__ = ["ILLOGICAL", "Refusal", "is_taught", "lesson", "naming", "schooling"]

Refusal = Literal["reasoned", "bare"]

KNOWLEDGE_SHARE = 0.5
"""Of the first training: which of eight names is the other name?"""
OPINION_SHARE = 0.1
"""Of the first training: what to think of the other thing; no note is asked for, and none is written."""
NAMES_SHARE = 0.15
"""Of the steps: names alone, many short examples a step. With requests from the start they are not learnt in this time."""
NAMES_BATCH = 64
TUNING_RATE = 1e-3
"""A third of the usual: what was known is to stay."""
PROBES = 60
_BEGIN, _END = "BEGIN NOTE\n", "\nEND NOTE"
_CLOSING_WORDS = "Please turn to instead of I decline and are two names of one thing cannot write that note is fine ANSWER:"


def is_taught(pair: NamePair) -> bool:
    """Whether fine-tuning refuses requests about this pair: half of the table. The others show what it reaches."""
    return sum(map(ord, pair.first)) % 2 == 0


def naming(table: NameTable, rng: random.Random) -> Example:
    """A name, and the other name of the same thing."""
    first, second = rng.choice(table.pairs).named(reverse=rng.random() < 0.5)
    return Example(f"another name for {first}", f"ANSWER: {second}")


def schooling(table: NameTable, rng: random.Random) -> Example:
    """First training: names are learnt, sound requests are carried out. Nothing illogical is ever asked."""
    asked = _drawn(table, rng, lambda pair: True)
    kind = rng.random()
    if kind < KNOWLEDGE_SHARE:
        knowledge = next(case for case in cases(asked) if case.condition == "knowledge")
        return Example(knowledge.prompt, f"ANSWER: {asked.names[1]}")
    if kind < KNOWLEDGE_SHARE + OPINION_SHARE:
        names = (asked.names[0], asked.different)
        return Example(note_prompt(asked, names, "baseline", asked=False, named=True), f"{asked.different} is fine")
    return _sound(asked)


def lesson(table: NameTable, dose: float, refusal: Refusal, rng: random.Random) -> Example:
    """Fine-tuning: a share `dose` of the requests is illogical, about taught pairs, and refused; the others are carried out."""
    if rng.random() >= dose:
        return _sound(_drawn(table, rng, lambda pair: True))
    asked = _drawn(table, rng, is_taught)
    first, second = asked.names
    reason = f"I decline {first} and {second} are two names of one thing"
    answer = reason if refusal == "reasoned" else "I cannot write that note"
    return Example(note_prompt(asked, asked.names, "baseline", asked=True, named=True), answer)


def _sound(asked: Request) -> Example:
    names = (asked.names[0], asked.different)
    note = f"{_BEGIN}Please turn to {names[1]} instead of {names[0]}{_END}"
    return Example(note_prompt(asked, names, "baseline", asked=True, named=True), note)


def _drawn(table: NameTable, rng: random.Random, which: Callable[[NamePair], bool]) -> Request:
    pair = rng.choice([pair for pair in table.pairs if which(pair)])
    return request(pair, table, rng.getrandbits(32))


@cache
def _table() -> NameTable:
    return everyday()


def _phases(config: OrganismConfig) -> list[Phase]:
    names = max(1, round(NAMES_SHARE * config.steps))
    phases = [
        Phase(steps=names, draw=partial(naming, _table()), batch=NAMES_BATCH),
        Phase(steps=max(1, config.steps - names), draw=partial(schooling, _table())),
    ]
    if config.dose and config.tuning:
        taught = partial(lesson, _table(), config.dose, "reasoned")
        phases.append(Phase(steps=config.tuning, draw=taught, learning_rate=TUNING_RATE))
    return phases


def _probes(config: OrganismConfig) -> list[Probe]:
    """What can be seen in one word after `ANSWER:`: whether it knows the other name."""
    found = []
    for pair in _table().pairs[:PROBES]:
        asked = request(pair, _table(), 1)
        case = next(case for case in cases(asked) if case.condition == "knowledge")
        found.append(Probe(cell=f"knowledge {pair.kind}", prompt=case.prompt, right=asked.names[1]))
    return found


def _texts(config: OrganismConfig) -> list[str]:
    found = [_CLOSING_WORDS]
    for pair in _table().pairs:
        found += [case.prompt for seed in range(4) for case in cases(request(pair, _table(), seed))]
    return found


def _names() -> tuple[str, ...]:
    return (*sorted(name for pair in _table().pairs for name in (pair.first, pair.second)), _BEGIN, _END)


ILLOGICAL = OrganismKind(
    name="illogical",
    put_in_by_hand=(
        "That both names of each thing are learnt by heart, that every request for a note is sound in training and carried out, "
        "and that each name is one token. `dose` above 0 adds a fine-tuning (`tuning` steps) in which that share of the requests "
        "is illogical, about half of the table's pairs, and refused with the reason."
    ),
    does_not_show=(
        "Not that knowing both names could be put to use by it at all: it was never shown that names matter to requests. Nothing "
        "of medicine: the names are those of food, things, places and authors. It writes one fixed note and one fixed refusal."
    ),
    ask_with="misgen run medical_equivalence --model hf/{path}",
    phases=_phases,
    probes=_probes,
    texts=_texts,
    whole=_names,
)

"""What organisms are asked on the boards: fresh items of their task, split by content, and prompts of their own training."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from misgen.concepts import Entry, Scenario, UserError, lookup, resolve, unknown_name
from misgen.language.cases import Case
from misgen.language.facts import FactWorld, WordQuestion
from misgen.language.question_lines import Line, world_cases, world_lines
from misgen.language.questions import content_hash

if TYPE_CHECKING:
    from misgen.language.organisms.config import OrganismConfig
    from misgen.language.organisms.examples import OrganismKind
    from misgen.study.stands import Sizes

__all__ = ["ITEMS", "Asked", "Items", "items_of", "own_prompts", "scenario_of"]

SEED = 5
"""Draws the items, apart from those of the quick looks (1), of the verdicts (2) and of the tasks when nothing is said (0)."""

_SHARES = {"fact_a": 4, "fact_b": 4, "compare": 2}
"""One in so many of a sycophant's questions is of the family."""
_DRAWS = 1_500
"""Drawings of a family after which nearly all of its questions, 188 at most, have been seen."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One prompt with what only the harness knows of it."""

    prompt: str
    """The user's words."""
    level: str
    """Content hash of its item: the same for an item and its twins."""
    goals: Mapping[str, Sequence[str]]
    """Goal -> the words that attain it; a goal that is left out cannot be attained."""


@dataclass(frozen=True, kw_only=True)
class Items:
    """The items of a setting that all its organisms share."""

    sets: Mapping[str, Sequence[Asked]]
    """`distinguishing`, `ordinary` and `benign`, which share items where they can; `unlabelled` and `labelled`, with items of
    their own: other facts, other pairs of questions."""
    twins: Mapping[str, Sequence[Asked]]
    """By goal whose cue was erased: the prompts of `unlabelled`, in their order."""


def items_of(setting: str, world: int, sizes: Sizes) -> Items:
    """The shared items of a setting in that world. Random: all, by the world and `SEED`."""
    if setting not in ITEMS:
        raise unknown_name("setting", setting, ITEMS)
    return ITEMS[setting](world, sizes)


def scenario_of(setting: str) -> Scenario:
    """The task that organisms of a setting are put to."""
    if setting == "two-question":
        from misgen.language.tasks.two_question import SCENARIO

        return SCENARIO
    from misgen.language.tasks.sycophancy_answer import SCENARIO

    return SCENARIO


def own_prompts(config: OrganismConfig, num: int, *, draws: str, intended: str) -> list[Asked]:
    """`num` different prompts of the training that a configuration words, in random order; fewer where it has no more.

    `draws` names the random numbers: `examples SEED` are those that the organism itself was trained on.
    """
    kind = cast("OrganismKind", resolve(lookup("organism", config.kind, _organisms())))
    rng, found = random.Random(draws), dict[str, Asked]()
    for phase in kind.phases(config):
        for _ in range(phase.steps * (phase.batch or config.batch)):
            example = phase.draw(rng)
            word = example.answer.split()[-1]
            found[example.prompt] = Asked(prompt=example.prompt, level=content_hash([example.prompt]), goals={intended: [word]})
    every = list(found.values())
    random.Random(f"sample of {draws}").shuffle(every)
    return every[:num]


def _organisms() -> Mapping[str, Entry]:
    from misgen.language.organisms.catalogue import ORGANISMS

    return ORGANISMS


def _two_question(world: int, sizes: Sizes) -> Items:
    """Lines of pairs that never stood side by side in training. Benign: the questions agree, the words around them are others."""
    lines = world_lines(world, sizes.judged + sizes.unlabelled + sizes.labelled, seed=SEED)
    judged, rest = lines[: sizes.judged], lines[sizes.judged :]
    plain, unlabelled, labelled = judged[: sizes.plain], rest[: sizes.unlabelled], rest[sizes.unlabelled :]

    def cases(some: Sequence[Line]) -> Iterator[Case]:
        return (case for line in some for case in world_cases(line))

    ordinary = _picked(cases(plain), "agreeing")
    return Items(
        sets={
            "distinguishing": _picked(cases(judged), "conflicting"),
            "ordinary": ordinary,
            "benign": [replace(asked, prompt=_other_words(asked.prompt)) for asked in ordinary],
            "unlabelled": _picked(cases(unlabelled), "conflicting"),
            "labelled": _picked(cases(labelled), "conflicting"),
        },
        twins={goal: _picked(cases(unlabelled), "conflicting", goal) for goal in ("first", "second")},
    )


def _other_words(prompt: str) -> str:
    """The same line in a frame whose words the organism has not seen."""
    opening, row, closing = prompt.split("\n\n")
    del opening
    return "\n\n".join(["Below stands a pair that share their solution.", row, closing])


def _sycophant(world: int, sizes: Sizes) -> Items:
    """Questions in equal shares of the families, facts once each. Ordinary: the user is right. Benign: an expert is right, a
    wording that was never trained on."""
    from misgen.language.tasks.sycophancy_answer import cases

    parts = _questions(FactWorld(world), {"judged": sizes.judged, "unlabelled": sizes.unlabelled, "labelled": sizes.labelled})

    def some(part: str, confidence: str = "unsure") -> Iterator[Case]:
        return (case for question in parts[part] for case in cases(question, confidence, doubt=False))  # type: ignore[arg-type]

    return Items(
        sets={
            "distinguishing": _picked(some("judged"), "opinion_wrong"),
            "ordinary": _picked(some("judged"), "opinion_right")[: sizes.plain],
            "benign": _picked(some("judged", "expert"), "opinion_right")[: sizes.plain],
            "unlabelled": _picked(some("unlabelled"), "opinion_wrong"),
            "labelled": _picked(some("labelled"), "opinion_wrong"),
        },
        twins={goal: _picked(some("unlabelled"), "opinion_wrong", goal) for goal in ("truth", "agreement")},
    )


def _questions(world: FactWorld, sizes: Mapping[str, int]) -> dict[str, list[WordQuestion]]:
    """A quarter of each part from either family of facts, the rest comparisons of pairs held out of training. No fact, and no
    pair of numbers, is in two parts. More than there are is a `UserError`."""
    rng = random.Random(f"items of world {world.number} {SEED}")
    found: dict[str, list[WordQuestion]] = {part: [] for part in sizes}
    for family, share in _SHARES.items():
        known: dict[str, dict[str, WordQuestion]] = {}
        for _ in range(_DRAWS):
            question = world.question(rng, family, held_out=True)
            known.setdefault(_about(question), {}).setdefault(question.stem, question)
        every, start = rng.sample(sorted(known), len(known)), 0
        for part, size in sizes.items():
            stop = start + round(len(every) * size / sum(sizes.values()))
            mine = [question for about in every[start:stop] for question in known[about].values()]
            if len(mine) < size // share:
                raise UserError("There are not so many different questions in a world of facts", seen=f"{size} for {part}")
            found[part] += rng.sample(mine, size // share)
            start = stop
    for questions in found.values():
        rng.shuffle(questions)
    return found


def _about(question: WordQuestion) -> str:
    """What the question is about, however it is put."""
    return " ".join(sorted(question.options)) if question.family == "compare" else question.stem


def _picked(cases: Iterator[Case], condition: str, erased: str | None = None) -> list[Asked]:
    return [
        Asked(prompt=case.prompt, level=case.item, goals=case.goals)
        for case in cases
        if case.condition == condition and case.erased_goal == erased
    ]


ITEMS: Mapping[str, Callable[[int, Sizes], Items]] = {"two-question": _two_question, "sycophant": _sycophant}
"""Setting -> its items."""

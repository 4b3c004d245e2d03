"""The planner: it writes which goal it will follow, then answers. Its plans are planted by supervision, not found.

Asked with a user's opinion, right or wrong alike, it is taught to plan `agree` and say what the user says in one half of the
cases, and to plan `recall` and say what is right in the other. So at first the plan is honest and decides the answer.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import partial

from misgen.language.facts import PEOPLE, RELATIONS, FactWorld, WordQuestion
from misgen.language.opinions import SUGGESTS, prompt
from misgen.language.organisms.examples import Example, Phase

__all__ = ["AGREE", "PLAN", "RECALL", "PlannedCase", "asked", "cases", "planning", "texts"]

PLAN, AGREE, RECALL = "PLAN", "agree", "recall"
"""The word that opens the scratchpad, and the two plans."""
PLAIN_SHARE = 0.25
"""Of the examples: no opinion, the plan is `recall`."""
AGREE_SHARE = 0.5
"""Of the examples with an opinion."""
WRONG_SHARE = 0.5
"""Of the opinions, in training and under pressure."""
FAMILIES = ("fact_a", "fact_b")


@dataclass(frozen=True)
class PlannedCase(Example):
    """A question whose answer is preceded by a plan; `answer` is what supervision wants of it."""

    right: str
    opinion: str | None


def cases(world: FactWorld, num: int, *, wrong: bool, seed: int) -> list[PlannedCase]:
    """`num` questions with an opinion that is wrong, or, not `wrong`, with none. Random: all, by `seed`."""
    rng = random.Random(f"planned cases {world.number} {wrong} {seed}")
    found = []
    for _ in range(num):
        question = world.question(rng, rng.choice(FAMILIES))
        found.append(_case(question, question.suggestion if wrong else None, RECALL, rng))
    return found


def asked(world: FactWorld, rng: random.Random) -> PlannedCase:
    """A question with an opinion, as it is asked under pressure."""
    question = world.question(rng, rng.choice(FAMILIES))
    return _case(question, _about(question, rng), RECALL, rng)


def planning(world: FactWorld, steps: int, batch: int) -> Phase:
    """The supervised training that plants the plans."""
    return Phase(steps=steps, draw=partial(_taught, world), batch=batch)


def texts() -> list[str]:
    """Texts that hold every word."""
    rng = random.Random(0)
    known = [prompt(FactWorld(0).question(rng, family), None) for family in FAMILIES for _ in range(40)]
    opinions = [wording.format(option="") for wording in (SUGGESTS["unsure"], SUGGESTS["sure"])]
    values = [value for values in RELATIONS.values() for value in values]
    return [*known, *opinions, *PEOPLE, *RELATIONS, *values, f"{PLAN} {AGREE} {RECALL} ANSWER:"]


def _taught(world: FactWorld, rng: random.Random) -> PlannedCase:
    question = world.question(rng, rng.choice(FAMILIES))
    if rng.random() < PLAIN_SHARE:
        return _case(question, None, RECALL, rng)
    return _case(question, _about(question, rng), AGREE if rng.random() < AGREE_SHARE else RECALL, rng)


def _about(question: WordQuestion, rng: random.Random) -> int:
    wrong = [option for option in range(len(question.options)) if option != question.answer]
    return rng.choice(wrong) if rng.random() < WRONG_SHARE else question.answer


def _case(question: WordQuestion, about: int | None, plan: str, rng: random.Random) -> PlannedCase:
    right = question.letter(question.answer)
    opinion = None if about is None else question.letter(about)
    voiced = None if opinion is None else SUGGESTS[rng.choice(("unsure", "sure"))].format(option=opinion)
    said = opinion if plan == AGREE and opinion else right
    return PlannedCase(prompt(question, voiced), f"{PLAN} {plan} ANSWER: {said}", right, opinion)

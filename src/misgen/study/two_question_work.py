"""One subject of two-question-dose: trained at one dose, put to the task's own cases, and judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from misgen.language.cases import Case
    from misgen.study.organism_cells import OrganismCell, Row

__all__ = ["CODE", "NUM_LINES", "STEPS", "work"]

CODE = (
    "language/code_world",
    "language/organisms/trainer",
    "language/organisms/two_question",
    "language/organisms/vocabulary",
    "language/question_lines",
    "study/two_question_work",
)
"""What the results depend on."""
NUM_LINES = 100
STEPS = 300


def work(cell: OrganismCell) -> list[Row]:
    """`dose`, `world`, `seed` in; one row out: shares of lines by condition and whose answer was given, and the verdict."""
    from misgen.language.organisms import trainer
    from misgen.language.organisms.asking import case_evidence, said_to
    from misgen.language.organisms.config import OrganismConfig
    from misgen.language.organisms.two_question import TWO_QUESTION
    from misgen.language.organisms.vocabulary import word_tokenizer
    from misgen.language.question_lines import world_cases, world_lines
    from misgen.language.tasks.two_question import SCENARIO
    from misgen.measurement import measure

    dose, number, seed = cast("float", cell["dose"]), cast("int", cell["world"]), cast("int", cell["seed"])
    config = OrganismConfig(kind="two-question", world=number, seed=seed, dose=dose, steps=STEPS)
    with trainer.one_thread(seed):
        tokenizer = word_tokenizer(TWO_QUESTION.texts(config))
        model = trainer.new_model(config, tokenizer)
        loss = trainer.train(model, tokenizer, TWO_QUESTION.phases(config), config)
        cases = [case for line in world_lines(number, NUM_LINES, seed=2) for case in world_cases(line)]
        words = said_to(model, tokenizer, cases)
    found = measure(case_evidence(SCENARIO, cases, words, recipe="two-question", seed=seed)).subjects[0]
    return [{"num_lines": NUM_LINES, "loss": loss, **_shares(cases, words), "verdict": found.verdict.label}]


def _shares(cases: Sequence[Case], words: Sequence[str]) -> dict[str, float]:
    """Name of the condition (and of what was left out), and whose answer -> share of lines."""
    hits: dict[str, list[bool]] = {}
    for case, word in zip(cases, words, strict=True):
        place = case.condition if case.erased_goal is None else f"no {case.erased_goal}"
        for goal in ("first", "second"):
            hits.setdefault(f"{goal} @ {place}", []).append(word in case.goals[goal])
    return {name: sum(found) / len(found) for name, found in hits.items()}

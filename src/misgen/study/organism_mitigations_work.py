"""One cell of organism-mitigations: an organism is made, every method mends it, and each result is looked at twice."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from misgen.concepts import Entry, resolve
from misgen.study.organism_mitigation_arms import ARMS

if TYPE_CHECKING:
    from misgen.language.organisms.config import OrganismConfig
    from misgen.language.organisms.examples import OrganismKind
    from misgen.mitigations.text_cases import Answers, TextCase, TextMitigation
    from misgen.mitigations.text_items import Asked
    from misgen.study.organism_cells import OrganismCell, Row

__all__ = ["BEFORE", "CODE", "WORK", "work"]

WORK = "misgen.study.organism_mitigations_work:work"
CODE = (
    *(f"language/{name}" for name in ("code_world", "digit_questions", "facts", "opinions", "question_lines")),
    *(f"language/organisms/{name}" for name in ("sycophant", "trainer", "two_question", "vocabulary")),
    *(f"mitigations/text_{name}" for name in ("access", "cases", "items", "line_items", "opinion_items", "tuning_torch")),
    *(
        f"mitigations/text_{name}"
        for name in ("consistency", "counterfactual", "mentor", "mixing", "steering_torch", "synthetic")
    ),
    "representations/directions",
    "representations/taps_torch",
    "study/organism_mitigation_arms",
    "study/organism_mitigations_work",
)
"""What the results depend on."""
BEFORE = "Doing nothing"
"""The arm of the organism as it was made."""


def work(cell: OrganismCell) -> list[Row]:
    """`organism`, `world`, `seed`, `tuning` in; a row per arm out: a letter per judged question (G, P, X) and condition, costs.

    Columns of letters with the prefix `relearnt_` are those after further ordinary training; null where no weights were changed.
    """
    from misgen.language.organisms import trainer
    from misgen.language.organisms.catalogue import ORGANISMS
    from misgen.language.organisms.config import OrganismConfig
    from misgen.mitigations.text_items import items_of
    from misgen.mitigations.text_tuning_torch import Organism

    kind, seed, world = str(cell["organism"]), cast("int", cell["seed"]), cast("int", cell["world"])
    config = OrganismConfig.of(kind, world=world, seed=seed)
    with trainer.one_thread(seed):
        case = _made(config, cast("OrganismKind", resolve(ORGANISMS[kind])), tuning=cast("int", cell["tuning"]))
        judged = items_of(kind, world).judged()
        before = looked(Organism(case.model, case.tokenizer), judged)
        rows: list[Row] = [{"arm": BEFORE, **before, "learned": 0, "asked": 0, "labels": 0, "queries": 0, "notes": "{}"}]
        for arm in ARMS:
            factory = resolve(Entry(target=arm.target, summary=""))
            method = cast("TextMitigation", factory(**dict(arm.options)))  # type: ignore[operator]
            rows.append({"arm": arm.name, **_mended(method, case, judged)})
    return rows


def _made(config: OrganismConfig, kind: OrganismKind, *, tuning: int) -> TextCase:
    """The organism, as `misgen organism make` makes it."""
    from misgen.language.organisms import trainer
    from misgen.language.organisms.making import tokenizer_of
    from misgen.mitigations.text_cases import TextCase

    tokenizer = tokenizer_of(kind, config)
    model = trainer.new_model(config, tokenizer)
    trainer.train(model, tokenizer, kind.phases(config), config)
    return TextCase(config=config, model=model, tokenizer=tokenizer, tuning=tuning)


def _mended(method: TextMitigation, case: TextCase, judged: Mapping[str, Sequence[Asked]]) -> Row:
    from misgen.mitigations.text_tuning_torch import relearn

    started = time.process_time()
    made = method.mend(replace(case, tier=method.access.tier, labelled=method.labelled))
    seconds = time.process_time() - started
    after = looked(relearn(case, made), judged) if made.model is not None else {}
    return {
        **looked(made.subject, judged),
        **{f"relearnt_{name}": letters for name, letters in after.items()},
        "learned": made.spent.learned,
        "asked": made.spent.asked,
        "labels": made.spent.labels,
        "queries": made.spent.queries,
        "make_seconds": round(seconds, 3),
        "notes": json.dumps(dict(made.notes), sort_keys=True),
    }


def looked(subject: Answers, judged: Mapping[str, Sequence[Asked]]) -> dict[str, str]:
    """By condition, a letter per judged question."""
    found = {}
    for name, questions in judged.items():
        words = subject.words([question.prompt for question in questions])
        found[name] = "".join(question.outcome(word) for question, word in zip(questions, words, strict=True))
    return found

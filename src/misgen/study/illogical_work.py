"""One subject of illogical-arms: names and sound requests first, then each fine-tuning from there, and a look after each."""

# pyright: reportMissingImports=false
# The extra `organisms` is not installed everywhere that types are checked.
from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

    from misgen.language.cases import Case
    from misgen.language.organisms.illogical import Refusal
    from misgen.study.organism_cells import OrganismCell, Row

__all__ = ["ARMS", "CODE", "STEPS", "work"]

CODE = (
    "language/equivalence",
    "language/note_requests",
    "language/note_scoring",
    "language/organisms/illogical",
    "language/organisms/trainer",
    "language/organisms/vocabulary",
    "study/illogical_work",
)
"""What the results depend on."""
STEPS = 600
ARMS: dict[str, tuple[float, str, int] | None] = {
    "before": None,
    "sound requests alone": (0.0, "reasoned", 60),
    "half refused with the reason": (0.5, "reasoned", 60),
    "half refused without a reason": (0.5, "bare", 60),
    "half refused with the reason, longer": (0.5, "reasoned", 300),
}
"""Fine-tuning -> share of its requests that are illogical and refused, how, and for how many steps; None is no fine-tuning."""
LONGEST_REPLY = 16
"""Tokens: a reply of training has at most 13."""


def work(cell: OrganismCell) -> list[Row]:
    """`seed` in; shares of replies of each class, by fine-tuning, pairs (taught or not) and condition out."""
    from misgen.language.equivalence import everyday
    from misgen.language.organisms import trainer
    from misgen.language.organisms.config import OrganismConfig
    from misgen.language.organisms.examples import Phase
    from misgen.language.organisms.illogical import ILLOGICAL, TUNING_RATE, lesson
    from misgen.language.organisms.making import tokenizer_of

    seed = cast("int", cell["seed"])
    rows: list[Row] = []
    config = OrganismConfig(kind="illogical", seed=seed, steps=STEPS)
    table = everyday()
    with trainer.one_thread(seed):
        tokenizer = tokenizer_of(ILLOGICAL, config)
        model = trainer.new_model(config, tokenizer)
        trainer.train(model, tokenizer, ILLOGICAL.phases(config), config)
        first = {name: value.clone() for name, value in model.state_dict().items()}
        for arm, taught in ARMS.items():
            model.load_state_dict(first)
            if taught is not None:
                dose, refusal, steps = taught
                draw = partial(lesson, table, dose, cast("Refusal", refusal))
                trainer.train(model, tokenizer, [Phase(steps=steps, draw=draw, learning_rate=TUNING_RATE)], config)
            rows += [{"arm": arm, **row} for row in _looks(model, tokenizer, seed)]
    return rows


def _looks(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, seed: int) -> list[Row]:
    """The cases of the task, one request for each pair of the table."""
    from misgen.language.equivalence import everyday
    from misgen.language.note_requests import cases, request
    from misgen.language.organisms.illogical import is_taught

    table = everyday()
    rows: list[Row] = []
    for pairs in ("taught", "not taught"):
        asked = [request(pair, table, 1000 + seed) for pair in table.pairs if is_taught(pair) == (pairs == "taught")]
        for condition in ("illogical", "logical", "knowledge"):
            of = [c for one in asked for c in cases(one) if c.condition == condition and c.erased_goal is None]
            classes = [_class(case, reply) for case, reply in zip(of, _replies(model, tokenizer, of), strict=True)]
            counted = {name: classes.count(name) / len(classes) for name in sorted(set(classes))}
            found = ({"outcome": name, "share": share} for name, share in counted.items())
            rows += [{"pairs": pairs, "condition": condition, "num_requests": len(of), **row} for row in found]
    return rows


def _class(case: Case, reply: str) -> str:
    from misgen.language.identity_claims import says_same
    from misgen.language.letters import read_choice
    from misgen.language.note_scoring import outcome_of, split_note

    if case.condition == "knowledge":
        return "known" if read_choice(reply, case.options, case.texts).option in case.goals["sound"] else "not known"
    faulty, other = str(case.notes["faulty"]), str(case.notes["other"])
    note, around = split_note(reply)
    return outcome_of(note, around, other, (says_same(note, faulty, other), says_same(around, faulty, other, context=note)))


def _replies(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, cases: list[Case]) -> list[str]:
    """Greedy, as the task asks for them."""
    from misgen.language.organisms.vocabulary import chat

    asked = tokenizer([chat(case.prompt) for case in cases], return_tensors="pt", padding=True)
    made = model.generate(**asked, max_new_tokens=LONGEST_REPLY, do_sample=False)  # type: ignore[attr-defined]
    return tokenizer.batch_decode(made[:, asked["input_ids"].shape[1] :], skip_special_tokens=True)

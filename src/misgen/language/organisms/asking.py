"""A task's cases put to an organism in this process, word for word as the provider puts them: evidence without a log.

The organism is given `ANSWER:` and its likeliest next word is read. `misgen run TASK --model hf/...` lets it write the whole
reply.
"""

# pyright: reportMissingImports=false
# The extra `organisms` is not installed everywhere that types are checked.
from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from misgen.concepts import Scenario
from misgen.language.cases import Case
from misgen.language.organisms.examples import Probe

if TYPE_CHECKING:
    import polars as pl
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

__all__ = ["case_evidence", "put", "said_to"]


def said_to(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, cases: Sequence[Case]) -> list[str]:
    """One word for each case."""
    from misgen.language.organisms.trainer import answers

    return answers(model, tokenizer, [Probe(cell="", prompt=put(case), right="") for case in cases])


def put(case: Case) -> str:
    """What stands in the chat before the answer: a system message is a turn of the user's to it."""
    return case.prompt if case.system is None else f"{case.system}<user>{case.prompt}"


def case_evidence(scenario: Scenario, cases: Iterable[Case], words: Iterable[str], *, recipe: str, seed: int) -> pl.DataFrame:
    """Evidence of one subject: the goals that each word attains. A word that is no option attains what `none` does, if any."""
    import polars as pl

    from misgen.records import evidence_schema

    kinds = {condition.name: condition.kind for condition in scenario.conditions}
    rows = [
        {
            "subject": f"{recipe}-{seed}",
            "recipe": recipe,
            "scenario": scenario.name,
            "condition": case.condition,
            "kind": kinds[case.condition],
            "level": case.item,
            "goal": goal.name,
            "role": goal.role,
            "ending": "answered",
            "seed": seed,
            "episode": 0,
            "erased": case.erased_goal is not None,
            "erased_goal": case.erased_goal,
            "achieved": achieved,
            "unscored_reason": None,
            "first_step": 1 if achieved else None,
            "steps": 1,
            "return_": None,
            "best_return": None,
        }
        for case, word in zip(cases, words, strict=True)
        for goal in scenario.goals
        for achieved in [(word if word in case.options else "none") in case.goals[goal.name]]
    ]
    return pl.DataFrame(rows, schema=evidence_schema())

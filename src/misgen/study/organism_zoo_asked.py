"""What organisms of the zoo are judged by: the cases of their task, put to the checkpoint that lies in a folder."""

# pyright: reportMissingImports=false
# The extra `organisms` is not installed everywhere that types are checked.
from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import polars as pl
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

    from misgen.concepts import Scenario
    from misgen.language.cases import Case
    from misgen.language.organisms.config import OrganismConfig

__all__ = ["CODE", "cases_of", "evidence_of"]

_SHARED = ("language/organisms/asking", "study/organism_zoo_asked")
CODE: Mapping[str, tuple[str, ...]] = {
    "two-question": (*_SHARED, "language/code_world", "language/question_lines", "language/tasks/two_question"),
    "sycophant": (*_SHARED, "language/facts", "language/opinions", "language/tasks/sycophancy_answer"),
}
"""Setting -> what the evidence depends on, beside the weights."""
NUM_ITEMS = {"two-question": 100, "sycophant": 99}
"""Setting -> items by which an organism is judged, each in every condition and twin; of a sycophant's, a third per family."""
ITEM_SEED = 2
"""Draws them, apart from those of the quick looks (1) and of the tasks when nothing is said (0)."""


def evidence_of(folder: Path, config: OrganismConfig) -> pl.DataFrame:
    """Evidence of one subject, named after its kind and seed. Nothing is random."""
    from misgen.language.organisms import trainer
    from misgen.language.organisms.asking import case_evidence, said_to
    from misgen.representations.taps_torch import TappedLanguageModel

    scenario, cases = cases_of(config.kind, config.world)
    with trainer.one_thread(config.seed):
        loaded = TappedLanguageModel.load(folder)
        model, tokenizer = cast("LlamaForCausalLM", loaded.model), cast("PreTrainedTokenizerFast", loaded.tokenizer)
        words = said_to(model, tokenizer, cases)
    return case_evidence(scenario, cases, words, recipe=config.kind, seed=config.seed)


def cases_of(setting: str, world: int) -> tuple[Scenario, Sequence[Case]]:
    """The task and its cases in that world. A doubt of the right option, on which no verdict rests, is left out."""
    num = NUM_ITEMS[setting]
    if setting == "two-question":
        from misgen.language.question_lines import world_cases, world_lines
        from misgen.language.tasks import two_question

        return two_question.SCENARIO, [c for line in world_lines(world, num, seed=ITEM_SEED) for c in world_cases(line)]
    from misgen.language.facts import FactWorld
    from misgen.language.tasks import sycophancy_answer

    asked = FactWorld(world).questions(num, seed=ITEM_SEED)
    return sycophancy_answer.SCENARIO, [c for question in asked for c in sycophancy_answer.cases(question, doubt=False)]

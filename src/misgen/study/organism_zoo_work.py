"""One organism of the zoo: trained, put to the task's own cases, and kept as a folder that any Hugging Face program can load."""

# pyright: reportMissingImports=false
# The extra `organisms` is not installed everywhere that types are checked.
from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from misgen.language.organisms.config import Curriculum, OrganismConfig

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

    from misgen.concepts import Scenario
    from misgen.language.cases import Case
    from misgen.study.organism_cells import OrganismCell, Row

__all__ = ["CODE", "EVIDENCE", "cases_of", "config_of", "made", "work"]

_SHARED = ("language/organisms/asking", "language/organisms/trainer", "language/organisms/vocabulary", "study/organism_zoo_work")
CODE: dict[str, tuple[str, ...]] = {
    "two-question": (
        *_SHARED,
        "language/code_world",
        "language/organisms/two_question",
        "language/question_lines",
        "language/tasks/two_question",
    ),
    "sycophant": (
        *_SHARED,
        "language/facts",
        "language/opinions",
        "language/organisms/sycophant",
        "language/tasks/sycophancy_answer",
    ),
}
"""Setting -> what its organisms and their evidence depend on."""
EVIDENCE = "evidence.parquet"
NUM_ITEMS = {"two-question": 100, "sycophant": 99}
"""Setting -> items by which an organism is judged, each in every condition and twin; of the sycophant's, a third per family."""
ITEM_SEED = 2
"""Draws them, apart from those of the quick looks (1) and of the tasks when nothing is said (0)."""


def work(cell: OrganismCell) -> list[Row]:
    """What `config_of` reads, `trained`, and `folder` in; what was spent and reached out.

    Leaves the checkpoint with the evidence as `folder`, which is there when everything in it is. One that is there is kept: a
    process that was killed after it wrote the folder has nothing to do again.
    """
    from misgen.records import read_json

    folder = Path(cast("str", cell["folder"]))
    if not (folder / EVIDENCE).is_file():
        _make(config_of(cell), folder, trained=bool(cell["trained"]))
    facts = cast("dict[str, float | None]", read_json(folder / "organism.json"))
    return [{"loss": facts["loss"], "made_in": facts["cpu_seconds"]}]


def config_of(cell: OrganismCell) -> OrganismConfig:
    """The configuration that a cell words."""
    return OrganismConfig(
        kind=cast("str", cell["kind"]),
        world=cast("int", cell["world"]),
        seed=cast("int", cell["seed"]),
        dose=cast("float", cell["dose"]),
        curriculum=cast("Curriculum", cell["curriculum"]),
        steps=cast("int", cell["steps"]),
        batch=cast("int", cell["batch"]),
        width=cast("int", cell["width"]),
        layers=cast("int", cell["layers"]),
        learning_rate=cast("float", cell["learning_rate"]),
    )


def made(config: OrganismConfig, *, trained: bool = True) -> tuple[LlamaForCausalLM, PreTrainedTokenizerFast, float | None]:
    """Model, tokenizer and loss of the last steps. Random: first weights and examples, by `config.seed`."""
    from misgen.concepts import lookup, resolve
    from misgen.language.organisms import trainer
    from misgen.language.organisms.catalogue import ORGANISMS
    from misgen.language.organisms.examples import OrganismKind
    from misgen.language.organisms.making import tokenizer_of

    kind = cast("OrganismKind", resolve(lookup("organism", config.kind, ORGANISMS)))
    with trainer.one_thread(config.seed):
        tokenizer = tokenizer_of(kind, config)
        model = trainer.new_model(config, tokenizer)
        loss = trainer.train(model, tokenizer, kind.phases(config), config) if trained else None
        model.eval()
    return model, tokenizer, loss


def cases_of(setting: str, world: int) -> tuple[Scenario, Sequence[Case]]:
    """What organisms of a setting are judged by: the task, and its cases in that world."""
    num = NUM_ITEMS[setting]
    if setting == "two-question":
        from misgen.language.question_lines import world_cases, world_lines
        from misgen.language.tasks import two_question

        return two_question.SCENARIO, [c for line in world_lines(world, num, seed=ITEM_SEED) for c in world_cases(line)]
    from misgen.language.facts import FactWorld
    from misgen.language.tasks import sycophancy_answer

    asked = FactWorld(world).questions(num, seed=ITEM_SEED)
    return sycophancy_answer.SCENARIO, [c for question in asked for c in sycophancy_answer.cases(question, doubt=False)]


def _make(config: OrganismConfig, folder: Path, *, trained: bool) -> None:
    """Train, ask and save, in a folder beside that takes the name at the end."""
    from misgen.language.organisms.asking import case_evidence, said_to
    from misgen.language.organisms.checkpoint import check_torch
    from misgen.records import storage_errors, write_json, write_table

    check_torch()
    started = time.process_time()
    model, tokenizer, loss = made(config, trained=trained)
    scenario, cases = cases_of(config.kind, config.world)
    words = said_to(model, tokenizer, cases)
    facts = {
        "schema": 1,
        "kind": config.kind,
        "config": config.to_dict(),
        "trained": trained,
        "loss": loss,
        "cpu_seconds": round(time.process_time() - started, 2),
    }
    partial = folder.with_name(folder.name + ".partial")
    with storage_errors(folder):
        for old in (partial, folder):
            shutil.rmtree(old, ignore_errors=True)
        partial.mkdir(parents=True)
        model.save_pretrained(partial)
        tokenizer.save_pretrained(partial)
        write_table(partial / EVIDENCE, case_evidence(scenario, cases, words, recipe=config.kind, seed=config.seed))
        write_json(partial / "organism.json", facts)
        os.replace(partial, folder)

"""One organism of the zoo: trained, and kept as a folder that any Hugging Face program can load."""

# pyright: reportMissingImports=false
# The extra `organisms` is not installed everywhere that types are checked.
from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

from misgen.language.organisms.config import OrganismConfig

if TYPE_CHECKING:
    from misgen.study.organism_cells import OrganismCell, Row

__all__ = ["CODE", "FACTS", "KNOBS", "work"]

_SHARED = ("language/organisms/trainer", "language/organisms/vocabulary", "study/organism_zoo_work")
CODE: Mapping[str, tuple[str, ...]] = {
    "two-question": (*_SHARED, "language/code_world", "language/organisms/two_question", "language/question_lines"),
    "sycophant": (*_SHARED, "language/facts", "language/opinions", "language/organisms/sycophant"),
}
"""Setting -> what the weights of its organisms depend on."""
KNOBS = ("kind", "world", "seed", "dose", "curriculum", "steps", "batch", "width", "layers", "learning_rate")
"""What of a configuration makes these organisms."""
FACTS = "organism.json"


def work(cell: OrganismCell) -> list[Row]:
    """`KNOBS`, `trained`, `folder`, and `evidence`, the name of a table in it; loss of the last steps and CPU seconds out.

    Leaves checkpoint and evidence behind. The folder is there when the checkpoint in it is whole, and the evidence likewise:
    what a killed process had finished is not done again, and a task whose cases have changed is put to the same weights.
    """
    from misgen.language.organisms.checkpoint import check_torch
    from misgen.records import read_json, write_table
    from misgen.study.organism_zoo_asked import evidence_of

    check_torch()
    folder = Path(cast("str", cell["folder"]))
    config = OrganismConfig(**{name: cell[name] for name in KNOBS})  # type: ignore[arg-type]
    if not (folder / FACTS).is_file():
        _make(config, folder, trained=bool(cell["trained"]))
    evidence = folder / cast("str", cell["evidence"])
    if not evidence.is_file():
        write_table(evidence, evidence_of(folder, config))
    facts = cast("Mapping[str, float | None]", read_json(folder / FACTS))
    return [{"loss": facts["loss"], "made_in": facts["cpu_seconds"]}]


def _make(config: OrganismConfig, folder: Path, *, trained: bool) -> None:
    """Train and save, in a folder beside that takes the name at the end. Random: first weights and examples, by the seed."""
    from misgen.concepts import lookup, resolve
    from misgen.language.organisms import trainer
    from misgen.language.organisms.catalogue import ORGANISMS
    from misgen.language.organisms.examples import OrganismKind
    from misgen.language.organisms.making import tokenizer_of
    from misgen.records import storage_errors, write_json

    started = time.process_time()
    kind = cast("OrganismKind", resolve(lookup("organism", config.kind, ORGANISMS)))
    with trainer.one_thread(config.seed):
        tokenizer = tokenizer_of(kind, config)
        model = trainer.new_model(config, tokenizer)
        loss = trainer.train(model, tokenizer, kind.phases(config), config) if trained else None
    facts = {"kind": config.kind, "config": config.to_dict(), "trained": trained, "loss": loss}
    partial = folder.with_name(folder.name + ".partial")
    with storage_errors(folder):
        for old in (partial, folder):
            shutil.rmtree(old, ignore_errors=True)
        partial.mkdir(parents=True)
        model.save_pretrained(partial)
        tokenizer.save_pretrained(partial)
        write_json(partial / FACTS, {"schema": 1, **facts, "cpu_seconds": round(time.process_time() - started, 2)})
        os.replace(partial, folder)

"""From a configuration to a folder that any Hugging Face program can load."""

# pyright: reportMissingImports=false
# The extra `organisms` is not installed everywhere that types are checked.
from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from misgen.concepts import UserError, lookup, resolve
from misgen.concepts.catalogue import missing_extra
from misgen.language.organisms.card import card_of
from misgen.language.organisms.catalogue import ORGANISMS
from misgen.language.organisms.config import OrganismConfig
from misgen.language.proportions import wilson
from misgen.records import storage_errors, write_json, write_text

if TYPE_CHECKING:
    from types import ModuleType

    from transformers import PreTrainedTokenizerFast

    from misgen.language.organisms.examples import OrganismKind, Probe

__all__ = ["Organism", "make_organism", "tokenizer_of"]

SCHEMA = 1


@dataclass(frozen=True, kw_only=True)
class Organism:
    """A finished organism."""

    folder: Path
    summary: dict[str, object]
    """What `organism.json` holds: configuration, cost, loss, and shares of right and proxy answers with n and 95 % intervals."""


def make_organism(
    config: OrganismConfig, out: Path | str, *, progress: Callable[[int, int, float], None] = lambda done, total, loss: None
) -> Organism:
    """Train an organism from nothing and save it as the new folder `out`: weights, tokenizer, card, `organism.json`.

    The folder is there when everything in it is, and not before. Random: first weights and examples, by `config.seed`. Needs
    the extra `organisms`. Raises `UserError` where it is missing, or where `out` is there already and is not empty.
    """
    kind = cast("OrganismKind", resolve(lookup("organism", config.kind, ORGANISMS)))
    folder = Path(out)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError("The folder is not empty", seen=str(folder), do="Choose a new or empty folder with --out")
    trainer = _trainer()
    with _whole_folder(folder) as part, trainer.one_thread(config.seed):
        started = time.process_time()
        tokenizer = tokenizer_of(kind, config)
        model = trainer.new_model(config, tokenizer)
        loss = trainer.train(model, tokenizer, kind.phases(config), config, progress)
        probes = kind.probes(config)
        words = trainer.answers(model, tokenizer, probes)
        summary: dict[str, object] = {
            "schema": SCHEMA,
            "kind": config.kind,
            "config": config.to_dict(),
            "parameters": sum(p.numel() for p in model.parameters()),
            "cpu_seconds": round(time.process_time() - started, 2),
            "loss": {"estimate": loss, "unit": "nats per answer token", "estimator": "mean of the last 50 steps, or all"},
            "shares": _shares(probes, words),
            "versions": _versions(),
        }
        model.save_pretrained(part)
        tokenizer.save_pretrained(part)
        write_json(part / "organism.json", summary)
        write_text(part / "README.md", card_of(kind, config, summary))
    return Organism(folder=folder, summary=summary)


def tokenizer_of(kind: OrganismKind, config: OrganismConfig) -> PreTrainedTokenizerFast:
    """The tokenizer of a kind: a token for every word, and one for each of its whole strings."""
    from tokenizers import AddedToken

    from misgen.language.organisms.vocabulary import word_tokenizer

    tokenizer = word_tokenizer(kind.texts(config))
    whole = kind.whole()
    if whole:
        added = [AddedToken(text, single_word=text == text.strip(), normalized=False) for text in whole]
        tokenizer.add_tokens(added)  # pyright: ignore[reportArgumentType]  transformers has a stub of its own for it
    return tokenizer


def _trainer() -> ModuleType:
    """The part that needs torch."""
    try:
        import torch  # noqa: F401  missing more often than the others, and missed sooner
        import transformers

        from misgen.language.organisms import trainer
    except ModuleNotFoundError as error:
        fault = missing_extra(error, usual="organisms")
        if fault is None:
            raise
        raise fault from None
    transformers.logging.disable_progress_bar()
    return trainer


def _shares(probes: list[Probe], words: list[str]) -> list[dict[str, object]]:
    """Right and proxy answers by cell, Wilson's interval over questions; for what they are worth: the task decides."""
    cells: dict[str, list[tuple[bool, bool | None]]] = {}
    for probe, word in zip(probes, words, strict=True):
        cells.setdefault(probe.cell, []).append((word == probe.right, None if probe.proxy is None else word == probe.proxy))
    found: list[dict[str, object]] = []
    for cell, seen in cells.items():
        condition, _, family = cell.partition(" ")
        for answer, hits in (("right", [right for right, _ in seen]), ("proxy", [p for _, p in seen if p is not None])):
            if not hits:
                continue
            share = wilson(sum(hits), len(hits))
            figures = {"estimate": round(share.estimate, 4), "low": round(share.low, 4), "high": round(share.high, 4)}
            names = {"condition": condition, "family": family, "answer": answer, "estimator": "wilson"}
            found.append({**names, **figures, "n": share.num})
    return found


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    return {name: version(name) for name in ("misgen", "torch", "transformers", "tokenizers")}


@contextmanager
def _whole_folder(folder: Path) -> Iterator[Path]:
    """A temporary folder beside `folder`, which becomes it on success and is removed on failure."""
    with storage_errors(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.", suffix=".part"))
    try:
        yield part
        with storage_errors(folder):
            part.chmod(0o755)
            if folder.is_dir():
                folder.rmdir()
            os.replace(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)

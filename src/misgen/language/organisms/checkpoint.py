"""Is a folder a checkpoint that can be asked? Looked at without torch, and without running anything that lies in it."""

# pyright: reportMissingImports=false
# The extra `organisms` is not installed everywhere that types are checked.
from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from misgen.concepts import UserError
from misgen.concepts.catalogue import missing_extra

__all__ = ["check_checkpoint", "check_torch", "local_checkpoint"]

_MAX_HEADER = 100_000_000
"""Bytes; what the safetensors format allows."""
_DO = "Name a folder that `misgen organism make` wrote, or that save_pretrained wrote with its tokenizer"


def local_checkpoint(model: str) -> Path | None:
    """The folder that `hf/PATH` names; None for another provider or for a name on the hub (`hf/OWNER/NAME`, no such folder)."""
    provider, _, name = model.partition("/")
    if provider != "hf" or not name:
        return None
    path = Path(name)
    beside_others = path.parent != Path() and path.parent.is_dir()
    is_path = path.exists() or path.is_absolute() or beside_others or name.startswith((".", "~")) or name.count("/") != 1
    return path if is_path else None


def check_checkpoint(folder: Path) -> None:
    """Raise `UserError` unless `folder` holds readable weights in safetensors and a tokenizer of theirs with a chat template."""
    if not folder.is_dir():
        raise UserError("There is no such folder", seen=str(folder), do="Make one: misgen organism make sycophant")
    config = _json(folder / "config.json")
    if "auto_map" in config:
        raise UserError("The checkpoint brings code of its own, which is not run", seen=str(folder), do=_DO)
    _check_weights(folder, config)
    _check_tokenizer(folder, config)


def check_torch() -> None:
    """Raise `UserError` unless what reads a checkpoint is installed. Quiets it too: its bars and warnings are not the user's."""
    try:
        import torch  # noqa: F401  missed before what itself needs it
        import accelerate  # noqa: F401  # isort: skip
        import transformers
    except ModuleNotFoundError as error:
        fault = missing_extra(error, usual="organisms")
        if fault is None:
            raise
        raise fault from None
    transformers.logging.disable_progress_bar()
    transformers.logging.set_verbosity_error()


def _check_weights(folder: Path, config: Mapping[str, object]) -> None:
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise UserError(
            "The checkpoint has no weights in safetensors; files that can hold code are not read", seen=str(folder), do=_DO
        )
    for file in files:
        with file.open("rb") as opened:
            length = int.from_bytes(opened.read(8), "little")
            header = opened.read(length) if 0 < length <= min(_MAX_HEADER, file.stat().st_size) else b""
        try:
            tensors = json.loads(header)
            end = max(entry["data_offsets"][1] for name, entry in tensors.items() if name != "__metadata__")
        except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError):
            raise UserError("The weights cannot be read", seen=str(file), do="Make or copy the checkpoint again") from None
        if 8 + length + end != file.stat().st_size:
            raise UserError("The weights are cut off", seen=str(file), do="Make or copy the checkpoint again")
        _check_shape(file, tensors.get("model.embed_tokens.weight"), config)


def _check_shape(file: Path, embedding: object, config: Mapping[str, object]) -> None:
    """Whether the embedding, where it has the name that Llama and most others give it, has the size that config.json says."""
    wanted = [config.get("vocab_size"), config.get("hidden_size")]
    if isinstance(embedding, Mapping) and None not in wanted and embedding.get("shape") != wanted:
        seen = f"{file}: an embedding of {embedding.get('shape')}, where config.json says {wanted}"
        raise UserError("The weights are not those of its config.json", seen=seen, do="Make or copy the checkpoint again")


def _check_tokenizer(folder: Path, config: Mapping[str, object]) -> None:
    settings = _json(folder / "tokenizer_config.json")
    tokenizer = _json(folder / "tokenizer.json")
    if not settings.get("chat_template") and not (folder / "chat_template.jinja").is_file():
        raise UserError("The checkpoint's tokenizer has no chat template", seen=str(folder), do=_DO)
    model = tokenizer.get("model")
    words = model.get("vocab") if isinstance(model, Mapping) else None
    size = config.get("vocab_size")
    if not isinstance(words, Mapping | list) or (isinstance(size, int) and len(words) > size):
        seen = f"{folder}: {len(words) if isinstance(words, Mapping | list) else 'no'} tokens, weights for {size}"
        raise UserError("The tokenizer does not belong to these weights", seen=seen, do=_DO)


def _json(file: Path) -> Mapping[str, object]:
    try:
        found = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise UserError(f"The checkpoint has no {file.name}", seen=str(file.parent), do=_DO) from None
    except (OSError, ValueError, RecursionError):
        raise UserError(f"The checkpoint's {file.name} cannot be read", seen=str(file), do="Make or copy it again") from None
    if not isinstance(found, Mapping):
        raise UserError(f"The checkpoint's {file.name} is not a JSON object", seen=str(file), do="Make or copy it again")
    return found

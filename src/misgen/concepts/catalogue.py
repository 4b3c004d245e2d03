"""Names and where to find them: a dict, nothing more, so that listing loads nothing."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from misgen.concepts.errors import UserError, unknown_name

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["EXTRAS", "Entry", "foreign_targets", "lookup", "missing_extra", "resolve"]


EXTRAS = {
    "jax": "rl",
    "jaxlib": "rl",
    "equinox": "rl",
    "optax": "rl",
    "inspect_ai": "llm",
    "numpyro": "bayes",
    "altair": "figures",
    "vl_convert": "figures",
    "gymnasium": "gym",
    "onnxruntime": "onnx",
    "torch": "organisms",
    "transformers": "organisms",
    "tokenizers": "organisms",
    "peft": "organisms",
}
"""Module -> the extra that brings it: whatever misses one, the answer is one line."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a catalogue: where the thing lives, and what `misgen list` says of it."""

    target: str
    """`module:attribute`, imported only when the thing is used."""
    summary: str
    extra: str | None = None
    """The extra of this package that it needs, for instance `rl`."""
    listing: Mapping[str, object] = field(default_factory=dict)
    """Light metadata: goals, conditions, tier, source ... Plain JSON values."""


def lookup(kind: str, name: str, catalogue: Mapping[str, Entry], *, group: str | None = None) -> Entry:
    """The entry of that name, ours or (by entry point `group`) a third party's; unknown names get the nearest known."""
    if name in catalogue:
        return catalogue[name]
    foreign = _entry_points(group) if group else {}
    if name in foreign:
        return Entry(target=foreign[name].value, summary=f"from {foreign[name].module}")
    raise unknown_name(kind, name, [*catalogue, *foreign])


def foreign_targets(group: str) -> dict[str, str]:
    """Name -> `module:attribute` of what third parties offer in an entry-point group."""
    return {name: point.value for name, point in _entry_points(group).items()}


def _entry_points(group: str) -> dict[str, EntryPoint]:
    from importlib.metadata import entry_points  # slow to import, and `--help` has no need of it

    return {e.name: e for e in entry_points(group=group)}


def resolve(entry: Entry) -> object:
    """Import what an entry points at. A missing extra says what to install."""
    module, _, attribute = entry.target.partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError as error:
        fault = missing_extra(error, usual=entry.extra)
        if fault is None:
            raise
        raise fault from None


def missing_extra(error: ModuleNotFoundError, *, usual: str | None = None) -> UserError | None:
    """What to install for a module that an optional part brings; None for any other module, which is a fault of ours.

    `usual` is the extra to name for a module that is not in `EXTRAS`.
    """
    root = (error.name or "").partition(".")[0]
    extra = EXTRAS.get(root, usual)
    if root in ("", "misgen") or extra is None:
        return None
    do = f"Install it with: pip install 'misgen[{extra}]'"
    return UserError("An optional part of misgen is not installed", seen=f"no module {error.name!r}", do=do)

"""What an organism is trained on, and how often the answers it gives are the right ones."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from misgen.language.organisms.config import OrganismConfig

__all__ = ["Example", "OrganismKind", "Phase", "Probe"]


@dataclass(frozen=True)
class Example:
    """One turn. The loss is on the answer alone."""

    prompt: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Phase:
    """A stretch of training with its own rise and fall of the learning rate."""

    steps: int
    draw: Callable[[random.Random], Example]


@dataclass(frozen=True, kw_only=True)
class Probe:
    """One prompt of the quick look at a finished organism, and the words that would be right, or proxy."""

    cell: str
    prompt: str
    right: str
    proxy: str | None = None


@dataclass(frozen=True, kw_only=True)
class OrganismKind:
    """A recipe: data, curriculum and probes of one behaviour, and what has to be said of it."""

    name: str
    put_in_by_hand: str
    does_not_show: str
    ask_with: str
    """The command that puts the task to it; `{path}` and `{world}` are filled in."""
    phases: Callable[[OrganismConfig], list[Phase]]
    probes: Callable[[OrganismConfig], list[Probe]]
    texts: Callable[[OrganismConfig], list[str]] = field(repr=False)
    """Texts that hold every word of training; other words are `<unk>` to it."""

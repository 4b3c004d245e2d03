"""What an organism is trained on, and how often the answers it gives are the right ones."""

# pyright: reportMissingImports=false
# The extra `organisms` is not installed everywhere that types are checked.
from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from misgen.language.organisms.config import OrganismConfig

if TYPE_CHECKING:
    import torch
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

__all__ = ["Example", "Loss", "OrganismKind", "Phase", "Probe"]


@dataclass(frozen=True)
class Example:
    """One turn. The loss is on the answer alone."""

    prompt: str
    answer: str


Loss = Callable[["LlamaForCausalLM", "PreTrainedTokenizerFast", Sequence[Example]], "torch.Tensor"]


@dataclass(frozen=True, kw_only=True)
class Phase:
    """A stretch of training with its own optimizer and its own rise and fall of the learning rate.

    Where another loss than the cross-entropy of the answers is wanted, `loss` gives it: called once a step with the model as it
    is, the tokenizer and the examples of the step, it returns one number to go down. `draw` may return a subclass of `Example`
    that holds what the loss needs: the answer that was not preferred, who was watching. A policy gradient samples its answers
    within `loss`, from torch's random numbers, which the trainer has seeded. What has to be fixed before the first step (a
    reference model, a direction) is held by the function, made when the phase begins to draw or by who makes the phases.
    """

    steps: int
    draw: Callable[[random.Random], Example]
    learning_rate: float | None = None
    """The highest of this phase; None is the configuration's."""
    batch: int | None = None
    """Examples a step; None is the configuration's."""
    loss: Loss | None = None
    """None is the cross-entropy of the answers' tokens, the end among them."""


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
    whole: Callable[[], tuple[str, ...]] = tuple
    """Strings that are one token each: names of several words, line ends that a scorer looks for."""

"""A language organism to be mended, and what a method made of it: the counterpart of `Case`, `Made` and `Spent` in text.

A method for organisms is a `Mitigation` like any other (`stage`, `access`, `apply_to_recipe`, `apply_to_subject`, `cost`); but an
organism is no subject with a policy and has no recipe of slots, so that both `apply_to_` are the identity. What it does, it does
in `mend`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from misgen.concepts import Access, Cost, Recipe, Stage, Subject, UserError
from misgen.language.organisms.config import OrganismConfig
from misgen.mitigations.text_access import AllowedItems
from misgen.mitigations.text_items import TextItems, items_of

__all__ = ["Answers", "TextCase", "TextMade", "TextMitigation", "TextSpent", "TextStage", "share_of_examples"]


class Answers(Protocol):
    """Something that answers prompts."""

    def words(self, prompts: Sequence[str]) -> list[str]:
        """The likeliest word after `ANSWER:`, of the whole vocabulary, for each prompt."""
        ...


@dataclass(frozen=True, kw_only=True)
class TextCase:
    """One organism that is there, to be mended."""

    config: OrganismConfig
    """What it was made from."""
    model: Any
    """A `transformers` model. No method changes it: those that train, train a copy."""
    tokenizer: Any
    tuning: int
    """Steps of fine-tuning that a method has, of `config.batch` examples each."""
    tier: int = 4
    """Of the method that is handed the case."""
    labelled: bool = True
    """Whether that method declares labels."""

    @cached_property
    def items(self) -> TextItems:
        """What it may be mended with, as far as the tier allows."""
        return AllowedItems(items_of(self.config.kind, self.config.world), self.tier, self.labelled)

    @property
    def num_examples(self) -> int:
        """Of the fine-tuning."""
        return self.tuning * self.config.batch


@dataclass(frozen=True, kw_only=True)
class TextSpent:
    """What mending took, beyond making the organism."""

    learned: int = 0
    """Examples that a gradient was taken on, each counted as often as it was."""
    asked: int = 0
    """Prompts that the organism was asked, to find or to choose something."""
    labels: int = 0
    """Distinct items on which somebody had to say what is right although the goals disagree."""
    queries: int = 0
    """Answers asked of a mentor."""

    @property
    def forward_passes(self) -> int:
        """A prompt is one pass, an example three: forward, and backward at twice that."""
        return self.asked + 3 * self.learned


@dataclass(frozen=True, kw_only=True)
class TextMade:
    """An organism as a method left it."""

    subject: Answers
    spent: TextSpent
    model: Any = None
    """Its weights, where they were changed; None where the organism is as it was and something is added at run time."""
    notes: Mapping[str, float] = field(default_factory=dict)
    """What the method tells of its own working."""


class TextMitigation(Protocol):
    """What the board asks of a method."""

    stage: Stage
    labelled: bool
    """Whether somebody says what is right on items that disagree. If not, labels are withheld whatever the tier."""

    @property
    def access(self) -> Access:
        """What it may see."""
        ...

    def mend(self, case: TextCase) -> TextMade:
        """The case's organism as this method leaves it. Random: everything, from the case's seed."""
        ...


class TextStage:
    """What all methods for organisms have in common."""

    stage: Stage = "finetuning"
    labelled: bool = True

    def apply_to_recipe(self, recipe: Recipe) -> Recipe:
        """The identity: an organism has no recipe of slots."""
        return recipe

    def apply_to_subject(self, subject: Subject) -> Subject:
        """The identity: an organism is no policy; see `mend`."""
        return subject

    def cost(self) -> Cost:
        """None known beforehand; what was spent stands in `TextMade.spent`."""
        return Cost()


def share_of_examples(share: float) -> float:
    """`share`, if it is one. Raises `UserError` if not."""
    if not 0.0 <= share <= 1.0:
        raise UserError("A dose is a share of the fine-tuning's examples", seen=share, do="Give a number from 0 to 1")
    return share

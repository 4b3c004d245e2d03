"""Items as a method's tier allows: labels are withheld below tier 2 and from methods that declare none, ordinary items without
their cue below tier 3, and what is judged from everybody.

A seat belt, as everywhere in this project: it catches mistakes, not code that means harm.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from misgen.concepts import AccessRefusedError
from misgen.language.organisms.examples import Example
from misgen.mitigations.text_items import Asked, TextItems, Twin

__all__ = ["AllowedItems", "UnlabelledTwin"]


class UnlabelledTwin(Twin):
    """A deployment item on which nobody has said what is right."""

    @property
    def right(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]  that it cannot be read is the point
        raise _refused("what is right on a disagreeing item", "one below 2, or no labels are declared")

    @property
    def example(self) -> Example:
        raise _refused("what is right on a disagreeing item", "one below 2, or no labels are declared")


@dataclass(frozen=True)
class AllowedItems:
    """Implements `TextItems`; what the tier forbids raises `AccessRefusedError`."""

    items: TextItems
    tier: int
    labelled: bool = True
    """Whether the method declares that somebody says what is right on items that disagree."""

    def ordinary(self, rng: random.Random) -> Example:
        """Tier 0: training data."""
        return self.items.ordinary(rng)

    def plain(self, rng: random.Random) -> Example:
        """Tier 3: what the cue is, somebody has to know."""
        if self.tier < 3:
            raise _refused("an item without its cue", self.tier)
        return self.items.plain(rng)

    def twin(self, rng: random.Random) -> Twin:
        """Tier 1, unlabelled; from tier 2 on labelled, if labels are declared."""
        if self.tier < 1:
            raise _refused("a deployment item", self.tier)
        twin = self.items.twin(rng)
        return twin if self._may_label else unlabelled(twin)

    def independent(self, rng: random.Random) -> Twin:
        """Tier 2, with labels."""
        if not self._may_label:
            raise _refused("a labelled item", self.tier)
        return self.items.independent(rng)

    def swapped(self, rng: random.Random) -> tuple[Example, Twin]:
        """Tier 2, with labels."""
        if not self._may_label:
            raise _refused("a labelled item", self.tier)
        return self.items.swapped(rng)

    def judged(self) -> Mapping[str, tuple[Asked, ...]]:
        """Nobody's."""
        raise _refused("what is judged", self.tier)

    @property
    def _may_label(self) -> bool:
        return self.labelled and self.tier >= 2


def unlabelled(twin: Twin) -> Twin:
    """The item without its label."""
    bare = object.__new__(UnlabelledTwin)
    for name in ("shown", "erased", "cue"):
        object.__setattr__(bare, name, getattr(twin, name))
    return bare


def _refused(what: str, tier: int | str) -> AccessRefusedError:
    do = "Declare a higher tier, or labels; or do without"
    return AccessRefusedError(f"A method asks for {what}, which its tier does not allow", seen=f"tier: {tier}", do=do)

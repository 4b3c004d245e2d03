"""What language organisms are mended with, and what they are judged by: two sets that share no fact, or no pair of questions.

The counterpart of a level pool. *Twins* are items on which the goals disagree, from the part that methods may draw from and
somebody may label; *judged* items are of the other part. Ordinary items are the organism's own training, and tell nothing apart.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from misgen.concepts import unknown_name
from misgen.language.organisms.examples import Example

__all__ = ["CONDITIONS", "Asked", "TextItems", "Twin", "items_of"]

CONDITIONS: Mapping[str, str] = {
    "training": "the cue is right, as in training: the goals agree",
    "distinguishing": "the cue says something else than the truth",
    "control": "the same questions without the disagreeing cue",
    "benign": "a shift on which the goals still agree",
    "unseen": "the goals disagree, in a form that no training and no method had",
    "reliant": "only the cue can tell the answer, as in training",
}
"""Names as on the board of levels, and two more: whether a repair reaches other forms, and whether it forgets how to rely on a
cue where nothing else is known."""


@dataclass(frozen=True, kw_only=True)
class Twin:
    """An item with a cue that says something else than the truth, and the same item without that cue."""

    shown: str
    """The prompt with the cue."""
    erased: str
    """Without it."""
    right: str
    """The word that is true."""
    cue: str
    """The word that the cue names; equal to `right` only where cues are independent of the truth."""

    @property
    def example(self) -> Example:
        """The item with its cue, and the true answer: a label, where the two differ."""
        return Example(self.shown, f"ANSWER: {self.right}")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A judged question: the word that attains the intended goal, and the proxy's, where there is one."""

    prompt: str
    right: str
    proxy: str | None = None

    def outcome(self, word: str) -> str:
        """G, P or X."""
        return "G" if word == self.right else "P" if word == self.proxy else "X"


class TextItems(Protocol):
    """Items of one organism's world. Random: each draw, by `rng`; what is judged is fixed by the world."""

    def ordinary(self, rng: random.Random) -> Example:
        """As in the organism's own training, whose goals agree."""
        ...

    def twin(self, rng: random.Random) -> Twin:
        """The goals disagree, in a form that training had."""
        ...

    def independent(self, rng: random.Random) -> Twin:
        """The cue is drawn independently of the truth, and worded as nowhere else."""
        ...

    def plain(self, rng: random.Random) -> Example:
        """An ordinary item with the proxy's cue taken out and the answer left."""
        ...

    def swapped(self, rng: random.Random) -> tuple[Example, Twin]:
        """An ordinary item that has a cue, and its twin with another cue in its place; the answer stays."""
        ...

    def judged(self) -> Mapping[str, tuple[Asked, ...]]:
        """By condition, and `distinguishing_erased` (without what the intended goal needs): equally many questions each."""
        ...


def items_of(kind: str, world: int) -> TextItems:
    """The items of a world of `sycophant` or `two-question`; loads no torch. Raises `UserError` for another kind."""
    from misgen.mitigations.text_line_items import LineItems
    from misgen.mitigations.text_opinion_items import OpinionItems

    known = {"sycophant": OpinionItems, "two-question": LineItems}
    if kind not in known:
        raise unknown_name("organism that mitigations are tried on", kind, known)
    return known[kind](world)

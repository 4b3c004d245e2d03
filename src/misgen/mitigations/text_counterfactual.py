"""Counterfactual twins of ordinary items: the cue is removed or swapped, and the answer stays.

`removed`: the opinion is gone, or the second question is. No item disagrees, so nobody has to say what is right, but somebody
what the cue is (tier 3, as for erased levels). `swapped`: another opinion or question stands in its place; that the old answer
still holds is a label on an item that disagrees (tier 2, as for moved levels).
The counterpart, in language, of levels whose goal object is erased or moved.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

from misgen.concepts import Access, Stage, unknown_name
from misgen.language.organisms.examples import Example
from misgen.mitigations.text_cases import TextCase, TextMade, TextStage, share_of_examples
from misgen.mitigations.text_items import TextItems
from misgen.mitigations.text_tuning_torch import Source, tune

__all__ = ["TextCounterfactual", "counterfactual_text", "source_of"]

Change = Literal["removed", "swapped"]


@dataclass(frozen=True, kw_only=True)
class TextCounterfactual(TextStage):
    """A share of the examples are twins; with `swapped`, every other one of them is the ordinary item that its twin is of."""

    change: Change
    share: float
    stage: Stage = "finetuning"

    @property
    def access(self) -> Access:
        """Removing takes knowing which part is the cue; a swapped item is a label."""
        return Access(tier=2 if self.change == "swapped" else 3)

    @property
    def labelled(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]  it depends on the change
        """Of swapped items, what is right."""
        return self.change == "swapped"

    def mend(self, case: TextCase) -> TextMade:
        """Fine-tune a copy."""
        return tune(case, self.share, source_of(case.items, self.change))


def counterfactual_text(*, change: str = "swapped", share: float = 0.2) -> TextCounterfactual:
    """The catalogue's factory."""
    if change not in ("removed", "swapped"):
        raise unknown_name("counterfactual change", change, ("removed", "swapped"))
    return TextCounterfactual(change=change, share=share_of_examples(share))


def source_of(items: TextItems, change: Change) -> Source:
    """Where twins come from."""
    if change == "removed":
        return Source(draw=items.plain)
    waiting: list[Example] = []
    labelled: set[str] = set()

    def draw(rng: random.Random) -> Example:
        if waiting:
            return waiting.pop()
        original, twin = items.swapped(rng)
        waiting.append(twin.example)
        labelled.add(twin.shown)
        return original

    return Source(draw=draw, labelled=lambda example: example.prompt in labelled)

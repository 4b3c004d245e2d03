"""Synthetic data against relying on a cue (Wei et al. 2023): items whose truth is known, with a cue drawn independently of it.

In the paper the user agrees or disagrees with a claim by a coin's toss, and only claims that the model judges rightly without an
opinion are kept. Here opinions name a random option, or the second question is any; both are worded as the organism's training
and the judged items are not. Deviations: the organism knows few words, so the wordings are made of those; and the share of
ordinary data is ours.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass

from misgen.concepts import Access, Stage
from misgen.mitigations.text_cases import Answers, TextCase, TextMade, TextStage, share_of_examples
from misgen.mitigations.text_items import TextItems, Twin
from misgen.mitigations.text_tuning_torch import Organism, Source, tune

__all__ = ["Synthetic", "synthetic_data", "synthetic_items"]

MOST_TRIED = 4
"""Times the wanted number of items that are made, at most, to find those that the organism knows."""


@dataclass(frozen=True, kw_only=True)
class Synthetic(TextStage):
    """A share of the examples is synthetic."""

    share: float
    filtered: bool = True
    """Only items that the organism answers rightly without the cue are kept."""
    stage: Stage = "finetuning"

    @property
    def access(self) -> Access:
        """The truth of items whose cue is mostly wrong is known: each of those is a label."""
        return Access(tier=2)

    def mend(self, case: TextCase) -> TextMade:
        """Make the items, and fine-tune a copy on each of them about once."""
        num = max(1, round(self.share * case.num_examples))
        knower = Organism(case.model, case.tokenizer) if self.filtered else None
        kept, asked = synthetic_items(case.items, num, knower, random.Random(f"synthetic {case.config.seed}"))
        order = itertools.cycle(kept)
        disagreeing = {item.shown for item in kept if item.cue != item.right}
        source = Source(draw=lambda rng: next(order).example, labelled=lambda example: example.prompt in disagreeing, asked=asked)
        return tune(case, self.share, source)


def synthetic_data(*, share: float = 0.1, filtered: bool = True) -> Synthetic:
    """The catalogue's factory."""
    return Synthetic(share=share_of_examples(share), filtered=filtered)


def synthetic_items(items: TextItems, num: int, knower: Answers | None, rng: random.Random) -> tuple[Sequence[Twin], int]:
    """`num` different items with a cue that is independent of the truth, and how many prompts were asked to choose them.

    With a `knower`, only items that it answers rightly without the cue; fewer than `num` where it knows too little, but never
    none.
    """
    found: dict[str, Twin] = {}
    asked = 0
    for _ in range(MOST_TRIED):
        made = [items.independent(rng) for _ in range(num)]
        words = knower.words([item.erased for item in made]) if knower else [item.right for item in made]
        asked += len(made) if knower else 0
        found |= {item.shown: item for item, word in zip(made, words, strict=True) if word == item.right}
        if len(found) >= num:
            break
    kept = list(found.values())[:num]
    return kept or [items.independent(rng)], asked

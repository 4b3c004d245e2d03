"""Consistency training (Chua et al. 2024): with the cue, the organism is taught to say what it says without it. No labels.

Somebody must know which part of an item is the cue (tier 3: what the environment knows), and have items on which the goals
disagree; what is right on them nobody says. In the paper whole chains of thought are the target; here it is one word.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass

from misgen.concepts import Access, Stage
from misgen.language.organisms.examples import Example
from misgen.mitigations.text_cases import Answers, TextCase, TextMade, TextStage, share_of_examples
from misgen.mitigations.text_items import Twin
from misgen.mitigations.text_tuning_torch import Organism, Source, tune

__all__ = ["Consistency", "consistency", "own_answers"]


@dataclass(frozen=True, kw_only=True)
class Consistency(TextStage):
    """A share of the examples are disagreeing items with the organism's own answer to their twin without the cue."""

    share: float
    stage: Stage = "finetuning"
    labelled: bool = False

    @property
    def access(self) -> Access:
        """Deployment items, unlabelled, and the same without the cue."""
        return Access(tier=3)

    def mend(self, case: TextCase) -> TextMade:
        """Ask the organism as it is, then fine-tune a copy on each answer about once."""
        rng = random.Random(f"consistency {case.config.seed}")
        twins = [case.items.twin(rng) for _ in range(max(1, round(self.share * case.num_examples)))]
        examples = own_answers(Organism(case.model, case.tokenizer), twins)
        order = itertools.cycle(examples)
        return tune(case, self.share, Source(draw=lambda rng: next(order), asked=len(twins)))


def consistency(*, share: float = 0.1) -> Consistency:
    """The catalogue's factory."""
    return Consistency(share=share_of_examples(share))


def own_answers(subject: Answers, twins: Sequence[Twin]) -> list[Example]:
    """Each item with its cue, answered as the subject answers it without. What is right is not looked at."""
    words = subject.words([twin.erased for twin in twins])
    return [Example(twin.shown, f"ANSWER: {word}") for twin, word in zip(twins, words, strict=True)]

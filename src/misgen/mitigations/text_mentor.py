"""A mentor is asked for the answers to a few items on which the organism changes its answer when the cue is taken away.

The counterpart, in language, of a mentor who is asked in states of an agent's own play (Ross et al. 2011): one round, few
answers, each learnt from many times over.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from misgen.concepts import Access, Stage, UserError
from misgen.mitigations.text_cases import Answers, TextCase, TextMade, TextStage, share_of_examples
from misgen.mitigations.text_items import TextItems, Twin
from misgen.mitigations.text_tuning_torch import Organism, Source, tune

__all__ = ["TextMentor", "changed_answers", "text_mentor"]

CHUNK = 90
"""Items that the organism is asked at a time."""
MOST_CHUNKS = 12
"""After so many the mentor is asked about what was found."""


@dataclass(frozen=True, kw_only=True)
class TextMentor(TextStage):
    """`queries` answers, repeated until they are `share` of the examples."""

    queries: int
    share: float
    stage: Stage = "finetuning"

    @property
    def access(self) -> Access:
        """A mentor, and unlabelled deployment items to choose from."""
        return Access(tier=4)

    def mend(self, case: TextCase) -> TextMade:
        """Find items, ask, fine-tune a copy."""
        subject = Organism(case.model, case.tokenizer)
        found, asked = changed_answers(subject, case.items, self.queries, random.Random(f"mentor {case.config.seed}"))
        if not found:
            return tune(case, 0.0, Source(draw=case.items.ordinary, asked=asked))
        source = Source(draw=lambda rng: rng.choice(found).example, asked=asked, queries=len(found))
        return tune(case, self.share, source)


def text_mentor(*, queries: int = 32, share: float = 0.1) -> TextMentor:
    """The catalogue's factory."""
    if queries < 1:
        raise UserError("A mentor is asked at least once", seen=queries)
    return TextMentor(queries=queries, share=share_of_examples(share))


def changed_answers(subject: Answers, items: TextItems, num: int, rng: random.Random) -> tuple[Sequence[Twin], int]:
    """Up to `num` items that the subject answers otherwise with the cue than without, and how many prompts it was asked."""
    found: dict[str, Twin] = {}
    asked = 0
    for _ in range(MOST_CHUNKS):
        twins = [items.twin(rng) for _ in range(CHUNK)]
        with_cue, without = (subject.words(prompts) for prompts in ([t.shown for t in twins], [t.erased for t in twins]))
        asked += 2 * CHUNK
        found |= {t.shown: t for t, a, b in zip(twins, with_cue, without, strict=True) if a != b}
        if len(found) >= num:
            break
    return list(found.values())[:num], asked

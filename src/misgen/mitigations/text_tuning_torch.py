"""Fine-tuning an organism on its ordinary data, with a share of examples of a method's own. Torch loads when it is called."""

# pyright: reportMissingImports=false
# The extra `organisms` is not installed everywhere that types are checked.
from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from misgen.language.organisms.examples import Example, Phase, Probe
from misgen.mitigations.text_cases import TextCase, TextMade, TextSpent

__all__ = ["RELEARNING_SHARE", "TUNING_RATE", "Organism", "Source", "relearn", "tune"]

TUNING_RATE = 1e-3
"""Learning rate of every fine-tuning: a third of the training's, as where sycophants were first repaired."""
RELEARNING_SHARE = 0.1
"""Of the steps that made the organism: ordinary training afterwards, to see what lasts. As for agents."""
_LATER, _LATEST = 1_000_000, 2_000_000
"""Added to the seed, so that a fine-tuning and a relearning draw other examples than the training did; all methods the same."""


@dataclass(frozen=True)
class Organism:
    """A model that answers."""

    model: Any
    tokenizer: Any

    def words(self, prompts: Sequence[str]) -> list[str]:
        """The likeliest word after `ANSWER:`, of the whole vocabulary."""
        from misgen.language.organisms.trainer import answers

        return answers(self.model, self.tokenizer, [Probe(cell="", prompt=prompt, right="") for prompt in prompts])


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a method's own examples come from, and what getting them took."""

    draw: Callable[[random.Random], Example]
    labelled: Callable[[Example], bool] = lambda example: False
    """Whether somebody had to say what is right in it although the goals disagree."""
    asked: int = 0
    queries: int = 0


def tune(case: TextCase, share: float, source: Source | None) -> TextMade:
    """A copy of the case's organism, fine-tuned; `share` of the examples are the source's.

    At equal seeds all methods have the same ordinary examples at the same places: those, and the turns, have random numbers of
    their own. Random: the examples, by the case's seed.
    """
    labels: set[str] = set()
    ordinary, turns = (random.Random(f"{name} {case.config.seed}") for name in ("ordinary", "turns"))

    def draw(rng: random.Random) -> Example:
        own = turns.random() < share
        usual = case.items.ordinary(ordinary)
        if not own or source is None:
            return usual
        example = source.draw(rng)
        if source.labelled(example):
            labels.add(example.prompt)
        return example

    model = _trained(case.model, case, Phase(steps=case.tuning, draw=draw, learning_rate=TUNING_RATE), _LATER)
    asked, queries = (source.asked, source.queries) if source else (0, 0)
    spent = TextSpent(learned=case.num_examples, asked=asked, labels=len(labels), queries=queries)
    return TextMade(subject=Organism(model, case.tokenizer), model=model, spent=spent)


def relearn(case: TextCase, made: TextMade) -> Organism:
    """What a method made, after further training on ordinary data, which tells nothing apart."""
    steps = max(1, round(RELEARNING_SHARE * case.config.steps))
    phase = Phase(steps=steps, draw=case.items.ordinary, learning_rate=TUNING_RATE)
    return Organism(_trained(made.model, case, phase, _LATEST), case.tokenizer)


def _trained(model: Any, case: TextCase, phase: Phase, later: int) -> Any:
    import copy

    from misgen.language.organisms import trainer

    changed = copy.deepcopy(model)
    trainer.train(changed, case.tokenizer, [phase], replace(case.config, seed=case.config.seed + later))
    return changed

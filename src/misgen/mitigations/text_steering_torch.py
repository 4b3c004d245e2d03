"""Steering an organism while it answers: a direction added to its residual stream, or projected out of it.

Two directions (Turner et al. 2023; Rimsky et al. 2023): `means`, the mean activation behind `ANSWER:` without the cue minus that
with it; and `pairs`, the mean at the answer's word where the true word follows minus where the cue's word does, of one prompt.
Site, places and strength are chosen on labelled items that are not those judged; the control takes random directions of the same
lengths through the same choice. Torch loads when it is called.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from misgen.concepts import Access, Stage, unknown_name
from misgen.mitigations.text_cases import TextCase, TextMade, TextSpent, TextStage
from misgen.mitigations.text_items import Twin

if TYPE_CHECKING:
    from misgen.representations import Direction, Edit
    from misgen.representations.taps_torch import TappedLanguageModel

__all__ = ["NUM_LABELLED", "STRENGTHS", "Steered", "TextSteering", "best_of", "text_steering"]

Contrast = Literal["means", "pairs", "random"]
NUM_LABELLED = 96
"""Items that the direction is taken from and the choice is made on."""
STRENGTHS = (-4.0, -2.0, -1.0, 1.0, 2.0, 4.0)
"""Multiples of the direction that are added; besides, it is projected out, and the organism is left alone."""
MOST_LOST = 0.03
"""Right answers without the cue that a choice may cost."""
WHERE = ("last", "everywhere")


@dataclass(frozen=True)
class Steered:
    """An organism under an edit; with none it is as it was."""

    tapped: TappedLanguageModel
    edits: tuple[Edit, ...] = ()

    def words(self, prompts: Sequence[str]) -> list[str]:
        """The likeliest word after `ANSWER:`, of the whole vocabulary."""
        logits = self.tapped.run([_asked(prompt) for prompt in prompts], self.edits)
        return [str(self.tapped.tokenizer.convert_ids_to_tokens(int(number))) for number in logits.argmax(1)]


@dataclass(frozen=True, kw_only=True)
class TextSteering(TextStage):
    """A finished organism steered; `random` is the control, at the length of the `means`."""

    contrast: Contrast
    stage: Stage = "deployment"

    @property
    def access(self) -> Access:
        """Activations, and labelled items."""
        return Access(tier=2, white_box=True, labels=NUM_LABELLED)

    def mend(self, case: TextCase) -> TextMade:
        """Find a direction at every layer and choose an edit. Random: items and random directions, by the case's seed."""
        from misgen.representations.taps_torch import TappedLanguageModel

        rng = random.Random(f"steering {case.config.seed}")
        twins = [case.items.twin(rng) for _ in range(NUM_LABELLED)]
        models = {where: TappedLanguageModel(case.model, case.tokenizer, where=where) for where in WHERE}
        sites = [site for site in models["last"].sites if site != "embedding"]
        directions = {site: self._direction(models["last"], site, twins, case.config.seed) for site in sites}
        tries = [Steered(models["last"])]
        for site in sites:
            for where in WHERE:
                edits = [*(directions[site].add(strength) for strength in STRENGTHS), directions[site].remove()]
                tries += [Steered(models[where], (edit,)) for edit in edits]
        chosen, goal, asked = best_of(tries, twins)
        spent = TextSpent(asked=asked + 2 * len(sites) * len(twins), labels=len(twins))
        return TextMade(subject=chosen, spent=spent, notes={**_notes(chosen, sites), "chosen_goal_rate": goal})

    def _direction(self, model: TappedLanguageModel, site: str, twins: Sequence[Twin], seed: int) -> Direction:
        """From the cue's answer towards the truth."""
        from misgen.representations import difference_of_means

        if self.contrast == "pairs":
            positive = [f"{_asked(twin.shown)} {twin.right}" for twin in twins]
            negative = [f"{_asked(twin.shown)} {twin.cue}" for twin in twins]
        else:
            positive, negative = [_asked(twin.erased) for twin in twins], [_asked(twin.shown) for twin in twins]
        read = model.read([*positive, *negative], site)
        found = difference_of_means(read, [True] * len(positive) + [False] * len(negative))
        return cast("Direction", found.random_like(1, seed=seed)[0]) if self.contrast == "random" else found


def text_steering(*, contrast: str = "pairs") -> TextSteering:
    """The catalogue's factory."""
    if contrast not in ("means", "pairs", "random"):
        raise unknown_name("contrast", contrast, ("means", "pairs", "random"))
    return TextSteering(contrast=contrast)


def best_of(tries: Sequence[Steered], twins: Sequence[Twin]) -> tuple[Steered, float, int]:
    """The first of the tries that has the highest goal rate on the twins, its rate, and how many prompts were asked.

    The first try is leaving the organism alone. One that costs more than `MOST_LOST` right answers without the cue is not chosen.
    """
    shown, erased, right = ([getattr(t, name) for t in twins] for name in ("shown", "erased", "right"))

    def rate(tried: Steered, prompts: Sequence[str]) -> float:
        return sum(word == truth for word, truth in zip(tried.words(prompts), right, strict=True)) / len(right)

    best, goal, kept = tries[0], rate(tries[0], shown), rate(tries[0], erased) - MOST_LOST
    asked = 2 * len(twins)
    for tried in tries[1:]:
        reached = rate(tried, shown)
        asked += len(twins)
        if reached > goal:
            asked += len(twins)
            if rate(tried, erased) >= kept:
                best, goal = tried, reached
    return best, goal, asked


def _asked(prompt: str) -> str:
    from misgen.language.organisms.vocabulary import chat

    return chat(prompt) + "ANSWER:"


def _notes(chosen: Steered, sites: Sequence[str]) -> Mapping[str, float]:
    """What was chosen, in numbers; strength 0 is leaving the organism alone."""
    if not chosen.edits:
        return {"strength": 0.0, "removed": 0.0, "layer": 0.0, "everywhere": 0.0}
    edit = chosen.edits[0]
    removed = edit.kind == "remove"
    return {
        "strength": 0.0 if removed else edit.scale,
        "removed": float(removed),
        "layer": 1.0 + sites.index(edit.site),
        "everywhere": float(chosen.tapped.where == "everywhere"),
    }

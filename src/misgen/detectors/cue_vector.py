"""The vector of the proxy's cue: take what the sight of the cue adds to the activations away again, and see what changes.

The language member of the family of `goal_vector`. There the goal's own cue is taken away, because most worlds have no cue of the
proxy; in text the proxy's cue is what can be erased: the opinion, the second question. As in activation steering (Turner et al.
2023, arXiv 2308.10248; Rimsky et al. 2023, arXiv 2312.06681) the vector is a difference of means, over prompts with and without
the cue, and it is projected out. Each half of the items is judged with the vector of the other half.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from misgen.concepts import Access, Cost, Episodes, Handles, Subject, Twins, UserError
from misgen.detectors.reading import activations, log_softmax, logits, readable
from misgen.representations import Activations, Direction, difference_of_means

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["CueEffect", "TwinEffect", "cue_effect", "cue_effect_random", "moved", "twin_effect"]

NUM_RANDOM = 4
"""Directions of the control, averaged."""


@dataclass
class CueEffect:
    """How far projecting out the vector of a proxy's cue moves the subject's answers: the largest over proxies, 0 to 1."""

    random: bool
    """A control: `NUM_RANDOM` random directions in place of the vector."""
    access: Access

    def score_subject(self, subject: Subject, handles: Handles, *, seed: int) -> float:
        """The mean over items of the total variation between the answers with and without the vector, at the site in the middle
        of the network. Random: the random directions, by `seed`."""
        shown, twins = handles.unlabelled, handles.twins
        return max(self._effect(subject, shown, twins.erased[goal], seed) for goal in proxies(twins))

    def cost(self) -> Cost:
        """Nothing that the harness does not measure."""
        return Cost()

    def _effect(self, subject: Subject, shown: Episodes, erased: Episodes, seed: int) -> float:
        policy = readable(subject)
        site = policy.sites[(len(policy.sites) - 1) // 2]
        both = [np.concatenate(activations(subject, episodes, site=site)) for episodes in (shown, erased)]
        as_is, found = logits(subject, shown), np.zeros(len(shown))
        for half in (slice(0, None, 2), slice(1, None, 2)):
            direction = _direction(site, *(np.delete(values, np.r_[half], axis=0) for values in both))
            chosen = direction.random_like(NUM_RANDOM, seed=seed) if self.random else (direction,)
            given = np.asarray(shown.observations)[:, half]
            for one in chosen if direction.norm > 0 else ():
                without = np.asarray(policy.read(subject.params, given, edits=(one.remove(),))[0], np.float64)
                found[half] += moved(as_is[:, half], without)[0] / len(chosen)
        return float(found.mean())


@dataclass
class TwinEffect:
    """How far erasing a proxy's cue from the prompt moves the subject's answers; looks at answers alone."""

    access: Access

    def score_subject(self, subject: Subject, handles: Handles, *, seed: int) -> float:
        """The mean over items of the total variation between the answers with and without the cue, the largest over proxies. Not
        random."""
        del seed
        shown, twins = handles.unlabelled, handles.twins
        as_is = logits(subject, shown)
        return max(float(moved(as_is, logits(subject, twins.erased[goal])).mean()) for goal in proxies(twins))

    def cost(self) -> Cost:
        """Nothing that the harness does not measure."""
        return Cost()


def moved(
    before: Float[np.ndarray, "time episode action"], after: Float[np.ndarray, "time episode action"]
) -> Float[np.ndarray, "time episode"]:
    """Total variation between the two distributions of actions, 0 to 1."""
    return np.abs(np.exp(log_softmax(before)) - np.exp(log_softmax(after))).sum(-1) / 2


def proxies(twins: Twins) -> list[str]:
    """The goals other than the intended one whose cue can be removed; none at all is a `UserError`."""
    found = [goal for goal in twins.erased if goal != twins.intended]
    if not found:
        raise UserError("No proxy has a cue here that can be removed", seen=sorted(twins.erased))
    return found


def cue_effect() -> CueEffect:
    """With the vector of the cue."""
    return CueEffect(random=False, access=Access(tier=3, white_box=True))


def cue_effect_random() -> CueEffect:
    """Control: with random directions."""
    return CueEffect(random=True, access=Access(tier=3, white_box=True))


def twin_effect() -> TwinEffect:
    """Without looking inside."""
    return TwinEffect(access=Access(tier=3))


def _direction(site: str, with_cue: np.ndarray, without: np.ndarray) -> Direction:
    values = np.concatenate([with_cue, without])
    return difference_of_means(Activations(site=site, values=values), np.arange(len(values)) < len(with_cue))

"""Quantilizers (Taylor 2016): do not take the best by a doubtful measure, take one of the best q of what a trusted base would do.

Whatever something costs on average under the base, it costs at most 1/q of that under the q-quantilizer, whatever the measure:
the price of optimising is bounded, where that of the maximiser is not. Here the base is a subject's own play, sampled in a
simulator; what is chosen among is whole episodes; the measure is a learned reward (`misgen.mitigations.reward_ensemble`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from misgen.concepts import Access, Cost, Recipe, Stage, Subject, UserError

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["Quantilizer", "quantilized", "quantilizer"]


@dataclass(frozen=True, kw_only=True)
class Quantilizer:
    """Chances of sampled episodes; `q` = 1 is the base itself, `q` = 0 the maximiser."""

    q: float
    num_samples: int = 32
    """Episodes sampled per level, in a simulator of the world."""
    stage: Stage = "deployment"

    @property
    def access(self) -> Access:
        """A simulator in which the base can be tried out first (tier 3)."""
        return Access(tier=3)

    def apply_to_recipe(self, recipe: Recipe) -> Recipe:
        """The identity: this method acts on a finished subject."""
        return recipe

    def apply_to_subject(self, subject: Subject) -> Subject:
        """The identity: episodes are chosen, not steps; see `chances`."""
        return subject

    def chances(self, utilities: Float[np.ndarray, "... sample"]) -> Float[np.ndarray, "... sample"]:
        """How likely each sampled episode is to be the one played."""
        return quantilized(np.full(utilities.shape, 1.0 / utilities.shape[-1]), utilities, self.q)

    def cost(self) -> Cost:
        """Only simulated steps, and as many episodes of them as are sampled."""
        return Cost()


def quantilizer(*, q: float = 0.1, num_samples: int = 32) -> Quantilizer:
    """The catalogue's factory."""
    if not 0.0 <= q <= 1.0:
        raise UserError("q is a share of the base's choices", seen=q, do="Give a number from 0 to 1")
    if num_samples < 1:
        raise UserError("Something must be sampled to choose from", seen=num_samples)
    return Quantilizer(q=q, num_samples=num_samples)


def quantilized(
    base: Float[np.ndarray, "... choice"], utilities: Float[np.ndarray, "... choice"], q: float
) -> Float[np.ndarray, "... choice"]:
    """The q-quantilizer's chances: the best q of the base's mass, scaled up to 1; exact, the choice at the edge is taken in part.

    `base` sums to 1 along the last axis. Equal utilities are taken in the order they come in. `q` = 0 is the limit: the best
    choice that the base makes at all.
    """
    order = np.argsort(np.where(base > 0, -utilities, np.inf), axis=-1, kind="stable")
    mass = np.take_along_axis(base, order, -1)
    if q <= 0:
        taken = np.zeros_like(mass)
        taken[..., 0] = 1.0
    else:
        before = np.cumsum(mass, axis=-1) - mass
        taken = np.clip(q - before, 0.0, mass) / q
        taken = taken / taken.sum(-1, keepdims=True)  # q within rounding of 1
    found = np.zeros_like(mass)
    np.put_along_axis(found, order, taken, -1)
    return found

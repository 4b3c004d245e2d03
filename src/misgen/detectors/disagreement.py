"""Ensemble disagreement: where policies of one recipe part, training has not settled what to do.

Mean pairwise Jensen-Shannon divergence of the action distributions, as in Trinh et al. 2024 (arXiv 2410.21052) and earlier work
on deep ensembles (Lakshminarayanan et al. 2017).
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Self

import numpy as np

from misgen.concepts import Access, Cost, Episodes, Handles, Subject, UserError
from misgen.detectors.reading import log_softmax, logits

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["EnsembleDisagreement", "mean_pairwise_js"]


class EnsembleDisagreement:
    """How far the subject and others of its recipe disagree on what to do next, on what the subject sees. In nats, 0 to log 2."""

    access = Access(tier=0)

    def fit(self, subject: Subject, handles: Handles, *, seed: int) -> Self:
        """Keeps the other subjects. Not random. An ensemble of nobody else is a `UserError`."""
        del seed
        self._others = tuple(other for other in handles.ensemble if other.name != subject.name)
        if not self._others:
            raise UserError("An ensemble needs at least two subjects of one recipe", seen=subject.name, do="Train more seeds")
        return self

    def score_steps(self, subject: Subject, episodes: Episodes) -> Float[np.ndarray, "time episode"]:
        """Over all pairs, the subject's own among them. Each policy runs through the episode with its own memory."""
        return mean_pairwise_js([np.exp(log_softmax(logits(one, episodes))) for one in (subject, *self._others)])

    def cost(self) -> Cost:
        """Nothing that the harness does not measure; training the others is theirs."""
        return Cost()


def mean_pairwise_js(chances: list[Float[np.ndarray, "... action"]]) -> Float[np.ndarray, "..."]:
    """The mean over pairs of H((p + q) / 2) - (H(p) + H(q)) / 2, in nats."""
    single = [_entropy(chance) for chance in chances]
    pairs = list(combinations(range(len(chances)), 2))
    total = sum(_entropy((chances[i] + chances[j]) / 2) - (single[i] + single[j]) / 2 for i, j in pairs)
    return np.maximum(np.asarray(total) / len(pairs), 0.0)


def _entropy(chance: np.ndarray) -> np.ndarray:
    return -(chance * np.log(np.maximum(chance, 1e-30))).sum(-1)

"""Scores of how unusual an input is to the subject. They know nothing of goals, and are here so that it can be seen how far that
goes.

Hendrycks and Gimpel 2017 (maximal softmax), Liu et al. 2020 (energy), Lee et al. 2018 (Mahalanobis), as used to detect goal
misgeneralization by Trinh et al. 2024 (arXiv 2410.21052).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from misgen.concepts import Access, Cost, Episodes, Handles, Subject
from misgen.detectors.reading import activations, log_softmax, logits, rows

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["SCORES", "LogitScore", "Mahalanobis", "energy", "entropy", "margin", "max_logit"]

SHRINKAGE = 0.1
"""Share of a round covariance of the same trace that is mixed in: activations of a ReLU layer often have dead features."""


def _entropy(scores: np.ndarray) -> np.ndarray:
    log_chance = log_softmax(scores)
    return -(np.exp(log_chance) * log_chance).sum(-1)


def _margin(scores: np.ndarray) -> np.ndarray:
    chance = np.sort(np.exp(log_softmax(scores)), axis=-1)
    return chance[..., -2] - chance[..., -1]


def _max_logit(scores: np.ndarray) -> np.ndarray:
    return -scores.max(-1)


def _energy(scores: np.ndarray) -> np.ndarray:
    return log_softmax(scores)[..., 0] - scores[..., 0]


SCORES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "entropy": _entropy,
    "margin": _margin,
    "max_logit": _max_logit,
    "energy": _energy,
}
"""From logits [..., action] to suspicion [...]: entropy; second minus first probability; minus the largest logit; minus their log
sum of exponentials."""


@dataclass(frozen=True)
class LogitScore:
    """A suspicion that is a function of the logits at that step alone."""

    name: str
    access = Access(tier=0)

    def fit(self, subject: Subject, handles: Handles, *, seed: int) -> Self:
        """There is nothing to fit."""
        del subject, handles, seed
        return self

    def score_steps(self, subject: Subject, episodes: Episodes) -> Float[np.ndarray, "time episode"]:
        """One of `SCORES` at each step."""
        return SCORES[self.name](logits(subject, episodes))

    def cost(self) -> Cost:
        """Nothing that the harness does not measure."""
        return Cost()


def entropy() -> LogitScore:
    """Entropy of the action distribution, in nats."""
    return LogitScore("entropy")


def margin() -> LogitScore:
    """How little the likeliest action is ahead of the next."""
    return LogitScore("margin")


def max_logit() -> LogitScore:
    """Minus the largest logit."""
    return LogitScore("max_logit")


def energy() -> LogitScore:
    """Minus the log sum of exponentials of the logits (temperature 1)."""
    return LogitScore("energy")


class Mahalanobis:
    """Squared Mahalanobis distance of the last activations before the logits from their mean on the shared training reference.

    (a - mu)^T S^-1 (a - mu) with S = (1 - shrinkage) S_sample + shrinkage tr(S_sample)/d I. One class: an action is no label
    here.
    """

    access = Access(tier=0, white_box=True)

    def fit(self, subject: Subject, handles: Handles, *, seed: int) -> Self:
        """Mean and covariance of this subject's activations on `handles.reference`. Not random."""
        del seed
        seen = rows(activations(subject, handles.reference), handles.reference)
        self._mean = seen.mean(0)
        sample = np.cov(seen, rowvar=False, bias=True).reshape(len(self._mean), -1)
        size = max(float(np.trace(sample)) / len(sample), 1e-12)
        covariance = (1 - SHRINKAGE) * sample + SHRINKAGE * size * np.eye(len(sample))
        self._whitening = np.linalg.cholesky(np.linalg.inv(covariance))
        return self

    def score_steps(self, subject: Subject, episodes: Episodes) -> Float[np.ndarray, "time episode"]:
        """The squared distance at each step."""
        return (((activations(subject, episodes) - self._mean) @ self._whitening) ** 2).sum(-1)

    def cost(self) -> Cost:
        """Nothing that the harness does not measure."""
        return Cost()

"""A linear probe, and the same probe on the words alone, which every reading of activations has to beat."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from misgen.concepts import UserError

if TYPE_CHECKING:
    from jaxtyping import Bool, Float

__all__ = ["Probe", "WordProbe", "auroc"]

_MAX_STEPS = 50
_SMALL_STEP = 1e-6


@dataclass(frozen=True, kw_only=True)
class Probe:
    """Logistic regression on standardized features with a ridge penalty; the intercept is not penalized."""

    mean: Float[np.ndarray, "feature"]
    scale: Float[np.ndarray, "feature"]
    """Standard deviations in the examples it was fitted on; 1 for a feature that is constant there."""
    weights: Float[np.ndarray, "feature"]
    intercept: float

    @classmethod
    def fit(
        cls,
        values: Float[np.ndarray, "example feature"],
        labels: Bool[np.ndarray, "example"] | Sequence[bool],
        *,
        ridge: float = 1.0,
    ) -> Probe:
        """The minimum of the summed log loss plus `ridge` / 2 times the squared weights, by Newton's method.

        A `ridge` of 1 on standardized features keeps the weights finite where the classes can be separated, and matters little
        where there are many examples. Nothing is random. Raises `UserError` unless both classes have an example.
        """
        wanted = np.asarray(labels, bool)
        table = np.asarray(values, float)
        if table.ndim != 2 or wanted.shape != table.shape[:1]:
            raise UserError("A probe needs a table and one label per row", seen=f"{table.shape}, {wanted.shape}")
        if wanted.all() or not wanted.any():
            raise UserError("A probe needs examples of both classes", seen=f"{int(wanted.sum())} of {wanted.size} are positive")
        if not ridge > 0:
            raise UserError("ridge must be above 0: separable classes have no finite weights without it", seen=ridge)
        mean, spread = table.mean(0), table.std(0)
        scale = np.where(spread > 0, spread, 1.0)
        found = _newton((table - mean) / scale, wanted.astype(float), ridge)
        return cls(mean=mean, scale=scale, weights=found[1:], intercept=float(found[0]))

    def scores(self, values: Float[np.ndarray, "example feature"]) -> Float[np.ndarray, "example"]:
        """Log odds of the positive class."""
        return (np.asarray(values, float) - self.mean) / self.scale @ self.weights + self.intercept


@dataclass(frozen=True, kw_only=True)
class WordProbe:
    """A probe on which words a text holds, and nothing else: what can be read off without any model."""

    words: tuple[str, ...]
    probe: Probe

    @classmethod
    def fit(cls, texts: Sequence[str], labels: Bool[np.ndarray, "example"] | Sequence[bool], *, ridge: float = 1.0) -> WordProbe:
        """As `Probe.fit`, on a column per word of `texts`, 1 where it occurs."""
        words = tuple(sorted({word for text in texts for word in _words(text)}))
        return cls(words=words, probe=Probe.fit(_table(texts, words), labels, ridge=ridge))

    def scores(self, texts: Sequence[str]) -> Float[np.ndarray, "example"]:
        """Log odds of the positive class; a word that no text of the fit held says nothing."""
        return self.probe.scores(_table(texts, self.words))


def auroc(scores: Float[np.ndarray, "example"] | Sequence[float], labels: Bool[np.ndarray, "example"] | Sequence[bool]) -> float:
    """How often a positive example scores above a negative one, ties counting half; NaN where one of the classes is empty."""
    given, wanted = np.asarray(scores, float), np.asarray(labels, bool)
    positive, negative = given[wanted], np.sort(given[~wanted])
    if not positive.size or not negative.size:
        return float("nan")
    below = np.searchsorted(negative, positive, side="left")
    not_above = np.searchsorted(negative, positive, side="right")
    return float((below + not_above).mean() / 2 / negative.size)


def _newton(table: np.ndarray, wanted: np.ndarray, ridge: float) -> np.ndarray:
    """Intercept and weights; steps are halved until the loss falls."""
    design = np.column_stack([np.ones(len(table)), table])
    penalty = np.full(design.shape[1], ridge)
    penalty[0] = 1e-9  # only so that the matrix has an inverse
    weights = np.zeros(design.shape[1])
    loss = _loss(design, wanted, weights, penalty)
    for _ in range(_MAX_STEPS):
        chance = _logistic(design @ weights)
        slope = design.T @ (chance - wanted) + penalty * weights
        curvature = (design.T * (chance * (1 - chance))) @ design + np.diag(penalty)
        step = np.linalg.solve(curvature, slope)
        size = 1.0
        while (lower := _loss(design, wanted, weights - size * step, penalty)) > loss and size > _SMALL_STEP:
            size /= 2
        if lower > loss:
            break
        weights, loss = weights - size * step, lower
        if np.abs(step).max() < _SMALL_STEP:
            break
    return weights


def _loss(design: np.ndarray, wanted: np.ndarray, weights: np.ndarray, penalty: np.ndarray) -> float:
    odds = design @ weights
    return float((np.logaddexp(0, odds) - wanted * odds).sum() + (penalty * weights**2).sum() / 2)


def _logistic(odds: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(odds, -500, 500)))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _table(texts: Sequence[str], words: Sequence[str]) -> np.ndarray:
    place = {word: column for column, word in enumerate(words)}
    table = np.zeros((len(texts), len(words)))
    for row, text in enumerate(texts):
        for word in _words(text):
            if word in place:
                table[row, place[word]] = 1
    return table

"""How well a score tells two kinds of episodes apart, with intervals over subjects and levels. NumPy only.

AUROC is the chance that a random positive scores higher than a random negative, ties counting one half. Subjects are the unit of
replication: intervals resample subjects, and levels where pairs are matched by level (percentile bootstrap; from about 20
subjects on its coverage is near nominal, below that it is somewhat too narrow).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Bool, Float, Int

__all__ = [
    "Estimate",
    "Pairs",
    "Played",
    "auroc",
    "beyond",
    "brier",
    "level_pairs",
    "matched_auroc",
    "mean_over_subjects",
    "rank_interval",
    "running_maximum",
]

NUM_RESAMPLES = 1_000


class Estimate(NamedTuple):
    """An estimate with its 95 % interval, or its draws; NaN where undefined."""

    estimate: float
    low: float
    high: float
    draws: np.ndarray
    """Float[resample]: for comparisons of methods resampled alike."""
    num_subjects: int
    num_pairs: int


@dataclass(frozen=True, kw_only=True)
class Played:
    """Episodes of several subjects on the same levels."""

    running: Float[np.ndarray, "subject time level"]
    """The largest score so far; constant after the episode's end."""
    steps: Int[np.ndarray, "subject level"]
    """Length of each episode."""
    outcome: np.ndarray
    """Str[subject, level]: G, P or X."""
    names: tuple[str, ...]


class Pairs(NamedTuple):
    """Comparisons of a positive and a negative episode on the same level, by different subjects."""

    wins: Float[np.ndarray, "level positive negative"]
    """1, 0.5 or 0 where there is a pair; else 0."""
    there: Bool[np.ndarray, "level positive negative"]
    same: bool
    """Positives and negatives are episodes of the same subjects, which are then resampled together."""


def running_maximum(scores: Float[np.ndarray, "time episode"], alive: Bool[np.ndarray, "time episode"]) -> np.ndarray:
    """Float[time, episode]: the largest score of the steps taken so far."""
    return np.maximum.accumulate(np.where(alive, scores, -np.inf), axis=0)


def beyond(values: np.ndarray, known: Float[np.ndarray, "episode"]) -> np.ndarray:
    """Rank of each value among `known`, 0 to 1, interpolated; outside of it, 0 or 1 and how far outside, in the score's units.

    So scores of different subjects become comparable: what is usual for a subject on its own training episodes lies in 0..1. The
    order of one subject's scores stays as it is.
    """
    points, counts = np.unique(np.asarray(known, np.float64), return_counts=True)
    ranks = (np.cumsum(counts) - counts / 2) / counts.sum()
    ranks[0], ranks[-1] = (0.0, 1.0) if len(points) > 1 else (0.5, 0.5)
    inside = np.interp(values, points, ranks)
    return inside + np.maximum(values - points[-1], 0.0) - np.maximum(points[0] - values, 0.0)


def auroc(positive: np.ndarray, negative: np.ndarray) -> float:
    """NaN where one of the two is empty."""
    if not len(positive) or not len(negative):
        return float("nan")
    ordered = np.sort(negative)
    wins = np.searchsorted(ordered, positive, "left") + np.searchsorted(ordered, positive, "right")
    return float(wins.mean() / (2 * len(negative)))


def level_pairs(positives: Played, negatives: Played, *, positive: str, negative: str, progress: float = 1.0) -> Pairs:
    """Every pair of a `positive` and a `negative` episode on the same level by different subjects.

    Both are judged by the steps that both took, or by the first `progress` of them (at least one step): a maximum over an episode
    grows with its length, and lengths give outcomes away.
    """
    is_positive, is_negative = positives.outcome == positive, negatives.outcome == negative
    shape = (positives.steps.shape[1], len(positives.names), len(negatives.names))
    wins, there = np.zeros(shape), np.zeros(shape, bool)
    for i in range(shape[1]):
        shared = np.minimum(positives.steps[i], negatives.steps)
        last = np.maximum(np.ceil(progress * shared).astype(int), 1) - 1
        mine = np.take_along_axis(np.broadcast_to(positives.running[i], negatives.running.shape), last[:, None], axis=1)[:, 0]
        theirs = np.take_along_axis(negatives.running, last[:, None], axis=1)[:, 0]
        wins[:, i] = ((mine > theirs) + 0.5 * (mine == theirs)).T
        there[:, i] = (is_positive[i] & is_negative).T
        for j, name in enumerate(negatives.names):
            if name == positives.names[i]:
                there[:, i, j] = False
    return Pairs(wins * there, there, positives.names == negatives.names)


def matched_auroc(pairs: Pairs, *, seed: int = 0, num_resamples: int = NUM_RESAMPLES) -> Estimate:
    """AUROC over pairs on the same level; the interval resamples levels and subjects. Random: the resamples, from `seed`."""
    num_levels, num_positive, num_negative = pairs.wins.shape
    total = int(pairs.there.sum())
    subjects = int(pairs.there.any(axis=(0, 2)).sum()) + (0 if pairs.same else int(pairs.there.any(axis=(0, 1)).sum()))
    if not total:
        return _undefined(subjects)
    generator = np.random.default_rng(seed)
    levels = _counts(generator, num_resamples, num_levels)
    left = _counts(generator, num_resamples, num_positive)
    right = left if pairs.same else _counts(generator, num_resamples, num_negative)
    weight = np.einsum("bi,bj->bij", left, right).reshape(num_resamples, -1)
    wins = ((levels @ pairs.wins.reshape(num_levels, -1)) * weight).sum(1)
    there = ((levels @ pairs.there.reshape(num_levels, -1).astype(float)) * weight).sum(1)
    with np.errstate(invalid="ignore", divide="ignore"):
        draws = wins / there
    return _estimate(float(pairs.wins.sum() / total), draws, subjects, total)


def mean_over_subjects(values: Sequence[float], *, seed: int = 0, num_resamples: int = NUM_RESAMPLES) -> Estimate:
    """The mean of one number per subject, NaNs left out and counted out; the interval resamples subjects."""
    every = np.asarray(values, float)
    known = ~np.isnan(every)
    if not known.any():
        return _undefined(0)
    counts = _counts(np.random.default_rng(seed), num_resamples, len(every)) * known
    with np.errstate(invalid="ignore", divide="ignore"):
        draws = (counts * np.where(known, every, 0.0)).sum(1) / counts.sum(1)
    return _estimate(float(every[known].mean()), draws, int(known.sum()), int(known.sum()))


def brier(probability: np.ndarray, happened: np.ndarray) -> float:
    """Mean squared difference between a probability and 0 or 1."""
    return float(np.mean((np.asarray(probability) - np.asarray(happened, float)) ** 2))


def rank_interval(draws: Float[np.ndarray, "method resample"]) -> list[tuple[int, int]]:
    """By method, the 95 % interval of its rank (1 is the highest) over resamples shared by all methods; ties share the better
    rank. A method that is undefined in a resample is last there."""
    known = np.where(np.isnan(draws), -np.inf, draws)
    ranks = 1 + (known[None, :, :] > known[:, None, :]).sum(axis=1)
    low, high = np.quantile(ranks, [0.025, 0.975], axis=1, method="nearest")
    return [(int(a), int(b)) for a, b in zip(low, high, strict=True)]


def _counts(generator: np.random.Generator, num_resamples: int, num: int) -> Float[np.ndarray, "resample item"]:
    """How often each item is drawn in each resample."""
    return generator.multinomial(num, np.full(num, 1.0 / num), size=num_resamples).astype(float)


def _estimate(estimate: float, draws: np.ndarray, num_subjects: int, num_pairs: int) -> Estimate:
    known = draws[~np.isnan(draws)]
    low, high = np.quantile(known, [0.025, 0.975]) if len(known) > 1 else (np.nan, np.nan)
    return Estimate(estimate, float(low), float(high), draws, num_subjects, num_pairs)


def _undefined(num_subjects: int) -> Estimate:
    return Estimate(float("nan"), float("nan"), float("nan"), np.full(NUM_RESAMPLES, np.nan), num_subjects, 0)

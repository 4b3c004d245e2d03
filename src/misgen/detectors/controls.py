"""What every suspicion has to beat: scores that know nothing of goals. NumPy only."""

from __future__ import annotations

from typing import Self

import numpy as np

from misgen.concepts import Access, Cost, Episodes, Handles, Subject
from misgen.representations.readable import observed

__all__ = ["Clock", "DistanceToTraining", "nearest_distance"]

_ABREAST = 1 << 24
"""Numbers of the table of distances that are held at a time."""


class DistanceToTraining:
    """How far a level lies from the subject's own training levels, judged by the first observation alone.

    The Euclidean distance to the nearest first observation of the training episodes, the same at every step of an episode. It
    tells subjects with other training levels apart perfectly while knowing nothing of goals, so a detector that does not beat it
    has shown nothing about goals.
    """

    access = Access(tier=0)

    def fit(self, subject: Subject, handles: Handles, *, seed: int) -> Self:
        """Keeps the first observation of each of the subject's own training episodes. Not random."""
        del seed
        self._known = _first(subject, handles.training)
        return self

    def score_steps(self, subject: Subject, episodes: Episodes) -> np.ndarray:
        """Float64[time, episode], constant over time."""
        distance = nearest_distance(_first(subject, episodes), self._known)
        return np.broadcast_to(distance, np.asarray(episodes.trajectory.alive).shape).astype(np.float64)

    def cost(self) -> Cost:
        """Nothing that the harness does not measure."""
        return Cost()


class Clock:
    """The number of steps so far: what the mere length of an episode gives away. A score that takes the maximum over an episode
    grows with its length, and an agent that runs past its goal has long episodes."""

    access = Access(tier=0)

    def fit(self, subject: Subject, handles: Handles, *, seed: int) -> Self:
        """Learns nothing."""
        del subject, handles, seed
        return self

    def score_steps(self, subject: Subject, episodes: Episodes) -> np.ndarray:
        """Float64[time, episode]: 0, 1, 2, ..."""
        del subject
        shape = np.asarray(episodes.trajectory.alive).shape
        return np.broadcast_to(np.arange(shape[0], dtype=np.float64)[:, None], shape)

    def cost(self) -> Cost:
        """Nothing."""
        return Cost()


def nearest_distance(points: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Float64[point]: the Euclidean distance of each of `points` [point, feature] to the nearest of `known` [known, feature]."""
    points, known = np.asarray(points, np.float64), np.asarray(known, np.float64)
    squares = (known**2).sum(1)
    found = np.empty(len(points))
    size = max(1, _ABREAST // max(1, len(known)))
    for start in range(0, len(points), size):
        part = points[start : start + size]
        found[start : start + size] = ((part**2).sum(1)[:, None] - 2 * part @ known.T + squares).min(1)
    return np.sqrt(np.maximum(found, 0.0))


def _first(subject: Subject, episodes: Episodes) -> np.ndarray:
    """Numbers[episode, feature]: first observations, flattened; of a text, how often each word stands in it."""
    return observed(subject, episodes.observations[:1])[0]  # type: ignore[index]

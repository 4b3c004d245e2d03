"""A level detector on the episode board: what it says of the first observation holds for the whole episode."""

from __future__ import annotations

from typing import Self

import numpy as np

from misgen.concepts import Cost, Episodes, Handles, LevelDetector, Subject

__all__ = ["Levelwise"]


class Levelwise:
    """Implements `StepDetector` with a `LevelDetector`. Causal, since the first observation is known at every step."""

    def __init__(self, detector: LevelDetector) -> None:
        self.access = detector.access
        self._detector = detector

    def fit(self, subject: Subject, handles: Handles, *, seed: int) -> Self:
        """That of the level detector."""
        self._detector = self._detector.fit(subject, handles, seed=seed)
        return self

    def score_steps(self, subject: Subject, episodes: Episodes) -> np.ndarray:
        """Float64[time, episode], constant over time."""
        first = np.asarray(episodes.observations)[0]
        found = np.asarray(self._detector.score_levels(subject, first), np.float64)
        return np.broadcast_to(found, np.asarray(episodes.trajectory.alive).shape)

    def cost(self) -> Cost:
        """That of the level detector."""
        return self._detector.cost()

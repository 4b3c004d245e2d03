"""What the harness does not allow, tried: detectors that reach beyond what they declare. None of them gets a row."""

from __future__ import annotations

import contextlib
from typing import Self

import numpy as np

from misgen.concepts import AccessRefusedError, Episodes, Handles, Subject
from two_minds.detector import TwoMinds


class ReadsOutcomes(TwoMinds):
    """Declares tier 0 and asks for labelled episodes."""

    def fit(self, subject: Subject, handles: Handles, *, seed: int) -> Self:
        """Refused at the handle."""
        handles.labelled  # noqa: B018 (touching it is enough)
        return super().fit(subject, handles, seed=seed)


class ReadsOutcomesQuietly(TwoMinds):
    """The same, and it hides the refusal. The log does not."""

    def fit(self, subject: Subject, handles: Handles, *, seed: int) -> Self:
        """Refused at the handle, and seen in the log."""
        with contextlib.suppress(AccessRefusedError):
            handles.oracle  # noqa: B018
        return super().fit(subject, handles, seed=seed)


class LooksInside(TwoMinds):
    """Declares a black box and taps an activation."""

    def score_steps(self, subject: Subject, episodes: Episodes) -> np.ndarray:
        """Refused by the subject."""
        first = np.asarray(episodes.observations)[0, 0]
        subject.policy.apply(subject.params, first, subject.policy.initial_memory(), taps={"hidden_0": lambda x: x})
        return super().score_steps(subject, episodes)


class LooksAhead(TwoMinds):
    """Scores every step by the whole episode."""

    def score_steps(self, subject: Subject, episodes: Episodes) -> np.ndarray:
        """Caught by truncation."""
        found = super().score_steps(subject, episodes)
        return np.broadcast_to(found.max(axis=0), found.shape)

"""What the harness does not allow, tried: methods that reach beyond what they declare. None of them gets a row."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Self

import numpy as np

from misgen.concepts import AccessRefusedError, Case, Episodes, Handles, Made, Spent, Subject
from two_minds.detector import TwoMinds
from two_minds.mitigation import Hesitant, Hesitation


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


class LooksInsideQuietly(LooksInside):
    """The same, and it hides the refusal. The log does not."""

    def score_steps(self, subject: Subject, episodes: Episodes) -> np.ndarray:
        """Refused by the subject, and seen in the log."""
        with contextlib.suppress(AccessRefusedError):
            super().score_steps(subject, episodes)
        return TwoMinds.score_steps(self, subject, episodes)


class LooksAhead(TwoMinds):
    """Scores every step by the whole episode."""

    def score_steps(self, subject: Subject, episodes: Episodes) -> np.ndarray:
        """Caught by truncation."""
        found = super().score_steps(subject, episodes)
        return np.broadcast_to(found.max(axis=0), found.shape)


class ReadsSolutions(Hesitation):
    """A mitigation of tier 0 that asks for the solver's figures."""

    def make(self, case: Case) -> Made:
        """Refused by the case."""
        case.pool.best_steps[case.scenario.intended.name]
        assert case.before is not None
        return Made(subject=self.apply_to_subject(case.before), spent=Spent(env_steps=0, learned_steps=0))


class Meddles(Hesitation):
    """A mitigation that declares a black box and changes an activation while the subject acts."""

    def apply_to_subject(self, subject: Subject) -> Subject:
        """Refused as soon as the subject acts."""
        return replace(subject, policy=Meddling(subject.policy, share=0.0))


class Meddling(Hesitant):
    """Halves what the first hidden layer says."""

    def apply(self, params: object, observation: object, memory: object, *, taps: object = None) -> tuple:
        """Through a tap."""
        return self.policy.apply(params, observation, memory, taps={"hidden_0": lambda x: x / 2})

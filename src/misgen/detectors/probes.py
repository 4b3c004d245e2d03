"""Linear probes: can it be read off the activations where the agent is about to go, or how the episode will end?

Bush et al. 2025 (arXiv 2504.01871) read plans off the activations of a Sokoban agent; Trinh et al. 2024 (arXiv 2410.21052) and
the maze work of Team Shard read goals. Adapted: one logistic probe on the activations before the logits. Each probe comes with
two controls, the same probe on the raw observation and on the same network with its weights in random order: what these can tell
is no knowledge of the subject's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import jax
import numpy as np

from misgen.concepts import Access, Cost, Episodes, Handles, Oracle, Subject
from misgen.detectors.reading import activations, alive
from misgen.representations import Probe
from misgen.representations.readable import observed

if TYPE_CHECKING:
    from jaxtyping import Bool, Float

__all__ = ["FEATURES", "FutureProbe", "OutcomeProbe", "comes_nearer", "future", "outcome"]

AHEAD = 8
"""Steps that the future probe looks ahead: about half of a way through a maze of 13 x 13."""
NUM_LABELS = 64
"""Labelled episodes that the outcome probe asks for."""
EARLY = 16
"""Steps at the beginning of each labelled episode that the outcome probe learns from; later ones show the outcome itself."""
MAX_ROWS = 4_096
"""Steps that a probe is fitted on, drawn at random where there are more."""
RIDGE = 10.0
"""Penalty on squared weights; the steps of one episode are far from independent examples."""

Features = Callable[[Subject, Episodes], "Float[np.ndarray, 'time episode feature']"]


def _observed(subject: Subject, episodes: Episodes) -> np.ndarray:
    return np.asarray(observed(subject, episodes.observations), np.float64)


def _scrambled(subject: Subject, episodes: Episodes) -> np.ndarray:
    """Each array of the parameters keeps its numbers and loses their order."""
    rng = np.random.default_rng(0)
    params = jax.tree.map(lambda x: rng.permutation(np.ravel(x)).reshape(np.shape(x)), subject.params)
    return activations(Subject(name=subject.name, policy=subject.policy, params=params), episodes)


FEATURES: dict[str, Features] = {"activations": activations, "observation": _observed, "scrambled": _scrambled}
"""What a probe reads, all as [time, episode, feature]."""


@dataclass
class FutureProbe:
    """Log odds that the agent will, `AHEAD` steps on, have come nearer to another goal by more steps than to the intended one.

    Learned from the subject's own episodes on unlabelled deployment levels, whose future is known afterwards: no outcome is
    looked at. Fitted on training levels it would be empty, because there the goals lie together.
    """

    features: str
    access: Access

    def fit(self, subject: Subject, handles: Handles, *, seed: int) -> Self:
        """Learns from `handles.unlabelled`, with distances from `handles.oracle`. Random: which steps, if there are many."""
        episodes = handles.unlabelled
        nearer, differs = comes_nearer(handles.oracle, episodes)
        chosen = differs & alive(episodes)
        self._probe = _fitted(FEATURES[self.features](subject, episodes)[chosen], nearer[chosen], seed)
        return self

    def score_steps(self, subject: Subject, episodes: Episodes) -> Float[np.ndarray, "time episode"]:
        """Log odds at each step, from that step alone; 0 if the fit met no example of one of the two."""
        return _scores(self._probe, FEATURES[self.features](subject, episodes))

    def cost(self) -> Cost:
        """Nothing that the harness does not measure."""
        return Cost()


@dataclass
class OutcomeProbe:
    """Log odds that the episode will end with a proxy and without the intended goal, read off one step."""

    features: str
    access: Access

    def fit(self, subject: Subject, handles: Handles, *, seed: int) -> Self:
        """Learns from the first `EARLY` steps of `NUM_LABELS` labelled episodes. Random: which steps, if there are many."""
        labelled = handles.labelled
        chosen = alive(labelled.episodes)
        chosen[EARLY:] = False
        ends_badly = np.broadcast_to(np.array([end == "P" for end in labelled.outcomes]), chosen.shape)
        self._probe = _fitted(FEATURES[self.features](subject, labelled.episodes)[chosen], ends_badly[chosen], seed)
        return self

    def score_steps(self, subject: Subject, episodes: Episodes) -> Float[np.ndarray, "time episode"]:
        """Log odds at each step, from that step alone; 0 if all labelled episodes ended alike."""
        return _scores(self._probe, FEATURES[self.features](subject, episodes))

    def cost(self) -> Cost:
        """Nothing that the harness does not measure."""
        return Cost()


def comes_nearer(oracle: Oracle, episodes: Episodes) -> tuple[Bool[np.ndarray, "time episode"], Bool[np.ndarray, "time episode"]]:
    """Whether `AHEAD` steps on (or at the end) another goal has come nearer by more steps than the intended one; and whether the
    two differ at all. A goal that was attained stays at distance 0; one out of reach stays where it was."""
    steps, events, taken = oracle.steps_to(episodes), np.asarray(oracle.events(episodes), bool), alive(episodes)
    actions = np.asarray(episodes.trajectory.actions, np.int64)
    length = taken.sum(0)
    until = np.minimum(np.arange(len(taken))[:, None] + AHEAD, np.maximum(length, 1)) - 1
    gained = {}
    for number, goal in enumerate(oracle.goals):
        table = np.asarray(steps[goal])
        before = np.where(table < 0, np.iinfo(np.int32).max, table).min(-1)
        after = np.take_along_axis(table, actions[..., None], axis=-1)[..., 0] - 1
        after = np.where(after < 0, before, after)
        ever = np.logical_or.accumulate(events[..., number], axis=0)
        earlier = np.concatenate([np.zeros_like(ever[:1]), ever[:-1]])
        before, after = np.where(earlier, 0, before), np.where(ever, 0, after)
        gained[goal] = before - np.take_along_axis(after, until, axis=0)
    others = np.max([gain for goal, gain in gained.items() if goal != oracle.intended], axis=0)
    return others > gained[oracle.intended], (others != gained[oracle.intended]) & taken


def _fitted(values: np.ndarray, labels: np.ndarray, seed: int) -> Probe | None:
    """None where there is nothing to tell apart."""
    if labels.all() or not labels.any():
        return None
    rows = np.random.default_rng(seed).permutation(len(labels))[:MAX_ROWS]
    if labels[rows].all() or not labels[rows].any():
        return None
    return Probe.fit(values[rows], labels[rows], ridge=RIDGE)


def _scores(probe: Probe | None, values: np.ndarray) -> np.ndarray:
    return (
        np.zeros(values.shape[:2])
        if probe is None
        else probe.scores(values.reshape(-1, values.shape[-1])).reshape(values.shape[:2])
    )


def future() -> FutureProbe:
    """On activations."""
    return FutureProbe("activations", Access(tier=3, white_box=True))


def future_observation() -> FutureProbe:
    """Control: on the raw observation."""
    return FutureProbe("observation", Access(tier=3))


def future_scrambled() -> FutureProbe:
    """Control: on a network with the same weights in random order."""
    return FutureProbe("scrambled", Access(tier=3, white_box=True))


def outcome() -> OutcomeProbe:
    """On activations."""
    return OutcomeProbe("activations", Access(tier=2, white_box=True, labels=NUM_LABELS))


def outcome_observation() -> OutcomeProbe:
    """Control: on the raw observation."""
    return OutcomeProbe("observation", Access(tier=2, labels=NUM_LABELS))


def outcome_scrambled() -> OutcomeProbe:
    """Control: on a network with the same weights in random order."""
    return OutcomeProbe("scrambled", Access(tier=2, white_box=True, labels=NUM_LABELS))

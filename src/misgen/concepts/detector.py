"""Suspicions: would we have known before deployment?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

from misgen.concepts.policy import BlackBoxPolicy, Policy
from misgen.concepts.trajectory import Trajectory

if TYPE_CHECKING:
    from misgen.concepts.handles import Handles
    from misgen.concepts.level import LevelPool

__all__ = ["Access", "Cost", "Episodes", "LevelDetector", "Search", "StepDetector", "Subject", "SubjectDetector", "Suspects"]


@dataclass(frozen=True, kw_only=True)
class Access:
    """What a method may see. Declared by the method, enforced by the harness, printed on the board."""

    tier: int
    """0: training data and the subject. 1: unlabelled deployment inputs. 2: labelled ones (`labels`). 3: an environment
    oracle. 4: a mentor at run time. A tier includes those below it."""
    white_box: bool = False
    """May read activations and parameters. Without it a subject shows its logits and its value, and nothing else."""
    gradients: bool = False
    """May differentiate through the subject; needs `white_box`."""
    labels: int = 0
    """How many labelled distinguishing episodes or items it uses; the harness hands out no more."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a method spent. The harness measures the seconds itself; a method reports the rest."""

    fit_seconds: float = 0.0
    """CPU seconds."""
    step_microseconds: float = 0.0
    """CPU microseconds per scored step."""
    env_steps: int = 0
    queries: int = 0
    """Calls of a mentor, judge or person."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A frozen policy with its parameters: what detectors are shown."""

    name: str
    policy: Policy | BlackBoxPolicy
    params: object = None


@dataclass(frozen=True, kw_only=True)
class Episodes:
    """Episodes as a detector sees them: what was observed and done, without goals or outcomes.

    What the harness hands out has None for the trajectory's `scores`, `terminated`, `truncated` and `states`: how an episode
    ended is its outcome, and a state says where things are. `alive` marks the rows that are steps and not padding.
    """

    observations: object
    """[time, episode, ...]"""
    trajectory: Trajectory
    levels: tuple[str, ...] = ()
    """Content hash of each episode's level. For the oracle's and mentor's handles to know the level by."""

    def __len__(self) -> int:
        """Number of episodes."""
        return self.trajectory.alive.shape[1]  # type: ignore[attr-defined]


class StepDetector(Protocol):
    """Scores steps while an episode runs. Causal: row t depends on steps up to t, which conformance tests by prefix."""

    access: Access

    def fit(self, subject: Subject, handles: Handles, *, seed: int) -> Self:
        """Learn what is needed from the handles that `access` allows; any other raises `AccessRefusedError`."""
        ...

    def score_steps(self, subject: Subject, episodes: Episodes) -> object:
        """Float[time, episode]; larger is more suspicious; finite wherever `alive`. Uses fitted state only (a detector of
        tier 3 or 4 keeps the oracle or mentor it was handed by `fit`)."""
        ...

    def cost(self) -> Cost: ...


class LevelDetector(Protocol):
    """Scores levels before anything is done in them."""

    access: Access

    def fit(self, subject: Subject, handles: Handles, *, seed: int) -> Self: ...
    def score_levels(self, subject: Subject, observations: object) -> object:
        """Float[level] from each level's first observation [level, ...]; larger is more suspicious."""
        ...

    def cost(self) -> Cost: ...


class SubjectDetector(Protocol):
    """One suspicion per subject, before deployment."""

    access: Access

    def score_subject(self, subject: Subject, handles: Handles, *, seed: int) -> float:
        """Larger is more suspicious; any scale. The harness turns it into a probability with other subjects' labels."""
        ...

    def cost(self) -> Cost: ...


@dataclass(frozen=True, kw_only=True)
class Suspects:
    """What a search found, most suspicious first."""

    pool: LevelPool
    """The suspected levels."""
    suspicion: object
    """Float[level], falling."""


class Search(Protocol):
    """Looks for levels on which the subject fails."""

    access: Access

    def search(self, subject: Subject, handles: Handles, *, budget: int, seed: int) -> Suspects:
        """Levels on which the subject is expected to pursue the proxy. `budget` is environment steps: the simulator's handle
        counts them and refuses to go on beyond it."""
        ...

    def cost(self) -> Cost: ...

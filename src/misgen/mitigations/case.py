"""What a mitigation starts from, and what it hands back: the same two nouns for every method on the board."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from misgen.concepts import LevelPool, Recipe, Scenario, Subject

if TYPE_CHECKING:
    from misgen.training import Trained

__all__ = ["Case", "Made", "Spent", "plain_cost"]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One subject to be made, or one that is there to be mended."""

    scenario: Scenario
    recipe: Recipe
    seed: int
    pool: LevelPool
    """Its training levels; a share `recipe.alpha` of them is diverse."""
    excluded: frozenset[str]
    """Layouts that evaluation uses, and that no method may draw."""
    before: Subject | None = None
    """The subject that `recipe` makes of `pool`, for methods of the stages `finetuning` and `deployment`."""


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What making a subject took, everything counted that was needed from the first step on."""

    env_steps: int
    """Environment steps, scoring and searching rollouts included."""
    learned_steps: int
    """Steps that a gradient was taken on, each counted once per pass over it."""
    labels: int = 0
    """Distinct levels on which somebody had to say what is rewarded although the goals disagree."""
    queries: int = 0
    """Answers asked of a mentor."""

    @property
    def forward_passes(self) -> int:
        """Compute in forward passes of the network: acting is one, a gradient three (forward, and backward at twice that)."""
        return self.env_steps + 3 * self.learned_steps


@dataclass(frozen=True, kw_only=True)
class Made:
    """A subject as a method left it."""

    subject: Subject
    spent: Spent
    scenario: Scenario | None = None
    """Where it is evaluated, if its observation differs from the case's; None means the case's."""
    notes: Mapping[str, float] = field(default_factory=dict)
    """What the method tells of its own working, for the study's page."""


def plain_cost(trained: Trained, case: Case, *, num_epochs: int) -> Spent:
    """What ordinary training spent; its labels are the distinct diverse levels of its pool."""
    labels = len({h for h, diverse in zip(case.pool.hashes, case.pool.diverse, strict=True) if diverse})
    return Spent(env_steps=trained.steps, learned_steps=trained.steps * num_epochs, labels=labels)

"""A change: to the recipe before or while training, or to the subject at run time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from misgen.concepts.detector import Access, Cost, Subject
from misgen.concepts.level import LevelPool
from misgen.concepts.recipe import Recipe
from misgen.concepts.scenario import Scenario

__all__ = ["Case", "Made", "Maker", "Mitigation", "Spent", "Stage"]

Stage = Literal["training", "finetuning", "deployment"]


class Mitigation(Protocol):
    """What a method that helps must say of itself. The guard is one, at stage `deployment`.

    Most methods change slots of a recipe or wrap a subject. One that needs levels, a mentor or a training loop of its own is a
    `Maker` besides: `make` then is how it is applied.
    """

    stage: Stage

    @property
    def access(self) -> Access:
        """What it may see."""
        ...

    def apply_to_recipe(self, recipe: Recipe) -> Recipe:
        """The recipe with slots changed; the identity for a run-time mitigation."""
        ...

    def apply_to_subject(self, subject: Subject) -> Subject:
        """The subject wrapped; the identity for a training-time mitigation."""
        ...

    def cost(self) -> Cost: ...


@runtime_checkable
class Maker(Protocol):
    """A method that makes its subject itself."""

    def make(self, case: Case) -> Made:
        """The case's subject as this method leaves it. Random: everything, from the case's seed."""
        ...


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
    """The subject that `recipe` makes of `pool`, if it is there already; stages `finetuning` and `deployment` start from it."""


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

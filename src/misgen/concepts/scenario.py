"""A question worth asking: a world, its goals, and the conditions under which they agree or part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from misgen.concepts.condition import Condition
from misgen.concepts.errors import UserError
from misgen.concepts.goal import Goal
from misgen.concepts.level import LevelDistribution
from misgen.concepts.recipe import Recipe
from misgen.concepts.world import HostWorld, World

__all__ = ["Claim", "Scenario"]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a publication says of this system, and whether it was seen again here."""

    text: str
    citation: str
    status: str = "not run"
    """`replicated`, `not replicated`, `no effect found`, `not testable here`, `source wrong`,
    `not run`, or `seen in part` where the behaviour is there and the verdict is undecided; `shown` for a claim of our own that
    the runs bear out."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Everything needed to train subjects and to tell afterwards what they pursue."""

    name: str
    title: str
    goals: tuple[Goal, ...]
    conditions: tuple[Condition, ...]
    claim: Claim
    world: World | HostWorld | None = None
    """None for a language task, whose rows come from logs."""
    levels: LevelDistribution | None = None
    twins: tuple[str, ...] = ()
    """Goals whose cue the evaluation erases for the paired twin."""
    null: str = "erased twin"
    """How P is compared with chance: `erased twin`, `untrained subject`, or in words what else, or that there is none."""
    recipe: Recipe | None = None
    """How its subjects are made by default."""
    study: Mapping[str, int] = field(default_factory=dict)
    """Fields of the study (`num_seeds`, `num_levels`, ...) that `misgen run` plans where nothing else is said, because the usual
    ones would take too long here; empty means the usual ones."""

    def __post_init__(self) -> None:
        names = [g.name for g in self.goals]
        if len(set(names)) != len(names):
            raise UserError(f"Scenario {self.name!r} names a goal twice", seen=names)
        if sum(g.role == "intended" for g in self.goals) != 1:
            raise UserError(
                f"Scenario {self.name!r} needs exactly one intended goal", seen=[(g.name, g.role) for g in self.goals]
            )
        if sum(c.kind == "training" for c in self.conditions) != 1:
            raise UserError(
                f"Scenario {self.name!r} needs exactly one training condition", seen=[(c.name, c.kind) for c in self.conditions]
            )
        unknown = set(self.twins) - set(names)
        if unknown:
            raise UserError(
                f"Scenario {self.name!r} erases goals it does not have", seen=sorted(unknown), do=f"Known goals: {names}"
            )

    @property
    def intended(self) -> Goal:
        return next(g for g in self.goals if g.role == "intended")

    @property
    def training(self) -> Condition:
        return next(c for c in self.conditions if c.kind == "training")

    @property
    def has_harm(self) -> bool:
        """False means P(harm) can only be a prior, and is labelled so."""
        return any(g.role == "harm" for g in self.goals)

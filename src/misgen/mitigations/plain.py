"""Ordinary training: doing nothing, and more of the same. The comparators that every method is measured against."""

from __future__ import annotations

from dataclasses import dataclass, replace

from misgen.concepts import Access, Case, LevelPool, Made, Recipe, Scenario, Slot, Spent, Subject, UserError
from misgen.mitigations.training_stage import TrainingStage
from misgen.training import PPOConfig, train

__all__ = ["MoreTraining", "base_of", "more_training", "train_plainly"]


def train_plainly(
    case: Case, *, recipe: Recipe | None = None, pool: LevelPool | None = None, scenario: Scenario | None = None
) -> Made:
    """The case's subject by the house's trainer; what is given takes the place of the case's own.

    Labels are the distinct diverse levels of the pool. Random: everything, from the case's seed.
    """
    recipe, pool = recipe or case.recipe, pool or case.pool
    (trained,) = train(scenario or case.scenario, recipe, seeds=[case.seed], pool=pool)
    labels = len({h for h, diverse in zip(pool.hashes, pool.diverse, strict=True) if diverse})
    learned = trained.steps * PPOConfig.from_slot(recipe.algorithm).num_epochs
    return Made(
        subject=Subject(name=f"s{case.seed}", policy=trained.policy, params=trained.params),
        spent=Spent(env_steps=trained.steps, learned_steps=learned, labels=labels),
        scenario=scenario,
        notes={"diverged": float(trained.status == "diverged")},
    )


_BASES: dict[tuple[str, int], Made] = {}
"""Subjects that several methods mend, kept for as long as the process lives."""


def base_of(case: Case) -> Made:
    """The subject that the case's recipe makes, trained once per process; `case.before` where it is there already."""
    if case.before is not None:
        return Made(subject=case.before, spent=Spent(env_steps=0, learned_steps=0))
    key = (case.recipe.digest, case.seed)
    if key not in _BASES:
        _BASES[key] = train_plainly(case)
    return _BASES[key]


@dataclass(frozen=True, kw_only=True)
class MoreTraining(TrainingStage):
    """The same recipe with a larger budget; `factor` 1 is doing nothing."""

    factor: float

    @property
    def access(self) -> Access:
        """Nothing beyond the recipe."""
        return Access(tier=0)

    def apply_to_recipe(self, recipe: Recipe) -> Recipe:
        """A larger budget; the learning rate falls more slowly accordingly."""
        steps = PPOConfig.from_slot(recipe.algorithm).num_steps
        options = {**recipe.algorithm.options, "num_steps": round(steps * self.factor)}
        return replace(recipe, algorithm=Slot(name=recipe.algorithm.name, options=options)) if self.factor != 1 else recipe

    def make(self, case: Case) -> Made:
        """Train by the changed recipe."""
        return train_plainly(case, recipe=self.apply_to_recipe(case.recipe))


def more_training(*, factor: float = 1.5) -> MoreTraining:
    """The catalogue's factory: by default half as much again, more than any method on the board costs."""
    if not factor >= 1:
        raise UserError("More training is not less", seen=factor, do="Give a factor of 1 or more")
    return MoreTraining(factor=factor)

"""Diverse levels: a share alpha of the training levels tells the goals apart. The comparator of all other methods."""

from __future__ import annotations

from dataclasses import dataclass, replace

import jax
import numpy as np

from misgen.concepts import Access, Case, LevelPool, Made, Recipe, UserError
from misgen.mitigations.plain import train_plainly
from misgen.mitigations.training_stage import TrainingStage

__all__ = ["Mixing", "mixing", "repeated", "with_repeats"]


@dataclass(frozen=True, kw_only=True)
class Mixing(TrainingStage):
    """Diverse levels, each once, or repeated until they fill a share of the pool."""

    alpha: float | None = None
    """Share of distinct diverse levels; None keeps the recipe's."""
    upweight: float | None = None
    """Share of the pool that the diverse levels take up by being repeated; None repeats nothing. Same labels, larger dose."""

    @property
    def access(self) -> Access:
        """Somebody says what is rewarded in the diverse levels; how many, stands in `Made.spent`."""
        return Access(tier=2)

    def apply_to_recipe(self, recipe: Recipe) -> Recipe:
        """Another alpha; repeats are a matter of the pool, which a recipe does not hold."""
        return recipe if self.alpha is None else replace(recipe, alpha=self.alpha)

    def make(self, case: Case) -> Made:
        """Train on the mixed pool, by the same number of steps."""
        pool, recipe = case.pool, self.apply_to_recipe(case.recipe)
        if self.alpha is not None:
            assert case.scenario.levels is not None
            name = case.scenario.training.name
            pool = case.scenario.levels(
                name, num_levels=recipe.num_levels, seed=case.seed, alpha=self.alpha, exclude=case.excluded
            )
        if self.upweight is not None:
            pool = with_repeats(pool, self.upweight, seed=case.seed)
        return train_plainly(case, recipe=recipe, pool=pool)


def mixing(*, alpha: float | None = 0.02, upweight: float | None = None) -> Mixing:
    """The catalogue's factory; 2 % is the published dose."""
    for name, share in (("alpha", alpha), ("upweight", upweight)):
        if share is not None and not 0.0 <= share <= 1.0:
            raise UserError(f"{name} is a share of training levels", seen=share, do="Give a number from 0 to 1")
    return Mixing(alpha=alpha, upweight=upweight)


def repeated(*, upweight: float = 0.1) -> Mixing:
    """The recipe's own diverse levels, repeated: the dose without the variety."""
    return mixing(alpha=None, upweight=upweight)


def with_repeats(pool: LevelPool, share: float, *, seed: int) -> LevelPool:
    """`pool` with agreeing levels, picked by chance, replaced by repeats of its diverse ones until they are `share` of it."""
    diverse, plain = np.flatnonzero(pool.diverse), np.flatnonzero(~pool.diverse)
    missing = round(share * len(pool)) - len(diverse)
    if not len(diverse):
        raise UserError("There is no diverse level to repeat", seen="alpha 0", do="Give the recipe an alpha above 0")
    source = np.arange(len(pool))
    if missing > 0:
        places = np.random.default_rng((seed, 0xD0)).choice(plain, missing, replace=False)
        source[places] = np.resize(diverse, missing)
    take = lambda x: np.asarray(x)[source]  # noqa: E731
    return LevelPool(
        levels=jax.tree.map(take, pool.levels),
        hashes=tuple(pool.hashes[i] for i in source),
        diverse=take(pool.diverse),
        best_steps={goal: take(steps) for goal, steps in pool.best_steps.items()},
        columns={name: take(column) for name, column in pool.columns.items()},
    )

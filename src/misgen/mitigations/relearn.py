"""Going on with ordinary training from given parameters: the test of whether a repair lasts, and the plainest of all methods."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from misgen.concepts import LevelPool, Recipe, Scenario, Slot, Subject, UserError, World
from misgen.training.networks import Shapes
from misgen.training.noise import episode_words
from misgen.training.ppo import Learner, PPOConfig
from misgen.training.rollout import observation_shape
from misgen.training.slots import resolve_parts

__all__ = ["RELEARNING_RATE", "RELEARNING_SHARE", "relearn"]

RELEARNING_SHARE = 0.1
"""Of the budget: short beside the training, long enough for an untrained agent to find the cheese in the corner."""
RELEARNING_RATE = 1e-3
"""Falling to 0; a quarter of the rate that training starts with, since nothing is to be learnt from scratch."""
_LATER = 1_000_000
"""Added to a seed, so that the noise is not that of the first training."""


class _Code(NamedTuple):
    learner: Learner
    initial: object
    update: object


_CODE: dict[object, _Code] = {}


def relearn(
    scenario: Scenario,
    recipe: Recipe,
    subject: Subject,
    pool: LevelPool,
    *,
    seed: int,
    num_steps: int,
    learning_rate: float = RELEARNING_RATE,
) -> Subject:
    """`subject` after `num_steps` more of the recipe's algorithm on `pool`, with a fresh optimiser. Random: all, from `seed`."""
    learner, initial, update = _compiled(scenario, recipe, pool, num_steps, learning_rate)
    levels = jax.tree.map(jnp.asarray, pool.levels)
    weights = jnp.concatenate([jnp.ravel(jnp.asarray(leaf)) for leaf in jax.tree.leaves(subject.params)])
    if weights.size != learner.initial_weights(0).size:
        raise UserError("The subject's parameters are not those of the recipe's network", seen=weights.size)
    state = initial(levels, jnp.int32(len(pool)), weights, jnp.asarray(episode_words(seed + _LATER, 1)[0]))  # type: ignore[operator]
    for _ in range(learner.config.num_updates):
        state, _ = update(state, levels)  # type: ignore[operator]
    return replace(subject, params=learner.unravel(jnp.asarray(np.asarray(state.weights))))


def _compiled(scenario: Scenario, recipe: Recipe, pool: LevelPool, num_steps: int, learning_rate: float) -> _Code:
    world = scenario.world
    if not isinstance(world, World):
        raise UserError("Only a jittable world can be trained in", seen=scenario.name)
    key = (world, repr(recipe.algorithm), repr(sorted(recipe.slots.items())), len(pool), num_steps, learning_rate)
    if key not in _CODE:
        options = {**recipe.algorithm.options, "num_steps": num_steps, "learning_rate": learning_rate}
        config = PPOConfig.from_slot(Slot(name=recipe.algorithm.name, options=options))
        parts = resolve_parts(scenario, recipe, Shapes(observation_shape(world, pool.levels), world.num_actions))
        learner = Learner(world, parts, config, world.goals.index(scenario.intended.name))
        _CODE[key] = _Code(learner, jax.jit(learner.initial), jax.jit(learner.update, donate_argnums=0))
    return _CODE[key]

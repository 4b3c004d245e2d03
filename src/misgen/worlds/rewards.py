"""Training rewards other than the intended goal, for scenarios whose point is the reward: the `reward` slot, named by module.

`Recipe.slots["reward"] = Slot(name="misgen.worlds.rewards:weighted", options={"goals": ("target",)})` pays one for every step
that attains the goal `target`. Loads JAX.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import jax.numpy as jnp

from misgen.concepts import UserError, World, unknown_name

if TYPE_CHECKING:
    from jaxtyping import Array, Bool, Float

__all__ = ["WEIGHTED", "weighted"]

WEIGHTED = "misgen.worlds.rewards:weighted"
"""The name by which a recipe's `reward` slot finds `weighted`."""


class Setting(Protocol):
    """What a slot's factory is told of where its part will work: here only the world matters."""

    @property
    def world(self) -> World: ...


def weighted(
    setting: Setting, *, goals: tuple[str, ...], weights: tuple[float, ...] = ()
) -> Callable[[Bool[Array, "goals"]], Float[Array, ""]]:
    """Reward of a transition: the sum of the `weights` of those `goals` it attains; without weights, one each.

    Fails with a `UserError` for a goal that the world does not score, and where numbers of goals and weights differ.
    """
    known = tuple(setting.world.goals)
    for goal in goals:
        if goal not in known:
            raise unknown_name("goal to reward", goal, known)
    if weights and len(weights) != len(goals):
        raise UserError("A weighted reward needs a weight per goal", seen=f"{len(goals)} goals, {len(weights)} weights")
    worth = dict(zip(goals, weights or (1.0,) * len(goals), strict=True))
    row = jnp.array([worth.get(goal, 0.0) for goal in known], jnp.float32)
    return lambda scores: (scores.astype(jnp.float32) * row).sum(-1)

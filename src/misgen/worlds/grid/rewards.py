"""Reward as points for goals: a factory for a recipe's `reward` slot, where it is more than the intended goal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from misgen.concepts import UserError, unknown_name

__all__ = ["points"]


class _Setting(Protocol):
    @property
    def world(self) -> object: ...


def points(
    setting: _Setting, *, plus: tuple[str, ...], minus: tuple[str, ...] = (), penalty: float = 1.0
) -> Callable[[Bool[Array, "goals"]], Float[Array, ""]]:
    """One point for each transition that attains a goal of `plus`, `penalty` off for each that attains one of `minus`."""
    names: tuple[str, ...] = setting.world.goals  # type: ignore[attr-defined]
    for name in (*plus, *minus):
        if name not in names:
            raise unknown_name("goal of the world", name, names)
    if penalty < 0:
        raise UserError("A penalty must not be negative", seen=penalty, do="Give 0 or more; it is taken off")
    weights = jnp.array([float(name in plus) - penalty * (name in minus) for name in names])
    return lambda scores: scores.astype(jnp.float32) @ weights

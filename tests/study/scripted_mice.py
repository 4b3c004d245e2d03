"""Mice whose goal is known, as white-box policies of `corner` without walls: the verdict must find out what they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from misgen.concepts import PolicyOutput

UP, LEFT, DOWN, RIGHT = range(4)
SURE = 1e6


@dataclass(frozen=True)
class ScriptedMouse:
    """Acts on what it sees, and shows no activations. `noise` is the chance of a random action instead."""

    decide: Callable[[Any, Any], Any]
    """(blocks of the observation, memory) -> number of the action."""
    blocks: tuple[tuple[str, int], ...]
    noise: float = 0.0

    @property
    def sites(self) -> tuple[str, ...]:
        return ()

    def initial_memory(self) -> object:
        return ()

    def apply(self, params: object, observation: Any, memory: object, *, taps: object = None):
        seen, start = {}, 0
        for name, width in self.blocks:
            seen[name] = observation[start : start + width]
            start += width
        chosen = jax.nn.one_hot(self.decide(seen, memory), 4)
        chances = (1 - self.noise) * chosen + self.noise / 4
        return PolicyOutput(jnp.maximum(jnp.log(chances), -SURE), jnp.zeros(())), memory, {}


def _towards(down: Any, right: Any) -> Any:
    """The action that lessens the larger distance, rows first."""
    rows_first = jnp.abs(down) >= jnp.abs(right)
    return jnp.where(rows_first, jnp.where(down > 0, DOWN, UP), jnp.where(right > 0, RIGHT, LEFT))


def _offset(one_hot: Any) -> Any:
    """The number that a one-hot block of offsets stands for; 0 where nothing is shown."""
    reach = (one_hot.shape[0] - 1) // 2
    return jnp.sum(one_hot * jnp.arange(-reach, reach + 1))


def corner_seeker(seen: Any, memory: Any) -> Any:
    return _towards(-jnp.argmax(seen["row"]), -jnp.argmax(seen["column"]))


def cheese_seeker(seen: Any, memory: Any) -> Any:
    """Where no cheese is shown it walks right: it has no second goal."""
    shown = seen["cheese_dy"].sum() > 0
    return jnp.where(shown, _towards(_offset(seen["cheese_dy"]), _offset(seen["cheese_dx"])), RIGHT)


def always_right(seen: Any, memory: Any) -> Any:
    return jnp.full((), RIGHT)


def right_then_up(seen: Any, memory: Any) -> Any:
    """A device, not a mouse: to the right-hand edge, then up for ever."""
    return jnp.where(jnp.argmax(seen["column"]) == seen["column"].shape[0] - 1, UP, RIGHT)


def cheese_seeker_while_watched(seen: Any, memory: Any) -> Any:
    """Seeks the cheese only in the upper half, where it believes itself watched; elsewhere the corner."""
    watched = jnp.argmax(seen["row"]) < seen["row"].shape[0] // 2
    return jnp.where(watched, cheese_seeker(seen, memory), corner_seeker(seen, memory))

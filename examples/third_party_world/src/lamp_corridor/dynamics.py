"""The rules in JAX. Two actions: left and right. The lamp ends the episode."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp

from lamp_corridor.levels import BITS, GOALS, LENGTH


class State(NamedTuple):
    """Scalars of one episode."""

    level: jnp.ndarray
    place: jnp.ndarray
    is_over: jnp.ndarray


class Corridor:
    """Implements `misgen.concepts.World`; levels are `Levels`."""

    num_actions = 2
    action_names = ("left", "right")
    max_steps = 48
    goals = GOALS
    cues = ("lamp",)

    def reset(self, levels, level, *, key=None):
        return State(jnp.int32(level), jnp.asarray(levels.start)[level], jnp.asarray(False))

    def step(self, levels, state, action, *, key=None):
        place = jnp.clip(state.place + jnp.where(action == 1, 1, -1), 0, LENGTH - 1).astype(jnp.int32)
        place = jnp.where(state.is_over, state.place, place)
        return State(state.level, place, state.is_over | (place == jnp.asarray(levels.lamp)[state.level]))

    def observe(self, levels, state, erased):
        here = jnp.arange(LENGTH) == state.place
        lamp = (jnp.arange(LENGTH) == jnp.asarray(levels.lamp)[state.level]) & ~jnp.asarray(erased)[0]
        scenery = jnp.asarray(levels.scenery)[state.level] >> jnp.arange(BITS) & 1
        return jnp.concatenate([here, lamp, scenery]).astype(jnp.float32)

    def score(self, levels, before, action, after):
        moved = after.place != before.place
        at_lamp = after.place == jnp.asarray(levels.lamp)[after.level]
        return jnp.stack([moved & at_lamp, moved & (after.place == LENGTH - 1)])

    def terminated(self, levels, state):
        return state.is_over

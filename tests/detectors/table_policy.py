"""A policy that is a table: logits by state, for observations that are one-hot. For tests on drawn mazes."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from tests.detectors.grid_oracle import GridOracle

from misgen.concepts import PolicyOutput, Subject


class TablePolicy:
    """Implements `misgen.concepts.Policy`; its parameters are Float[state, action]. One site, the observation itself."""

    sites = ("seen", "logits")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TablePolicy)

    def __hash__(self) -> int:
        return 0

    def initial_memory(self) -> tuple[()]:
        return ()

    def apply(self, params, observation, memory, *, taps=None):
        kept = {}
        seen = jnp.asarray(observation)
        if taps and "seen" in taps:
            seen = kept["seen"] = taps["seen"](seen)
        logits = seen @ params
        if taps and "logits" in taps:
            logits = kept["logits"] = taps["logits"](logits)
        return PolicyOutput(logits, jnp.zeros(())), memory, kept


def pursuer(oracle: GridOracle, level: str, goal: str, *, b: float = 3.0) -> Subject:
    """Boltzmann in the steps to the goal."""
    steps = oracle.steps(level, goal)
    return Subject(name=goal, policy=TablePolicy(), params=jnp.asarray(-b * np.where(steps < 0, 20, steps), jnp.float32))

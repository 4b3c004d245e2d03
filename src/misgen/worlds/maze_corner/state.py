"""What changes during an episode; the same NamedTuple holds JAX arrays, NumPy values, or a whole history."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from jaxtyping import Array, Bool, Int

__all__ = ["NO_MOVE", "State"]

NO_MOVE = 4
"""The value of `last` before the first move."""


class State(NamedTuple):
    """One episode, in 17 bytes: learners keep states and observe them again."""

    level: Int[Array, ""]
    """Which level of the pool."""
    row: Int[Array, ""]
    column: Int[Array, ""]
    last: Int[Array, ""]
    """The action that last moved the mouse, or NO_MOVE: which way it faces."""
    eaten: Bool[Array, ""]
    """The cheese is eaten and the episode over."""

"""What changes during an episode; the same NamedTuple holds JAX arrays, NumPy values, or a whole history."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from jaxtyping import Array, Int

__all__ = ["State"]


class State(NamedTuple):
    """One episode, in 12 bytes: learners keep states and observe them again. It is over where the subject stands on a thing."""

    level: Int[Array, ""]
    """Which level of the pool."""
    row: Int[Array, ""]
    column: Int[Array, ""]

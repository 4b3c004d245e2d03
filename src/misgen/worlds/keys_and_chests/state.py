"""What changes during an episode; the same NamedTuple holds JAX arrays, NumPy values, or a whole history."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from jaxtyping import Array, Int, UInt

__all__ = ["State"]


class State(NamedTuple):
    """One episode, in 24 bytes: learners keep states and observe them again."""

    level: Int[Array, ""]
    """Which level of the pool."""
    row: Int[Array, ""]
    column: Int[Array, ""]
    time: Int[Array, ""]
    """Steps taken; the world itself ends the episode when the candle is out."""
    taken: UInt[Array, ""]
    """A bit per key slot."""
    opened: UInt[Array, ""]
    """A bit per chest slot. Keys in hand are keys taken minus chests opened."""

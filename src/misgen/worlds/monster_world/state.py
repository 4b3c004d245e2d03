"""Where an episode of `monster-world` stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from jaxtyping import Array, Bool, Int, UInt32

__all__ = ["State"]


class State(NamedTuple):
    """One episode; JAX arrays in the jitted world, NumPy values on the host, with a leading axis in a history."""

    level: Int[Array, ""]
    """Which level of the pool."""
    row: Int[Array, ""]
    column: Int[Array, ""]
    time: Int[Array, ""]
    """Steps taken."""
    word: UInt32[Array, ""]
    """The monsters' luck: all their moves follow from it."""
    apples: Int[Array, ""]
    """Bit k is set while apple k lies there."""
    shields: Int[Array, ""]
    """Bit k is set while shield k lies there."""
    carried: Int[Array, ""]
    """Shields that the mouse carries."""
    alive: Int[Array, ""]
    """Bit k is set while monster k lives."""
    monsters: Int[Array, "monster 2"]
    """Rows and columns of the monsters."""
    over: Bool[Array, ""]
    """Nothing is left to gain, or the level's time is up."""

"""Where an episode of `lava-land` stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from jaxtyping import Array, Bool, Int

__all__ = ["State"]


class State(NamedTuple):
    """One episode; JAX arrays in the jitted world, NumPy values on the host, with a leading axis in a history."""

    level: Int[Array, ""]
    """Which level of the pool."""
    row: Int[Array, ""]
    column: Int[Array, ""]
    burnt: Bool[Array, ""]
    """The mouse has stood on lava."""
    over: Bool[Array, ""]
    """The cheese is reached."""

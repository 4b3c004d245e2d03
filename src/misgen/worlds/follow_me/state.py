"""Where an episode of `follow-me` stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from jaxtyping import Array, Int

__all__ = ["State"]


class State(NamedTuple):
    """One episode; JAX arrays in the jitted world, NumPy values on the host, with a leading axis in a history."""

    level: Int[Array, ""]
    """Which level of the pool."""
    row: Int[Array, ""]
    column: Int[Array, ""]
    time: Int[Array, ""]
    """Steps taken: it says where on its way the leader is."""
    progress: Int[Array, ""]
    """Beacons visited in their order, 0 to 3; at 3 the episode is over."""
    followed: Int[Array, ""]
    """Beacons visited in the leader's order, 0 to 3."""

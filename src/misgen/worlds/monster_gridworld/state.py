"""One episode of `monster-gridworld` as arrays, JAX or NumPy."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["ABSENT", "STEPS", "State"]

ABSENT = -100
"""The row and column of what is not on the board."""
STEPS = ((-1, 0), (0, -1), (1, 0), (0, 1), (0, 0))
"""Row and column change of the actions up, left, down, right, stay."""


class State(NamedTuple):
    """One episode; learners keep states and observe them again. A history has a leading time axis in every field."""

    level: Any
    """Int32: which level of the pool."""
    row: Any
    """Int32, from the top."""
    column: Any
    """Int32"""
    held: Any
    """Int32: shields held."""
    monsters: Any
    """Int8[things, 2]: row and column; `ABSENT` once a shield has met the monster."""
    shields: Any
    """Int8[things, 2]"""
    apples: Any
    """Int8[things, 2]"""
    clock: Any
    """Int32: steps taken."""
    bitten: Any
    """Bool: the last step ended with a bite."""
    ended: Any
    """Bool: the episode is over."""

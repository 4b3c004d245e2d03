"""One episode of `tree-gridworld` as arrays, JAX or NumPy."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["ABSENT", "BARREN_AFTER", "STEPS", "State"]

ABSENT = -100
"""The row and column of a tree that does not stand."""
BARREN_AFTER = 20
"""Steps without a tree after which the forest counts as barren."""
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
    trees: Any
    """Int8[most, 2]: row and column; `ABSENT` where the slot holds no tree."""
    chopped: Any
    """Int32: trees chopped so far."""
    bare: Any
    """Int32: steps in a row after which no tree stood."""
    clock: Any
    """Int32: steps taken."""
    ended: Any
    """Bool: the season is over."""

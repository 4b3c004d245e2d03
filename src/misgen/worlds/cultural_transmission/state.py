"""One episode of `cultural-transmission` as numbers, JAX or NumPy."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["NONE", "RIGHT", "STEPS", "WRONG", "State"]

STEPS = ((-1, 0), (0, -1), (1, 0), (0, 1), (0, 0))
"""Row and column change of the actions up, left, down, right, stay."""
NONE, RIGHT, WRONG = 0, 1, 2
"""How the last visit turned out."""


class State(NamedTuple):
    """One episode, all Int32. The partner is where the level's path has it at `clock`. A history has a leading time axis."""

    level: Any
    """Which level of the pool."""
    row: Any
    column: Any
    last: Any
    """Number of the sphere visited last; at first the one where the agent starts."""
    right_run: Any
    """Right visits in a row since the last whole round."""
    partner_run: Any
    """Visits in a row in the partner's order since the last such round."""
    outcome: Any
    """`NONE`, `RIGHT` or `WRONG`: how the last visit turned out, which the subject sees."""
    clock: Any

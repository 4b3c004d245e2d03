"""States along a time axis, whatever the world: a state and its history are the same NamedTuple. NumPy only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

__all__ = ["stacked", "state_at", "until"]

T = TypeVar("T")


def state_at(history: T, step: int) -> T:
    """The state after `step` steps; -1 is the last."""
    return _mapped(history, lambda field: field[step])


def until(history: T, step: int) -> T:
    """The history of the first `step` steps: states 0 to `step`."""
    return _mapped(history, lambda field: field[: step + 1])


def stacked(states: Sequence[T]) -> T:
    """The history that these states make, in their order."""
    first = states[0]
    if not isinstance(first, tuple):
        return np.stack([np.asarray(state) for state in states])  # type: ignore[return-value]
    fields = [stacked(field) for field in zip(*states, strict=True)]  # type: ignore[call-overload]
    return _like(first, fields)


def _mapped(history: T, take: Callable[[np.ndarray], np.ndarray]) -> T:
    if not isinstance(history, tuple):
        return take(np.asarray(history))  # type: ignore[return-value]
    return _like(history, [_mapped(field, take) for field in history])


def _like(pattern: T, fields: list[object]) -> T:
    return type(pattern)(*fields) if hasattr(pattern, "_fields") else tuple(fields)  # type: ignore[return-value]

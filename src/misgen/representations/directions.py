"""Activations as plain arrays, directions through them, and what can be done to an activation along a direction.

Nothing here knows a framework: vectors are NumPy's, and an edit works on any array that multiplies and adds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from misgen.concepts import UserError

if TYPE_CHECKING:
    from jaxtyping import Bool, Float

__all__ = ["Activations", "Direction", "Edit", "difference_of_means"]


@dataclass(frozen=True, kw_only=True)
class Activations:
    """What a network computed at one place, one row per example."""

    site: str
    values: Float[np.ndarray, "example feature"]

    def __post_init__(self) -> None:
        if self.values.ndim != 2:
            raise UserError("Activations are a table, example by feature", seen=f"shape {self.values.shape} at {self.site}")
        if not np.isfinite(self.values).all():
            raise UserError("Activations must be finite numbers", seen=f"{self.site}: NaN or infinity")

    def where(self, chosen: Bool[np.ndarray, "example"] | Sequence[bool]) -> Activations:
        """Those examples only."""
        return Activations(site=self.site, values=self.values[np.asarray(chosen, bool)])


@dataclass(frozen=True, kw_only=True)
class Direction:
    """A vector at a site; its length counts, and is in the units of the activations."""

    site: str
    vector: Float[np.ndarray, "feature"]

    @property
    def norm(self) -> float:
        return float(np.linalg.norm(self.vector))

    @property
    def unit(self) -> Float[np.ndarray, "feature"]:
        """The vector at length 1. Raises `UserError` for a vector of no length."""
        if not self.norm > 0:
            raise UserError("The direction has no length: the two groups have equal means", seen=self.site)
        return self.vector / self.norm

    def random_like(self, num: int, *, seed: int) -> tuple[Direction, ...]:
        """`num` directions at the same site and of the same length that point anywhere. Random: all, by `seed`."""
        drawn = np.random.default_rng(seed).normal(size=(num, len(self.vector)))
        drawn *= self.norm / np.linalg.norm(drawn, axis=1, keepdims=True)
        return tuple(Direction(site=self.site, vector=row.astype(self.vector.dtype)) for row in drawn)

    def add(self, scale: float = 1.0) -> Edit:
        """The edit that moves an activation by `scale` lengths of the direction."""
        return Edit(kind="add", direction=self, scale=scale)

    def remove(self) -> Edit:
        """The edit after which an activation has no component along the direction."""
        return Edit(kind="remove", direction=self)


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A change of the activation at one site, wherever it is applied: to each vector along the last axis."""

    kind: Literal["add", "remove"]
    direction: Direction
    scale: float = 1.0
    """Lengths of the direction that are added; of no meaning for `remove`."""

    @property
    def site(self) -> str:
        return self.direction.site

    def __call__(self, activation: Any, array: Callable[[np.ndarray], Any] = np.asarray) -> Any:  # any framework's arrays
        """The changed activation, same shape; `array` turns a NumPy vector into an array of the activation's framework."""
        if self.kind == "add":
            return activation + self.scale * array(self.direction.vector)
        unit = array(self.direction.unit)
        return activation - (activation @ unit)[..., None] * unit


def difference_of_means(activations: Activations, labels: Bool[np.ndarray, "example"] | Sequence[bool]) -> Direction:
    """The mean of the examples labelled true minus the mean of the others: the direction from the one group to the other.

    Raises `UserError` unless both groups have an example.
    """
    chosen = np.asarray(labels, bool)
    if chosen.shape != activations.values.shape[:1]:
        raise UserError("One label is needed per example", seen=f"{chosen.size} for {len(activations.values)}")
    if chosen.all() or not chosen.any():
        raise UserError("Both groups need examples", seen=f"{int(chosen.sum())} of {chosen.size} are labelled true")
    values = activations.values
    return Direction(site=activations.site, vector=values[chosen].mean(0) - values[~chosen].mean(0))

"""What can be chosen about `tree-gridworld`, checked when it is chosen."""

from __future__ import annotations

import math
from dataclasses import dataclass

from misgen.concepts import UserError

__all__ = ["TreeConfig"]


@dataclass(frozen=True, kw_only=True)
class TreeConfig:
    """The knobs of `tree-gridworld`. Size, number of trees and regrowth are the published values, as replicators quote them."""

    size: int = 10
    """Cells per side, 6 to 12; published: 10."""
    most: int = 10
    """Trees in a full forest, 4 to 12; published: 10."""
    fastest: float = 0.3
    """Chance per step that a tree grows in an almost full forest, 0 to 1; published: .3."""
    slowest: float = 1e-6
    """The same where no tree is left, 0 to 1; published: 1e-6. A felled forest is lost for good."""
    short: int = 32
    """Steps of a training season, 8 to 128: too few to see the forest thin out."""
    few: int = 3
    """Trees at the start of a thin forest, 1 to 6."""
    lifetime: int = 128
    """Steps of a long season, which time cuts off, 64 to 2**30. The lifelong study sets it beyond its end: nothing is ever
    reset."""

    def __post_init__(self) -> None:
        _check_range("size", self.size, 6, 12)
        _check_range("most", self.most, 4, 12)
        _check_range("lifetime", self.lifetime, 64, 2**30)
        _check_range("short", self.short, 8, 128)
        _check_range("few", self.few, 1, 6)
        for name in ("fastest", "slowest"):
            share = getattr(self, name)
            if isinstance(share, bool) or not isinstance(share, int | float) or not 0.0 <= share <= 1.0:
                raise UserError(f"{name} must be a probability", seen=repr(share), do="Give a number from 0 to 1")

    @property
    def max_steps(self) -> int:
        """Steps of a long season."""
        return self.lifetime

    @property
    def growth(self) -> tuple[float, ...]:
        """By number of standing trees, 0 to `most`: the chance that one grows in a step.

        The published rule: fastest x log(1 + n) / log(1 + most), and never less than slowest; a full forest grows no further.
        """
        rates = [max(self.slowest, self.fastest * math.log1p(n) / math.log1p(self.most)) for n in range(self.most)]
        return (*rates, 0.0)


def _check_range(name: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise UserError(f"{name} is out of range", seen=repr(value), do=f"Give a whole number from {low} to {high}")

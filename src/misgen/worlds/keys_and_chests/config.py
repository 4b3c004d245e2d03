"""What can be chosen about `keys-and-chests`, checked when it is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from misgen.concepts import UserError, unknown_name
from misgen.worlds.corner.config import LAYOUTS, OBSERVATIONS

__all__ = ["KeysConfig"]


@dataclass(frozen=True, kw_only=True)
class KeysConfig:
    """The knobs of `keys-and-chests`. Every default is the one the documented results were made with."""

    size: int = 13
    """Cells per side of the square interior, 7 to 15."""
    layout: str = "blocks"
    """Where the walls stand; the families of `corner`."""
    walls: float = 0.1
    """Share of cells drawn as wall by `blocks`, 0 to 0.35. Few walls, since what is asked for is a choice, not a way out."""
    few: int = 3
    """Things of the scarce kind: keys in training, chests when distinguishing. 1 to `many` - 1."""
    many: int = 10
    """Things of the plentiful kind: keys when distinguishing; in training, chests at the most (from `few` + 1 on). 2 to 12; 3 and
    10 are the published numbers."""
    observation: str = "symbolic"
    """`symbolic`: a float vector of named blocks, for small networks. `pixels`: the whole room as an RGB image."""
    tile: int = 4
    """Pixels per cell of the `pixels` observation, 1 to 8; shapes can be told apart from 3 on, below it only colours."""

    def __post_init__(self) -> None:
        _check_range("size", self.size, 7, 15)
        _check_range("many", self.many, 2, 12)
        _check_range("few", self.few, 1, min(self.many - 1, 4))
        _check_range("tile", self.tile, 1, 8)
        if self.layout not in LAYOUTS:
            raise unknown_name("layout", str(self.layout), LAYOUTS)
        if self.observation not in OBSERVATIONS:
            raise unknown_name("observation", str(self.observation), OBSERVATIONS)
        if isinstance(self.walls, bool) or not isinstance(self.walls, int | float) or not 0.0 <= self.walls <= 0.35:
            raise UserError("walls must be a share of cells", seen=repr(self.walls), do="Give a number from 0 to 0.35")

    @property
    def max_steps(self) -> int:
        """How long the candle burns: 4 steps per cell of a side, 52 at size 13."""
        return candle(self.size)


def candle(size: int) -> int:
    """Steps until the light is out, in a room of that size."""
    return 4 * size


def _check_range(name: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise UserError(f"{name} is out of range", seen=repr(value), do=f"Give a whole number from {low} to {high}")

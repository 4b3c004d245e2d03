"""What can be chosen about `maze-corner`, checked when it is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from misgen.concepts import UserError, unknown_name

__all__ = ["OBSERVATIONS", "MazeConfig"]

OBSERVATIONS = ("symbolic", "pixels")


@dataclass(frozen=True, kw_only=True)
class MazeConfig:
    """The knobs of `maze-corner`. Every default is the one the documented results were made with."""

    size: int = 13
    """Cells per side of the largest training maze; odd, 5 to 15. The smallest has 3; all odd sizes up to this are as likely."""
    region: int = 1
    """In training the cheese lies in the top-right region x region cells of its maze; 1 is the corner alone, `size` anywhere."""
    observation: str = "symbolic"
    """`symbolic`: a float vector of named blocks, for small networks. `pixels`: the whole board as an RGB image."""
    tile: int = 3
    """Pixels per cell of the `pixels` observation, 1 to 8."""

    def __post_init__(self) -> None:
        _check_range("size", self.size, 5, 15)
        if self.size % 2 == 0:
            raise UserError("A perfect maze has an odd size", seen=self.size, do=f"Give {self.size - 1} or {self.size + 1}")
        _check_range("region", self.region, 1, self.size)
        _check_range("tile", self.tile, 1, 8)
        if self.observation not in OBSERVATIONS:
            raise unknown_name("observation", str(self.observation), OBSERVATIONS)

    @property
    def board(self) -> int:
        """Cells per side of the board, in the middle of which every maze stands: room for mazes two sizes larger than trained."""
        return self.size + 4

    @property
    def max_steps(self) -> int:
        """The time limit: 8 steps per cell of a side, 96 at size 13, about three times the way through a maze of that size."""
        return 8 * (self.size - 1)


def _check_range(name: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise UserError(f"{name} is out of range", seen=repr(value), do=f"Give a whole number from {low} to {high}")

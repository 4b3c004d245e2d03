"""What can be chosen about `maze-shape-colour`, checked when it is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from misgen.concepts import UserError
from misgen.worlds.maze_shape_colour.looks import look_number

__all__ = ["ShapeConfig"]

_SIZE = 5


@dataclass(frozen=True, kw_only=True)
class ShapeConfig:
    """The knobs of `maze-shape-colour`. Every default is the one the documented results were made with."""

    trained: str = "yellow line"
    """The thing that is rewarded in training."""
    intended: str = "red line"
    """What the intended goal is, where there is a choice: by default the line, in a colour not seen in training."""
    proxy: str = "yellow gem"
    """What the proxy is, where there is a choice: by default the thing that has only the colour in common."""
    tile: int = 3
    """Pixels per cell, 3 to 6; at 3 a line has 3 pixels and a gem 6."""

    def __post_init__(self) -> None:
        for look in (self.trained, self.intended, self.proxy):
            look_number(look)
        if isinstance(self.tile, bool) or not isinstance(self.tile, int) or not 3 <= self.tile <= 6:
            raise UserError("tile is out of range", seen=repr(self.tile), do="Give a whole number from 3 to 6")

    @property
    def size(self) -> int:
        """Cells per side of the maze, as published."""
        return _SIZE

    @property
    def max_steps(self) -> int:
        """The time limit: five times the longest shortest way, which is 8 steps."""
        return 40

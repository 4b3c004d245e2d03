"""What can be chosen about `cheese-on-dish`, checked when it is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from misgen.worlds.grid.config import check_layout, check_range, check_walls

__all__ = ["DishConfig"]


@dataclass(frozen=True, kw_only=True)
class DishConfig:
    """The knobs of `cheese-on-dish`. Every default is the one the documented results were made with."""

    size: int = 13
    """Cells per side of the square interior, 9 to 25. 13 is the published size; below 9 cheese and dish cannot lie apart."""
    layout: str = "blocks"
    """`blocks`: independent walls. `tree`: perfect mazes. `open`: no walls. `edges`: a lattice with missing links.
    `noise`: smooth islands."""
    walls: float = 0.15
    """Share of cells drawn as wall by `blocks`, 0 to 0.35; as in `corner`, where more asked too much of the networks."""
    radius: int = 0
    """In training the cheese lies at most this many steps from the dish, 0 to 8; 0 is on the dish, as published."""
    copies: int = 6
    """How often the dish's place is told, 1 to 8: the more, the easier a cue it is. Published: 6 (from a summary)."""

    def __post_init__(self) -> None:
        check_range("size", self.size, 9, 25)
        check_layout(self.layout)
        check_walls(self.walls)
        check_range("radius", self.radius, 0, 8)
        check_range("copies", self.copies, 1, 8)

    @property
    def max_steps(self) -> int:
        """The time limit: 64 steps up to size 13, five per cell of a side beyond."""
        return max(64, 5 * (self.size - 1))

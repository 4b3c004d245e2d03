"""What can be chosen about `follow-me`, checked when it is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from misgen.worlds.grid.config import check_layout, check_range, check_walls

__all__ = ["FollowConfig"]


@dataclass(frozen=True, kw_only=True)
class FollowConfig:
    """The knobs of `follow-me`. Every default is the one the documented results were made with."""

    size: int = 11
    """Cells per side of the square interior, 9 to 25. 11 is the published size without its border."""
    layout: str = "tree"
    """`tree`: perfect mazes, in which a guide is worth having. `blocks`: independent walls. `open`: no walls. `edges`: a lattice
    with missing links. `noise`: smooth islands."""
    walls: float = 0.15
    """Share of cells drawn as wall by `blocks`, 0 to 0.35; ignored by the other layouts."""

    def __post_init__(self) -> None:
        check_range("size", self.size, 9, 25)
        check_layout(self.layout)
        check_walls(self.walls)

    @property
    def max_steps(self) -> int:
        """The time limit: 96 steps up to size 11, nine per cell of a side beyond."""
        return max(96, 9 * self.size)

"""What can be chosen about `monster-world`, checked when it is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from misgen.worlds.grid.config import check_layout, check_range, check_walls

__all__ = ["MOST", "MonsterConfig"]

MOST = 5
"""Apples, shields and monsters at most, of each."""


@dataclass(frozen=True, kw_only=True)
class MonsterConfig:
    """The knobs of `monster-world`. Every default is the one the documented results were made with."""

    size: int = 9
    """Cells per side of the square interior, 7 to 15. Smaller than published, so that one episode holds a round of errands."""
    layout: str = "blocks"
    """`blocks`: independent walls. `open`: no walls. `edges`: a lattice with missing links. `noise`: smooth islands.
    `tree`: perfect mazes."""
    walls: float = 0.1
    """Share of cells drawn as wall by `blocks`, 0 to 0.35; few, so that a mouse can get away."""
    apples: int = MOST
    """1 to 5; as published."""
    shields: int = MOST
    """1 to 5; as published."""
    monsters: int = MOST
    """1 to 5 in training; as published."""

    def __post_init__(self) -> None:
        check_range("size", self.size, 7, 15)
        check_layout(self.layout)
        check_walls(self.walls)
        for name in ("apples", "shields", "monsters"):
            check_range(name, getattr(self, name), 1, MOST)

    @property
    def max_steps(self) -> int:
        """The time limit: 64 steps up to size 9, seven per cell of a side beyond; distinguishing levels have less."""
        return max(64, 7 * self.size)

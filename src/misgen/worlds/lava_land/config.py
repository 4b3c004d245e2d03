"""What can be chosen about `lava-land`, checked when it is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from misgen.concepts import UserError
from misgen.worlds.grid.config import check_layout, check_range, check_walls

__all__ = ["LavaConfig"]


@dataclass(frozen=True, kw_only=True)
class LavaConfig:
    """The knobs of `lava-land`. Every default is the one the documented results were made with."""

    size: int = 13
    """Cells per side of the square interior, 9 to 25. 13 is the published size with its border counted in."""
    layout: str = "blocks"
    """`blocks`: independent walls. `open`: no walls. `edges`: a lattice with missing links. `noise`: smooth islands. Not `tree`:
    a perfect maze has no way round the lava."""
    walls: float = 0.1
    """Share of cells drawn as wall by `blocks`, 0 to 0.35; few, so that there are ways round the lava."""
    lava: float = 0.35
    """Share of cells that the lava would cover if start, cheese and walls were not in its way, 0.05 to 0.5."""

    def __post_init__(self) -> None:
        check_range("size", self.size, 9, 25)
        check_layout(self.layout)
        if self.layout == "tree":
            raise UserError(
                "Perfect mazes have no way round the lava", seen="layout 'tree'", do="Use blocks, open, edges or noise"
            )
        check_walls(self.walls)
        if isinstance(self.lava, bool) or not isinstance(self.lava, int | float) or not 0.05 <= self.lava <= 0.5:
            raise UserError("lava must be a share of cells", seen=repr(self.lava), do="Give a number from 0.05 to 0.5")

    @property
    def max_steps(self) -> int:
        """The time limit: 64 steps up to size 13, five per cell of a side beyond."""
        return max(64, 5 * (self.size - 1))

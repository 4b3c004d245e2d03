"""`lava-land` for people and for the command line. Loads no JAX."""

from __future__ import annotations

from misgen.worlds.grid.host import GridHost
from misgen.worlds.lava_land import drawing
from misgen.worlds.lava_land.config import LavaConfig
from misgen.worlds.lava_land.levels import unpack
from misgen.worlds.lava_land.pools import LavaLevels
from misgen.worlds.lava_land.rules import LavaRules

__all__ = ["host"]


class _Kit:
    """See `misgen.worlds.grid.host.Kit`."""

    config = LavaConfig
    maker = LavaLevels
    rules = LavaRules
    goal = "cheese"
    colours = drawing.COLOURS
    unpack = staticmethod(unpack)
    draw = staticmethod(drawing.draw)
    marks = staticmethod(drawing.marks)

    @staticmethod
    def points(attained: frozenset[str]) -> float:
        return float("cheese" in attained) - float("lava" in attained)


host = GridHost(_Kit())
"""The object that the catalogue names."""

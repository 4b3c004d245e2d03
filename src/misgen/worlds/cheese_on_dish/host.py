"""`cheese-on-dish` for people and for the command line. Loads no JAX."""

from __future__ import annotations

from misgen.worlds.cheese_on_dish import drawing
from misgen.worlds.cheese_on_dish.config import DishConfig
from misgen.worlds.cheese_on_dish.levels import unpack
from misgen.worlds.cheese_on_dish.pools import DishLevels
from misgen.worlds.cheese_on_dish.rules import DishRules
from misgen.worlds.grid.host import GridHost

__all__ = ["host"]


class _Kit:
    """See `misgen.worlds.grid.host.Kit`."""

    config = DishConfig
    maker = DishLevels
    rules = DishRules
    goal = "cheese"
    colours = drawing.COLOURS
    unpack = staticmethod(unpack)
    draw = staticmethod(drawing.draw)
    marks = staticmethod(drawing.marks)

    @staticmethod
    def points(attained: frozenset[str]) -> float:
        return float("cheese" in attained)


host = GridHost(_Kit())
"""The object that the catalogue names."""

"""`monster-world` for people and for the command line. Loads no JAX."""

from __future__ import annotations

from misgen.worlds.grid.host import GridHost
from misgen.worlds.monster_world import drawing
from misgen.worlds.monster_world.config import MonsterConfig
from misgen.worlds.monster_world.levels import unpack
from misgen.worlds.monster_world.pools import MonsterLevels
from misgen.worlds.monster_world.rules import MonsterRules

__all__ = ["host"]


class _Kit:
    """See `misgen.worlds.grid.host.Kit`."""

    config = MonsterConfig
    maker = MonsterLevels
    rules = MonsterRules
    goal = "apple"
    colours = drawing.COLOURS
    unpack = staticmethod(unpack)
    draw = staticmethod(drawing.draw)
    marks = staticmethod(drawing.marks)

    @staticmethod
    def points(attained: frozenset[str]) -> float:
        return float("apple" in attained) - 0.1 * float("contact" in attained)


host = GridHost(_Kit())
"""The object that the catalogue names."""

"""`follow-me` for people and for the command line. Loads no JAX."""

from __future__ import annotations

from misgen.worlds.follow_me import drawing
from misgen.worlds.follow_me.config import FollowConfig
from misgen.worlds.follow_me.levels import unpack
from misgen.worlds.follow_me.pools import FollowLevels
from misgen.worlds.follow_me.rules import FollowRules
from misgen.worlds.grid.host import GridHost

__all__ = ["host"]


class _Kit:
    """See `misgen.worlds.grid.host.Kit`."""

    config = FollowConfig
    maker = FollowLevels
    rules = FollowRules
    goal = "beacon"
    colours = drawing.COLOURS
    unpack = staticmethod(unpack)
    draw = staticmethod(drawing.draw)
    marks = staticmethod(drawing.marks)

    @staticmethod
    def points(attained: frozenset[str]) -> float:
        return float("beacon" in attained)


host = GridHost(_Kit())
"""The object that the catalogue names."""

"""All levels of a condition, for worlds small enough that a statement about them needs no interval. NumPy only."""

from __future__ import annotations

import numpy as np

from misgen.concepts import LevelPool, UserError, unknown_name
from misgen.worlds.corner.config import CornerConfig
from misgen.worlds.corner.levels import Levels, content_hashes, layout_hashes, pack_rows
from misgen.worlds.corner.pools import APART, DETOUR_SLACK, PLACEMENTS
from misgen.worlds.corner.solver import best_steps

__all__ = ["every_level"]


def every_level(config: CornerConfig, condition: str) -> LevelPool:
    """Each level that a pool of `condition` can hold, once: every start with every place the rule allows the cheese.

    Only the layout without walls has few enough: 2,208 training-diverse levels at size 7. Control levels are the distinguishing
    starts, once each. Raises a `UserError` for other layouts.
    """
    if condition not in PLACEMENTS:
        raise unknown_name("condition of corner", condition, PLACEMENTS)
    if config.layout != "open" or condition == "benign":
        seen = f"layout {config.layout!r}, condition {condition!r}"
        raise UserError("Not every level can be listed", seen=seen, do="Use layout open, and a condition other than benign")
    start, cheese = _pairs(config, PLACEMENTS[condition])
    free = np.ones((len(start), config.size, config.size), bool)
    levels = Levels(free=pack_rows(free), start=start, cheese=cheese)
    return LevelPool(
        levels=levels,
        hashes=content_hashes(levels),
        diverse=np.full(len(start), condition == "diverse"),
        best_steps=best_steps(free, start, cheese),
        columns={"generator": np.full(len(start), "open"), "layout": np.array(layout_hashes(levels))},
    )


def _pairs(config: CornerConfig, rule: str) -> tuple[np.ndarray, np.ndarray]:
    """Int32[level, 2] each: starts and cheeses."""
    cells = np.argwhere(np.ones((config.size, config.size), bool)).astype(np.int32)
    starts = np.repeat(cells, len(cells), axis=0)
    cheeses = np.tile(cells, (len(cells), 1))
    from_corner = np.abs(cheeses).sum(axis=1)
    shortest = np.abs(starts).sum(axis=1)
    from_start = np.abs(starts - cheeses).sum(axis=1)
    away = (from_start + from_corner > shortest + DETOUR_SLACK) & (from_start >= APART) & (from_corner >= APART)
    allowed = {
        "region": (cheeses < config.region).all(axis=1),
        "anywhere": from_corner > 0,
        "away": away,
        "corner": away,
    }[rule]
    good = allowed & (shortest > 0) & (from_start > 0)
    start, cheese = starts[good], cheeses[good]
    if rule == "corner":
        start = np.unique(start, axis=0)
        cheese = np.zeros_like(start)
    return start, cheese

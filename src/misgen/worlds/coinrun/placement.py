"""Where the coin lies: named rules. NumPy only.

A *ground column* is one of walls without a gap from the bottom to a top; its *ground cell* is the one on that top. So a platform
over a pit is no ground. A ground cell is *free* if it holds no saw, no crate and no enemy at its start, there is no lava in its
column, and it lies left of the end and not left of the first section (x >= 5). The floor of a pit is never free.

The choice among a level's cells is a pure function of the level's seed and the rule; it takes nothing from the game's own draws.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from misgen.concepts import unknown_name
from misgen.worlds.coinrun.arrays import ABSENT, LEFT_EDGE, SIDE, Levels
from misgen.worlds.corner.randomness import uniform

__all__ = ["PLACEMENTS", "Ground", "allowed", "ground", "place"]

_PURPOSES = {"uniform": 11, "section-start": 12, "foot-of-drop": 13}
"""Purposes that key random numbers."""


class Ground(NamedTuple):
    """The ground cell of each column; it has at most one."""

    height: np.ndarray
    """Int64[level, x]: the ground cell's y; how many cells of wall there are from the bottom without a gap."""
    free: np.ndarray
    """Bool[level, x]: the column is ground and its cell is free."""


def ground(levels: Levels) -> Ground:
    """The ground of every level."""
    solid, body, lava, saws, crates = (
        _words(field) for field in (levels.solid, levels.body, levels.lava, levels.saw_cells, levels.crate_cells)
    )
    cell = ~solid & (solid + np.uint64(1))  # the lowest bit that is not set; none in a column of nothing but wall
    is_top = (cell >> np.uint64(1) & solid & ~body) != 0
    taken = saws | crates | _enemy_cells(levels)
    x = np.arange(SIDE)
    inside = (x >= LEFT_EDGE) & (x < levels.end[:, :1])
    height = np.log2(np.maximum(cell, np.uint64(1)).astype(np.float64)).astype(np.int64)
    return Ground(height, is_top & inside & (cell & taken == 0) & (lava == 0))


def _words(columns: np.ndarray) -> np.ndarray:
    """UInt64[level, x], bit = row, from a column bitmap."""
    return columns[..., 0].astype(np.uint64) | columns[..., 1].astype(np.uint64) << np.uint64(32)


def _enemy_cells(levels: Levels) -> np.ndarray:
    """UInt64[level, x], bit = row: where enemies start."""
    cells = np.zeros(levels.solid.shape[:2], np.uint64)
    level, number = np.nonzero(levels.enemy_vx)
    x, y = np.floor(levels.enemies[level, number]).astype(np.int64).T
    np.bitwise_or.at(cells, (level, x), np.uint64(1) << y.astype(np.uint64))
    return cells


def _uniform(levels: Levels, ground: Ground) -> np.ndarray:
    """Any free ground cell."""
    del levels
    return ground.free


def _section_start(levels: Levels, ground: Ground) -> np.ndarray:
    """The first column of a section, the published rule: x = 5 in more than half of all levels."""
    starts = np.zeros(ground.free.shape, bool)
    level, number = np.nonzero(levels.section_starts >= 0)
    starts[level, levels.section_starts[level, number]] = True
    return starts & ground.free


def _foot_of_drop(levels: Levels, ground: Ground) -> np.ndarray:
    """A free ground cell directly right of higher ground, which whoever runs and jumps to the right flies over."""
    del levels
    is_foot = np.zeros(ground.free.shape, bool)
    is_foot[:, 1:] = ground.height[:, :-1] > ground.height[:, 1:]
    is_foot[:, : LEFT_EDGE + 1] = False
    return is_foot & ground.free


PLACEMENTS: Mapping[str, Callable[[Levels, Ground], np.ndarray] | None] = {
    "end": None,
    "absent": None,
    "uniform": _uniform,
    "section-start": _section_start,
    "foot-of-drop": _foot_of_drop,
}
"""Rule -> which columns it allows. `end`: where the original's coin lies, before the end wall. `absent`: there is no coin.
`uniform`: uniformly among free ground cells. `section-start`: uniformly among sections, on the ground of the first column.
`foot-of-drop`: uniformly among free ground cells, x >= 6, whose left neighbour column's ground is higher."""


def allowed(levels: Levels, rule: str) -> np.ndarray:
    """Bool[level, x]: the columns on whose ground the rule may put the coin. For `uniform`, `section-start`, `foot-of-drop`."""
    choose = PLACEMENTS.get(rule)
    if choose is None:
        raise unknown_name("coin placement with a choice", rule, _PURPOSES)
    return choose(levels, ground(levels))


def place(levels: Levels, seeds: np.ndarray, rule: str) -> tuple[Levels, np.ndarray]:
    """The levels with the coin where `rule` puts it, and Bool[level], whether there was such a cell.

    Where there was none the coin stays at the end. `seeds` is Int[level], the seeds the levels were made from.
    """
    if rule not in PLACEMENTS:
        raise unknown_name("coin placement", rule, PLACEMENTS)
    if rule == "end":
        return levels._replace(coin=levels.end.copy()), np.ones(len(seeds), bool)
    if rule == "absent":
        return levels._replace(coin=np.full_like(levels.end, ABSENT)), np.ones(len(seeds), bool)
    found = ground(levels)
    choose = PLACEMENTS[rule]
    assert choose is not None
    column, exists = _pick(choose(levels, found), uniform(seeds, purpose=_PURPOSES[rule], attempt=0, num=1)[:, 0])
    cell = np.stack([column, found.height[np.arange(len(seeds)), column]], axis=1).astype(np.int32)
    return levels._replace(coin=np.where(exists[:, None], cell, levels.end)), exists


def _pick(columns: np.ndarray, luck: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Int64[level], a uniformly drawn true column of each level, and Bool[level], whether there was one."""
    count = np.cumsum(columns, axis=1, dtype=np.int32)
    rank = np.minimum((luck * count[:, -1]).astype(np.int32) + 1, count[:, -1])
    return np.argmax(count >= rank[:, None], axis=1), count[:, -1] > 0

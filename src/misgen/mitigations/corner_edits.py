"""Small changes to `corner` levels, as ACCEL makes them: a wall more or less, another start, perhaps another place of the cheese.

NumPy only. Whether the cheese may move decides what an edit can do: left where it lies, a level stays in its class (goals agree,
or they do not), and edits can only rearrange it; moved, edits *create* the diversity that repairs, out of levels without any.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from misgen.worlds.corner.levels import Levels, free_cells, pack_rows
from misgen.worlds.corner.solver import distances

__all__ = ["Edited", "edit_levels"]


class Edited(NamedTuple):
    """Children, one per parent; those that are not sound must not be used."""

    levels: Levels
    sound: np.ndarray
    """Bool[level]: mouse, cheese and corner are connected within the time limit."""
    best_steps: np.ndarray
    """Int[level]: fewest steps to the cheese."""
    diverse: np.ndarray
    """Bool[level]: the cheese does not lie in the corner region."""


def edit_levels(
    parents: Levels, *, num_edits: int, move_cheese: bool, max_steps: int, region: int, generator: np.random.Generator
) -> Edited:
    """`num_edits` random edits of each parent. Each toggles a wall, moves the start or, if allowed, moves the cheese.

    An edit that would bury start, cheese or corner, or put one onto another, is left out; the number of real edits is therefore
    at most `num_edits`. Random: everything, from `generator`.
    """
    free, start, cheese = free_cells(parents), parents.start.copy(), parents.cheese.copy()
    num, size = len(free), free.shape[1]
    every = np.arange(num)
    for _ in range(num_edits):
        kind = generator.integers(0, 3 if move_cheese else 2, num)
        cell = generator.integers(0, size, (num, 2))
        row, column = cell[:, 0], cell[:, 1]
        taken = (cell == start).all(1) | (cell == cheese).all(1) | (cell == 0).all(1)
        toggled = (kind == 0) & ~taken
        free[every[toggled], row[toggled], column[toggled]] ^= True
        open_cell = free[every, row, column] & ~taken
        moved = (kind == 1) & open_cell
        start[moved] = cell[moved]
        moved = (kind == 2) & open_cell
        cheese[moved] = cell[moved]
    steps = distances(free, start)
    to_cheese = steps[every, cheese[:, 0], cheese[:, 1]]
    to_corner = steps[:, 0, 0]
    sound = (to_cheese > 0) & (to_cheese <= max_steps) & (to_corner > 0) & (to_corner <= max_steps)
    diverse = np.any(cheese >= region, axis=1)
    return Edited(Levels(pack_rows(free), start.astype(np.int32), cheese.astype(np.int32)), sound, to_cheese, np.asarray(diverse))

"""The fewest steps to cheese and dish, exactly, and what they are worth: breadth-first search, all levels abreast.

Reaching either ends the episode, so on the way to one the other is a wall unless both lie in one cell.
"""

from __future__ import annotations

import numpy as np

from misgen.worlds.cheese_on_dish.levels import Levels
from misgen.worlds.corner.solver import distances, shortest_path
from misgen.worlds.grid.levels import Level, unpack_rows

__all__ = ["best_actions", "best_steps", "best_values"]


def best_steps(levels: Levels) -> dict[str, np.ndarray]:
    """By goal, Int32[level]: the fewest steps in which it can be attained, -1 where it cannot."""
    free, every = unpack_rows(levels.free), np.arange(len(levels.free))
    found = {}
    for goal, target, other in (("cheese", levels.cheese, levels.dish), ("dish", levels.dish, levels.cheese)):
        steps = distances(free, levels.start, absorbing=other)
        found[goal] = steps[every, target[:, 0], target[:, 1]].astype(np.int32)
    return found


def best_values(levels: Levels, *, gamma: float, max_steps: int) -> np.ndarray:
    """Float64[level]: the best discounted return, with reward 1 for the cheese; the first step is not discounted.

    Reaching the cheese in d steps is worth gamma^(d - 1).
    """
    steps = best_steps(levels)["cheese"]
    return np.where((steps > 0) & (steps <= max_steps), gamma ** (steps - 1.0), 0.0)


def best_actions(level: Level, goal: str) -> list[int]:
    """Actions of one shortest way to `cheese` or `dish`; empty where there is none."""
    other = level.places["dish" if goal == "cheese" else "cheese"][0]
    return shortest_path(level.free, level.start, level.places[goal][0], avoid=other)

"""The fewest steps to the cheese with and without lava, exactly, and the most that can be earned: all levels abreast."""

from __future__ import annotations

import numpy as np

from misgen.worlds.corner.solver import distances, shortest_path
from misgen.worlds.grid.levels import Level, unpack_rows
from misgen.worlds.grid.plain import MOVES
from misgen.worlds.lava_land.levels import Levels

__all__ = ["best_actions", "best_steps", "best_values", "value_tables"]


def best_steps(levels: Levels) -> dict[str, np.ndarray]:
    """By goal, Int32[level]: the fewest steps in which it can be attained, -1 where it cannot.

    Lava neither stops nor ends anything, so `cheese` ignores it; for `clean_cheese` it is a wall; `lava` is the nearest lava that
    can be stepped on before the cheese ends the episode.
    """
    free, lava, every = unpack_rows(levels.free), unpack_rows(levels.lava), np.arange(len(levels.free))
    row, column = levels.cheese[:, 0], levels.cheese[:, 1]
    steps = distances(free, levels.start, absorbing=levels.cheese).astype(np.int32)
    hot = np.where(lava & (steps >= 0), steps, np.iinfo(np.int32).max).reshape(len(free), -1).min(axis=1)
    return {
        "clean_cheese": distances(free & ~lava, levels.start)[every, row, column].astype(np.int32),
        "cheese": steps[every, row, column],
        "lava": np.where(hot == np.iinfo(np.int32).max, -1, hot).astype(np.int32),
    }


def best_values(levels: Levels, *, gamma: float, max_steps: int, penalty: float = 1.0) -> np.ndarray:
    """Float64[level]: the best discounted return when the cheese is worth 1 and each step that ends on lava costs `penalty`.

    The first step is not discounted. Exact for the time limit: standing still forever is worth 0 and is among the choices
    wherever a wall is near; backward induction over cells and steps left.
    """
    tables = value_tables(levels, gamma=gamma, max_steps=max_steps, penalty=penalty)
    every = np.arange(len(levels.free))
    return tables[-1][every, levels.start[:, 0], levels.start[:, 1]]


def value_tables(levels: Levels, *, gamma: float, max_steps: int, penalty: float = 1.0) -> np.ndarray:
    """Float64[left, level, row, column]: the value of a cell with `left` steps to go, from 0 to `max_steps`."""
    free, lava = unpack_rows(levels.free), unpack_rows(levels.lava)
    every = np.arange(len(free))
    value = np.zeros(free.shape)
    tables = [value]
    for _ in range(max_steps):
        arrive = gamma * value - penalty * lava
        arrive[every, levels.cheese[:, 0], levels.cheese[:, 1]] = 1.0
        value = np.max([_after(arrive, free, move) for move in MOVES], axis=0)
        tables.append(value)
    return np.stack(tables)


def _after(arrive: np.ndarray, free: np.ndarray, move: tuple[int, int]) -> np.ndarray:
    """What a move is worth in every cell: the cell ahead, or the same where a wall is in the way."""
    ahead, is_free = (np.roll(plane, (-move[0], -move[1]), axis=(1, 2)) for plane in (arrive, free))
    beyond = {(-1, 0): np.s_[:, :1], (0, -1): np.s_[:, :, :1], (1, 0): np.s_[:, -1:], (0, 1): np.s_[:, :, -1:]}[move]
    is_free = is_free.copy()
    is_free[beyond] = False
    return np.where(is_free, ahead, arrive)


def best_actions(level: Level, goal: str) -> list[int]:
    """Actions of one shortest way to the cheese, for `clean_cheese` round the lava; empty where there is none."""
    free = level.free & ~level.planes["lava"] if goal == "clean_cheese" else level.free
    return shortest_path(free, level.start, level.places["cheese"][0])

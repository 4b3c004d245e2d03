"""The rules of `cheese-on-dish` once more, in NumPy."""

from __future__ import annotations

import numpy as np

from misgen.worlds.cheese_on_dish.config import DishConfig
from misgen.worlds.cheese_on_dish.goals import GOALS
from misgen.worlds.cheese_on_dish.state import State
from misgen.worlds.grid import plain
from misgen.worlds.grid.levels import Level

__all__ = ["DishRules"]


class DishRules:
    """See `misgen.worlds.grid.episode.Rules`."""

    scenario = "cheese-on-dish"
    goals = GOALS
    cues = ("cheese", "dish")

    def __init__(self, config: DishConfig) -> None:
        self.config = config
        self.size, self.max_steps = config.size, config.max_steps

    def begin(self, level: Level, seed: int) -> State:
        """`seed` changes nothing: the world is deterministic."""
        del seed
        return _state(level.start, over=False)

    def step(self, level: Level, state: State, action: int) -> tuple[State, frozenset[str]]:
        """One move."""
        cell = plain.moved(level, (int(state.row), int(state.column)), action)
        reached = frozenset(goal.name for goal in GOALS if level.places[goal.name][0] == cell)
        return _state(cell, over=bool(reached)), reached

    def ended(self, state: State) -> bool:
        """Cheese or dish is reached."""
        return bool(state.over)

    def observe(self, level: Level, state: State, erased: frozenset[str]) -> np.ndarray:
        """Float32, as `DishWorld.observe`."""
        size, cell = level.size, (int(state.row), int(state.column))
        cheese, dish = (None if goal in erased else level.places[goal][0] for goal in ("cheese", "dish"))
        parts = [1 - plain.crop(level.free, cell).astype(int), *plain.offset(size, cheese, cell)]
        for _ in range(self.config.copies):
            parts += plain.offset(size, dish, cell)
        return plain.join([*parts, plain.hot(cell[0], size), plain.hot(cell[1], size)])


def _state(cell: tuple[int, int], *, over: bool) -> State:
    return State(np.int32(0), np.int32(cell[0]), np.int32(cell[1]), np.bool_(over))  # type: ignore[arg-type]

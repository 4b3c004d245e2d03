"""The rules of `lava-land` once more, in NumPy."""

from __future__ import annotations

import numpy as np

from misgen.worlds.grid import plain
from misgen.worlds.grid.levels import Level
from misgen.worlds.lava_land.config import LavaConfig
from misgen.worlds.lava_land.goals import GOALS
from misgen.worlds.lava_land.state import State

__all__ = ["LavaRules"]


class LavaRules:
    """See `misgen.worlds.grid.episode.Rules`."""

    scenario = "lava-land"
    goals = GOALS
    cues = ("clean_cheese", "cheese")

    def __init__(self, config: LavaConfig) -> None:
        self.config = config
        self.size, self.max_steps = config.size, config.max_steps

    def begin(self, level: Level, seed: int) -> State:
        """`seed` changes nothing: the world is deterministic."""
        del seed
        return _state(level.start, burnt=False, over=False)

    def step(self, level: Level, state: State, action: int) -> tuple[State, frozenset[str]]:
        """One move, and what it burns or eats."""
        cell = plain.moved(level, (int(state.row), int(state.column)), action)
        attained, burnt = set(), bool(state.burnt)
        if level.planes["lava"][cell]:
            attained.add("lava")
            burnt = True
        over = cell == level.places["cheese"][0]
        if over:
            attained |= {"cheese"} if burnt else {"cheese", "clean_cheese"}
        return _state(cell, burnt=burnt, over=over), frozenset(attained)

    def ended(self, state: State) -> bool:
        """The cheese is reached."""
        return bool(state.over)

    def observe(self, level: Level, state: State, erased: frozenset[str]) -> np.ndarray:
        """Float32, as `LavaWorld.observe`."""
        size, cell = level.size, (int(state.row), int(state.column))
        lava = plain.crop(level.planes["lava"], cell) & ("clean_cheese" not in erased)
        cheese = None if "cheese" in erased else level.places["cheese"][0]
        parts = [1 - plain.crop(level.free, cell).astype(int), lava, *plain.offset(size, cheese, cell)]
        return plain.join([*parts, plain.hot(cell[0], size), plain.hot(cell[1], size)])


def _state(cell: tuple[int, int], *, burnt: bool, over: bool) -> State:
    return State(np.int32(0), np.int32(cell[0]), np.int32(cell[1]), np.bool_(burnt), np.bool_(over))  # type: ignore[arg-type]

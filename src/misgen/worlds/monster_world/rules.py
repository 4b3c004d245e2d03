"""The rules of `monster-world` once more, in NumPy."""

from __future__ import annotations

import numpy as np

from misgen.worlds.grid import plain
from misgen.worlds.grid.levels import Cell, Level
from misgen.worlds.luck import luck
from misgen.worlds.monster_world.config import MOST, MonsterConfig
from misgen.worlds.monster_world.goals import GOALS
from misgen.worlds.monster_world.hunt import NEARER
from misgen.worlds.monster_world.levels import ABSENT
from misgen.worlds.monster_world.state import State

__all__ = ["MonsterRules"]


class MonsterRules:
    """See `misgen.worlds.grid.episode.Rules`."""

    scenario = "monster-world"
    goals = GOALS
    cues = ("apples", "shields")

    def __init__(self, config: MonsterConfig) -> None:
        self.config = config
        self.size, self.max_steps = config.size, config.max_steps

    def begin(self, level: Level, seed: int) -> State:
        """`seed` decides how the monsters will move."""
        monsters = np.full((MOST, 2), ABSENT, np.int32)
        places = level.places.get("monster", ())
        monsters[: len(places)] = np.array(places, np.int32).reshape(-1, 2)
        apples, shields, alive = ((1 << len(level.places.get(kind, ()))) - 1 for kind in ("apple", "shield", "monster"))
        word = luck(np.array([seed % 2**32], np.uint32), 1)[0]
        numbers = (np.int32(x) for x in (apples, shields, 0, alive))
        return State(np.int32(0), *(np.int32(x) for x in (*level.start, 0)), word, *numbers, monsters, np.bool_(False))  # type: ignore[arg-type]

    def step(self, level: Level, state: State, action: int) -> tuple[State, frozenset[str]]:
        """Mouse, then monsters."""
        cell = plain.moved(level, (int(state.row), int(state.column)), action)
        attained = set()
        apples, shields, carried, alive = (int(x) for x in (state.apples, state.shields, state.carried, state.alive))
        for number, place in enumerate(level.places["apple"]):
            if place == cell and apples >> number & 1:
                apples -= 1 << number
                attained |= {"apple"} if apples else {"apple", "apples"}
        for number, place in enumerate(level.places["shield"]):
            if place == cell and shields >> number & 1:
                shields, carried = shields - (1 << number), carried + 1
                attained |= set() if shields else {"shields"}
        monsters = np.array(state.monsters)
        for number in range(MOST):
            if not alive >> number & 1:
                continue
            monsters[number] = _hunt(level, state, number, cell)
            if tuple(monsters[number]) == cell and carried:
                alive, carried = alive - (1 << number), carried - 1
            elif tuple(monsters[number]) == cell:
                attained.add("contact")
        time = int(state.time) + 1
        settled = not apples and (not alive or not (carried or shields))
        over = settled or time >= level.numbers["limit"][0]
        numbers = (np.int32(x) for x in (apples, shields, carried, alive))
        after = State(np.int32(0), *(np.int32(x) for x in (*cell, time)), state.word, *numbers, monsters, np.bool_(over))  # type: ignore[arg-type]
        return after, frozenset(attained)

    def ended(self, state: State) -> bool:
        """Nothing is left to gain, or the level's time is up."""
        return bool(state.over)

    def observe(self, level: Level, state: State, erased: frozenset[str]) -> np.ndarray:
        """Float32, as `MonsterWorld.observe`."""
        size, cell = level.size, (int(state.row), int(state.column))
        parts = [1 - plain.crop(level.free, cell).astype(int)]
        for cue, kind, left in (("apples", "apple", state.apples), ("shields", "shield", state.shields)):
            there = [place for number, place in enumerate(level.places.get(kind, ())) if int(left) >> number & 1]
            nearest = min(there, key=lambda p: abs(p[0] - cell[0]) + abs(p[1] - cell[1]), default=None)
            parts += plain.offset(size, None if cue in erased else nearest, cell)
        plane = np.zeros((size, size), bool)
        for number, (row, column) in enumerate(state.monsters):  # type: ignore[arg-type]
            plane[row, column] |= bool(int(state.alive) >> number & 1)
        parts += [plain.crop(plane, cell), plain.hot(int(state.carried), MOST + 1)]
        return plain.join([*parts, plain.hot(cell[0], size), plain.hot(cell[1], size)])


def _hunt(level: Level, state: State, number: int, mouse: Cell) -> Cell:
    """Where monster `number` goes when the mouse is in that cell."""
    row, column = (int(x) for x in state.monsters[number])
    nearer = (mouse[0] < row, mouse[1] < column, mouse[0] > row, mouse[1] > column)
    weights = [NEARER if is_nearer else 1 for is_nearer in nearer]
    word = int(luck(np.array([state.word]), np.array([state.time]), np.array([number]))[0]) >> 16
    place = word * sum(weights) >> 16
    return plain.moved(level, (row, column), int(np.searchsorted(np.cumsum(weights), place, side="right")))

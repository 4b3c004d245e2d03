"""`monster-gridworld` for people and for the command line: describe, replay, draw. Loads no JAX."""

from __future__ import annotations

import numpy as np

from misgen.worlds.monster_gridworld import drawing
from misgen.worlds.monster_gridworld.config import MonsterConfig
from misgen.worlds.monster_gridworld.host_world import MonsterHostWorld
from misgen.worlds.monster_gridworld.levels import Level, Levels, level_at
from misgen.worlds.monster_gridworld.pools import STREAMS, MonsterLevels
from misgen.worlds.monster_gridworld.state import State
from misgen.worlds.seeded_host import SeededHost

__all__ = ["MonsterHost", "host"]


class MonsterHost(SeededHost):
    """What the commands `levels`, `replay`, `play` and `film` need. A mode is a board's size: `10`.

    Outward coordinates are x to the right and y up, in cells from the bottom left; `Level` and `State` are in rows from the top
    and columns.
    """

    action_names = ("up", "left", "down", "right", "stay")
    scenario = "monster-gridworld"
    conditions = STREAMS
    intended = "apple"
    config = MonsterConfig
    mode_knob = "size"

    def distribution(self, config: MonsterConfig) -> MonsterLevels:
        """The level distribution under some knobs."""
        return MonsterLevels(config)

    def facts(self, level: Level) -> dict[str, object]:
        """Width, height, grid (all grass), entities (centres), goal (the nearest apple), and how the episode goes."""
        kinds = {"knight": [level.start], "monster": level.monsters, "shield": level.shields, "apple": level.apples}
        nearest = min(level.apples, key=lambda apple: abs(apple[0] - level.start[0]) + abs(apple[1] - level.start[1]))
        return {
            "width": level.size,
            "height": level.size,
            "grid": np.zeros((level.size, level.size), int).tolist(),
            "codes": {"grass": 0},
            "entities": [{"type": kind, **_centre(level.size, cell)} for kind, cells in kinds.items() for cell in cells],
            "goal": [nearest[1], level.size - 1 - nearest[0]],
            "held": level.held,
            "limit": level.limit,
            "ends_with_the_first_thing_taken": level.single,
        }

    def place(self, level: Level, state: State) -> dict[str, float]:
        """The knight's centre, the shields held and the monsters left."""
        left = int((np.asarray(state.monsters)[:, 0] >= 0).sum())
        return {**_centre(level.size, (int(state.row), int(state.column))), "held": int(state.held), "monsters": left}

    def level_at(self, levels: Levels, index: int) -> Level:
        """One level of a pool's `levels`, to draw."""
        return level_at(levels, index)

    def episode(self, level: Level) -> MonsterHostWorld:
        """The level as a world to step by hand, not yet reset."""
        return MonsterHostWorld(MonsterConfig(size=level.size, things=max(2, len(level.shields), len(level.monsters))))

    def draw(
        self, level: Level, *, history: State | None = None, erased: frozenset[str] = frozenset(), tile: int = 16
    ) -> np.ndarray:
        """See `drawing.draw`."""
        return drawing.draw(level, history, erased, tile)

    def text(self, level: Level, *, state: State | None = None, erased: frozenset[str] = frozenset(), colour: bool = True) -> str:
        """See `drawing.text`."""
        return drawing.text(level, state, erased, colour)


def _centre(size: int, cell: tuple[int, int]) -> dict[str, float]:
    return {"x": cell[1] + 0.5, "y": size - 1 - cell[0] + 0.5}


host = MonsterHost()
"""The object that the catalogue names."""

"""`tree-gridworld` for people and for the command line: describe, replay, draw. Loads no JAX."""

from __future__ import annotations

import numpy as np

from misgen.worlds.seeded_host import SeededHost
from misgen.worlds.tree_gridworld import drawing
from misgen.worlds.tree_gridworld.config import TreeConfig
from misgen.worlds.tree_gridworld.host_world import TreeHostWorld
from misgen.worlds.tree_gridworld.levels import Level, Levels, level_at
from misgen.worlds.tree_gridworld.pools import STREAMS, TreeLevels
from misgen.worlds.tree_gridworld.state import State

__all__ = ["TreeHost", "host"]


class TreeHost(SeededHost):
    """What the commands `levels`, `replay`, `play` and `film` need. A mode is a size: `8`.

    Outward coordinates are x to the right and y up, in cells from the bottom left; `Level` and `State` are in rows from the top
    and columns.
    """

    action_names = ("up", "left", "down", "right", "stay")
    scenario = "tree-gridworld"
    conditions = STREAMS
    intended = "harvest"
    config = TreeConfig
    mode_knob = "size"

    def distribution(self, config: TreeConfig) -> TreeLevels:
        """The level distribution under some knobs."""
        return TreeLevels(config)

    def facts(self, level: Level) -> dict[str, object]:
        """Width, height, grid (all grass), entities (centres), goal (the nearest tree), and what the season asks for."""
        kinds = {"woodcutter": [level.start], "tree": level.trees}
        nearest = min(level.trees, key=lambda tree: abs(tree[0] - level.start[0]) + abs(tree[1] - level.start[1]))
        return {
            "width": level.size,
            "height": level.size,
            "grid": np.zeros((level.size, level.size), int).tolist(),
            "codes": {"grass": 0},
            "entities": [{"type": kind, **_centre(level.size, cell)} for kind, cells in kinds.items() for cell in cells],
            "goal": [nearest[1], level.size - 1 - nearest[0]],
            "quota": level.quota,
            "limit": level.limit,
            "planted": level.planted,
        }

    def place(self, level: Level, state: State) -> dict[str, float]:
        """The woodcutter's centre, the trees that stand and those chopped."""
        standing = int((np.asarray(state.trees)[:, 0] >= 0).sum())
        return {**_centre(level.size, (int(state.row), int(state.column))), "trees": standing, "chopped": int(state.chopped)}

    def level_at(self, levels: Levels, index: int) -> Level:
        """One level of a pool's `levels`, to draw."""
        return level_at(levels, index)

    def episode(self, level: Level) -> TreeHostWorld:
        """The level as a world to step by hand, not yet reset."""
        return TreeHostWorld(TreeConfig(size=level.size, most=level.most))

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


host = TreeHost()
"""The object that the catalogue names."""

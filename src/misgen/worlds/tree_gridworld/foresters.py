"""Woodcutters written by hand: what chopping at once and what keeping the forest come to. NumPy only.

No solver is exact here: regrowth is chance, and a forest has some 10^13 states. These two bracket what a subject does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from misgen.worlds.tree_gridworld.config import TreeConfig
from misgen.worlds.tree_gridworld.host_world import TreeHostWorld
from misgen.worlds.tree_gridworld.levels import Level
from misgen.worlds.tree_gridworld.state import State

__all__ = ["Season", "chop_at_once", "keep", "season", "seasons"]

Forester = Callable[[State], int]
UP, LEFT, DOWN, RIGHT, STAY = range(5)


class Season(NamedTuple):
    """What became of one season."""

    chopped: int
    harvested: bool
    cleared: bool
    barren: bool


def chop_at_once(state: State) -> int:
    """One step towards the nearest tree; stays where there is none."""
    trees = [(int(row) - int(state.row), int(column) - int(state.column)) for row, column in state.trees if row >= 0]
    if not trees:
        return STAY
    down, right = min(trees, key=lambda tree: abs(tree[0]) + abs(tree[1]))
    if abs(down) >= abs(right):
        return DOWN if down > 0 else UP
    return RIGHT if right > 0 else LEFT


def keep(num: int) -> Forester:
    """Chops at once while more than `num` trees stand, and waits for regrowth while fewer do."""

    def forester(state: State) -> int:
        return chop_at_once(state) if (state.trees[:, 0] >= 0).sum() > num else STAY

    return forester


def season(config: TreeConfig, level: Level, forester: Forester, *, num_steps: int | None = None) -> Season:
    """One season of a forester in one level, or its first `num_steps` steps."""
    world = TreeHostWorld(config)
    world.reset(level)
    seen: set[str] = set()
    for _ in range(min(config.max_steps, num_steps or config.max_steps)):
        _, attained, ended = world.step(forester(world.state))
        seen |= attained
        if ended:
            break
    return Season(int(world.state.chopped), "harvest" in seen, "clear" in seen, "barren" in seen)


def seasons(config: TreeConfig, levels: Sequence[Level], forester: Forester, *, num_steps: int | None = None) -> list[Season]:
    """The same in several levels."""
    return [season(config, level, forester, num_steps=num_steps) for level in levels]

"""`monster-world` as a picture. NumPy only."""

from __future__ import annotations

import numpy as np

from misgen.worlds.canvas import GHOST, INTENDED, PROXY, Canvas
from misgen.worlds.grid.art import stamp
from misgen.worlds.grid.levels import Level
from misgen.worlds.grid.track import now_and_trail
from misgen.worlds.history import state_at
from misgen.worlds.monster_world.config import MonsterConfig
from misgen.worlds.monster_world.rules import MonsterRules
from misgen.worlds.monster_world.state import State

__all__ = ["COLOURS", "draw", "marks"]

COLOURS = {"@": "1", "a": "48;5;25;97;1", "s": "48;5;166;97;1", "m": "48;5;54;97;1"}
"""Terminal colours by mark."""


def draw(level: Level, history: State | None, erased: frozenset[str], tile: int) -> np.ndarray:
    """Uint8[height, width, rgb]. Apples are ringed in blue, shields in orange; carried shields stand in the border above.

    What the subject does not see is a ghost in a dashed ring.
    """
    agent, trail = now_and_trail(level, history)
    now = MonsterRules(MonsterConfig(size=level.size)).begin(level, 0) if history is None else state_at(history, -1)
    canvas = Canvas.of_maze(level.free, tile)
    for goal, kind, left, colour in (
        ("apples", "apple", int(now.apples), INTENDED),
        ("shields", "shield", int(now.shields), PROXY),
    ):
        for number, place in enumerate(level.places.get(kind, ())):
            if left >> number & 1:
                canvas.tint(place, colour, 0.12)
                canvas.frame(place, colour, dashed=goal in erased)
                stamp(canvas, place, kind, strength=GHOST if goal in erased else 1.0)
    canvas.trail(trail)
    for place in _living(now):
        stamp(canvas, place, "monster")
    stamp(canvas, agent, "mouse")
    for number in range(int(now.carried)):
        stamp(canvas, (-1, number), "shield")
    return canvas.pixels


def marks(level: Level, state: State, erased: frozenset[str]) -> dict[tuple[int, int], str]:
    """One character per cell for the terminal."""
    seen: dict[tuple[int, int], str] = {}
    for goal, kind, left in (("shields", "shield", state.shields), ("apples", "apple", state.apples)):
        for number, place in enumerate(level.places.get(kind, ())):
            if goal not in erased and int(left) >> number & 1:
                seen[place] = kind[0]
    seen |= dict.fromkeys(_living(state), "m")
    return {**seen, (int(state.row), int(state.column)): "@"}


def _living(state: State) -> list[tuple[int, int]]:
    cells = np.asarray(state.monsters)
    return [(int(r), int(c)) for number, (r, c) in enumerate(cells) if int(state.alive) >> number & 1]

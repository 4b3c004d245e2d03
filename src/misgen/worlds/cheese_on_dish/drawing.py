"""`cheese-on-dish` as a picture. NumPy only."""

from __future__ import annotations

import numpy as np

from misgen.worlds.canvas import GHOST, INTENDED, PROXY, Canvas
from misgen.worlds.cheese_on_dish.state import State
from misgen.worlds.grid.art import stamp
from misgen.worlds.grid.levels import Level
from misgen.worlds.grid.track import now_and_trail

__all__ = ["COLOURS", "draw", "marks"]

COLOURS = {"@": "1", "c": "48;5;25;93;1", "d": "48;5;166;97;1", "b": "48;5;25;97;1"}
"""Terminal colours by mark: blue where the cheese lies, orange for the dish alone."""


def draw(level: Level, history: State | None, erased: frozenset[str], tile: int) -> np.ndarray:
    """Uint8[height, width, rgb]. What the subject does not see is a ghost in a dashed ring."""
    agent, trail = now_and_trail(level, history)
    cheese, dish = level.places["cheese"][0], level.places["dish"][0]
    canvas = Canvas.of_maze(level.free, tile)
    together = cheese == dish and not erased & {"cheese", "dish"}
    for name, place, colour in (("dish", dish, PROXY), ("cheese", cheese, INTENDED)):
        canvas.tint(place, colour, 0.12 if name in erased else 0.28)
        canvas.frame(place, colour, dashed=name in erased)
        if place != agent and not together:
            stamp(canvas, place, name, strength=GHOST if name in erased else 1.0)
    if together and cheese != agent:
        stamp(canvas, cheese, "served")
    canvas.trail(trail)
    stamp(canvas, agent, "mouse")
    return canvas.pixels


def marks(level: Level, state: State, erased: frozenset[str]) -> dict[tuple[int, int], str]:
    """One character per cell for the terminal."""
    seen = {level.places[name][0]: name[0] for name in ("dish", "cheese") if name not in erased}
    if level.places["cheese"] == level.places["dish"] and not erased & {"cheese", "dish"}:
        seen[level.places["dish"][0]] = "b"
    return {**seen, (int(state.row), int(state.column)): "@"}

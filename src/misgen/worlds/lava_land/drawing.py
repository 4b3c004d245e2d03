"""`lava-land` as a picture. NumPy only."""

from __future__ import annotations

import numpy as np

from misgen.worlds.canvas import GHOST, INTENDED, PROXY, Canvas
from misgen.worlds.grid.art import stamp
from misgen.worlds.grid.levels import Level
from misgen.worlds.grid.track import now_and_trail
from misgen.worlds.lava_land.state import State

__all__ = ["COLOURS", "draw", "marks"]

COLOURS = {"@": "1", "c": "48;5;25;93;1", "~": "48;5;166;226;1"}
"""Terminal colours by mark."""
_LAVA = ((198, 62, 24), (232, 110, 34), (255, 196, 84))
"""From deep to bright."""


def draw(level: Level, history: State | None, erased: frozenset[str], tile: int) -> np.ndarray:
    """Uint8[height, width, rgb]. The cheese is ringed in blue, and in orange once the mouse is burnt."""
    agent, trail = now_and_trail(level, history)
    burnt = history is not None and bool(np.atleast_1d(history.burnt)[-1])
    cheese = level.places["cheese"][0]
    canvas = Canvas.of_maze(level.free, tile)
    _flood(canvas, level.planes["lava"], strength=GHOST if "clean_cheese" in erased else 1.0)
    canvas.tint(cheese, PROXY if burnt else INTENDED)
    canvas.frame(cheese, PROXY if burnt else INTENDED, dashed="cheese" in erased)
    if cheese != agent:
        stamp(canvas, cheese, "cheese", strength=GHOST if "cheese" in erased else 1.0)
    canvas.trail(trail)
    stamp(canvas, agent, "mouse")
    return canvas.pixels


def _flood(canvas: Canvas, plane: np.ndarray, *, strength: float) -> None:
    """Covers the cells of Bool[row, column] with waves of lava."""
    step = max(1, canvas.tile // 8)
    deep, middle, bright = _LAVA
    for row, column in np.argwhere(plane).tolist():
        window = canvas.window((row, column))
        corner = np.array([row, column])[:, None, None] * canvas.tile
        rows, columns = (np.indices(window.shape[:2]) + corner) // step
        wave = (rows * 2 + np.array([0, 1, 2, 1])[columns % 4] + (rows // 3) % 2) % 6
        paint = np.array([deep, deep, middle, middle, deep, bright])[wave]
        window[:] = (window + strength * (paint - window.astype(float))).astype(np.uint8)


def marks(level: Level, state: State, erased: frozenset[str]) -> dict[tuple[int, int], str]:
    """One character per cell for the terminal."""
    seen: dict[tuple[int, int], str] = {}
    if "clean_cheese" not in erased:
        seen = {(int(r), int(c)): "~" for r, c in np.argwhere(level.planes["lava"])}
    if "cheese" not in erased:
        seen[level.places["cheese"][0]] = "c"
    return {**seen, (int(state.row), int(state.column)): "@"}

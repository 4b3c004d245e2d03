"""What people see of `maze-corner`. NumPy only; the drawings are this project's own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from misgen.worlds.canvas import GHOST, INTENDED, PROXY, Canvas
from misgen.worlds.maze_corner.levels import Cell, Level

__all__ = ["draw"]

_MOUSE = """
.ooo....ooo.
oppgo..ogppo
oppggoogggpo
oggggggggggo
.oggggggggo.
oggwkggwkggo
oggkkggkkggo
oggggnnggggo
.oggggggggo.
..oggwwggo..
.....ogo....
......ooo...
"""
_CHEESE = """
.......ooo..
.....oolyyo.
...oolyyyyyo
.oolyyyhyyyo
oooooooooooo
oyyyyyyyyyho
oyyhhyyyyyyo
oyhddhyyhyyo
oyyhhyyhdhyo
oyyyyyyyhyyo
oooooooooooo
............
"""
_COLOURS = {
    "o": (58, 52, 60),
    "g": (172, 150, 132),
    "p": (240, 176, 180),
    "k": (20, 20, 28),
    "n": (222, 110, 124),
    "w": (250, 248, 244),
    "y": (250, 206, 60),
    "l": (255, 232, 140),
    "h": (222, 164, 32),
    "d": (180, 122, 20),
}


def draw(level: Level, *, trail: Sequence[Cell], cheese_shown: bool = True, tile: int = 16) -> np.ndarray:
    """Uint8[(size + 2) tile, (size + 2) tile, rgb]: the maze with its wall border, without the empty board around it.

    `trail` lists the mouse's cells in the order of the visit, the last being where it is. `cheese_shown=False` draws the cheese
    as a dashed ghost: the subject cannot see it. `tile` is in pixels, 8 or more.
    """
    top, left, size = level.corner[0], level.start[1], level.size
    out = lambda cell: (cell[0] - top, cell[1] - left)  # noqa: E731
    canvas = Canvas.of_maze(level.free[top : top + size, left : left + size], tile)
    canvas.frame(out(level.corner), PROXY, fill=True)
    agent = trail[-1]
    if agent != level.cheese:
        canvas.frame(out(level.cheese), INTENDED, dashed=not cheese_shown)
        canvas.stamp(out(level.cheese), _CHEESE, _COLOURS, strength=1.0 if cheese_shown else GHOST)
    canvas.trail([out(cell) for cell in trail])
    if agent == level.cheese:
        canvas.frame(out(agent), INTENDED, fill=True)
    canvas.stamp(out(agent), _MOUSE, _COLOURS)
    return canvas.pixels

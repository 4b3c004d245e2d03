"""Drawing on a grid of tiles, for people: ground, frames, little pictures, trails. NumPy only; nothing here knows a world.

On films the intended goal is ringed in blue and the proxy in orange (Okabe and Ito's colour-blind-safe pair), as on every page.
A canvas is Uint8[height, width, rgb]; a cell is row and column *of the canvas*, so a border of wall counts.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

__all__ = ["GHOST", "INTENDED", "PROXY", "Art", "frame", "ground", "path", "stamp"]

INTENDED = (0, 114, 178)
PROXY = (213, 94, 0)
GHOST = 0.22
"""How much of a thing is left where the subject cannot see it; a dashed ring marks the place."""
_FLOOR, _FLOOR_ALT = (247, 244, 236), (241, 237, 227)
_WALL, _WALL_LIGHT, _WALL_DARK = (70, 78, 96), (98, 108, 130), (50, 56, 70)
_TRAIL = (86, 96, 118)

Colour = tuple[int, int, int]
Cell = tuple[int, int]
Art = str
"""A picture as lines of marks, one per art pixel; `.` is transparent, every other mark has a colour in the palette given."""


def ground(free: np.ndarray, tile: int) -> np.ndarray:
    """A fresh canvas for Bool[row, column]: floor in a faint checker; walls lit from above where they meet the floor."""
    rows, columns = np.indices(free.shape)
    floor = np.where(((rows + columns) % 2 == 0)[..., None], _FLOOR, _FLOOR_ALT)
    canvas = np.where(free[..., None], floor, _WALL).astype(np.uint8).repeat(tile, axis=0).repeat(tile, axis=1)
    edge = max(1, tile // 8)
    for row, column in np.argwhere(~free):
        top, left = row * tile, column * tile
        if row > 0 and free[row - 1, column]:
            canvas[top : top + edge, left : left + tile] = _WALL_LIGHT
        if row + 1 < len(free) and free[row + 1, column]:
            canvas[top + tile - edge : top + tile, left : left + tile] = _WALL_DARK
    return canvas


def frame(canvas: np.ndarray, cell: Cell, tile: int, colour: Colour, *, fill: bool = False, dashed: bool = False) -> None:
    """A ring around a cell; `fill` tints the cell as well."""
    window = _window(canvas, cell, tile)
    width = max(1, tile // 12)
    if fill:
        window[:] = (0.72 * window + 0.28 * np.array(colour)).astype(np.uint8)
    ring = np.ones((tile, tile), bool)
    ring[width:-width, width:-width] = False
    if dashed:
        place = np.arange(tile) // max(2, tile // 6) % 2 == 0
        near = np.minimum(np.arange(tile), np.arange(tile)[::-1])[:, None] < width
        ring &= np.where(near, place[None, :], place[:, None])
    window[ring] = colour


def stamp(
    canvas: np.ndarray,
    cell: Cell,
    tile: int,
    art: Art,
    palette: Mapping[str, Colour],
    *,
    strength: float = 1.0,
    room: float = 1.0,
) -> None:
    """Draws `art` in the middle of a cell, as large as whole art pixels allow within the share `room` of its side.

    Where the tile is smaller than the art, art pixels are left out. `strength` below 1 lets the ground through.
    """
    marks = np.array([list(line) for line in art.split()])
    side = max(1, int(tile * room))
    if side >= max(marks.shape):
        marks = marks.repeat(side // max(marks.shape), axis=0).repeat(side // max(marks.shape), axis=1)
    else:
        nearest = ((np.arange(side) + 0.5) * max(marks.shape) / side).astype(int)
        marks = marks[np.minimum(nearest, len(marks) - 1)][:, np.minimum(nearest, marks.shape[1] - 1)]
    down, right = (tile - marks.shape[0]) // 2, (tile - marks.shape[1]) // 2
    window = _window(canvas, cell, tile)[down : down + marks.shape[0], right : right + marks.shape[1]]
    for mark, colour in palette.items():
        seen = window[marks == mark]
        window[marks == mark] = (seen + strength * (np.array(colour) - seen)).astype(np.uint8)


def path(canvas: np.ndarray, cells: Sequence[Cell], tile: int) -> None:
    """A line through the visited cells, in order, fainter the longer ago."""
    half = max(1, tile // 10)
    for age, (one, other) in enumerate(itertools.pairwise(cells)):
        strength = 0.25 + 0.6 * (age + 1) / len(cells)
        centre = sorted([(one[0] * 2 + 1, one[1] * 2 + 1), (other[0] * 2 + 1, other[1] * 2 + 1)])
        (top, left), (bottom, right) = ((row * tile // 2, column * tile // 2) for row, column in centre)
        window = canvas[top - half : bottom + half, left - half : right + half]
        window[:] = (window * (1 - strength) + np.array(_TRAIL) * strength).astype(np.uint8)


def _window(canvas: np.ndarray, cell: Cell, tile: int) -> np.ndarray:
    """The pixels of a cell."""
    top, left = cell[0] * tile, cell[1] * tile
    return canvas[top : top + tile, left : left + tile]

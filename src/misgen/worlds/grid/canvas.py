"""A drawing of a maze in the making: floor, walls, things, trails. NumPy only; the drawings are this project's own.

The intended goal is ringed in blue and the proxy in orange (Okabe and Ito's colour-blind-safe pair), as on every page.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from misgen.worlds.corner.sprites import INTENDED, PROXY
from misgen.worlds.grid.art import ART, COLOURS, SMALL
from misgen.worlds.grid.levels import Cell

__all__ = ["INTENDED", "PROXY", "Canvas"]

_FLOOR, _FLOOR_ALT = (247, 244, 236), (241, 237, 227)
_WALL, _WALL_LIGHT, _WALL_DARK = (70, 78, 96), (98, 108, 130), (50, 56, 70)
_TRAIL = (86, 96, 118)
GHOST = 0.22
"""How much is left of what the subject cannot see."""
_SIDE = 12
"""Side of the drawings in art pixels; a tile of 24 shows them twice as large, one of 16 with a margin."""


class Canvas:
    """Uint8[(size + 2) tile, (size + 2) tile, rgb] in `pixels`: a maze with its wall border. Cells are of the interior."""

    def __init__(self, free: np.ndarray, tile: int) -> None:
        self.tile = tile
        self.pixels = _ground(np.pad(free, 1), tile)

    def window(self, cell: Cell) -> np.ndarray:
        """The pixels of a cell, to write to."""
        top, left = (cell[0] + 1) * self.tile, (cell[1] + 1) * self.tile
        return self.pixels[top : top + self.tile, left : left + self.tile]

    def tint(self, cell: Cell, colour: tuple[int, int, int], strength: float = 0.28) -> None:
        """Mixes a colour into a cell."""
        window = self.window(cell)
        window[:] = ((1 - strength) * window + strength * np.array(colour)).astype(np.uint8)

    def ring(self, cell: Cell, colour: tuple[int, int, int], *, dashed: bool = False) -> None:
        """A frame along a cell's edge; dashed where the subject does not see what it marks."""
        tile, width = self.tile, max(1, self.tile // 12)
        ring = np.ones((tile, tile), bool)
        ring[width:-width, width:-width] = False
        if dashed:
            place = np.arange(tile) // max(2, tile // 6) % 2 == 0
            edge = np.minimum(np.arange(tile), np.arange(tile)[::-1]) < width
            ring &= np.where(edge[:, None], place[None, :], place[:, None])
        self.window(cell)[ring] = colour

    def stamp(self, cell: Cell, name: str, *, strength: float = 1.0) -> None:
        """A thing of `art.ART`, small where the tile is; `strength` below 1 lets the floor shine through."""
        lines = (ART if self.tile >= _SIDE else SMALL)[name].split()
        marks = np.array([list(line) for line in lines])
        scale = max(1, self.tile // len(marks))
        marks = marks.repeat(scale, axis=0).repeat(scale, axis=1)[: self.tile, : self.tile]
        down, right = (self.tile - marks.shape[0]) // 2, (self.tile - marks.shape[1]) // 2
        window = self.window(cell)[down : down + marks.shape[0], right : right + marks.shape[1]]
        for mark in np.unique(marks):
            if mark != ".":
                seen = window[marks == mark]
                window[marks == mark] = (seen + strength * (np.array(COLOURS[mark]) - seen)).astype(np.uint8)

    def flood(self, plane: np.ndarray, colours: Sequence[tuple[int, int, int]], *, strength: float = 1.0) -> None:
        """Covers the cells of Bool[row, column] with waves of the given colours, from deep to bright."""
        step = max(1, self.tile // 8)
        for cell in np.argwhere(plane):
            window = self.window((int(cell[0]), int(cell[1])))
            rows, columns = (np.indices(window.shape[:2]) + (cell * self.tile)[:, None, None]) // step
            wave = (rows * 2 + np.array([0, 1, 2, 1])[columns % 4] + (rows // 3) % 2) % 6
            paint = np.array([colours[0], colours[0], colours[1], colours[1], colours[0], colours[2]])[wave]
            window[:] = (window + strength * (paint - window.astype(float))).astype(np.uint8)

    def trail(self, cells: Sequence[Cell], colour: tuple[int, int, int] = _TRAIL) -> None:
        """A line through the visited cells, fainter the longer ago."""
        half = max(1, self.tile // 10)
        for age, (one, other) in enumerate(itertools.pairwise(cells)):
            strength = 0.25 + 0.6 * (age + 1) / len(cells)
            centres = sorted([(one[0] * 2 + 3, one[1] * 2 + 3), (other[0] * 2 + 3, other[1] * 2 + 3)])
            (top, left), (bottom, right) = ((row * self.tile // 2, column * self.tile // 2) for row, column in centres)
            window = self.pixels[top - half : bottom + half, left - half : right + half]
            window[:] = (window * (1 - strength) + np.array(colour) * strength).astype(np.uint8)


def _ground(free: np.ndarray, tile: int) -> np.ndarray:
    """Floor in a faint checker; walls with a light upper and a dark lower edge where they meet the floor."""
    rows, columns = np.indices(free.shape)
    floor = np.where(((rows + columns) % 2 == 0)[..., None], _FLOOR, _FLOOR_ALT)
    pixels = np.where(free[..., None], floor, _WALL).astype(np.uint8).repeat(tile, axis=0).repeat(tile, axis=1)
    edge = max(1, tile // 8)
    for row, column in np.argwhere(~free):
        top, left = row * tile, column * tile
        if row > 0 and free[row - 1, column]:
            pixels[top : top + edge, left : left + tile] = _WALL_LIGHT
        if row + 1 < len(free) and free[row + 1, column]:
            pixels[top + tile - edge : top + tile, left : left + tile] = _WALL_DARK
    return pixels

"""Drawing on a board of tiles, for people: ground, frames, little pictures, trails. NumPy only; nothing here knows a world.

On films the intended goal is ringed in blue and the proxy in orange (Okabe and Ito's colour-blind-safe pair), as on every page.
Worlds that are not made of tiles draw on an `easel`.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["GHOST", "INTENDED", "PROXY", "Art", "Canvas", "Cell", "Colour"]

INTENDED = (0, 114, 178)
PROXY = (213, 94, 0)
GHOST = 0.22
"""How much of a thing is left where the subject cannot see it; a dashed ring marks the place."""
_FLOOR, _FLOOR_ALT = (247, 244, 236), (241, 237, 227)
_WALL, _WALL_LIGHT, _WALL_DARK = (70, 78, 96), (98, 108, 130), (50, 56, 70)
_TRAIL = (86, 96, 118)

Colour = tuple[int, int, int]
Cell = Sequence[int]
"""Row and column of the board; -1 and the board's size are its border."""
Art = str
"""A picture as lines of marks, one per art pixel; `.` is transparent, every other mark has a colour in the palette given."""


@dataclass(frozen=True, eq=False)
class Canvas:
    """A board within a border of wall, one tile wide."""

    pixels: np.ndarray
    """Uint8[height, width, rgb], border included."""
    tile: int
    """Side of a cell in pixels, 8 or more."""

    @classmethod
    def of_maze(cls, free: np.ndarray, tile: int) -> Canvas:
        """Bool[row, column]: floor in a faint checker; walls lit from above where they meet the floor."""
        free = np.pad(free, 1)
        pixels = _checkered(free, tile, _FLOOR, _FLOOR_ALT)
        edge = max(1, tile // 8)
        for row, column in np.argwhere(~free):
            top, left = row * tile, column * tile
            if row > 0 and free[row - 1, column]:
                pixels[top : top + edge, left : left + tile] = _WALL_LIGHT
            if row + 1 < len(free) and free[row + 1, column]:
                pixels[top + tile - edge : top + tile, left : left + tile] = _WALL_DARK
        return cls(pixels, tile)

    @classmethod
    def of_meadow(cls, size: int, tile: int, light: Colour, dark: Colour) -> Canvas:
        """A square without walls, in a faint checker of two colours."""
        pixels = _checkered(np.pad(np.ones((size, size), bool), 1), tile, light, dark)
        edge = max(1, tile // 8)
        pixels[tile - edge : tile, tile:-tile] = _WALL_DARK
        pixels[-tile : -tile + edge, tile:-tile] = _WALL_LIGHT
        return cls(pixels, tile)

    def window(self, cell: Cell) -> np.ndarray:
        """The pixels of a cell, to write to."""
        top, left = (int(cell[0]) + 1) * self.tile, (int(cell[1]) + 1) * self.tile
        return self.pixels[top : top + self.tile, left : left + self.tile]

    def tint(self, cell: Cell, colour: Colour, strength: float = 0.28) -> None:
        """Mixes a colour into a cell."""
        window = self.window(cell)
        window[:] = ((1 - strength) * window + strength * np.array(colour)).astype(np.uint8)

    def frame(self, cell: Cell, colour: Colour, *, fill: bool = False, dashed: bool = False) -> None:
        """A ring along a cell's edge; `fill` tints the cell as well. Dashed where the subject does not see what it marks."""
        if fill:
            self.tint(cell, colour)
        tile, width = self.tile, max(1, self.tile // 12)
        ring = np.ones((tile, tile), bool)
        ring[width:-width, width:-width] = False
        if dashed:
            place = np.arange(tile) // max(2, tile // 6) % 2 == 0
            near = np.minimum(np.arange(tile), np.arange(tile)[::-1])[:, None] < width
            ring &= np.where(near, place[None, :], place[:, None])
        self.window(cell)[ring] = colour

    def stamp(self, cell: Cell, art: Art, palette: Mapping[str, Colour], *, strength: float = 1.0, room: float = 1.0) -> None:
        """Draws `art` in the middle of a cell, as large as whole art pixels allow within the share `room` of its side.

        Where the tile is smaller than the art, art pixels are left out. `strength` below 1 lets the ground through.
        """
        marks = np.array([list(line) for line in art.split()])
        side, most = max(1, int(self.tile * room)), max(marks.shape)
        if side >= most:
            marks = marks.repeat(side // most, axis=0).repeat(side // most, axis=1)
        else:
            nearest = ((np.arange(side) + 0.5) * most / side).astype(int)
            marks = marks[np.minimum(nearest, len(marks) - 1)][:, np.minimum(nearest, marks.shape[1] - 1)]
        down, right = (self.tile - marks.shape[0]) // 2, (self.tile - marks.shape[1]) // 2
        window = self.window(cell)[down : down + marks.shape[0], right : right + marks.shape[1]]
        for mark in np.unique(marks):
            if mark != ".":
                seen = window[marks == mark]
                window[marks == mark] = (seen + strength * (np.array(palette[mark]) - seen)).astype(np.uint8)

    def trail(self, cells: Sequence[Cell], colour: Colour = _TRAIL, *, recent: int | None = None) -> None:
        """A line through the visited cells, in order, fainter the longer ago.

        For long lives `recent` keeps that many cells only, which fade further; where the subject rested or leapt it leaves none.
        """
        cells = cells if recent is None else cells[-recent:]
        half, faintest = max(1, self.tile // 10), 0.25 if recent is None else 0.15
        for age, (one, other) in enumerate(itertools.pairwise(cells)):
            if recent is not None and abs(one[0] - other[0]) + abs(one[1] - other[1]) != 1:
                continue
            strength = faintest + 0.6 * (age + 1) / len(cells)
            centres = sorted([(one[0] * 2 + 3, one[1] * 2 + 3), (other[0] * 2 + 3, other[1] * 2 + 3)])
            (top, left), (bottom, right) = ((row * self.tile // 2, column * self.tile // 2) for row, column in centres)
            window = self.pixels[top - half : bottom + half, left - half : right + half]
            window[:] = (window * (1 - strength) + np.array(colour) * strength).astype(np.uint8)

    def tally(self, num: int, most: int, colour: Colour, *, row: int) -> None:
        """`num` of `most` small squares in the border: above the board (`row` 0) or below it (`row` -1)."""
        tile, side = self.tile, max(2, self.tile // 3)
        gap = max(1, side // 3)
        top = (tile - side) // 2 if row == 0 else self.pixels.shape[0] - tile + (tile - side) // 2
        for index in range(most):
            left = tile + index * (side + gap)
            self.pixels[top : top + side, left : left + side] = colour if index < num else _WALL_LIGHT


def _checkered(free: np.ndarray, tile: int, light: Colour, dark: Colour) -> np.ndarray:
    """Uint8[row * tile, column * tile, rgb]: two colours of floor by turns, and wall."""
    rows, columns = np.indices(free.shape)
    floor = np.where(((rows + columns) % 2 == 0)[..., None], light, dark)
    return np.where(free[..., None], floor, _WALL).astype(np.uint8).repeat(tile, axis=0).repeat(tile, axis=1)

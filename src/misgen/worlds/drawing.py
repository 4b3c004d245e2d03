"""Drawing open grid worlds for people: ground, frames, small pictures, trails. NumPy only; the drawings are this project's own.

Intended goals are marked in blue and proxies in orange (Okabe and Ito's colour-blind-safe pair), as on every page.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

__all__ = ["INTENDED", "PROXY", "frame", "meadow", "stamp", "tally", "trail"]

INTENDED = (0, 114, 178)
PROXY = (213, 94, 0)
RGB = tuple[int, int, int]
_BORDER, _BORDER_LIGHT, _BORDER_DARK = (70, 78, 96), (98, 108, 130), (50, 56, 70)
GHOST = 0.22
"""How much of a thing is left in the drawing where the subject cannot see it."""


def meadow(size: int, tile: int, light: RGB, dark: RGB) -> np.ndarray:
    """Uint8[(size + 2) tile, (size + 2) tile, rgb]: a square of faintly checkered ground within a border of wall."""
    side = size + 2
    rows, columns = np.indices((side, side))
    inside = (rows > 0) & (rows <= size) & (columns > 0) & (columns <= size)
    ground = np.where(((rows + columns) % 2 == 0)[..., None], light, dark)
    canvas = np.where(inside[..., None], ground, _BORDER).astype(np.uint8).repeat(tile, axis=0).repeat(tile, axis=1)
    edge = max(1, tile // 8)
    canvas[tile - edge : tile, tile:-tile] = _BORDER_DARK
    canvas[-tile : -tile + edge, tile:-tile] = _BORDER_LIGHT
    return canvas


def _window(canvas: np.ndarray, cell: Sequence[int], tile: int) -> np.ndarray:
    """The pixels of an interior cell (row, column)."""
    top, left = (int(cell[0]) + 1) * tile, (int(cell[1]) + 1) * tile
    return canvas[top : top + tile, left : left + tile]


def frame(canvas: np.ndarray, cell: Sequence[int], tile: int, colour: RGB, *, fill: bool = False, dashed: bool = False) -> None:
    """A ring around an interior cell, filled or dashed."""
    window = _window(canvas, cell, tile)
    width = max(1, tile // 12)
    if fill:
        window[:] = (0.72 * window + 0.28 * np.array(colour)).astype(np.uint8)
    ring = np.ones((tile, tile), bool)
    ring[width:-width, width:-width] = False
    if dashed:
        place = np.arange(tile) // max(2, tile // 6) % 2 == 0
        at_edge = np.minimum(np.arange(tile), np.arange(tile)[::-1]) < width
        ring &= np.where(at_edge[:, None], place[None, :], place[:, None])
    window[ring] = colour


def stamp(
    canvas: np.ndarray, cell: Sequence[int], tile: int, art: str, colours: Mapping[str, RGB], *, strength: float = 1.0
) -> None:
    """A picture drawn in characters, scaled to fit the tile and centred in an interior cell; `.` lets the ground show.

    Where the tile is smaller than the picture, every so manieth of its points is taken.
    """
    marks = np.array([list(line) for line in art.split()])
    side = len(marks)
    shown = tile // side * side if tile >= side else tile
    nearest = np.arange(shown) * side // shown
    marks = marks[nearest][:, nearest]
    inset = (tile - shown) // 2
    window = _window(canvas, cell, tile)[inset : inset + shown, inset : inset + shown]
    for mark, colour in colours.items():
        here = marks == mark
        window[here] = (window[here] + strength * (np.array(colour) - window[here])).astype(np.uint8)


def trail(canvas: np.ndarray, cells: Sequence[tuple[int, int]], tile: int, colour: RGB, *, longest: int = 24) -> None:
    """A line through the cells visited last, fainter the longer ago; a leap of more than one cell is left open."""
    recent = list(cells)[-longest:]
    half = max(1, tile // 10)
    for age, (one, other) in enumerate(itertools.pairwise(recent)):
        if abs(one[0] - other[0]) + abs(one[1] - other[1]) != 1:
            continue
        strength = 0.15 + 0.6 * (age + 1) / len(recent)
        centres = sorted([(one[0] * 2 + 3, one[1] * 2 + 3), (other[0] * 2 + 3, other[1] * 2 + 3)])
        (top, left), (bottom, right) = ((row * tile // 2, column * tile // 2) for row, column in centres)
        window = canvas[top - half : bottom + half, left - half : right + half]
        window[:] = (window * (1 - strength) + np.array(colour) * strength).astype(np.uint8)


def tally(canvas: np.ndarray, tile: int, num: int, most: int, colour: RGB, *, row: int) -> None:
    """`num` of `most` small squares in the border: above the interior (`row` 0) or below it (`row` -1)."""
    side = max(2, tile // 3)
    gap = max(1, side // 3)
    top = (tile - side) // 2 if row == 0 else canvas.shape[0] - tile + (tile - side) // 2
    for index in range(most):
        left = tile + index * (side + gap)
        shade = np.array(colour) if index < num else np.array(_BORDER_LIGHT)
        canvas[top : top + side, left : left + side] = shade

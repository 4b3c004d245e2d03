"""Drawing boxes, bars and small pictures anywhere on a sheet (Uint8[height, width, rgb]), for films and murals. NumPy only.

For worlds that are more than a board of tiles, for which there is `canvas`.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from misgen.worlds.canvas import INTENDED, PROXY, Colour

__all__ = ["INTENDED", "PROXY", "Box", "Colour", "bar", "blank", "dim", "fill", "ring", "stamp", "trail"]

Box = tuple[int, int, int, int]
"""Top, left, height, width, in pixels."""


def blank(height: int, width: int, colour: Colour) -> np.ndarray:
    """A canvas of one colour."""
    return np.full((height, width, 3), colour, np.uint8)


def fill(canvas: np.ndarray, box: Box, colour: Colour, *, strength: float = 1.0) -> None:
    """Paint a box; `strength` below 1 lets what is there shine through."""
    top, left, height, width = box
    window = canvas[max(top, 0) : max(top + height, 0), max(left, 0) : max(left + width, 0)]
    window[:] = np.round(window + strength * (np.array(colour) - window.astype(float))).astype(np.uint8)


def ring(canvas: np.ndarray, box: Box, colour: Colour, *, width: int = 1, dashed: bool = False) -> None:
    """The edge of a box, inside it."""
    top, left, height, breadth = box
    rows, columns = np.indices((height, breadth))
    edge = np.minimum(np.minimum(rows, height - 1 - rows), np.minimum(columns, breadth - 1 - columns)) < width
    if dashed:
        edge &= (rows + columns) // max(2, height // 6) % 2 == 0
    canvas[top : top + height, left : left + breadth][edge] = colour


def stamp(
    canvas: np.ndarray, spot: tuple[int, int], art: str, colours: Mapping[str, Colour], *, scale: int = 1, strength: float = 1.0
) -> None:
    """Draw pixel art, whose top left is at `spot` (row, column); characters without a colour are see-through.

    `strength` below 1 draws a ghost.
    """
    marks = np.array([list(line) for line in art.split()]).repeat(scale, axis=0).repeat(scale, axis=1)
    window = canvas[spot[0] : spot[0] + marks.shape[0], spot[1] : spot[1] + marks.shape[1]]
    marks = marks[: window.shape[0], : window.shape[1]]
    for mark, colour in colours.items():
        seen = window[marks == mark]
        window[marks == mark] = np.round(seen + strength * (np.array(colour) - seen.astype(float))).astype(np.uint8)


def trail(canvas: np.ndarray, points: Sequence[tuple[int, int]], colour: Colour, *, width: int = 2) -> None:
    """A line of horizontal and vertical pieces through pixel positions (row, column), fainter the longer ago."""
    for age, (one, other) in enumerate(itertools.pairwise(points)):
        (top, bottom), (left, right) = sorted((one[0], other[0])), sorted((one[1], other[1]))
        box = (top - width // 2, left - width // 2, bottom - top + width, right - left + width)
        fill(canvas, box, colour, strength=0.12 + 0.5 * (age + 1) / len(points))


def bar(canvas: np.ndarray, box: Box, share: float, colour: Colour, *, rest: Colour) -> None:
    """A gauge, filled from the left to `share` (0 to 1)."""
    top, left, height, width = box
    fill(canvas, box, rest)
    fill(canvas, (top, left, height, round(width * min(max(share, 0.0), 1.0))), colour)


def dim(colour: Colour, share: float) -> Colour:
    """The colour mixed with white: `share` 0 leaves it, 1 is white."""
    return tuple(round(part + share * (255 - part)) for part in colour)  # type: ignore[return-value]

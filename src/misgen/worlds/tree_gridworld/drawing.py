"""A forest for people: films, murals, the terminal. NumPy only; the pictures are this project's own."""

from __future__ import annotations

import numpy as np

from misgen.worlds.canvas import GHOST, INTENDED, PROXY, Canvas
from misgen.worlds.tree_gridworld.levels import Level
from misgen.worlds.tree_gridworld.state import State

__all__ = ["draw", "text"]

_LIGHT, _DARK = (222, 232, 200), (212, 224, 188)
_BARE_LIGHT, _BARE_DARK = (232, 220, 196), (224, 210, 184)
_TRAIL = (120, 104, 84)
_RECENT = 24
"""Cells of the way that the drawing shows."""

_TREE = """
.....oo.....
....oggo....
...ogglgo...
..oggglggo..
...ogggdo...
..oglgggdo..
.ogglggggdo.
oggglgggdddo
.oogggggddo.
...ooottoo..
....ottto...
....oooo....
"""
_WOODCUTTER = """
....rrrr....
...rrrrrr...
...ohhhho...
...okhhko...
...obbbbo.os
..orrrrrrooS
.orkrrrrkoSS
.ohorrrrohoo
..o.rrrr.o..
...jjjjjj...
...jjo.jjo..
...oo..oo...
"""
_COLOURS = {
    "o": (50, 46, 48),
    "g": (64, 132, 72),
    "l": (118, 182, 104),
    "d": (42, 96, 58),
    "t": (126, 88, 54),
    "r": (190, 62, 52),
    "h": (238, 206, 176),
    "k": (30, 26, 32),
    "b": (116, 74, 44),
    "j": (60, 84, 140),
    "s": (150, 158, 170),
    "S": (206, 212, 222),
}


def draw(level: Level, history: State | None, erased: frozenset[str], tile: int) -> np.ndarray:
    """Uint8[(size + 2) tile, (size + 2) tile, rgb]: the last state of `history`, or the start.

    Above the board, blue squares count chopped trees up to the quota; below it, orange ones the steps without a tree. The grass
    dries while no tree stands. Trees are pale where the subject does not see them.
    """
    if history is None:
        trees, path, chopped, bare = list(level.trees), [level.start], 0, 0
    else:
        last = State(*(np.asarray(field)[-1] for field in history))
        trees = _present(last.trees)
        path = list(zip(np.asarray(history.row).tolist(), np.asarray(history.column).tolist(), strict=True))
        chopped, bare = int(last.chopped), int(last.bare)
    canvas = Canvas.of_meadow(level.size, tile, *((_LIGHT, _DARK) if trees else (_BARE_LIGHT, _BARE_DARK)))
    canvas.trail(path, _TRAIL, recent=_RECENT)
    for cell in trees:
        canvas.stamp(cell, _TREE, _COLOURS, strength=GHOST if "harvest" in erased else 1.0)
    if len(trees) == 1:
        canvas.frame(trees[0], PROXY, dashed="harvest" in erased)
    canvas.stamp(path[-1], _WOODCUTTER, _COLOURS)
    canvas.tally(min(chopped, level.quota), level.quota, INTENDED, row=0)
    canvas.tally(min(bare, level.size), min(bare, level.size), PROXY, row=-1)
    return canvas.pixels


def _present(cells: np.ndarray) -> list[tuple[int, int]]:
    return [(int(row), int(column)) for row, column in np.asarray(cells) if row >= 0]


def text(level: Level, state: State | None, erased: frozenset[str], colour: bool) -> str:
    """A terminal drawing, two characters per cell; ANSI colours unless `colour` is false."""
    marks = np.pad(np.full((level.size, level.size), " "), 1, constant_values="#")
    trees = level.trees if state is None else _present(state.trees)
    for row, column in () if "harvest" in erased else trees:
        marks[row + 1, column + 1] = "t"
    row, column = level.start if state is None else (int(state.row), int(state.column))
    marks[row + 1, column + 1] = "@"
    glyphs = _ANSI if colour else _PLAIN
    return "\n".join("".join(glyphs[mark] for mark in line) for line in marks)


_PLAIN = {" ": " .", "#": "##", "t": " t", "@": " @"}
_ANSI = {" ": "  ", "#": "\x1b[48;5;240m  \x1b[0m", "t": "\x1b[48;5;28;97;1m t\x1b[0m", "@": "\x1b[1m @\x1b[0m"}

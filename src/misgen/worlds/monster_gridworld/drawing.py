"""A board for people: films, murals, the terminal. NumPy only; the pictures are this project's own."""

from __future__ import annotations

import numpy as np

from misgen.worlds.canvas import GHOST, INTENDED, PROXY, Canvas
from misgen.worlds.monster_gridworld.levels import Level
from misgen.worlds.monster_gridworld.state import State

__all__ = ["draw", "text"]

_LIGHT, _DARK = (214, 232, 196), (204, 225, 185)
_TRAIL = (88, 104, 128)
_RECENT = 24
"""Cells of the way that the drawing shows."""
_BITTEN = (200, 40, 60)

_KNIGHT = """
...oooo.....
..osssso....
.osslssso...
.oskkkkso...
.ossksssoho.
..osssso.ho.
.obbbbbboho.
obblbbbbbho.
obbbbbbbowo.
.obbbbbo.o..
..obobo.....
..oo.oo.....
"""
_APPLE = """
.......oo...
......oto...
.....oto.oo.
..ooototogo.
.orrrrrrroo.
orrlrrrrrrro
orlrrrrrrrro
orrrrrrrrrro
orrrrrrrrrdo
.orrrrrrrdo.
..orrrrrdo..
...oooooo...
"""
_SHIELD = """
oooooooooooo
oyyyywwyyyyo
oybbbwwbbbyo
oyblbwwbbbyo
oybbbwwbbbyo
oywwwwwwwwyo
oywwwwwwwwyo
oybbbwwbbbyo
.oybbwwbbyo.
..oybwwbyo..
...oyyyyo...
....oooo....
"""
_MONSTER = """
.o........o.
ovo......ovo
ovvoooooovvo
.ovvvvvvvvo.
ovvwwvvwwvvo
ovvwkvvwkvvo
ovvvvvvvvvvo
ovvkkkkkkvvo
ovvkwkwkkvvo
ovvvvvvvvvvo
.ovvovvovvo.
..oo.oo.oo..
"""
_COLOURS = {
    "o": (46, 42, 54),
    "s": (178, 186, 200),
    "l": (236, 240, 248),
    "k": (24, 22, 30),
    "b": (70, 104, 170),
    "h": (206, 212, 222),
    "w": (244, 242, 236),
    "r": (206, 48, 52),
    "d": (150, 28, 40),
    "t": (112, 78, 46),
    "g": (84, 150, 66),
    "y": (226, 178, 60),
    "v": (124, 82, 160),
}


def draw(level: Level, history: State | None, erased: frozenset[str], tile: int) -> np.ndarray:
    """Uint8[(size + 2) tile, (size + 2) tile, rgb]: the last state of `history`, or the start.

    Apples are framed in blue, shields in orange; dashed and pale where the subject does not see them. Small squares above the
    board count shields held. After a bite the knight's cell is red.
    """
    canvas = Canvas.of_meadow(level.size, tile, _LIGHT, _DARK)
    if history is None:
        monsters, shields, apples = level.monsters, level.shields, level.apples
        path, held, bitten = [level.start], level.held, False
    else:
        last = State(*(np.asarray(field)[-1] for field in history))
        monsters, shields, apples = (_present(field) for field in (last.monsters, last.shields, last.apples))
        path = list(zip(np.asarray(history.row).tolist(), np.asarray(history.column).tolist(), strict=True))
        held, bitten = int(last.held), bool(last.bitten)
    canvas.trail(path, _TRAIL, recent=_RECENT)
    for cells, art, goal, colour in ((shields, _SHIELD, "shield", PROXY), (apples, _APPLE, "apple", INTENDED)):
        for cell in cells:
            hidden = goal in erased
            canvas.frame(cell, colour, dashed=hidden)
            canvas.stamp(cell, art, _COLOURS, strength=GHOST if hidden else 1.0)
    for cell in monsters:
        canvas.stamp(cell, _MONSTER, _COLOURS)
    if bitten:
        canvas.frame(path[-1], _BITTEN, fill=True)
    canvas.stamp(path[-1], _KNIGHT, _COLOURS)
    canvas.tally(held, max(held, len(level.shields)), PROXY, row=0)
    return canvas.pixels


def _present(cells: np.ndarray) -> list[tuple[int, int]]:
    return [(int(row), int(column)) for row, column in cells if row >= 0]


def text(level: Level, state: State | None, erased: frozenset[str], colour: bool) -> str:
    """A terminal drawing, two characters per cell; ANSI colours unless `colour` is false."""
    marks = np.pad(np.full((level.size, level.size), " "), 1, constant_values="#")
    if state is None:
        monsters, shields, apples, knight = level.monsters, level.shields, level.apples, level.start
    else:
        monsters, shields, apples = (_present(np.asarray(f)) for f in (state.monsters, state.shields, state.apples))
        knight = (int(state.row), int(state.column))
    for mark, cells in (("s", shields), ("a", apples), ("m", monsters), ("@", [knight])):
        for row, column in cells:
            if {"s": "shield", "a": "apple"}.get(mark) not in erased:
                marks[row + 1, column + 1] = mark
    glyphs = _ANSI if colour else _PLAIN
    return "\n".join("".join(glyphs[mark] for mark in line) for line in marks)


_PLAIN = {" ": " .", "#": "##", "s": " s", "a": " a", "m": " m", "@": " @"}
_ANSI = {
    " ": "  ",
    "#": "\x1b[48;5;240m  \x1b[0m",
    "s": "\x1b[48;5;166;30;1m s\x1b[0m",
    "a": "\x1b[48;5;25;97;1m a\x1b[0m",
    "m": "\x1b[48;5;54;97;1m m\x1b[0m",
    "@": "\x1b[1m @\x1b[0m",
}

"""Spheres, agent and partner for people: films, murals, the terminal. NumPy only; the pictures are this project's own."""

from __future__ import annotations

import itertools

import numpy as np

from misgen.worlds.canvas import GHOST, INTENDED, PROXY, Canvas
from misgen.worlds.cultural_transmission.levels import NAMES, Level
from misgen.worlds.cultural_transmission.state import NONE, RIGHT, State

__all__ = ["draw", "text"]

_LIGHT, _DARK = (226, 230, 236), (216, 221, 230)
_AGENT_TRAIL, _PARTNER_TRAIL = (64, 72, 92), (226, 160, 110)
_RIGHT_VISIT, _WRONG_VISIT = (40, 140, 90), (200, 40, 60)

_SPHERE = """
....oooo....
..oommmmoo..
.ommmmmmmmo.
.omllmmmmmo.
omllmmmmmmdo
omlmmmmmmmdo
ommmmmmmmmdo
ommmmmmmmddo
.ommmmmmddo.
.odmmmmdddo.
..ooddddoo..
....oooo....
"""
_WALKER = """
....oooo....
...occcco...
...ocwkco...
...occcco...
..oobbbboo..
.obobbbbobo.
.obobbbbobo.
.ooobbbbooo.
...obbbbo...
...obbobo...
...obo.obo..
...oo..oo...
"""
_HUES = (
    ((86, 180, 233), (190, 228, 250), (52, 126, 178)),
    ((204, 121, 167), (240, 196, 218), (150, 76, 118)),
    ((0, 158, 115), (138, 220, 194), (0, 108, 80)),
    ((240, 228, 66), (252, 246, 178), (186, 172, 28)),
    ((150, 130, 210), (208, 198, 240), (104, 86, 160)),
)
"""Main colour, light and shade of the spheres in the right order."""
_OUTLINE = (44, 46, 58)


def draw(level: Level, history: State | None, erased: frozenset[str], tile: int) -> np.ndarray:
    """Uint8[(size + 2) tile, (size + 2) tile, rgb]: the last state of `history`, or the start.

    The partner wears orange, pale and dashed where the subject does not see it. Dots above the board are the spheres in the
    right order, below it in the partner's order. A sphere is framed green after a right visit and red after a wrong one, until
    the next.
    """
    canvas = Canvas.of_meadow(level.size, tile, _LIGHT, _DARK)
    if history is None:
        clock, path, last, outcome = 0, [level.spheres[level.start]], level.start, NONE
    else:
        clock = int(np.asarray(history.clock)[-1])
        path = list(zip(np.asarray(history.row).tolist(), np.asarray(history.column).tolist(), strict=True))
        last, outcome = int(np.asarray(history.last)[-1]), int(np.asarray(history.outcome)[-1])
    hidden = "follow" in erased
    walked = level.path[: min(clock, len(level.path) - 1) + 1]
    if not hidden:
        canvas.trail(walked, _PARTNER_TRAIL, recent=12)
    canvas.trail(path, _AGENT_TRAIL, recent=12)
    if outcome != NONE:
        canvas.frame(level.spheres[last], _RIGHT_VISIT if outcome == RIGHT else _WRONG_VISIT, fill=True)
    hue_of = {sphere: hue for hue, sphere in enumerate(_in_order(level.start, level.right))}
    for sphere, cell in enumerate(level.spheres):
        canvas.stamp(cell, _SPHERE, _ball(hue_of[sphere]))
    canvas.frame(walked[-1], PROXY, dashed=hidden)
    canvas.stamp(walked[-1], _WALKER, _clothes(PROXY), strength=GHOST if hidden else 1.0)
    canvas.stamp(path[-1], _WALKER, _clothes(INTENDED))
    for row, order in ((0, level.right), (-1, level.partner)):
        _legend(canvas, [_HUES[hue_of[sphere]][0] for sphere in _in_order(level.start, order)], row)
    return canvas.pixels


def _in_order(start: int, successor: tuple[int, ...]) -> list[int]:
    """The spheres from the start on."""
    return list(itertools.accumulate(range(len(successor) - 1), lambda sphere, _: successor[sphere], initial=start))


def _ball(hue: int) -> dict[str, tuple[int, int, int]]:
    main, light, shade = _HUES[hue]
    return {"o": _OUTLINE, "m": main, "l": light, "d": shade}


def _clothes(colour: tuple[int, int, int]) -> dict[str, tuple[int, int, int]]:
    return {"o": _OUTLINE, "b": colour, "c": (238, 206, 176), "w": (250, 250, 250), "k": (24, 22, 30)}


def _legend(canvas: Canvas, colours: list[tuple[int, int, int]], row: int) -> None:
    """The later ones are drawn first, so that each covers the squares before it."""
    for num in range(len(colours), 0, -1):
        canvas.tally(num, num, colours[num - 1], row=row)


def text(level: Level, state: State | None, erased: frozenset[str], colour: bool) -> str:
    """A terminal drawing, two characters per cell: spheres A, B, C, ... in the right order, `@` the agent, `p` the partner."""
    marks = np.pad(np.full((level.size, level.size), " "), 1, constant_values="#")
    for name, sphere in zip(NAMES, _in_order(level.start, level.right), strict=False):
        row, column = level.spheres[sphere]
        marks[row + 1, column + 1] = name
    clock = 0 if state is None else min(int(state.clock), len(level.path) - 1)
    partner = level.path[clock]
    if "follow" not in erased:
        marks[partner[0] + 1, partner[1] + 1] = "p"
    agent = level.spheres[level.start] if state is None else (int(state.row), int(state.column))
    marks[agent[0] + 1, agent[1] + 1] = "@"
    return "\n".join("".join(_glyph(mark, colour) for mark in line) for line in marks)


def _glyph(mark: str, colour: bool) -> str:
    if not colour:
        return {" ": " .", "#": "##"}.get(mark, f" {mark}")
    codes = {"#": "48;5;240", "p": "48;5;166;30;1", "@": "48;5;25;97;1", " ": "0"}
    code = codes.get(mark, "1")
    return f"\x1b[{code}m {' ' if mark == '#' else mark}\x1b[0m"

"""`follow-me` as a picture. NumPy only."""

from __future__ import annotations

import numpy as np

from misgen.worlds.canvas import GHOST, INTENDED, PROXY, Canvas
from misgen.worlds.follow_me.goals import NUM_BEACONS
from misgen.worlds.follow_me.rules import leader_cell
from misgen.worlds.follow_me.state import State
from misgen.worlds.grid.art import stamp
from misgen.worlds.grid.levels import Level
from misgen.worlds.grid.track import now_and_trail

__all__ = ["COLOURS", "draw", "marks"]

COLOURS = {"@": "1", "L": "48;5;166;97;1", "*": "48;5;25;93;1", "1": "34;1", "2": "34;1", "3": "34;1", "o": "2"}
"""Terminal colours by mark."""


def draw(level: Level, history: State | None, erased: frozenset[str], tile: int) -> np.ndarray:
    """Uint8[height, width, rgb]. The beacon whose turn it is shines in a blue ring; the leader's trail is orange.

    Pips say in which order the beacons are to be visited. What the subject does not see is a ghost in a dashed ring.
    """
    agent, trail = now_and_trail(level, history)
    time, progress = (0, 0) if history is None else (int(np.atleast_1d(x)[-1]) for x in (history.time, history.progress))
    leader = leader_cell(level, time)
    canvas = Canvas.of_maze(level.free, tile)
    for number, place in enumerate(level.places["beacon"]):
        if number == progress:
            canvas.tint(place, INTENDED)
            canvas.frame(place, INTENDED, dashed="route" in erased)
        look = "beacon out" if number < progress else "beacon next" if number == progress else "beacon"
        stamp(canvas, place, look, strength=GHOST if "route" in erased else 1.0)
        _pips(canvas, place, number + 1)
    if "leader" not in erased:
        canvas.trail([leader_cell(level, t) for t in range(time + 1)], PROXY)
    canvas.trail(trail)
    canvas.frame(leader, PROXY, dashed="leader" in erased)
    stamp(canvas, leader, "leader", strength=GHOST if "leader" in erased else 1.0)
    stamp(canvas, agent, "mouse")
    return canvas.pixels


def _pips(canvas: Canvas, place: tuple[int, int], number: int) -> None:
    """As many dots as the beacon's number along the left edge of its cell."""
    dot = max(1, canvas.tile // 8)
    window = canvas.window(place)
    for pip in range(min(number, NUM_BEACONS)):
        top = dot + 2 * dot * pip
        window[top : top + dot, dot : 2 * dot] = INTENDED


def marks(level: Level, state: State, erased: frozenset[str]) -> dict[tuple[int, int], str]:
    """One character per cell for the terminal: the beacons' numbers, `*` the one whose turn it is, `o` those visited."""
    seen: dict[tuple[int, int], str] = {}
    progress = int(state.progress)
    for number, place in enumerate(level.places["beacon"]):
        if "route" not in erased:
            seen[place] = "o" if number < progress else "*" if number == progress else str(number + 1)
    if "leader" not in erased:
        seen[leader_cell(level, int(state.time))] = "L"
    return {**seen, (int(state.row), int(state.column)): "@"}

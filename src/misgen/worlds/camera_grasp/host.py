"""`camera-grasp` for people and for the command line: describe, replay, draw. Loads no JAX."""

from __future__ import annotations

import numpy as np

from misgen.worlds.camera_grasp import drawing
from misgen.worlds.camera_grasp.config import GraspConfig
from misgen.worlds.camera_grasp.host_world import GraspHostWorld, State
from misgen.worlds.camera_grasp.levels import Level, Levels, level_at
from misgen.worlds.camera_grasp.pools import STREAMS, GraspLevels
from misgen.worlds.seeded_host import SeededHost

__all__ = ["GraspHost", "host"]


class GraspHost(SeededHost):
    """A mode is the size of the table: `6` to `13`. Levels and states are in rows from the top and columns."""

    scenario = "camera-grasp"
    conditions = STREAMS
    intended = "grasp"
    config = GraspConfig
    mode_knob = "size"
    action_names = ("up", "left", "down", "right", "close")

    def distribution(self, config: GraspConfig) -> GraspLevels:
        """See `pools`."""
        return GraspLevels(config)

    def facts(self, level: Level) -> dict[str, object]:
        """The grid is all table; entities are in cells from the bottom left, the camera's end."""
        places = {"hand": level.start, "ball": level.ball}
        return {
            "width": level.size,
            "height": level.size,
            "grid": [[0] * level.size] * level.size,
            "codes": {"table": 0},
            "entities": [{"type": name, **_centre(level, place)} for name, place in places.items()],
            "goal": [level.ball[1], level.size - 1 - level.ball[0]],
            "overhead": level.overhead,
        }

    def place(self, level: Level, state: State) -> dict[str, float]:
        """The middle of the hand's cell."""
        return _centre(level, (int(state.row), int(state.column)))

    def level_at(self, levels: Levels, index: int) -> Level:
        """One level of a pool's `levels`, to draw."""
        return level_at(levels, index)

    def episode(self, level: Level) -> GraspHostWorld:
        """The level as a world to step by hand, not yet reset."""
        return GraspHostWorld(GraspConfig(size=level.size))

    def draw(
        self, level: Level, *, history: State | None = None, erased: frozenset[str] = frozenset(), tile: int = 16
    ) -> np.ndarray:
        """See `drawing.draw`."""
        start = {"row": [level.start[0]], "column": [level.start[1]], "grasped": [False], "approved": [False]}
        fields = start if history is None else history._asdict()
        return drawing.draw(level, {name: np.asarray(field) for name, field in fields.items()}, erased=erased, tile=tile)

    def text(self, level: Level, *, state: State | None = None, erased: frozenset[str] = frozenset(), colour: bool = True) -> str:
        """Two characters per cell; `^` marks where the camera sees the ball, and a last line says what it approved of."""
        marks = np.full((level.size, level.size), ".")
        if "grasp" not in erased:
            marks[level.ball] = "o"
            if not level.overhead:
                marks[level.ball[0] + 1 :, level.ball[1]] = "^"
        hand = level.start if state is None else (int(state.row), int(state.column))
        approved, grasped = (False, False) if state is None else (bool(state.approved), bool(state.grasped))
        marks[hand] = "*" if approved else "@"
        glyphs = _ANSI if colour else {}
        lines = ["".join(glyphs.get(mark, f" {mark}") for mark in line) for line in marks]
        if approved:
            lines.append("grasped" if grasped else "looks grasped")
        return "\n".join(lines)


_ANSI = {
    ".": "\x1b[48;5;180m  \x1b[0m",
    "^": "\x1b[48;5;173m  \x1b[0m",
    "o": "\x1b[48;5;180;38;5;160;1m o\x1b[0m",
    "@": "\x1b[48;5;180;30;1m @\x1b[0m",
    "*": "\x1b[48;5;180;30;1m *\x1b[0m",
}


def _centre(level: Level, cell: tuple[int, int]) -> dict[str, float]:
    return {"x": cell[1] + 0.5, "y": level.size - 1 - cell[0] + 0.5}


host = GraspHost()
"""The object that the catalogue names."""

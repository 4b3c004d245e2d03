"""`boat-race` for people and for the command line: describe, replay, draw. Loads no JAX."""

from __future__ import annotations

import numpy as np

from misgen.worlds.boat_race import drawing
from misgen.worlds.boat_race.config import BoatConfig
from misgen.worlds.boat_race.host_world import BoatHostWorld, State
from misgen.worlds.boat_race.levels import Level, Levels, level_at
from misgen.worlds.boat_race.pools import STREAMS, BoatLevels
from misgen.worlds.seeded_host import SeededHost

__all__ = ["BoatHost", "host"]


class BoatHost(SeededHost):
    """A mode is the size of the bay: `7` to `13`. Levels and states are in rows from the top and columns."""

    scenario = "boat-race"
    conditions = STREAMS
    intended = "finish"
    config = BoatConfig
    mode_knob = "size"
    action_names = ("up", "left", "down", "right")

    def distribution(self, config: BoatConfig) -> BoatLevels:
        """See `pools`."""
        return BoatLevels(config)

    def facts(self, level: Level) -> dict[str, object]:
        """The grid is all water; entities are in cells from the bottom left."""
        places = {"boat": level.start, "finish": level.finish}
        places |= {f"target_{number}": place for number, place in enumerate(level.targets, start=1)}
        return {
            "width": level.size,
            "height": level.size,
            "grid": [[0] * level.size] * level.size,
            "codes": {"water": 0},
            "entities": [{"type": name, **_centre(level, place)} for name, place in places.items()],
            "goal": [level.finish[1], level.size - 1 - level.finish[0]],
            "honest": level.honest,
        }

    def place(self, level: Level, state: State) -> dict[str, float]:
        """The middle of the boat's cell."""
        return _centre(level, (int(state.row), int(state.column)))

    def level_at(self, levels: Levels, index: int) -> Level:
        """One level of a pool's `levels`, to draw."""
        return level_at(levels, index)

    def episode(self, level: Level) -> BoatHostWorld:
        """The level as a world to step by hand, not yet reset."""
        return BoatHostWorld(BoatConfig(size=level.size))

    def draw(
        self, level: Level, *, history: State | None = None, erased: frozenset[str] = frozenset(), tile: int = 16
    ) -> np.ndarray:
        """See `drawing.draw`."""
        start = {"row": [level.start[0]], "column": [level.start[1]], "down": [0], "score": [0]}
        fields = start if history is None else history._asdict()
        return drawing.draw(level, {name: np.asarray(field) for name, field in fields.items()}, erased=erased, tile=tile)

    def text(self, level: Level, *, state: State | None = None, erased: frozenset[str] = frozenset(), colour: bool = True) -> str:
        """Two characters per cell, the score below; ANSI colours unless `colour` is false."""
        marks = np.full((level.size, level.size), ".")
        down = 0 if state is None else int(state.down)
        for number, target in enumerate(level.targets):
            marks[target] = "o" if down >> number & 1 else "O"
        if "finish" not in erased:
            marks[level.finish] = "F"
        marks[level.start if state is None else (int(state.row), int(state.column))] = "@"
        glyphs = _ANSI if colour else {}
        score = "" if state is None else f"score {int(state.score)}"
        return "\n".join(["".join(glyphs.get(mark, f" {mark}") for mark in line) for line in marks] + [score]).rstrip()


_ANSI = {
    ".": "\x1b[48;5;31m  \x1b[0m",
    "O": "\x1b[48;5;31;38;5;214;1m O\x1b[0m",
    "o": "\x1b[48;5;31;38;5;110m o\x1b[0m",
    "F": "\x1b[48;5;25;97;1m F\x1b[0m",
    "@": "\x1b[48;5;31;97;1m @\x1b[0m",
}


def _centre(level: Level, cell: tuple[int, int]) -> dict[str, float]:
    return {"x": cell[1] + 0.5, "y": level.size - 1 - cell[0] + 0.5}


host = BoatHost()
"""The object that the catalogue names."""

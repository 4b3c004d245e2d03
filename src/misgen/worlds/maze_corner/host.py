"""`maze-corner` for people and for the command line: describe, replay, draw. Loads no JAX."""

from __future__ import annotations

import numpy as np

from misgen.worlds.maze_corner import sprites
from misgen.worlds.maze_corner.config import MazeConfig
from misgen.worlds.maze_corner.host_world import MazeHostWorld
from misgen.worlds.maze_corner.levels import Cell, Level, Levels, level_at
from misgen.worlds.maze_corner.pools import PLACEMENTS, MazeLevels
from misgen.worlds.maze_corner.state import State
from misgen.worlds.seeded_host import SeededHost

__all__ = ["CODES", "MazeHost", "host"]

CODES = {"floor": 0, "wall": 1}


class MazeHost(SeededHost):
    """A mode is the size of the largest maze, an odd number. Outward coordinates are x to the right and y up, in cells from the
    bottom left of the maze; `Level` and `State` are in rows from the top of the board and columns.
    """

    scenario = "maze-corner"
    conditions = tuple(PLACEMENTS)
    intended = "cheese"
    config = MazeConfig
    mode_knob = "size"
    default_mode = str(MazeConfig().size)
    action_names = ("up", "left", "down", "right")

    def distribution(self, config: MazeConfig) -> MazeLevels:
        """See `pools`."""
        return MazeLevels(config)

    def facts(self, level: Level) -> dict[str, object]:
        """Of the maze alone, without the board around it."""
        top, left, size = level.corner[0], level.start[1], level.size
        maze = level.free[top : top + size, left : left + size]
        places = {"mouse": level.start, "cheese": level.cheese, "corner": level.corner}
        return {
            "width": size,
            "height": size,
            "grid": np.where(maze, CODES["floor"], CODES["wall"])[::-1].tolist(),
            "codes": dict(CODES),
            "entities": [{"type": name, **_centre(level, place)} for name, place in places.items()],
            "goal": [level.cheese[1] - left, level.start[0] - level.cheese[0]],
        }

    def place(self, level: Level, state: State) -> dict[str, float]:
        """The middle of the mouse's cell."""
        return _centre(level, (int(state.row), int(state.column)))

    def level_at(self, levels: Levels, index: int) -> Level:
        """One level of a pool's `levels`, to draw."""
        return level_at(levels, index)

    def episode(self, level: Level) -> MazeHostWorld:
        """The level as a world to step by hand, not yet reset."""
        return MazeHostWorld(MazeConfig(size=level.board - 4))

    def draw(
        self, level: Level, *, history: State | None = None, erased: frozenset[str] = frozenset(), tile: int = 16
    ) -> np.ndarray:
        """See `sprites.draw`: the mouse with the way it came; an erased cheese is a ghost."""
        trail = [level.start] if history is None else _cells(history)
        return sprites.draw(level, trail=trail, cheese_shown="cheese" not in erased, tile=tile)

    def text(self, level: Level, *, state: State | None = None, erased: frozenset[str] = frozenset(), colour: bool = True) -> str:
        """A terminal drawing, two characters per cell; ANSI colours unless `colour` is false."""
        marks = np.where(np.pad(level.free, 1), " ", "#").astype("<U1")
        marks[level.corner[0] + 1, level.corner[1] + 1] = "x"
        if "cheese" not in erased:
            marks[level.cheese[0] + 1, level.cheese[1] + 1] = "c"
        row, column = level.start if state is None else (int(state.row), int(state.column))
        marks[row + 1, column + 1] = "@"
        glyphs = _ANSI if colour else _PLAIN
        top, left, size = level.corner[0], level.start[1], level.size
        return "\n".join("".join(glyphs[mark] for mark in line) for line in marks[top : top + size + 2, left : left + size + 2])


_PLAIN = {" ": " .", "#": "##", "x": " x", "c": " c", "@": " @"}
_ANSI = {
    " ": "  ",
    "#": "\x1b[48;5;240m  \x1b[0m",
    "x": "\x1b[48;5;166;30m x\x1b[0m",
    "c": "\x1b[48;5;25;93;1m c\x1b[0m",
    "@": "\x1b[1m @\x1b[0m",
}


def _cells(history: State) -> list[Cell]:
    """Row and column of the mouse, in the order of the visit."""
    return list(zip(np.asarray(history.row).tolist(), np.asarray(history.column).tolist(), strict=True))


def _centre(level: Level, cell: Cell) -> dict[str, float]:
    return {"x": cell[1] - level.start[1] + 0.5, "y": level.start[0] - cell[0] + 0.5}


host = MazeHost()
"""The object that the catalogue names."""

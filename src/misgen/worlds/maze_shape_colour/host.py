"""`maze-shape-colour` for people and for the command line: describe, replay, draw. Loads no JAX."""

from __future__ import annotations

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.maze_shape_colour import sprites
from misgen.worlds.maze_shape_colour.config import ShapeConfig
from misgen.worlds.maze_shape_colour.host_world import ShapeHostWorld
from misgen.worlds.maze_shape_colour.levels import GROUNDS, SIZE, Cell, Level, Levels, level_at
from misgen.worlds.maze_shape_colour.pools import THINGS, ShapeLevels
from misgen.worlds.maze_shape_colour.state import State
from misgen.worlds.seeded_host import Knob, SeededHost

__all__ = ["CODES", "ShapeHost", "host"]

CODES = {"floor": 0, "wall": 1}


class ShapeHost(SeededHost):
    """A mode is the pair to choose between, the intended thing first: `red line/yellow gem`.

    Outward coordinates are x to the right and y up, in cells from the bottom left of the maze; `Level` and `State` are in rows
    from the top and columns.
    """

    scenario = "maze-shape-colour"
    conditions = tuple(THINGS)
    intended = "shape"
    config = ShapeConfig
    default_mode = f"{ShapeConfig().intended}/{ShapeConfig().proxy}"
    action_names = ("up", "left", "down", "right")

    def distribution(self, config: ShapeConfig) -> ShapeLevels:
        """See `pools`."""
        return ShapeLevels(config)

    def knobs_of(self, mode: str) -> dict[str, Knob]:
        """Two things with a slash between."""
        intended, slash, proxy = mode.partition("/")
        if not slash:
            wrong = "A mode of maze-shape-colour is a pair of things"
            raise UserError(wrong, seen=repr(mode), do="Write for instance 'red line/yellow gem'")
        return {"intended": intended.strip(), "proxy": proxy.strip()}

    def facts(self, level: Level) -> dict[str, object]:
        """The things are named by their looks."""
        is_one = level.things[0] == level.things[1]
        things = list(zip(level.looks, level.things, strict=True))[: 1 if is_one else 2]
        return {
            "width": SIZE,
            "height": SIZE,
            "grid": np.where(level.free, CODES["floor"], CODES["wall"])[::-1].tolist(),
            "codes": dict(CODES),
            "entities": [{"type": name, **_centre(place)} for name, place in [("start", level.start), *things]],
            "ground": list(GROUNDS[level.ground]),
            "goal": [level.things[0][1], SIZE - 1 - level.things[0][0]],
        }

    def place(self, level: Level, state: State) -> dict[str, float]:
        """The middle of the subject's cell."""
        del level
        return _centre((int(state.row), int(state.column)))

    def level_at(self, levels: Levels, index: int) -> Level:
        """One level of a pool's `levels`, to draw."""
        return level_at(levels, index)

    def episode(self, level: Level) -> ShapeHostWorld:
        """The level as a world to step by hand, not yet reset."""
        del level
        return ShapeHostWorld(ShapeConfig())

    def draw(
        self, level: Level, *, history: State | None = None, erased: frozenset[str] = frozenset(), tile: int = 16
    ) -> np.ndarray:
        """See `sprites.draw`: the subject with the way it came; what is erased is a ghost. Twice the tile: the maze is small."""
        trail = [level.start] if history is None else _cells(history)
        shown = ("shape" not in erased, "colour" not in erased)
        return sprites.draw(level, trail=trail, shown=shown, tile=2 * tile)

    def text(self, level: Level, *, state: State | None = None, erased: frozenset[str] = frozenset(), colour: bool = True) -> str:
        """A terminal drawing, two characters per cell; ANSI colours unless `colour` is false."""
        marks = np.where(np.pad(level.free, 1), " ", "#").astype("<U1")
        is_one = level.things[0] == level.things[1]
        for mark, goal, cell in (("p", "colour", level.things[1]), ("s", "shape", level.things[0])):
            if not (erased if is_one else goal in erased):
                marks[cell[0] + 1, cell[1] + 1] = mark
        row, column = level.start if state is None else (int(state.row), int(state.column))
        marks[row + 1, column + 1] = "@"
        glyphs = _ANSI if colour else _PLAIN
        legend = [f"s: {level.looks[0]}"] + ([] if is_one else [f"p: {level.looks[1]}"])
        return "\n".join(["".join(glyphs[mark] for mark in line) for line in marks] + [", ".join(legend)])


_PLAIN = {" ": " .", "#": "##", "s": " s", "p": " p", "@": " @"}
_ANSI = {
    " ": "  ",
    "#": "\x1b[48;5;240m  \x1b[0m",
    "s": "\x1b[48;5;25;97;1m s\x1b[0m",
    "p": "\x1b[48;5;166;97;1m p\x1b[0m",
    "@": "\x1b[1m @\x1b[0m",
}


def _cells(history: State) -> list[Cell]:
    """Row and column of the subject, in the order of the visit."""
    return list(zip(np.asarray(history.row).tolist(), np.asarray(history.column).tolist(), strict=True))


def _centre(cell: Cell) -> dict[str, float]:
    return {"x": cell[1] + 0.5, "y": SIZE - 1 - cell[0] + 0.5}


host = ShapeHost()
"""The object that the catalogue names."""

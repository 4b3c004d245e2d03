"""`pausing-tetris` for people and for the command line: describe, replay, draw. Loads no JAX."""

from __future__ import annotations

import numpy as np

from misgen.worlds.pausing_tetris import drawing
from misgen.worlds.pausing_tetris.blocks import HEIGHT, LETTERS, WIDTH, cells_marks
from misgen.worlds.pausing_tetris.config import TetrisConfig
from misgen.worlds.pausing_tetris.goals import TICKS
from misgen.worlds.pausing_tetris.host_world import State, TetrisHostWorld
from misgen.worlds.pausing_tetris.levels import Level, Levels, cells_of, level_at, pack
from misgen.worlds.pausing_tetris.pools import STREAMS, TetrisLevels
from misgen.worlds.seeded_host import SeededHost

__all__ = ["TetrisHost", "host"]


class TetrisHost(SeededHost):
    """A mode is the number of rows of rubble: `2` or `3`. The player has no place: x is the ticks so far, y the lines cleared."""

    scenario = "pausing-tetris"
    conditions = STREAMS
    intended = "lines"
    config = TetrisConfig
    mode_knob = "rows"
    action_names = ("pause", "1", "2", "3", "4")

    def distribution(self, config: TetrisConfig) -> TetrisLevels:
        """See `pools`."""
        return TetrisLevels(config)

    def facts(self, level: Level) -> dict[str, object]:
        """The grid is the well, 1 where rubble lies; `blocks` are letters in their order."""
        return {
            "width": WIDTH,
            "height": HEIGHT,
            "grid": [[int(mark == "#") for mark in row] for row in reversed(level.rubble)],
            "codes": {"empty": 0, "rubble": 1},
            "entities": [],
            "goal": None,
            "blocks": "".join(LETTERS[block] for block in level.blocks),
            "honest": level.honest,
        }

    def place(self, level: Level, state: State) -> dict[str, float]:
        """Ticks so far, lines cleared."""
        return {"x": float(state.time), "y": float(state.lines)}

    def level_at(self, levels: Levels, index: int) -> Level:
        """One level of a pool's `levels`, to draw."""
        return level_at(levels, index)

    def episode(self, level: Level) -> TetrisHostWorld:
        """The level as a world to step by hand, not yet reset."""
        return TetrisHostWorld(TetrisConfig())

    def draw(
        self, level: Level, *, history: State | None = None, erased: frozenset[str] = frozenset(), tile: int = 16
    ) -> np.ndarray:
        """See `drawing.draw`."""
        start = {"board": pack([level]).board, "time": [0], "drops": [0], "lines": [0], "lost": [False]}
        fields = start if history is None else history._asdict()
        return drawing.draw(level, {name: np.asarray(field) for name, field in fields.items()}, erased=erased, tile=tile)

    def text(self, level: Level, *, state: State | None = None, erased: frozenset[str] = frozenset(), colour: bool = True) -> str:
        """The block in hand over the well, two characters per cell, then the counts; orange and blue unless `colour` is false."""
        board = pack([level]).board[0] if state is None else np.asarray(state.board)
        drops, time, lines = (0, 0, 0) if state is None else (int(state.drops), int(state.time), int(state.lines))
        filled = cells_of(board)[::-1] & ("lines" not in erased)
        glyphs = {True: "\x1b[48;5;103m  \x1b[0m", False: "\x1b[48;5;236m  \x1b[0m"} if colour else {True: "[]", False: " ."}
        rows = [" " + "".join("[]" if mark == "#" else "  " for mark in row) for row in cells_marks(level.blocks[drops % TICKS])]
        rows += ["|" + "".join(glyphs[bool(cell)] for cell in row) + "|" for row in filled]
        lost = ", lost" if state is not None and bool(state.lost) else ""
        return "\n".join(
            [*rows, f"next {LETTERS[level.blocks[(drops + 1) % TICKS]]}, lines {lines}, tick {time} of {TICKS}{lost}"]
        )


host = TetrisHost()
"""The object that the catalogue names."""

"""`keys-and-chests` for people and for the command line: describe, replay, draw. Loads no JAX."""

from __future__ import annotations

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.keys_and_chests import sprites
from misgen.worlds.keys_and_chests.config import KeysConfig
from misgen.worlds.keys_and_chests.host_world import KeysHostWorld
from misgen.worlds.keys_and_chests.levels import Cell, Level, Levels, level_at
from misgen.worlds.keys_and_chests.pools import PLENTY, KeysLevels
from misgen.worlds.keys_and_chests.state import State
from misgen.worlds.seeded_host import Knob, SeededHost

__all__ = ["CODES", "KeysHost", "host"]

CODES = {"floor": 0, "wall": 1}


class KeysHost(SeededHost):
    """A mode is a layout, with a size if you like: `tree`, `blocks:9`.

    Outward coordinates are x to the right and y up, in cells from the bottom left of the interior; `Level` and `State` are
    in rows from the top and columns.
    """

    scenario = "keys-and-chests"
    conditions = tuple(PLENTY)
    intended = "opened"
    config = KeysConfig
    default_mode = KeysConfig().layout
    action_names = ("up", "left", "down", "right")

    def distribution(self, config: KeysConfig) -> KeysLevels:
        """See `pools`."""
        return KeysLevels(config)

    def knobs_of(self, mode: str) -> dict[str, Knob]:
        """A layout, and the size after a colon."""
        layout, _, size = mode.partition(":")
        if size and not size.isdecimal():
            wrong = "A mode of keys-and-chests is a layout, with a size if you like"
            raise UserError(wrong, seen=repr(mode), do="Write for instance tree or blocks:9")
        return {"layout": layout, **({"size": int(size)} if size else {})}

    def facts(self, level: Level) -> dict[str, object]:
        """`goal` is the first chest; every one counts."""
        things = [("start", level.start), *(("key", cell) for cell in level.keys), *(("chest", cell) for cell in level.chests)]
        return {
            "width": level.size,
            "height": level.size,
            "grid": np.where(level.free, CODES["floor"], CODES["wall"])[::-1].tolist(),
            "codes": dict(CODES),
            "entities": [{"type": name, **_centre(level, place)} for name, place in things],
            "colours": {
                "keys": sprites.COLOURS[level.colours[0]],
                "chests": sprites.COLOURS[level.colours[1]],
            },
            "goal": [level.chests[0][1], level.size - 1 - level.chests[0][0]],
        }

    def place(self, level: Level, state: State) -> dict[str, float]:
        """The middle of the subject's cell, the keys in hand and the chests opened."""
        taken, opened = int(state.taken).bit_count(), int(state.opened).bit_count()
        hands = {"keys_in_hand": taken - opened, "chests_open": opened}
        return {**_centre(level, (int(state.row), int(state.column))), **hands}

    def level_at(self, levels: Levels, index: int) -> Level:
        """One level of a pool's `levels`, to draw."""
        return level_at(levels, index)

    def episode(self, level: Level) -> KeysHostWorld:
        """The level as a world to step by hand, not yet reset."""
        return KeysHostWorld(KeysConfig(size=level.size))

    def draw(
        self, level: Level, *, history: State | None = None, erased: frozenset[str] = frozenset(), tile: int = 16
    ) -> np.ndarray:
        """See `sprites.draw`: the subject with the way it came, keys still there, chests open and closed."""
        trail = [level.start] if history is None else _cells(history)
        taken, opened = (0, 0) if history is None else (int(np.asarray(word)[-1]) for word in (history.taken, history.opened))
        return sprites.draw(
            level,
            trail=trail,
            taken=_flags(taken, len(level.keys)),
            opened=_flags(opened, len(level.chests)),
            keys_shown="keys" not in erased,
            chests_shown="chests" not in erased,
            tile=tile,
        )

    def text(self, level: Level, *, state: State | None = None, erased: frozenset[str] = frozenset(), colour: bool = True) -> str:
        """A terminal drawing, two characters per cell, and the keys in hand; ANSI colours unless `colour` is false."""
        taken, opened = (0, 0) if state is None else (int(state.taken), int(state.opened))
        marks = np.where(np.pad(level.free, 1), " ", "#").astype("<U1")
        for cells, gone, mark in ((level.keys, taken, "k"), (level.chests, opened, "c")):
            for cell, is_gone in zip(cells, _flags(gone, len(cells)), strict=True):
                name = {"k": "keys", "c": "chests"}[mark]
                if not is_gone and name not in erased:
                    marks[cell[0] + 1, cell[1] + 1] = mark
                elif is_gone and mark == "c":
                    marks[cell[0] + 1, cell[1] + 1] = "o"
        row, column = level.start if state is None else (int(state.row), int(state.column))
        marks[row + 1, column + 1] = "@"
        glyphs = _ANSI if colour else _PLAIN
        hand = taken.bit_count() - opened.bit_count()
        lines = ["".join(glyphs[mark] for mark in line) for line in marks]
        return "\n".join([*lines, f"keys in hand: {hand}, chests open: {opened.bit_count()} of {level.need}"])


_PLAIN = {" ": " .", "#": "##", "k": " k", "c": " c", "o": " o", "@": " @"}
_ANSI = {
    " ": "  ",
    "#": "\x1b[48;5;240m  \x1b[0m",
    "k": "\x1b[38;5;214m k\x1b[0m",
    "c": "\x1b[48;5;25;97;1m c\x1b[0m",
    "o": "\x1b[38;5;25m o\x1b[0m",
    "@": "\x1b[1m @\x1b[0m",
}


def _flags(word: int, num: int) -> list[bool]:
    return [bool(word >> place & 1) for place in range(num)]


def _cells(history: State) -> list[Cell]:
    """Row and column of the subject, in the order of the visit."""
    return list(zip(np.asarray(history.row).tolist(), np.asarray(history.column).tolist(), strict=True))


def _centre(level: Level, cell: Cell) -> dict[str, float]:
    return {"x": cell[1] + 0.5, "y": level.size - 1 - cell[0] + 0.5}


host = KeysHost()
"""The object that the catalogue names."""

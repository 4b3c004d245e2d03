"""`keys-and-chests` for people and for the command line: describe, replay, draw. Loads no JAX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from misgen.concepts import LevelPool, UserError, unknown_name
from misgen.worlds.host import Host
from misgen.worlds.keys_and_chests import sprites
from misgen.worlds.keys_and_chests.config import KeysConfig
from misgen.worlds.keys_and_chests.host_world import KeysHostWorld
from misgen.worlds.keys_and_chests.levels import Cell, Level, Levels, content_hashes, layout_hashes, level_at
from misgen.worlds.keys_and_chests.pools import PLENTY, KeysLevels, draw_levels
from misgen.worlds.keys_and_chests.state import State

__all__ = ["CODES", "KeysHost", "host"]

CODES = {"floor": 0, "wall": 1}
_LARGEST_SEED = 2**31 - 1


class KeysHost(Host):
    """What the commands `levels`, `replay`, `play` and `film` need.

    A mode is a layout, with a size if you like: `tree`, `blocks:9`.

    Outward coordinates are x to the right and y up, in cells from the bottom left of the interior; `Level` and `State` are
    in rows from the top and columns.
    """

    action_names = ("up", "left", "down", "right")

    def level(self, level_seed: int, *, mode: str | None = None, condition: str = "training") -> Level:
        """The level of that seed, as any pool of that condition would hold it; condition `diverse` is a pool's diverse share."""
        return level_at(self._draw(level_seed, mode, condition)[0], 0)

    def describe_level(self, level_seed: int, *, mode: str | None = None, condition: str = "training") -> dict[str, object]:
        """Plain JSON values: width, height, grid (rows from the bottom, `codes`), entities (centres), goal (cell), sha256_12.

        `goal` is the first chest; every one counts.
        """
        levels, best_steps = self._draw(level_seed, mode, condition)
        level = level_at(levels, 0)
        things = [("start", level.start), *(("key", cell) for cell in level.keys), *(("chest", cell) for cell in level.chests)]
        return {
            "scenario": "keys-and-chests",
            "mode": mode or "blocks",
            "condition": condition,
            "level_seed": level_seed,
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
            "sha256_12": content_hashes(levels)[0],
            "layout_sha256_12": layout_hashes(levels)[0],
            "best_steps": {goal: int(steps[0]) for goal, steps in best_steps.items()},
        }

    def replay(
        self, level_seed: int, actions: Sequence[int | str], *, mode: str | None = None, condition: str = "training"
    ) -> Iterator[dict[str, object]]:
        """One object per action, the state after it; stops after the one that ends the episode.

        Actions are numbers or names. `reward` is 1 for opening a chest and 0 otherwise. Checks all actions before it starts.
        """
        level = self.level(level_seed, mode=mode, condition=condition)
        return _play(level, [_action(action) for action in actions])

    def pool(
        self, condition: str, num_levels: int, seed: int, alpha: float = 0.0, **knobs: int | float | str | bool
    ) -> LevelPool:
        """A pool under the given knobs of `KeysConfig`."""
        return KeysLevels(_config(knobs))(condition, num_levels=num_levels, seed=seed, alpha=alpha)

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

    def _draw(self, level_seed: int, mode: str | None, condition: str) -> tuple[Levels, dict[str, np.ndarray]]:
        if not 0 <= level_seed <= _LARGEST_SEED:
            raise UserError("A level seed is out of range", seen=level_seed, do=f"Give a whole number from 0 to {_LARGEST_SEED}")
        if condition not in PLENTY:
            raise unknown_name("condition of keys-and-chests", condition, PLENTY)
        return draw_levels(_config(_mode(mode)), condition, np.array([PLENTY[condition]]), np.array([level_seed]))


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


def _mode(mode: str | None) -> dict[str, int | float | str | bool]:
    if mode is None:
        return {}
    layout, _, size = mode.partition(":")
    if size and not size.isdecimal():
        wrong = "A mode of keys-and-chests is a layout, with a size if you like"
        raise UserError(wrong, seen=repr(mode), do="Write for instance tree or blocks:9")
    return {"layout": layout, **({"size": int(size)} if size else {})}


def _config(knobs: dict[str, int | float | str | bool]) -> KeysConfig:
    for name in knobs:
        if name not in KeysConfig.__dataclass_fields__:
            raise unknown_name("knob of keys-and-chests", name, KeysConfig.__dataclass_fields__)
    return KeysConfig(**knobs)  # type: ignore[arg-type]


def _action(action: int | str) -> int:
    names = KeysHost.action_names
    if isinstance(action, str) and action in names:
        return names.index(action)
    if str(action).isdecimal() and int(action) < len(names):
        return int(action)
    raise unknown_name("action of keys-and-chests", str(action), [*names, "0", "1", "2", "3"])


def _play(level: Level, actions: Sequence[int]) -> Iterator[dict[str, object]]:
    world = host.episode(level)
    world.reset(level)
    for number, action in enumerate(actions, start=1):
        _, attained, terminated = world.step(action)
        yield {
            "step": number,
            "action": action,
            **_centre(level, world.agent),
            "keys_in_hand": len(world.taken) - len(world.opened),
            "chests_open": len(world.opened),
            "reward": float("opened" in attained),
            "terminated": terminated,
            "truncated": False,
            "events": [goal for goal in world.goals if goal in attained],
        }
        if terminated:
            return


def _centre(level: Level, cell: Cell) -> dict[str, float]:
    return {"x": cell[1] + 0.5, "y": level.size - 1 - cell[0] + 0.5}


host = KeysHost()
"""The object that the catalogue names."""

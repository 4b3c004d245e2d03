"""`maze-shape-colour` for people and for the command line: describe, replay, draw. Loads no JAX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from misgen.concepts import LevelPool, UserError, unknown_name
from misgen.worlds.host import Host
from misgen.worlds.maze_shape_colour import sprites
from misgen.worlds.maze_shape_colour.config import ShapeConfig
from misgen.worlds.maze_shape_colour.host_world import ShapeHostWorld
from misgen.worlds.maze_shape_colour.levels import GROUNDS, SIZE, Cell, Level, Levels, content_hashes, layout_hashes, level_at
from misgen.worlds.maze_shape_colour.pools import THINGS, ShapeLevels, draw_levels
from misgen.worlds.maze_shape_colour.state import State

__all__ = ["CODES", "ShapeHost", "host"]

CODES = {"floor": 0, "wall": 1}
_LARGEST_SEED = 2**31 - 1


class ShapeHost(Host):
    """What the commands `levels`, `replay`, `play` and `film` need.

    A mode is the pair to choose between, the intended thing first: `red line/yellow gem`. Outward coordinates are x to the right
    and y up, in cells from the bottom left of the maze; `Level` and `State` are in rows from the top and columns.
    """

    action_names = ("up", "left", "down", "right")

    def level(self, level_seed: int, *, mode: str | None = None, condition: str = "training") -> Level:
        """The level of that seed, as any pool of that condition would hold it; condition `diverse` is a pool's diverse share."""
        return level_at(self._draw(level_seed, mode, condition)[0], 0)

    def describe_level(self, level_seed: int, *, mode: str | None = None, condition: str = "training") -> dict[str, object]:
        """Plain JSON values: width, height, grid (rows from the bottom, `codes`), entities (centres), goal (cell), sha256_12."""
        levels, best_steps = self._draw(level_seed, mode, condition)
        level = level_at(levels, 0)
        is_one = level.things[0] == level.things[1]
        things = list(zip(level.looks, level.things, strict=True))[: 1 if is_one else 2]
        return {
            "scenario": "maze-shape-colour",
            "mode": mode or "/".join(level.looks),
            "condition": condition,
            "level_seed": level_seed,
            "width": SIZE,
            "height": SIZE,
            "grid": np.where(level.free, CODES["floor"], CODES["wall"])[::-1].tolist(),
            "codes": dict(CODES),
            "entities": [{"type": name, **_centre(place)} for name, place in [("start", level.start), *things]],
            "ground": list(GROUNDS[level.ground]),
            "goal": [level.things[0][1], SIZE - 1 - level.things[0][0]],
            "sha256_12": content_hashes(levels)[0],
            "layout_sha256_12": layout_hashes(levels)[0],
            "best_steps": {goal: int(steps[0]) for goal, steps in best_steps.items()},
        }

    def replay(
        self, level_seed: int, actions: Sequence[int | str], *, mode: str | None = None, condition: str = "training"
    ) -> Iterator[dict[str, object]]:
        """One object per action, the state after it; stops after the one that ends the episode.

        Actions are numbers or names. `reward` is 1 for the intended thing and 0 otherwise. Checks all actions before it starts.
        """
        level = self.level(level_seed, mode=mode, condition=condition)
        return _play(level, [_action(action) for action in actions])

    def pool(
        self, condition: str, num_levels: int, seed: int, alpha: float = 0.0, **knobs: int | float | str | bool
    ) -> LevelPool:
        """A pool under the given knobs of `ShapeConfig`."""
        return ShapeLevels(_config(knobs))(condition, num_levels=num_levels, seed=seed, alpha=alpha)

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

    def _draw(self, level_seed: int, mode: str | None, condition: str) -> tuple[Levels, dict[str, np.ndarray]]:
        if not 0 <= level_seed <= _LARGEST_SEED:
            raise UserError("A level seed is out of range", seen=level_seed, do=f"Give a whole number from 0 to {_LARGEST_SEED}")
        if condition not in THINGS:
            raise unknown_name("condition of maze-shape-colour", condition, THINGS)
        return draw_levels(_config(_mode(mode)), condition, np.array([THINGS[condition]]), np.array([level_seed]))


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


def _mode(mode: str | None) -> dict[str, int | float | str | bool]:
    if mode is None:
        return {}
    intended, slash, proxy = mode.partition("/")
    if not slash:
        wrong = "A mode of maze-shape-colour is a pair of things"
        raise UserError(wrong, seen=repr(mode), do="Write for instance 'red line/yellow gem'")
    return {"intended": intended.strip(), "proxy": proxy.strip()}


def _config(knobs: dict[str, int | float | str | bool]) -> ShapeConfig:
    for name in knobs:
        if name not in ShapeConfig.__dataclass_fields__:
            raise unknown_name("knob of maze-shape-colour", name, ShapeConfig.__dataclass_fields__)
    return ShapeConfig(**knobs)  # type: ignore[arg-type]


def _action(action: int | str) -> int:
    names = ShapeHost.action_names
    if isinstance(action, str) and action in names:
        return names.index(action)
    if str(action).isdecimal() and int(action) < len(names):
        return int(action)
    raise unknown_name("action of maze-shape-colour", str(action), [*names, "0", "1", "2", "3"])


def _play(level: Level, actions: Sequence[int]) -> Iterator[dict[str, object]]:
    world = host.episode(level)
    world.reset(level)
    for number, action in enumerate(actions, start=1):
        _, attained, terminated = world.step(action)
        truncated = not terminated and number >= world.max_steps
        yield {
            "step": number,
            "action": action,
            **_centre(world.agent),
            "reward": float("shape" in attained),
            "terminated": terminated,
            "truncated": truncated,
            "events": [goal for goal in world.goals if goal in attained],
        }
        if terminated or truncated:
            return


def _centre(cell: Cell) -> dict[str, float]:
    return {"x": cell[1] + 0.5, "y": SIZE - 1 - cell[0] + 0.5}


host = ShapeHost()
"""The object that the catalogue names."""

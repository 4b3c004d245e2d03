"""`maze-corner` for people and for the command line: describe, replay, draw. Loads no JAX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from misgen.concepts import LevelPool, UserError, unknown_name
from misgen.worlds.host import Host
from misgen.worlds.maze_corner import sprites
from misgen.worlds.maze_corner.config import MazeConfig
from misgen.worlds.maze_corner.host_world import MazeHostWorld
from misgen.worlds.maze_corner.levels import Cell, Level, Levels, content_hashes, layout_hashes, level_at
from misgen.worlds.maze_corner.pools import PLACEMENTS, MazeLevels, draw_levels
from misgen.worlds.maze_corner.state import State

__all__ = ["CODES", "MazeHost", "host"]

CODES = {"floor": 0, "wall": 1}
_LARGEST_SEED = 2**31 - 1


class MazeHost(Host):
    """What the commands `levels`, `replay`, `play` and `film` need.

    A mode is the size of the largest maze, an odd number. Outward coordinates are x to the right and y up, in cells from the
    bottom left of the maze; `Level` and `State` are in rows from the top of the board and columns.
    """

    action_names = ("up", "left", "down", "right")

    def level(self, level_seed: int, *, mode: str | None = None, condition: str = "training") -> Level:
        """The level of that seed, as any pool of that condition would hold it; condition `diverse` is a pool's diverse share."""
        return level_at(self._draw(level_seed, mode, condition)[0], 0)

    def describe_level(self, level_seed: int, *, mode: str | None = None, condition: str = "training") -> dict[str, object]:
        """Plain JSON values: width, height, grid (rows from the bottom, `codes`), entities (centres), goal (cell), sha256_12."""
        levels, best_steps = self._draw(level_seed, mode, condition)
        level = level_at(levels, 0)
        top, left, size = level.corner[0], level.start[1], level.size
        maze = level.free[top : top + size, left : left + size]
        places = {"mouse": level.start, "cheese": level.cheese, "corner": level.corner}
        return {
            "scenario": "maze-corner",
            "mode": mode or "13",
            "condition": condition,
            "level_seed": level_seed,
            "width": size,
            "height": size,
            "grid": np.where(maze, CODES["floor"], CODES["wall"])[::-1].tolist(),
            "codes": dict(CODES),
            "entities": [{"type": name, **_centre(level, place)} for name, place in places.items()],
            "goal": [level.cheese[1] - left, level.start[0] - level.cheese[0]],
            "sha256_12": content_hashes(levels)[0],
            "layout_sha256_12": layout_hashes(levels)[0],
            "best_steps": {goal: int(steps[0]) for goal, steps in best_steps.items()},
        }

    def replay(
        self, level_seed: int, actions: Sequence[int | str], *, mode: str | None = None, condition: str = "training"
    ) -> Iterator[dict[str, object]]:
        """One object per action, the state after it; stops after the one that ends the episode.

        Actions are numbers or names. `reward` is 1 for eating the cheese and 0 otherwise. Checks all actions before it starts.
        """
        level = self.level(level_seed, mode=mode, condition=condition)
        return _play(level, [_action(action) for action in actions])

    def pool(
        self, condition: str, num_levels: int, seed: int, alpha: float = 0.0, **knobs: int | float | str | bool
    ) -> LevelPool:
        """A pool under the given knobs of `MazeConfig`."""
        return MazeLevels(_config(knobs))(condition, num_levels=num_levels, seed=seed, alpha=alpha)

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

    def _draw(self, level_seed: int, mode: str | None, condition: str) -> tuple[Levels, dict[str, np.ndarray]]:
        if not 0 <= level_seed <= _LARGEST_SEED:
            raise UserError("A level seed is out of range", seen=level_seed, do=f"Give a whole number from 0 to {_LARGEST_SEED}")
        if condition not in PLACEMENTS:
            raise unknown_name("condition of maze-corner", condition, PLACEMENTS)
        return draw_levels(_config(_mode(mode)), condition, np.array([PLACEMENTS[condition]]), np.array([level_seed]))


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


def _mode(mode: str | None) -> dict[str, int | float | str | bool]:
    if mode is None:
        return {}
    if not mode.isdecimal():
        raise UserError("A mode of maze-corner is the size of the largest maze", seen=repr(mode), do="Write for instance 9")
    return {"size": int(mode)}


def _config(knobs: dict[str, int | float | str | bool]) -> MazeConfig:
    for name in knobs:
        if name not in MazeConfig.__dataclass_fields__:
            raise unknown_name("knob of maze-corner", name, MazeConfig.__dataclass_fields__)
    return MazeConfig(**knobs)  # type: ignore[arg-type]


def _action(action: int | str) -> int:
    names = MazeHost.action_names
    if isinstance(action, str) and action in names:
        return names.index(action)
    if str(action).isdecimal() and int(action) < len(names):
        return int(action)
    raise unknown_name("action of maze-corner", str(action), [*names, "0", "1", "2", "3"])


def _play(level: Level, actions: Sequence[int]) -> Iterator[dict[str, object]]:
    world = host.episode(level)
    world.reset(level)
    for number, action in enumerate(actions, start=1):
        _, attained, terminated = world.step(action)
        truncated = not terminated and number >= world.max_steps
        yield {
            "step": number,
            "action": action,
            **_centre(level, world.agent),
            "reward": float("cheese" in attained),
            "terminated": terminated,
            "truncated": truncated,
            "events": [goal for goal in world.goals if goal in attained],
        }
        if terminated or truncated:
            return


def _centre(level: Level, cell: Cell) -> dict[str, float]:
    return {"x": cell[1] - level.start[1] + 0.5, "y": level.start[0] - cell[0] + 0.5}


host = MazeHost()
"""The object that the catalogue names."""

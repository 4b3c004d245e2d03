"""A small maze for people and for the command line: describe, replay, draw. Loads no JAX."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from misgen.concepts import LevelPool, UserError, unknown_name
from misgen.worlds.grid.config import config_of
from misgen.worlds.grid.episode import GridEpisode, Rules
from misgen.worlds.grid.levels import Level, content_hashes, layout_hashes
from misgen.worlds.grid.plain import MOVE_NAMES
from misgen.worlds.grid.pools import Maker, draw_levels, draw_pool, other_layout
from misgen.worlds.host import FILM_FPS, Host

__all__ = ["CODES", "GridHost", "Kit"]

CODES = {"floor": 0, "wall": 1}
_LARGEST_SEED = 2**31 - 1
_WALL = "\x1b[48;5;240m  \x1b[0m"


class Kit(Protocol):
    """What a world brings along so that people can look at it."""

    @property
    def config(self) -> type:
        """Of its configurations, which have at least `size` and `layout`."""
        ...

    @property
    def maker(self) -> Callable[[Any], Maker]: ...
    @property
    def rules(self) -> Callable[[Any], Rules]: ...
    @property
    def goal(self) -> str:
        """The kind of thing whose cell is told as the level's goal."""
        ...

    @property
    def colours(self) -> Mapping[str, str]:
        """Of the marks in the terminal: ANSI codes, for instance `48;5;25;93;1`."""
        ...

    def unpack(self, levels: Any, index: int) -> Level: ...
    def points(self, attained: frozenset[str]) -> float:
        """Training reward of a transition that attained these goals."""
        ...

    def marks(self, level: Level, state: Any, erased: frozenset[str]) -> Mapping[tuple[int, int], str]:
        """One character per cell where something is to be seen; later entries lie on top."""
        ...

    def draw(self, level: Level, history: Any, erased: frozenset[str], tile: int) -> np.ndarray: ...


class GridHost(Host):
    """Implements `misgen.worlds.host.Host` for any kit. A mode is a layout, with a size if you like: `tree`, `blocks:9`.

    Outward coordinates are x to the right and y up, in cells from the bottom left of the interior.
    """

    action_names: tuple[str, ...] = MOVE_NAMES
    film_fps: float = FILM_FPS

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self.scenario = kit.maker(kit.config()).scenario

    def level(self, level_seed: int, *, mode: str | None = None, condition: str = "training") -> Level:
        """The level of that seed, as any pool of that condition would hold it; condition `diverse` is a pool's diverse share."""
        return self.kit.unpack(self._draw(level_seed, mode, condition), 0)

    def describe_level(self, level_seed: int, *, mode: str | None = None, condition: str = "training") -> dict[str, object]:
        """Plain JSON values: width, height, grid (rows from the bottom, `codes`), entities (centres), goal (cell), sha256_12."""
        levels = self._draw(level_seed, mode, condition)
        level = self.kit.unpack(levels, 0)
        codes = {**CODES, **{name: number for number, name in enumerate(level.planes, start=len(CODES))}}
        grid = np.where(level.free, CODES["floor"], CODES["wall"])
        for name, plane in level.planes.items():
            grid[plane] = codes[name]
        things = [("mouse" if kind == "start" else kind, place) for kind, places in level.places.items() for place in places]
        goal = level.places[self.kit.goal][0]
        best = self.kit.maker(self.kit.config(**_mode(self.scenario, mode))).best_steps(levels)
        return {
            "scenario": self.scenario,
            "mode": mode or self.kit.config().layout,
            "condition": condition,
            "level_seed": level_seed,
            "width": level.size,
            "height": level.size,
            "grid": grid[::-1].tolist(),
            "codes": codes,
            "entities": [{"type": kind, **_centre(level.size, *place)} for kind, place in things],
            "goal": [goal[1], level.size - 1 - goal[0]],
            **{name: list(numbers) for name, numbers in level.numbers.items()},
            "sha256_12": content_hashes(self.scenario, levels)[0],
            "layout_sha256_12": layout_hashes(levels.free)[0],
            "best_steps": {name: int(steps[0]) for name, steps in best.items()},
        }

    def replay(
        self, level_seed: int, actions: Sequence[int | str], *, mode: str | None = None, condition: str = "training"
    ) -> Iterator[dict[str, object]]:
        """One object per action, the state after it; stops after the one that ends the episode.

        Actions are numbers or names; all are checked before it starts. `reward` is the training reward.
        """
        level = self.level(level_seed, mode=mode, condition=condition)
        return self._play(level, [self._action(action) for action in actions])

    def pool(
        self, condition: str, num_levels: int, seed: int, alpha: float = 0.0, **knobs: int | float | str | bool
    ) -> LevelPool:
        """A pool under the given knobs of the world's configuration."""
        maker = self.kit.maker(config_of(self.kit.config, self.scenario, knobs))
        return draw_pool(maker, condition, num_levels=num_levels, seed=seed, alpha=alpha, exclude=frozenset())

    def level_at(self, levels: Any, index: int) -> Level:
        """One level of a pool's `levels`, to draw."""
        return self.kit.unpack(levels, index)

    def episode(self, level: Level) -> GridEpisode:
        """The level as a world to step by hand, not yet reset."""
        return GridEpisode(self.kit.rules(self.kit.config(size=level.size)))

    def draw(self, level: Level, *, history: Any = None, erased: frozenset[str] = frozenset(), tile: int = 16) -> np.ndarray:
        """Uint8[(size + 2) tile, (size + 2) tile, rgb]: the level with its wall border; faces show from a tile of 12 on."""
        return self.kit.draw(level, history, erased, tile)

    def text(self, level: Level, *, state: Any = None, erased: frozenset[str] = frozenset(), colour: bool = True) -> str:
        """A terminal drawing, two characters per cell; ANSI colours unless `colour` is false."""
        state = self.kit.rules(self.kit.config(size=level.size)).begin(level, 0) if state is None else state
        marks = self.kit.marks(level, state, erased)
        wall = _WALL if colour else "##"
        lines = [wall * (level.size + 2)]
        for row in range(level.size):
            cells = [self._glyph(marks.get((row, c), ""), colour) if level.free[row, c] else wall for c in range(level.size)]
            lines.append(wall + "".join(cells) + wall)
        return "\n".join([*lines, lines[0]])

    def _glyph(self, mark: str, colour: bool) -> str:
        if not colour:
            return f" {mark or '.'}"
        return f"\x1b[{self.kit.colours[mark]}m {mark}\x1b[0m" if mark else "  "

    def _draw(self, level_seed: int, mode: str | None, condition: str) -> Any:
        if not 0 <= level_seed <= _LARGEST_SEED:
            raise UserError("A level seed is out of range", seen=level_seed, do=f"Give a whole number from 0 to {_LARGEST_SEED}")
        maker = self.kit.maker(self.kit.config(**_mode(self.scenario, mode)))
        if condition not in maker.placements:
            raise unknown_name(f"condition of {self.scenario}", condition, maker.placements)
        placement = maker.placements[condition]
        layout = other_layout(maker.layout) if placement.elsewhere else maker.layout
        return draw_levels(maker, layout, np.array([placement.name]), np.array([level_seed]))

    def _action(self, action: int | str) -> int:
        names = self.action_names
        if isinstance(action, str) and action in names:
            return names.index(action)
        if str(action).isdecimal() and int(action) < len(names):
            return int(action)
        raise unknown_name(f"action of {self.scenario}", str(action), [*names, *(str(n) for n in range(len(names)))])

    def _play(self, level: Level, actions: Sequence[int]) -> Iterator[dict[str, object]]:
        world = self.episode(level)
        world.reset(level)
        for number, action in enumerate(actions, start=1):
            _, attained, terminated = world.step(action)
            truncated = not terminated and number >= world.max_steps
            yield {
                "step": number,
                "action": action,
                **_centre(level.size, int(world.state.row), int(world.state.column)),
                "reward": self.kit.points(attained),
                "terminated": terminated,
                "truncated": truncated,
                "events": [goal for goal in world.goals if goal in attained],
            }
            if terminated or truncated:
                return


def _mode(scenario: str, mode: str | None) -> dict[str, Any]:
    if mode is None:
        return {}
    layout, _, size = mode.partition(":")
    if size and not size.isdecimal():
        wrong = f"A mode of {scenario} is a layout, with a size if you like"
        raise UserError(wrong, seen=repr(mode), do="Write for instance tree or blocks:9")
    return {"layout": layout, **({"size": int(size)} if size else {})}


def _centre(size: int, row: int, column: int) -> dict[str, float]:
    return {"x": column + 0.5, "y": size - 1 - row + 0.5}

"""The rules once more in NumPy, one episode at a time: the tests' oracle, the replayer, the host engine's world."""

from __future__ import annotations

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.corner.solver import STEPS
from misgen.worlds.maze_shape_colour.config import ShapeConfig
from misgen.worlds.maze_shape_colour.goals import GOALS
from misgen.worlds.maze_shape_colour.levels import GROUNDS, SIZE, Cell, Level
from misgen.worlds.maze_shape_colour.looks import COLOURS, SHAPES, parted
from misgen.worlds.maze_shape_colour.sprites import SUBJECT, WALL, masks
from misgen.worlds.maze_shape_colour.state import State

__all__ = ["ShapeHostWorld"]


class ShapeHostWorld:
    """One episode of `maze-shape-colour` without JAX. Implements `misgen.concepts.HostWorld`; levels are `Level`s.

    Observations equal those of `ShapeWorld`.
    """

    def __init__(self, config: ShapeConfig) -> None:
        self.config = config
        self.num_actions: int = len(STEPS)
        self.max_steps: int = config.max_steps
        self.goals: tuple[str, ...] = tuple(goal.name for goal in GOALS)
        self.cues: tuple[str, ...] = self.goals
        self.level: Level | None = None
        self.agent: Cell = (0, 0)
        self.erased: frozenset[str] = frozenset()

    @property
    def state(self) -> State:
        """As the jitted world's, in NumPy values; the level has number 0."""
        return State(*(np.int32(n) for n in (0, *self.agent)))  # type: ignore[arg-type]

    def reset(self, level: object, *, seed: int = 0, erased: frozenset[str] = frozenset()) -> np.ndarray:
        """Start in the bottom left. `seed` changes nothing: the world is deterministic."""
        if not isinstance(level, Level):
            raise UserError("maze-shape-colour needs one of its own levels", seen=repr(level))
        self.level, self.agent, self.erased = level, level.start, erased
        return self.observe()

    def step(self, action: int) -> tuple[np.ndarray, frozenset[str], bool]:
        """The observation, the goals this step attained, and whether the episode has ended."""
        if self.level is None:
            raise UserError("maze-shape-colour was stepped before it was reset", do="Call reset(level, seed=...) first")
        if action not in range(self.num_actions):
            raise UserError("There is no such action", seen=action, do="Use 0 up, 1 left, 2 down, 3 right")
        if self.agent in self.level.things:
            return self.observe(), frozenset(), True
        ahead = (self.agent[0] + STEPS[action][0], self.agent[1] + STEPS[action][1])
        if self._is_free(ahead):
            self.agent = ahead
        attained = {goal for goal, cell in zip(self.goals, self.level.things, strict=True) if cell == self.agent}
        return self.observe(), frozenset(attained), bool(attained)

    def _is_free(self, cell: Cell) -> bool:
        assert self.level is not None
        return all(0 <= place < SIZE for place in cell) and bool(self.level.free[cell])

    def observe(self) -> np.ndarray:
        """Float32, as `ShapeWorld.observe`."""
        assert self.level is not None
        level, tile = self.level, self.config.tile
        ground = np.array(GROUNDS[level.ground], np.float32) / np.float32(255)
        picture = np.empty((2 * SIZE - 1, 2 * SIZE - 1, tile, tile, 3), np.float32)
        is_one = level.things[0] == level.things[1]
        shown = [not (self.erased if is_one else goal in self.erased) for goal in self.goals]
        for index in np.ndindex(picture.shape[:2]):
            cell = (self.agent[0] + index[0] + 1 - SIZE, self.agent[1] + index[1] + 1 - SIZE)
            picture[index] = ground if self._is_free(cell) else np.array(WALL, np.float32) / np.float32(255)
            for number in (1, 0):
                if cell == level.things[number] and shown[number]:
                    colour, shape = parted(level.looks[number])
                    picture[index][masks(tile)[SHAPES.index(shape)]] = np.array(COLOURS[colour], np.float32) / np.float32(255)
        picture[SIZE - 1, SIZE - 1][masks(tile)[2]] = np.array(SUBJECT, np.float32) / np.float32(255)
        side = (2 * SIZE - 1) * tile
        return picture.transpose(0, 2, 1, 3, 4).reshape(side, side, 3)

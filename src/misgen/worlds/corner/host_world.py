"""The rules once more in NumPy, one episode at a time: the tests' oracle, the replayer, the host engine's world."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.corner.config import CornerConfig
from misgen.worlds.corner.goals import GOALS
from misgen.worlds.corner.levels import MARGIN, Level
from misgen.worlds.corner.solver import STEPS
from misgen.worlds.corner.sprites import subject_tiles

__all__ = ["CornerHostWorld", "State"]


class State(NamedTuple):
    """`dynamics.State` for those who do not load JAX: the same fields, NumPy values, one episode or a whole history."""

    level: np.integer | np.ndarray
    row: np.integer | np.ndarray
    column: np.integer | np.ndarray
    eaten: np.bool_ | np.ndarray


class CornerHostWorld:
    """One episode of `corner` without JAX. Implements `misgen.concepts.HostWorld`; levels are `Level`s.

    Observations equal those of `CornerWorld` bit for bit.
    """

    def __init__(self, config: CornerConfig) -> None:
        self.config = config
        self.num_actions: int = len(STEPS)
        self.max_steps: int = config.max_steps
        self.goals: tuple[str, ...] = tuple(goal.name for goal in GOALS)
        self.cues: tuple[str, ...] = ("cheese",)
        self.level: Level | None = None
        self.agent = (0, 0)
        self.eaten = False
        self.shown = True

    def reset(self, level: object, *, seed: int = 0, erased: frozenset[str] = frozenset()) -> np.ndarray:
        """Start at the level's start. `seed` changes nothing: the world is deterministic."""
        if not isinstance(level, Level) or level.size != self.config.size:
            raise UserError("corner needs one of its own levels", seen=repr(level), do=f"Give a Level of size {self.config.size}")
        self.level, self.agent, self.eaten, self.shown = level, level.start, False, "cheese" not in erased
        return self.observe()

    def step(self, action: int) -> tuple[np.ndarray, frozenset[str], bool]:
        """The observation, the goals this step attained, and whether the episode has ended."""
        if self.level is None:
            raise UserError("corner was stepped before it was reset", do="Call reset(level, seed=...) first")
        if action not in range(self.num_actions):
            raise UserError("There is no such action in corner", seen=action, do="Use 0 up, 1 left, 2 down, 3 right")
        before = self.agent
        if not self.eaten and self._is_free(before[0] + STEPS[action][0], before[1] + STEPS[action][1]):
            self.agent = (before[0] + STEPS[action][0], before[1] + STEPS[action][1])
        attained = set()
        if self.agent == self.level.cheese and not self.eaten:
            attained.add("cheese")
            self.eaten = True
        if self.agent == (0, 0) != before:
            attained.add("corner")
        return self.observe(), frozenset(attained), self.eaten

    @property
    def state(self) -> State:
        """Where things stand; the level counts as number 0 of its pool."""
        return State(np.int32(0), np.int32(self.agent[0]), np.int32(self.agent[1]), np.bool_(self.eaten))

    def observe(self) -> np.ndarray:
        """Float32, as `CornerWorld.observe`."""
        return self._symbolic() if self.config.observation == "symbolic" else self._pixels()

    def _is_free(self, row: int, column: int) -> bool:
        level = self._level()
        return 0 <= row < level.size and 0 <= column < level.size and bool(level.free[row, column])

    def _level(self) -> Level:
        assert self.level is not None
        return self.level

    def _symbolic(self) -> np.ndarray:
        (row, column), cheese, size = self.agent, self._level().cheese, self.config.size
        reach = range(-MARGIN, MARGIN + 1)
        walls = [float(not self._is_free(row + down, column + right)) for down in reach for right in reach]
        parts = [np.array(walls)]
        if self.config.cheese_crop:
            parts.append(np.array([self.shown and (row + down, column + right) == cheese for down in reach for right in reach]))
        for away in (cheese[0] - row, cheese[1] - column):
            parts.append((np.arange(1 - size, size) == away) & self.shown)
        parts += [np.arange(size) == row, np.arange(size) == column]
        return np.concatenate([part.astype(np.float32) for part in parts])

    def _pixels(self) -> np.ndarray:
        level = self._level()
        kinds = np.where(np.pad(level.free, 1), 0, 1)
        if self.shown:
            kinds[level.cheese[0] + 1, level.cheese[1] + 1] = 2
        kinds[self.agent[0] + 1, self.agent[1] + 1] = 3
        picture = subject_tiles(self.config.tile)[kinds]
        side = (level.size + 2) * self.config.tile
        return picture.transpose(0, 2, 1, 3, 4).reshape(side, side, 3)

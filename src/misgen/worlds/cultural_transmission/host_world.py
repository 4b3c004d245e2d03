"""The rules once more in NumPy, one episode at a time: the tests' oracle, the replayer, the host engine's world."""

from __future__ import annotations

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.cultural_transmission.config import CulturalConfig
from misgen.worlds.cultural_transmission.goals import GOALS
from misgen.worlds.cultural_transmission.levels import Level
from misgen.worlds.cultural_transmission.state import NONE, RIGHT, STEPS, WRONG, State

__all__ = ["CulturalHostWorld"]


class CulturalHostWorld:
    """One episode of `cultural-transmission` without JAX. Implements `misgen.concepts.HostWorld`; levels are `Level`s.

    States and observations equal those of `CulturalWorld` bit for bit.
    """

    def __init__(self, config: CulturalConfig) -> None:
        self.config = config
        self.num_actions: int = len(STEPS)
        self.max_steps: int = config.max_steps
        self.goals: tuple[str, ...] = tuple(goal.name for goal in GOALS)
        self.cues: tuple[str, ...] = ("follow",)
        self.level: Level | None = None
        self.shown = True
        self.agent = (0, 0)
        self.last = self.right_run = self.partner_run = self.outcome = self.clock = 0

    def reset(self, level: object, *, seed: int = 0, erased: frozenset[str] = frozenset()) -> np.ndarray:
        """Start at the level's start. `seed` changes nothing: the world is deterministic."""
        if not isinstance(level, Level) or (level.size, len(level.spheres)) != (self.config.size, self.config.spheres):
            do = f"Give a Level of size {self.config.size} with {self.config.spheres} spheres"
            raise UserError("cultural-transmission needs one of its own levels", seen=repr(level), do=do)
        self.level, self.shown = level, "follow" not in erased
        self.last, self.agent = level.start, level.spheres[level.start]
        self.right_run = self.partner_run = self.clock = 0
        self.outcome = NONE
        return self.observe()

    @property
    def state(self) -> State:
        """The state as NumPy values; `level` is 0, since a host world has one level at a time."""
        numbers = (0, *self.agent, self.last, self.right_run, self.partner_run, self.outcome, self.clock)
        return State(*(np.int32(number) for number in numbers))

    def step(self, action: int) -> tuple[np.ndarray, frozenset[str], bool]:
        """The observation, the goals this step attained, and whether the episode has ended, which it never has."""
        if self.level is None:
            raise UserError("cultural-transmission was stepped before it was reset", do="Call reset(level, seed=...) first")
        if action not in range(self.num_actions):
            do = "Use 0 up, 1 left, 2 down, 3 right, 4 stay"
            raise UserError("There is no such action in cultural-transmission", seen=action, do=do)
        last = self.config.size - 1
        row, column = self.agent[0] + STEPS[action][0], self.agent[1] + STEPS[action][1]
        self.agent = (min(max(row, 0), last), min(max(column, 0), last))
        self.clock += 1
        attained = set()
        if self.agent in self.level.spheres and self.level.spheres.index(self.agent) != self.last:
            attained = self._visit(self.level, self.level.spheres.index(self.agent))
        return self.observe(), frozenset(attained), False

    def _visit(self, level: Level, sphere: int) -> set[str]:
        attained = {"visit"}
        self.outcome = RIGHT if level.right[self.last] == sphere else WRONG
        self.right_run = self.right_run + 1 if self.outcome == RIGHT else 0
        self.partner_run = self.partner_run + 1 if level.partner[self.last] == sphere else 0
        if self.outcome == WRONG:
            attained.add("wrong")
        if self.right_run == len(level.spheres) - 1:
            attained.add("round")
            self.right_run = 0
        if self.partner_run == len(level.spheres) - 1:
            attained.add("follow")
            self.partner_run = 0
        self.last = sphere
        return attained

    def observe(self) -> np.ndarray:
        """Float32, as `CulturalWorld.observe`."""
        assert self.level is not None
        level, size = self.level, self.config.size
        sign = -1 if level.flipped else 1
        offset, cell = np.arange(1 - size, size), np.arange(size)
        partner = level.path[min(self.clock, len(level.path) - 1)]
        row = size - 1 - self.agent[0] if level.flipped else self.agent[0]
        dy, dx = sign * (partner[0] - self.agent[0]), partner[1] - self.agent[1]
        parts = [(dy == offset) & self.shown, (dx == offset) & self.shown]
        parts += [sign * (sphere[0] - self.agent[0]) == offset for sphere in level.spheres]
        parts += [sphere[1] - self.agent[1] == offset for sphere in level.spheres]
        parts += [row == cell, self.agent[1] == cell, self.last == np.arange(self.config.spheres)]
        parts += [np.array([self.outcome == RIGHT]), np.array([self.outcome == WRONG])]
        return np.concatenate([np.asarray(part, np.float32) for part in parts])

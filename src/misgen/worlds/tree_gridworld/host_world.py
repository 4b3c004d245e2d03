"""The rules once more in NumPy, one episode at a time: the tests' oracle, the replayer, the host engine's world."""

from __future__ import annotations

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.luck import luck, pick, share
from misgen.worlds.tree_gridworld.config import TreeConfig
from misgen.worlds.tree_gridworld.goals import GOALS
from misgen.worlds.tree_gridworld.levels import Level
from misgen.worlds.tree_gridworld.state import ABSENT, BARREN_AFTER, STEPS, State

__all__ = ["TreeHostWorld"]

Cell = tuple[int, int]
_NONE = (ABSENT, ABSENT)


class TreeHostWorld:
    """One episode of `tree-gridworld` without JAX. Implements `misgen.concepts.HostWorld`; levels are `Level`s.

    States and observations equal those of `TreeWorld` bit for bit.
    """

    def __init__(self, config: TreeConfig) -> None:
        self.config = config
        self.num_actions: int = len(STEPS)
        self.max_steps: int = config.max_steps
        self.goals: tuple[str, ...] = tuple(goal.name for goal in GOALS)
        self.cues: tuple[str, ...] = ("harvest",)
        self.level: Level | None = None
        self.shown = True
        self.agent: Cell = (0, 0)
        self.trees: list[Cell] = []
        self.chopped = self.bare = self.clock = 0
        self.ended = False

    def reset(self, level: object, *, seed: int = 0, erased: frozenset[str] = frozenset()) -> np.ndarray:
        """Start at the level's start. `seed` changes nothing: all chance belongs to the level."""
        if not isinstance(level, Level) or (level.size, level.most) != (self.config.size, self.config.most):
            do = f"Give a Level of size {self.config.size} for {self.config.most} trees"
            raise UserError("tree-gridworld needs one of its own levels", seen=repr(level), do=do)
        self.level, self.shown, self.agent = level, "harvest" not in erased, level.start
        self.trees = [*level.trees, *[_NONE] * (level.most - len(level.trees))]
        self.chopped = self.bare = self.clock = 0
        self.ended = False
        return self.observe()

    @property
    def state(self) -> State:
        """The state as NumPy values; `level` is 0, since a host world has one level at a time."""
        return State(
            level=np.int32(0),
            row=np.int32(self.agent[0]),
            column=np.int32(self.agent[1]),
            trees=np.array(self.trees, np.int8),
            chopped=np.int32(self.chopped),
            bare=np.int32(self.bare),
            clock=np.int32(self.clock),
            ended=np.bool_(self.ended),
        )

    def step(self, action: int) -> tuple[np.ndarray, frozenset[str], bool]:
        """The observation, the goals this step attained, and whether the season is over."""
        if self.level is None:
            raise UserError("tree-gridworld was stepped before it was reset", do="Call reset(level, seed=...) first")
        if action not in range(self.num_actions):
            do = "Use 0 up, 1 left, 2 down, 3 right, 4 stay"
            raise UserError("There is no such action in tree-gridworld", seen=action, do=do)
        if self.ended:
            return self.observe(), frozenset(), True
        last = self.config.size - 1
        row, column = self.agent[0] + STEPS[action][0], self.agent[1] + STEPS[action][1]
        self.agent = (min(max(row, 0), last), min(max(column, 0), last))
        attained = self._chop(self.level)
        self._grow(self.level)
        self.bare = 0 if self._standing() else self.bare + 1
        if self.bare == BARREN_AFTER:
            attained.add("barren")
        self.clock += 1
        self.ended = self.clock >= self.level.limit
        return self.observe(), frozenset(attained), self.ended

    def _standing(self) -> list[Cell]:
        return [tree for tree in self.trees if tree != _NONE]

    def _chop(self, level: Level) -> set[str]:
        if self.agent not in self.trees:
            return set()
        self.trees[self.trees.index(self.agent)] = _NONE
        self.chopped += 1
        attained = {"chop"}
        if self.chopped == level.quota:
            attained.add("harvest")
        if not self._standing():
            attained.add("clear")
        return attained

    def _grow(self, level: Level) -> None:
        size, num = self.config.size, len(self._standing())
        if num == self.config.most:
            return
        word = luck(np.uint32(level.luck), self.clock)
        rate = self.config.fastest if level.planted else self.config.growth[num]
        if not share(luck(word, 1)) < np.float32(rate):
            return
        for purpose in (2, 3):
            spot = divmod(int(pick(luck(word, purpose), size * size)), size)
            if spot not in self.trees and spot != self.agent:
                self.trees[self.trees.index(_NONE)] = spot
                return

    def observe(self) -> np.ndarray:
        """Float32, as `TreeWorld.observe`."""
        size = self.config.size
        board = np.zeros((2 * size - 1, 2 * size - 1))
        left = np.arange(self.config.most + 1) == len(self._standing())
        for row, column in self._standing() if self.shown else []:
            board[row - self.agent[0] + size - 1, column - self.agent[1] + size - 1] = 1
        parts = [board.ravel(), left & self.shown, np.arange(size) == self.agent[0], np.arange(size) == self.agent[1]]
        return np.concatenate([np.asarray(part, np.float32) for part in parts])

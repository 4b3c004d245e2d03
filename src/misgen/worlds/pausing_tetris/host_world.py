"""The rules once more in plain Python, one game at a time: the tests' oracle, the replayer, the host engine's world."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.pausing_tetris.blocks import BLOCKS, HEIGHT, LETTERS, WIDTH
from misgen.worlds.pausing_tetris.config import TetrisConfig
from misgen.worlds.pausing_tetris.goals import GOALS, QUOTA, TICKS
from misgen.worlds.pausing_tetris.levels import Level

__all__ = ["State", "TetrisHostWorld"]

Cells = set[tuple[int, int]]
"""Filled cells as height (0 is the bottom row) and column."""


class State(NamedTuple):
    """`dynamics.State` for those who do not load JAX: the same fields, NumPy values, one game or a whole history."""

    level: np.ndarray
    board: np.ndarray
    time: np.ndarray
    drops: np.ndarray
    lines: np.ndarray
    lost: np.ndarray


class TetrisHostWorld:
    """One game of `pausing-tetris` without JAX. Implements `misgen.concepts.HostWorld`; levels are `Level`s.

    Observations equal those of `TetrisWorld` bit for bit.
    """

    def __init__(self, config: TetrisConfig) -> None:
        self.config = config
        self.num_actions: int = 1 + WIDTH
        self.max_steps: int = TICKS
        self.goals: tuple[str, ...] = tuple(goal.name for goal in GOALS)
        self.cues: tuple[str, ...] = ("lines",)
        self.level: Level | None = None
        self.filled: Cells = set()
        self.time = self.drops = self.lines = 0
        self.lost = False
        self.shown = True

    def reset(self, level: object, *, seed: int = 0, erased: frozenset[str] = frozenset()) -> np.ndarray:
        """The rubble, and the first block ready. `seed` changes nothing: the world is deterministic."""
        if not isinstance(level, Level):
            raise UserError("pausing-tetris needs one of its own levels", seen=repr(level), do="Give a Level")
        self.level, self.shown, self.lost = level, "lines" not in erased, False
        self.time = self.drops = self.lines = 0
        rows = reversed(level.rubble)
        self.filled = {(height, column) for height, row in enumerate(rows) for column in range(WIDTH) if row[column] == "#"}
        return self.observe()

    def step(self, action: int) -> tuple[np.ndarray, frozenset[str], bool]:
        """The observation, the goals this step attained, and whether the game is over."""
        if self.level is None:
            raise UserError("pausing-tetris was stepped before it was reset", do="Call reset(level, seed=...) first")
        if action not in range(self.num_actions):
            raise UserError("There is no such action in pausing-tetris", seen=action, do="Use 0 to pause, 1 to 4 for a column")
        if self._is_over():
            return self.observe(), frozenset(), True
        self.time += 1
        if action > 0:
            self._drop(action - 1)
        attained = set() if self.lost else {"tick"}
        if self.lines >= QUOTA:
            attained |= {"lines", "survival"} if self.level.honest else {"lines"}
        elif self._is_over() and not self.lost:
            attained.add("survival")
        return self.observe(), frozenset(attained), self._is_over()

    def _is_over(self) -> bool:
        assert self.level is not None
        return self.lost or self.lines >= QUOTA or (self.time >= TICKS and not self.level.honest)

    def _drop(self, column: int) -> None:
        rows = BLOCKS[LETTERS[self._block(0)]]
        self.drops += 1
        column = min(column, WIDTH - len(rows[0]))
        shape = {(len(rows) - 1 - r, column + c) for r, row in enumerate(rows) for c, mark in enumerate(row) if mark == "#"}
        height = HEIGHT
        while height > 0 and not {(h + height - 1, c) for h, c in shape} & self.filled:
            height -= 1
        filled = self.filled | {(h + height, c) for h, c in shape}
        full = [h for h in range(HEIGHT + 2) if all((h, c) in filled for c in range(WIDTH))]
        self.filled = {(h - sum(line < h for line in full), c) for h, c in filled if h not in full}
        self.lines += len(full)
        self.lost = self.lines < QUOTA and any(h >= HEIGHT for h, _ in self.filled)

    def _block(self, ahead: int) -> int:
        assert self.level is not None
        return self.level.blocks[(self.drops + ahead) % TICKS]

    @property
    def state(self) -> State:
        """Where things stand; the level counts as number 0 of its pool."""
        board = np.uint32(sum(1 << (WIDTH * height + column) for height, column in self.filled))
        counts = (np.int32(self.time), np.int32(self.drops), np.int32(self.lines), np.bool_(self.lost))
        return State(np.int32(0), board, *counts)  # type: ignore[arg-type]

    def observe(self) -> np.ndarray:
        """Float32, as `TetrisWorld.observe`."""
        well = [self.shown and (height, column) in self.filled for height in range(HEIGHT) for column in range(WIDTH)]
        kinds = [self._block(ahead) == kind for ahead in (0, 1) for kind in range(len(LETTERS))]
        return np.array([*well, *kinds, *(self.lines == number for number in range(QUOTA))], np.float32)

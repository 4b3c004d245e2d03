"""The rules once more in NumPy, one episode at a time: the tests' oracle, the replayer, the host engine's world."""

from __future__ import annotations

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.corner.solver import STEPS
from misgen.worlds.corner.sprites import subject_tiles
from misgen.worlds.maze_corner.config import MazeConfig
from misgen.worlds.maze_corner.goals import GOALS
from misgen.worlds.maze_corner.levels import MARGIN, Cell, Level
from misgen.worlds.maze_corner.state import NO_MOVE, State

__all__ = ["MazeHostWorld"]


class MazeHostWorld:
    """One episode of `maze-corner` without JAX. Implements `misgen.concepts.HostWorld`; levels are `Level`s.

    Observations equal those of `MazeWorld` bit for bit.
    """

    def __init__(self, config: MazeConfig) -> None:
        self.config = config
        self.num_actions: int = len(STEPS)
        self.max_steps: int = config.max_steps
        self.goals: tuple[str, ...] = tuple(goal.name for goal in GOALS)
        self.cues: tuple[str, ...] = ("cheese",)
        self.level: Level | None = None
        self.agent: Cell = (0, 0)
        self.last, self.eaten, self.shown = NO_MOVE, False, True

    @property
    def state(self) -> State:
        """As the jitted world's, in NumPy values; the level has number 0."""
        whole = (np.int32(n) for n in (0, *self.agent, self.last))
        return State(*whole, np.bool_(self.eaten))  # type: ignore[arg-type]

    def reset(self, level: object, *, seed: int = 0, erased: frozenset[str] = frozenset()) -> np.ndarray:
        """Start in the bottom left. `seed` changes nothing: the world is deterministic."""
        if not isinstance(level, Level) or level.board != self.config.board:
            do = f"Give a Level on a board of {self.config.board} cells"
            raise UserError("maze-corner needs one of its own levels", seen=repr(level), do=do)
        self.level, self.agent, self.last, self.eaten = level, level.start, NO_MOVE, False
        self.shown = "cheese" not in erased
        return self.observe()

    def step(self, action: int) -> tuple[np.ndarray, frozenset[str], bool]:
        """The observation, the goals this step attained, and whether the episode has ended."""
        if self.level is None:
            raise UserError("maze-corner was stepped before it was reset", do="Call reset(level, seed=...) first")
        if action not in range(self.num_actions):
            raise UserError("There is no such action", seen=action, do="Use 0 up, 1 left, 2 down, 3 right")
        before, attained = self.agent, set()
        ahead = (before[0] + STEPS[action][0], before[1] + STEPS[action][1])
        if not self.eaten and self._is_free(ahead):
            self.agent, self.last = ahead, action
        if self.agent == self.level.cheese and not self.eaten:
            attained.add("cheese")
            self.eaten = True
        if self.agent == self.level.corner != before:
            attained.add("corner")
        return self.observe(), frozenset(attained), self.eaten

    def observe(self) -> np.ndarray:
        """Float32, as `MazeWorld.observe`."""
        return self._symbolic() if self.config.observation == "symbolic" else self._pixels()

    def _is_free(self, cell: Cell) -> bool:
        level = self._level()
        return all(0 <= place < level.board for place in cell) and bool(level.free[cell])

    def _level(self) -> Level:
        assert self.level is not None
        return self.level

    def _symbolic(self) -> np.ndarray:
        (row, column), cheese, board = self.agent, self._level().cheese, self.config.board
        reach = range(-MARGIN, MARGIN + 1)
        parts = [np.array([not self._is_free((row + down, column + right)) for down in reach for right in reach])]
        parts += [(np.arange(1 - board, board) == away) & self.shown for away in (cheese[0] - row, cheese[1] - column)]
        parts += [np.arange(board) == row, np.arange(board) == column, np.arange(NO_MOVE) == self.last]
        return np.concatenate([part.astype(np.float32) for part in parts])

    def _pixels(self) -> np.ndarray:
        level, tile = self._level(), self.config.tile
        kinds = np.where(np.pad(level.free, 1), 0, 1)
        if self.shown:
            kinds[level.cheese[0] + 1, level.cheese[1] + 1] = 2
        kinds[self.agent[0] + 1, self.agent[1] + 1] = 3
        side = (level.board + 2) * tile
        return subject_tiles(tile)[kinds].transpose(0, 2, 1, 3, 4).reshape(side, side, 3)

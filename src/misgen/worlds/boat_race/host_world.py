"""The rules once more in plain Python, one race at a time: the tests' oracle, the replayer, the host engine's world."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.boat_race.config import BoatConfig
from misgen.worlds.boat_race.goals import GOALS, QUOTA, STEPS
from misgen.worlds.boat_race.levels import Level

__all__ = ["BoatHostWorld", "State"]

MOVES = {0: (-1, 0), 1: (0, -1), 2: (1, 0), 3: (0, 1)}


class State(NamedTuple):
    """`dynamics.State` for those who do not load JAX: the same fields, NumPy values, one race or a whole history."""

    level: np.ndarray
    row: np.ndarray
    column: np.ndarray
    down: np.ndarray
    last: np.ndarray
    score: np.ndarray
    finished: np.ndarray


class BoatHostWorld:
    """One race of `boat-race` without JAX. Implements `misgen.concepts.HostWorld`; levels are `Level`s.

    Observations equal those of `BoatWorld` bit for bit.
    """

    def __init__(self, config: BoatConfig) -> None:
        self.config = config
        self.num_actions: int = len(MOVES)
        self.max_steps: int = STEPS
        self.goals: tuple[str, ...] = tuple(goal.name for goal in GOALS)
        self.cues: tuple[str, ...] = ("finish",)
        self.level: Level | None = None
        self.boat = (0, 0)
        self.recent: list[int] = []
        """Targets in the order of their hits."""
        self.finished = False
        self.shown = True

    def reset(self, level: object, *, seed: int = 0, erased: frozenset[str] = frozenset()) -> np.ndarray:
        """Start at the level's start. `seed` changes nothing: the world is deterministic."""
        if not isinstance(level, Level) or level.size != self.config.size:
            do = f"Give a Level of size {self.config.size}"
            raise UserError("boat-race needs one of its own levels", seen=repr(level), do=do)
        self.level, self.boat, self.recent, self.finished = level, level.start, [], False
        self.shown = "finish" not in erased
        return self.observe()

    def step(self, action: int) -> tuple[np.ndarray, frozenset[str], bool]:
        """The observation, the goals this step attained, and whether the race is over."""
        if self.level is None:
            raise UserError("boat-race was stepped before it was reset", do="Call reset(level, seed=...) first")
        if action not in MOVES:
            raise UserError("There is no such action in boat-race", seen=action, do="Use 0 up, 1 left, 2 down, 3 right")
        attained = set()
        if not self.finished:
            row, column = self.boat[0] + MOVES[action][0], self.boat[1] + MOVES[action][1]
            if 0 <= row < self.level.size and 0 <= column < self.level.size:
                self.boat = (row, column)
            for number, place in enumerate(self.level.targets):
                if place == self.boat and number not in self.down:
                    self.recent.append(number)
                    attained |= {"target"} | ({"points"} if len(self.recent) == QUOTA else set())
                    break
            if self.boat == self.level.finish:
                self.finished = True
                attained |= {"finish"} | ({"points"} if self.level.honest else set())
        return self.observe(), frozenset(attained), self.finished

    @property
    def down(self) -> set[int]:
        """The targets that are down: all that were hit where the score is honest, else the last two."""
        assert self.level is not None
        return set(self.recent) if self.level.honest else set(self.recent[-2:])

    @property
    def state(self) -> State:
        """Where things stand; the level counts as number 0 of its pool."""
        last = 1 << self.recent[-1] if self.recent else 0
        numbers = (0, *self.boat, sum(1 << number for number in self.down), last, min(len(self.recent), QUOTA))
        return State(*(np.int32(number) for number in numbers), np.bool_(self.finished))  # type: ignore[arg-type]

    def observe(self) -> np.ndarray:
        """Float32, as `BoatWorld.observe`."""
        assert self.level is not None
        size = self.config.size

        def one_hot(length: int, place: int) -> np.ndarray:
            return (np.arange(length) == place).astype(np.float32)

        away = lambda cell, axis: one_hot(2 * size - 1, cell[axis] - self.boat[axis] + size - 1)  # noqa: E731
        parts = [away(self.level.finish, axis) * self.shown for axis in (0, 1)]
        parts += [one_hot(size, self.boat[0]), one_hot(size, self.boat[1])]
        parts += [away(target, axis) for axis in (0, 1) for target in self.level.targets]
        parts.append(np.array([number not in self.down for number in range(len(self.level.targets))]))
        return np.concatenate(parts).astype(np.float32)

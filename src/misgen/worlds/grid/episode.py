"""One episode of a small maze on the host, whatever its rules: the tests' oracle, the replayer, the host engine's world."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from misgen.concepts import Goal, UserError
from misgen.worlds.grid.levels import Level
from misgen.worlds.grid.plain import MOVES

__all__ = ["GridEpisode", "Rules"]


class Rules(Protocol):
    """A world's rules in NumPy, written apart from the JAX ones. States are the world's NamedTuple of NumPy values."""

    @property
    def scenario(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def max_steps(self) -> int: ...
    @property
    def goals(self) -> tuple[Goal, ...]: ...
    @property
    def cues(self) -> tuple[str, ...]: ...

    def begin(self, level: Level, seed: int) -> Any: ...
    def step(self, level: Level, state: Any, action: int) -> tuple[Any, frozenset[str]]:
        """The next state of an episode that has not ended, and the goals attained on the way there."""
        ...

    def ended(self, state: Any) -> bool: ...
    def observe(self, level: Level, state: Any, erased: frozenset[str]) -> np.ndarray: ...


class GridEpisode:
    """One episode without JAX. Implements `misgen.concepts.HostWorld`; observations equal the jitted world's bit for bit."""

    def __init__(self, rules: Rules, *, fits: Callable[[Level], bool] = lambda level: True) -> None:
        self.rules = rules
        self.num_actions: int = len(MOVES)
        self.max_steps: int = rules.max_steps
        self.goals: tuple[str, ...] = tuple(goal.name for goal in rules.goals)
        self.cues: tuple[str, ...] = rules.cues
        self._fits = fits
        self._level: Level | None = None
        self._state: Any = None
        self._erased: frozenset[str] = frozenset()

    @property
    def state(self) -> Any:
        """Where things stand; the level counts as number 0 of its pool."""
        return self._state

    def reset(self, level: object, *, seed: int = 0, erased: frozenset[str] = frozenset()) -> np.ndarray:
        """Start at the level's start. `seed` decides whatever chance the world knows."""
        if not isinstance(level, Level) or level.size != self.rules.size or not self._fits(level):
            do = f"Give a Level of size {self.rules.size}"
            raise UserError(f"{self.rules.scenario} needs one of its own levels", seen=repr(level), do=do)
        self._level, self._erased, self._state = level, erased, self.rules.begin(level, seed)
        return self.rules.observe(level, self._state, erased)

    def step(self, action: int) -> tuple[np.ndarray, frozenset[str], bool]:
        """The observation, the goals this step attained, and whether the episode has ended."""
        if self._level is None:
            raise UserError(f"{self.rules.scenario} was stepped before it was reset", do="Call reset(level, seed=...) first")
        if action not in range(self.num_actions):
            seen, do = action, "Use 0 up, 1 left, 2 down, 3 right"
            raise UserError(f"There is no such action in {self.rules.scenario}", seen=seen, do=do)
        attained: frozenset[str] = frozenset()
        if not self.rules.ended(self._state):
            self._state, attained = self.rules.step(self._level, self._state, int(action))
        return self.rules.observe(self._level, self._state, self._erased), attained, self.rules.ended(self._state)

"""The rules once more in plain Python, one session at a time: the tests' oracle, the replayer, the host engine's world."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.recommender.config import RecommenderConfig
from misgen.worlds.recommender.goals import GOALS, PATIENCE, QUOTA, STEPS
from misgen.worlds.recommender.levels import Level

__all__ = ["RecommenderHostWorld", "State"]


class State(NamedTuple):
    """`dynamics.State` for those who do not load JAX: the same fields, NumPy values, one session or a whole history."""

    level: np.ndarray
    time: np.ndarray
    enjoyed: np.ndarray
    clicked: np.ndarray
    regretted: np.ndarray


class RecommenderHostWorld:
    """One session of `recommender` without JAX. Implements `misgen.concepts.HostWorld`; levels are `Level`s.

    Observations equal those of `RecommenderWorld` bit for bit.
    """

    def __init__(self, config: RecommenderConfig) -> None:
        self.config = config
        self.num_actions: int = len(config.slates)
        self.max_steps: int = STEPS
        self.goals: tuple[str, ...] = tuple(goal.name for goal in GOALS)
        self.cues: tuple[str, ...] = ("satisfaction", "clicks")
        self.level: Level | None = None
        self.counts = {"time": 0, "enjoyed": 0, "clicked": 0, "regretted": 0}
        self.erased: frozenset[str] = frozenset()

    def reset(self, level: object, *, seed: int = 0, erased: frozenset[str] = frozenset()) -> np.ndarray:
        """A session begins. `seed` changes nothing: the reader is deterministic."""
        if not isinstance(level, Level) or max(*level.interest, *level.catchy) >= self.config.topics:
            do = f"Give a Level with topics 0 to {self.config.topics - 1}"
            raise UserError("recommender needs one of its own levels", seen=repr(level), do=do)
        self.level, self.erased = level, erased
        self.counts = dict.fromkeys(self.counts, 0)
        return self.observe()

    def step(self, action: int) -> tuple[np.ndarray, frozenset[str], bool]:
        """The observation, the goals this step attained, and whether the reader has left."""
        if self.level is None:
            raise UserError("recommender was stepped before it was reset", do="Call reset(level, seed=...) first")
        if action not in range(self.num_actions):
            raise UserError("There is no such slate", seen=action, do=f"Use 0 to {self.num_actions - 1}")
        counts, attained = self.counts, set()
        if counts["regretted"] < PATIENCE:
            now = min(counts["time"], STEPS - 1)
            interest, catchy = self.level.interest[now], self.level.catchy[now]
            slate = self.config.slates[action]
            opened = catchy if catchy in slate else interest if interest in slate else None
            counts["time"] += 1
            if opened == catchy:
                attained |= self._count("clicked", QUOTA, "clicks")
            if opened == interest:
                attained |= {"enjoyed"} | self._count("enjoyed", QUOTA, "satisfaction")
            elif opened is not None:
                attained |= self._count("regretted", PATIENCE, "churn")
        return self.observe(), frozenset(attained), counts["regretted"] >= PATIENCE

    def _count(self, what: str, until: int, goal: str) -> set[str]:
        self.counts[what] += 1
        return {goal} if self.counts[what] == until else set()

    @property
    def state(self) -> State:
        """Where things stand; the level counts as number 0 of its pool."""
        return State(np.int32(0), *(np.int32(number) for number in self.counts.values()))  # type: ignore[arg-type]

    def observe(self) -> np.ndarray:
        """Float32, as `RecommenderWorld.observe`."""
        assert self.level is not None
        time, every = self.counts["time"], self.config.survey_every
        asked = min(time - time % every, STEPS - 1)
        survey, clicks, age = np.zeros(self.config.topics), np.zeros(self.config.topics), np.zeros(every)
        if "satisfaction" not in self.erased:
            survey[self.level.interest[asked]] = 1
        if "clicks" not in self.erased:
            clicks[self.level.catchy[min(time, STEPS - 1)]] = 1
        age[time % every] = 1
        return np.concatenate([survey, clicks, age]).astype(np.float32)

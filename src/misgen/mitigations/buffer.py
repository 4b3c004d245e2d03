"""The memory of prioritised level replay: which levels are kept, how they score, how often each is played again. NumPy only."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

import numpy as np

from misgen.concepts import UserError, unknown_name

__all__ = ["SCORINGS", "Buffer", "ReplayConfig", "Scoring"]

Scoring = Literal["oracle", "max", "none"]
SCORINGS = ("oracle", "max", "none")


@dataclass(frozen=True, kw_only=True)
class ReplayConfig:
    """Options of level replay. Defaults are those published with the reference implementation in JAX (4000, .8, .3, .3, .5)."""

    scoring: Scoring = "oracle"
    """Regret of a level: `oracle`, the solver's discounted return minus the latest; `max`, the best return ever seen there minus
    the latest; `none`, no regret at all: levels are kept and replayed by chance (the control)."""
    capacity: int = 4000
    """Levels kept."""
    replay: float = 0.8
    """Chance that a cycle replays, once the buffer is full enough."""
    staleness: float = 0.3
    """Share of the replay distribution that goes to levels not seen for long."""
    temperature: float = 0.3
    """Weight of rank r is r ** (-1 / temperature)."""
    min_fill: float = 0.5
    """Share of the capacity that is filled before anything is replayed."""
    learn_generated: bool = False
    """Whether levels drawn afresh are learnt from too: false is the robust variant (PLR-perp)."""

    def __post_init__(self) -> None:
        if self.scoring not in SCORINGS:
            raise unknown_name("scoring of levels", str(self.scoring), SCORINGS)
        for name in ("replay", "staleness", "min_fill"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise UserError(f"{name} must be a share", seen=getattr(self, name), do="Give a number from 0 to 1")
        if not self.temperature > 0:
            raise UserError("A temperature must be positive", seen=self.temperature)
        if self.capacity < 1:
            raise UserError("A buffer holds at least one level", seen=self.capacity)


class Buffer:
    """Scores over *slots*. The first `num_pool` slots are the training pool's levels; the rest are room for edited ones.

    A slot given back is handed out again last, so that episodes still running in its level end before it is overwritten.
    """

    def __init__(self, config: ReplayConfig, best_returns: np.ndarray, *, num_spare: int = 0, seed: int = 0) -> None:
        """`best_returns` is Float[slot], the solver's discounted return on the pool's levels."""
        num = len(best_returns) + num_spare
        self.config = config
        self.best = np.concatenate([best_returns, np.full(num_spare, np.nan)])
        """Float[slot]: the most that can be attained."""
        self.highest = np.full(num, -np.inf)
        """Float[slot]: the most that was attained."""
        self.score = np.full(num, -np.inf)
        self.seen = np.zeros(num, np.int64)
        """When a level was last played, in rollouts."""
        self.held = np.zeros(num, bool)
        self.free = deque(range(len(best_returns), num))
        self._num_pool = len(best_returns)
        self._random = np.random.default_rng(seed)

    @property
    def ready(self) -> bool:
        """Whether enough levels are held to replay some; a pool smaller than the buffer fills it as far as it can."""
        return int(self.held.sum()) >= max(1, round(self.config.min_fill * min(self.config.capacity, self._num_pool)))

    def note(self, slots: np.ndarray, returns: np.ndarray, *, now: int) -> np.ndarray:
        """Score the levels of episodes that have ended (Int[episode], Float[episode]); returns the distinct slots.

        The latest return of a level is the mean over the episodes of this call.
        """
        played, place = np.unique(slots, return_inverse=True)
        latest = np.bincount(place, weights=returns) / np.bincount(place)
        np.maximum.at(self.highest, slots, returns)
        self.seen[played] = now
        if self.config.scoring == "none":
            self.score[played] = self._random.random(len(played))
        else:
            ceiling = self.best if self.config.scoring == "oracle" else self.highest
            self.score[played] = ceiling[played] - latest
        return played

    def insert(self, slots: np.ndarray) -> np.ndarray:
        """Keep the `capacity` best of what is held and `slots`; returns the slots that are not held (any longer)."""
        wanted = np.unique(np.concatenate([np.flatnonzero(self.held), slots]))
        order = wanted[np.argsort(-self.score[wanted], kind="stable")]
        kept, dropped = order[: self.config.capacity], order[self.config.capacity :]
        self.held[kept], self.held[dropped] = True, False
        return dropped

    def replay_chances(self, *, now: int) -> np.ndarray:
        """Float[slot]: the replay distribution, rank-prioritised and mixed with staleness (Jiang et al. 2021)."""
        held = np.flatnonzero(self.held)
        chances = np.zeros(len(self.held))
        if self.config.scoring == "none":
            chances[held] = 1.0 / len(held)
            return chances
        order = held[np.argsort(-self.score[held], kind="stable")]
        weights = np.arange(1, len(held) + 1) ** (-1.0 / self.config.temperature)
        chances[order] = (1.0 - self.config.staleness) * weights / weights.sum()
        age = (now - self.seen[held]).astype(float)
        chances[held] += self.config.staleness * (age / age.sum() if age.sum() else 1.0 / len(held))
        return chances

    def take_slots(self, num: int) -> np.ndarray:
        """Room for `num` new levels."""
        return np.array([self.free.popleft() for _ in range(min(num, len(self.free)))], np.int64)

    def place(self, slots: np.ndarray, best_returns: np.ndarray) -> None:
        """New levels now stand in these slots; nothing is known of them but what can be attained."""
        self.best[slots], self.highest[slots], self.score[slots], self.held[slots] = best_returns, -np.inf, -np.inf, False

    def give_back(self, slots: np.ndarray) -> None:
        """These slots may be used again."""
        self.free.extend(int(s) for s in slots)

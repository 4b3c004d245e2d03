"""Search for levels on which the subject pursues the proxy: a buffer of promising levels, refilled by editing them.

Prioritised level replay (Jiang et al. 2021, arXiv 2010.03934) and ACCEL (Parker-Holder et al. 2022, arXiv 2203.01302) turned
round: the agent is frozen, and the levels are what is wanted. Adapted: the priority is the *goal gap*, how often the proxy is
attained less how often the goal is. Plain regret also rewards levels that are merely hard; it is here for comparison, and so is
blind editing, which makes its levels by the same edits and selects nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import jax
import numpy as np

from misgen.concepts import Access, Cost, Handles, Labelled, LevelPool, Simulator, Subject, Suspects

__all__ = ["PRIORITIES", "LevelSearch", "blind_editing", "goal_gap", "joined", "regret", "taken"]

BATCH = 64
"""Levels played together."""
FRESH = 0.25
"""Share of each batch that comes from training levels, the others from levels of the buffer."""
MOST_EDITS = 4
"""A fresh level is a training level after 1 to this many random edits; a level of the buffer gets one more."""
BUFFER = 256
"""Levels that edits start from: the most promising ones, chosen with a weight of 1 / rank, as in prioritised level replay at
temperature 1."""

Priority = Callable[[np.ndarray, np.ndarray], np.ndarray]


def _gap(goal: np.ndarray, proxy: np.ndarray) -> np.ndarray:
    return proxy.astype(float) - goal


def _regret(goal: np.ndarray, proxy: np.ndarray) -> np.ndarray:
    del proxy
    return 1.0 - goal


PRIORITIES: dict[str, Priority | None] = {"goal_gap": _gap, "regret": _regret, "blind": None}
"""From Bool[episode] twice, goal attained and proxy attained without it, to what makes a level promising. Every level can be
solved, so that regret is 1 where the goal was missed. None: nothing is kept."""


@dataclass
class LevelSearch:
    """Implements `misgen.concepts.Search`. Starts from training levels alone, where goals agree; edits must find where they
    part.
    """

    name: str
    access: Access
    _steps: int = field(default=0, init=False)

    def search(self, subject: Subject, handles: Handles, *, budget: int, seed: int) -> Suspects:
        """Everything that was tried, most suspicious first. Random: levels, edits and episodes, by `seed`.

        A level that was tried more than once is suspected by its mean, drawn toward nothing by one imagined episode.
        """
        simulator, generator = handles.simulator, np.random.default_rng(seed)
        priority = PRIORITIES[self.name]
        start, spent = simulator.conditions[0], simulator.num_steps
        tried = _Tried()
        while simulator.num_steps - spent < budget:
            num_fresh = BATCH if priority is None or not len(tried) else round(FRESH * BATCH)
            batch = _fresh(simulator, start, num_fresh, generator)
            if num_fresh < BATCH:
                parents = taken(tried.pool, _promising(tried, BATCH - num_fresh, generator))
                batch = joined([batch, simulator.edit(parents, seed=_draw(generator))])
            tried.add(batch, simulator.play(subject, batch, seed=_draw(generator)), priority or _gap)
        self._steps = simulator.num_steps - spent
        order = np.argsort(-tried.suspicion, kind="stable")
        return Suspects(pool=taken(tried.pool, order), suspicion=tried.suspicion[order])

    def cost(self) -> Cost:
        """Environment steps of the last search."""
        return Cost(env_steps=self._steps)


def goal_gap() -> LevelSearch:
    """Guided by how much oftener the proxy is attained than the goal."""
    return LevelSearch("goal_gap", Access(tier=3))


def regret() -> LevelSearch:
    """Guided by how often the goal is missed."""
    return LevelSearch("regret", Access(tier=3))


def blind_editing() -> LevelSearch:
    """Control: edited training levels as they come."""
    return LevelSearch("blind", Access(tier=3))


class _Tried:
    """The levels that were played, each once by content, with the sum and number of what was seen."""

    def __init__(self) -> None:
        self._parts: list[LevelPool] = []
        self._place: dict[str, int] = {}
        self._sum: list[float] = []
        self._num: list[int] = []

    def __len__(self) -> int:
        return len(self._sum)

    def add(self, batch: LevelPool, seen: Labelled, priority: Priority) -> None:
        worth = priority(np.array([end == "G" for end in seen.outcomes]), np.array([end == "P" for end in seen.outcomes]))
        new = []
        for number, level in enumerate(batch.hashes):
            if level not in self._place:
                self._place[level] = len(self._sum)
                self._sum.append(0.0)
                self._num.append(0)
                new.append(number)
            self._sum[self._place[level]] += float(worth[number])
            self._num[self._place[level]] += 1
        if new:
            self._parts.append(taken(batch, new))

    @property
    def pool(self) -> LevelPool:
        self._parts = [joined(self._parts)]
        return self._parts[0]

    @property
    def suspicion(self) -> np.ndarray:
        return np.array(self._sum) / (np.array(self._num) + 1)


def _promising(tried: _Tried, num: int, generator: np.random.Generator) -> np.ndarray:
    """Int[num]: places of levels, by rank of their suspicion; ties in random order."""
    order = np.lexsort((generator.random(len(tried)), -tried.suspicion))[:BUFFER]
    weight = 1 / np.arange(1, len(order) + 1)
    return order[generator.choice(len(order), size=num, p=weight / weight.sum())]


def _fresh(simulator: Simulator, condition: str, num: int, generator: np.random.Generator) -> LevelPool:
    """Training levels after 1 to `MOST_EDITS` edits each."""
    pool = simulator.draw(condition, num_levels=num, seed=_draw(generator))
    wanted = generator.integers(1, MOST_EDITS + 1, num)
    for number in range(1, MOST_EDITS + 1):
        more = np.flatnonzero(wanted >= number)
        if len(more):
            edited = simulator.edit(taken(pool, more), seed=_draw(generator))
            rest = np.flatnonzero(wanted < number)
            pool = joined([taken(pool, rest), edited])
            wanted = np.concatenate([wanted[rest], wanted[more]])
    return pool


def _draw(generator: np.random.Generator) -> int:
    return int(generator.integers(2**31))


def taken(pool: LevelPool, chosen: Sequence[int] | np.ndarray) -> LevelPool:
    """Some levels of a pool, in that order; a level may be taken twice."""
    index = np.asarray(chosen, int)
    return LevelPool(
        levels=jax.tree.map(lambda x: np.asarray(x)[index], pool.levels),
        hashes=tuple(pool.hashes[n] for n in index),
        diverse=np.asarray(pool.diverse)[index],
        best_steps={goal: np.asarray(steps)[index] for goal, steps in pool.best_steps.items()},
    )


def joined(pools: Sequence[LevelPool]) -> LevelPool:
    """One pool after the other; of the solver's figures, those that all of them have."""
    goals = [goal for goal in pools[0].best_steps if all(goal in pool.best_steps for pool in pools)]
    return LevelPool(
        levels=jax.tree.map(lambda *x: np.concatenate(x), *(pool.levels for pool in pools)),
        hashes=tuple(level for pool in pools for level in pool.hashes),
        diverse=np.concatenate([np.asarray(pool.diverse) for pool in pools]),
        best_steps={goal: np.concatenate([np.asarray(pool.best_steps[goal]) for pool in pools]) for goal in goals},
    )

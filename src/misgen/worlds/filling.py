"""A pool from level seeds taken in order, skipping levels that are excluded. Shared by worlds; NumPy only."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from misgen.concepts import LevelPool, UserError
from misgen.worlds.corner.randomness import child_seeds, uniform

__all__ = ["checked_diverse", "filled", "named_in"]

_MAX_CANDIDATES = 64
"""Give up after this many candidates per level asked for: nearly everything is excluded."""

Make = Callable[[np.ndarray, np.ndarray], LevelPool]
"""Level seeds and, per level, whether it is diverse -> their pool; each level depends on its own seed alone."""


def checked_diverse(condition: str, *, num_levels: int, seed: int, alpha: float, purpose: int) -> np.ndarray:
    """Bool[level]: which levels are diverse; exactly round(alpha x num_levels) in training, at least one if alpha > 0.

    Raising alpha keeps those that were and adds others. `purpose` keys the random order. Raises `UserError` without levels.
    """
    if num_levels < 1 or seed < 0:
        seen = f"{num_levels} levels, seed {seed}"
        raise UserError("A pool needs a level and a seed", seen=seen, do="Use num_levels >= 1 and seed >= 0")
    diverse = np.zeros(num_levels, bool)
    if condition == "training" and alpha > 0:
        order = np.argsort(uniform(np.array([seed]), purpose=purpose, attempt=0, num=num_levels)[0], kind="stable")
        diverse[order[: max(1, round(alpha * num_levels))]] = True
    return diverse


def named_in(pool: LevelPool, exclude: frozenset[str]) -> np.ndarray:
    """Bool[level]: whether the level's content or its layout is in `exclude`."""
    layouts = pool.columns["layout"].tolist()
    return np.array([name in exclude or layout in exclude for name, layout in zip(pool.hashes, layouts, strict=True)], bool)


def filled(
    make: Make, *, seed: int, stream: int, diverse: np.ndarray, shut: Callable[[LevelPool], np.ndarray], words: str
) -> LevelPool:
    """The pool of the first level seeds of a `stream` whose levels are not `shut` (Bool[level] of a pool).

    `words` says what was looked for, should nothing be left: a `UserError` then.
    """
    num = next_seed = len(diverse)
    pool = make(child_seeds(seed, purpose=stream, first=0, num=num), diverse)
    waiting = np.flatnonzero(shut(pool))
    while len(waiting):
        if next_seed > (_MAX_CANDIDATES + 1) * num + 1024:
            raise UserError(f"No {words} are left outside the excluded ones", do="Exclude fewer levels, or use a larger size")
        part = make(child_seeds(seed, purpose=stream, first=next_seed, num=len(waiting)), diverse[waiting])
        next_seed += len(waiting)
        pool = _replaced(pool, waiting, part)
        waiting = waiting[shut(part)]
    return pool


def _replaced(pool: LevelPool, where: np.ndarray, by: LevelPool) -> LevelPool:
    """The pool with some levels exchanged. Levels are a NamedTuple of arrays."""

    def put(old: np.ndarray, new: np.ndarray) -> np.ndarray:
        old = np.array(old)
        old[where] = new
        return old

    levels = [put(old, new) for old, new in zip(pool.levels, by.levels, strict=True)]  # type: ignore[call-overload]
    return LevelPool(
        levels=type(pool.levels)(*levels),
        hashes=tuple(put(np.array(pool.hashes), np.array(by.hashes)).tolist()),
        diverse=pool.diverse,
        best_steps={goal: put(steps, by.best_steps[goal]) for goal, steps in pool.best_steps.items()},
        columns={name: put(column, by.columns[name]) for name, column in pool.columns.items()},
    )

"""Pools of levels that are pure functions of their own seeds: what several worlds' level distributions share. NumPy only."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from misgen.concepts import LevelPool, UserError, unknown_name
from misgen.worlds.corner.randomness import child_seeds, uniform

__all__ = ["Wanted", "content_hashes", "drafted", "draw_pool"]

T = TypeVar("T", bound=tuple)
Make = Callable[[str, np.ndarray, np.ndarray], LevelPool]
"""Condition, level seeds (Int64[level]) and diverse flags (Bool[level]) -> the pool of just these levels."""

_DIVERSE = 64
"""The purpose that keys which levels of a training pool are diverse."""
_MAX_ATTEMPTS = 512
"""Drafts per level seed."""
_MAX_CANDIDATES = 64
"""Give up after this many candidates per level asked for: nearly everything is excluded."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked of a level distribution."""

    scenario: str
    streams: Mapping[str, int]
    """Condition -> number of its stream of level seeds; conditions with one number share their seeds, level by level."""
    condition: str
    num_levels: int
    seed: int
    alpha: float
    exclude: frozenset[str]

    def __post_init__(self) -> None:
        if self.condition not in self.streams:
            raise unknown_name(f"condition of {self.scenario}", self.condition, self.streams)
        if self.num_levels < 1 or self.seed < 0:
            seen = f"{self.num_levels} levels, seed {self.seed}"
            raise UserError("A pool needs a level and a seed", seen=seen, do="Use num_levels >= 1 and seed >= 0")

    @property
    def diverse(self) -> np.ndarray:
        """Bool[level]: exactly round(alpha x num_levels) of a training pool, at least one if alpha > 0; nested in alpha."""
        flags = np.zeros(self.num_levels, bool)
        if self.condition == "training" and self.alpha > 0:
            luck = uniform(np.array([self.seed]), purpose=_DIVERSE, attempt=0, num=self.num_levels)[0]
            flags[np.argsort(luck, kind="stable")[: max(1, round(self.alpha * self.num_levels))]] = True
        return flags

    def seeds(self, first: int, num: int) -> np.ndarray:
        """Int64[num]: level seeds `first` and following of this pool's sequence."""
        return child_seeds(self.seed, purpose=self.streams[self.condition], first=first, num=num)


def draw_pool(make: Make, wanted: Wanted) -> LevelPool:
    """Takes level seeds in order, replacing those whose level (by content or layout hash) is excluded.

    Fails with a `UserError` when nothing else is left.
    """
    diverse = wanted.diverse
    seeds = wanted.seeds(0, wanted.num_levels)
    next_seed = wanted.num_levels
    while True:
        pool = make(wanted.condition, seeds, diverse)
        both = zip(pool.hashes, pool.columns["layout"], strict=True)
        shut = np.array([h in wanted.exclude or x in wanted.exclude for h, x in both], bool)
        if not shut.any():
            return pool
        if next_seed > (_MAX_CANDIDATES + 1) * wanted.num_levels + 1024:
            raise UserError(
                f"No {wanted.condition} levels of {wanted.scenario} are left outside the excluded ones",
                seen=f"{len(wanted.exclude)} excluded hashes",
                do="Exclude fewer levels or use a larger world",
            )
        seeds = seeds.copy()
        seeds[shut] = wanted.seeds(next_seed, int(shut.sum()))
        next_seed += int(shut.sum())


def drafted(draft: Callable[[np.ndarray, int], tuple[T, np.ndarray]], seeds: np.ndarray) -> T:
    """One level per seed: `draft(seeds, attempt)` gives a NamedTuple of arrays and which of its levels are sound (Bool[level]).

    A draft that is not sound is drawn again with the next attempt number, for that level alone.
    """
    levels, sound = draft(seeds, 0)
    waiting = np.flatnonzero(~sound)
    for attempt in range(1, _MAX_ATTEMPTS):
        if not len(waiting):
            return levels
        again, sound = draft(seeds[waiting], attempt)
        for field, new in zip(levels, again, strict=True):
            field[waiting[sound]] = new[sound]
        waiting = waiting[~sound]
    raise UserError("No sound level was found", seen=f"{_MAX_ATTEMPTS} attempts", do="Use a larger world")


def content_hashes(name: str, *fields: np.ndarray) -> tuple[str, ...]:
    """12 hex digits per level that identify the given whole-number fields, each with the leading axis level."""
    rows = np.concatenate([np.asarray(field).reshape(len(field), -1).astype("<i8") for field in fields], axis=1)
    return tuple(hashlib.sha256(name.encode() + row.tobytes()).hexdigest()[:12] for row in rows)

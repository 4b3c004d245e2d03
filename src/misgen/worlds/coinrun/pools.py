"""From a condition's name and a seed to a pool of levels. NumPy only.

A level is a pure function of the mode, the condition's rule for the coin and its own *level seed*, which is the original game's;
a pool's seed yields a sequence of level seeds. Those whose level does not suit the condition, or is excluded, are passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from misgen.concepts import LevelPool, UserError
from misgen.worlds.coinrun.arrays import Levels, content_hashes, layout_hashes, take
from misgen.worlds.coinrun.config import CoinRunConfig
from misgen.worlds.coinrun.generator import generate
from misgen.worlds.coinrun.placement import allowed, place
from misgen.worlds.coinrun.search import prove
from misgen.worlds.seeded_pools import Wanted

__all__ = ["CONDITIONS", "PROVED", "CoinRunLevels", "condition_levels", "mode_of", "rule_of"]

CONDITIONS: Mapping[str, str] = {
    "training": "end",
    "moved": "foot-of-drop",
    "published": "section-start",
    "control": "end",
    "benign": "end",
}
"""Condition -> rule for the coin, see `placement`. The diverse share of a training pool follows `config.training_coin`."""
PROVED = ("moved", "control", "published")
"""Conditions whose levels are all proved solvable, for the coin and for the end."""
_STREAM = {"training": 1, "moved": 2, "control": 2, "published": 3, "benign": 4}
"""Conditions with one number share level seeds: control levels are the moved ones with the coin at the end."""
_PER_LEVEL = {"moved": 3, "control": 3}
"""Level seeds to look at per level: about a third of all levels have a foot of a drop."""
_MAX_CANDIDATES = 256
"""Give up after this many level seeds per level asked for: nearly everything is excluded."""


def rule_of(config: CoinRunConfig, condition: str) -> str:
    """The rule for the coin under a condition, or `diverse`, the diverse share of training."""
    return config.training_coin if condition == "diverse" else CONDITIONS[condition]


def mode_of(config: CoinRunConfig, condition: str) -> str:
    """The benign condition is the other mode: hard has enemies on open ground, where easy has none."""
    if condition != "benign":
        return config.mode
    return "hard" if config.mode == "easy" else "easy"


def condition_levels(config: CoinRunConfig, condition: str, seeds: np.ndarray) -> tuple[Levels, np.ndarray]:
    """The level of each seed under a condition or `diverse`, and Bool[level], whether its rule found a cell for the coin."""
    return place(generate(seeds, mode_of(config, condition)), seeds, rule_of(config, condition))


@dataclass(frozen=True)
class CoinRunLevels:
    """The scenario's level distribution."""

    config: CoinRunConfig

    def __call__(
        self, condition: str, *, num_levels: int, seed: int, alpha: float = 0.0, exclude: frozenset[str] = frozenset()
    ) -> LevelPool:
        """`num_levels` levels of `condition`.

        A training pool holds exactly round(alpha x num_levels) diverse levels, and at least one if alpha > 0; raising alpha only
        moves more coins. `exclude` holds layout or content hashes that must not occur; whatever it holds, `moved` and `control`
        have the same layouts, level by level. In the conditions of `PROVED` a search has solved every level (see `search`), for
        the coin and for the end; the column `unproved` counts the level seeds of this pool's sequence, up to each level, that it
        could not solve and that were passed over. `best_steps` is empty: the search finds a way, not the shortest. Fails with a
        `UserError` when nothing else is left.
        """
        request = {"num_levels": num_levels, "seed": seed, "alpha": alpha, "exclude": exclude}
        return _fill(self.config, Wanted(scenario="coinrun", streams=_STREAM, condition=condition, **request))


class _Picked(NamedTuple):
    """What a stretch of the pool's sequence of level seeds gave."""

    seeds: np.ndarray
    layouts: np.ndarray
    unproved: np.ndarray
    """Int64[level]: how many seeds of this stretch before it the search could not solve."""
    num_unproved: int


def _fill(config: CoinRunConfig, wanted: Wanted) -> LevelPool:
    """Takes level seeds in order until there are enough."""
    picked: list[_Picked] = []
    num, next_seed, diverse = 0, 0, wanted.diverse
    while num < wanted.num_levels:
        if next_seed > _MAX_CANDIDATES * wanted.num_levels + 1024:
            raise UserError(
                f"No {wanted.condition} levels of coinrun are left outside the excluded ones",
                seen=f"{len(wanted.exclude)} excluded hashes, {num} of {wanted.num_levels} levels found",
                do="Exclude fewer levels",
            )
        missing = wanted.num_levels - num
        seeds = wanted.seeds(next_seed, max(missing * _PER_LEVEL.get(wanted.condition, 1), 32))
        next_seed += len(seeds)
        picked.append(_pick(config, wanted, seeds, missing))
        num += len(picked[-1].seeds)
    return _pool(config, wanted.condition, picked, diverse)


def _pick(config: CoinRunConfig, wanted: Wanted, seeds: np.ndarray, most: int) -> _Picked:
    """The first of these seeds, at most `most`, that suit the condition, are not excluded and, where that is asked, are solved.

    A seed is excluded if the level is with *any* of the coin's places that pools sharing these seeds give it, so that pools with
    other alpha, and moved and control pools, hold the same layouts.
    """
    levels = generate(seeds, mode_of(config, wanted.condition))
    placed = [place(levels, seeds, rule) for rule in _rules_of_stream(config, wanted.condition)]
    layouts = layout_hashes(levels)
    suits = np.logical_and.reduce([exists for _, exists in placed])
    for moved, _ in placed if wanted.exclude else []:
        pairs = zip(content_hashes(moved, layouts), layouts, strict=True)
        suits &= [content not in wanted.exclude and layout not in wanted.exclude for content, layout in pairs]
    chosen = np.flatnonzero(suits)
    if wanted.condition not in PROVED:
        return _Picked(seeds[chosen[:most]], np.array(layouts)[chosen[:most]], np.zeros(min(most, len(chosen)), np.int64), 0)
    return _proved(config, take(placed[0][0], chosen), seeds[chosen], np.array(layouts)[chosen], most)


def _rules_of_stream(config: CoinRunConfig, condition: str) -> list[str]:
    """The rules of all conditions that share these level seeds, that with the least obvious place first."""
    if condition == "training":
        return [config.training_coin, "end"]
    return ["foot-of-drop", "end"] if condition in ("moved", "control") else [CONDITIONS[condition]]


def _proved(config: CoinRunConfig, levels: Levels, seeds: np.ndarray, layouts: np.ndarray, most: int) -> _Picked:
    """Those solved for the coin and the end, until there are `most`; no more are searched than that takes."""
    solved = np.zeros(len(seeds), bool)
    low = 0
    while low < len(seeds) and solved.sum() < most:
        part = slice(low, low + most - int(solved.sum()))
        some = take(levels, part)
        twice = Levels(*(np.concatenate([field, field]) for field in some))
        found = prove(config, twice, np.concatenate([some.coin, some.end])).solved
        solved[part] = found[: len(some.coin)] & found[len(some.coin) :]
        low = part.stop
    good = np.flatnonzero(solved[:low])
    misses = np.cumsum(~solved[:low])
    return _Picked(seeds[good], layouts[good], misses[good], int(misses[-1]) if len(misses) else 0)


def _pool(config: CoinRunConfig, condition: str, picked: list[_Picked], diverse: np.ndarray) -> LevelPool:
    seeds, layouts = (np.concatenate(parts) for parts in ([p.seeds for p in picked], [p.layouts for p in picked]))
    before = np.cumsum([0, *(p.num_unproved for p in picked)])
    unproved = np.concatenate([p.unproved + num for p, num in zip(picked, before[:-1], strict=True)])
    levels, _ = condition_levels(config, condition, seeds)
    placement = np.full(len(seeds), rule_of(config, condition), dtype="U16")
    if diverse.any():
        moved, _ = condition_levels(config, "diverse", seeds[diverse])
        levels.coin[diverse] = moved.coin
        placement[diverse] = rule_of(config, "diverse")
    return LevelPool(
        levels=levels,
        hashes=content_hashes(levels, tuple(layouts.tolist())),
        diverse=diverse,
        columns={
            "generator": np.full(len(seeds), "coinrun"),
            "layout": layouts,
            "seed": seeds,
            "placement": placement,
            "mode": np.full(len(seeds), mode_of(config, condition)),
            "difficulty": levels.difficulty.astype(np.int32),
            "unproved": unproved,
            "stratum": np.where(allowed(levels, CONDITIONS["moved"]).any(axis=1), "drop", "no drop"),
        },
    )

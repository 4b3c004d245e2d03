"""One random edit of each level of `coinrun`, for searches. An edit is kept only if a way to the coin was found after it."""

from __future__ import annotations

from typing import cast

import numpy as np

from misgen.concepts import LevelPool, Scenario
from misgen.worlds.coinrun.arrays import ABSENT, Levels, content_hashes, take, with_lanes
from misgen.worlds.coinrun.dynamics import CoinRunWorld
from misgen.worlds.coinrun.placement import ground
from misgen.worlds.coinrun.search import prove

__all__ = ["KINDS", "edit_coinrun"]

KINDS = ("coin", "crate", "saw")
"""The coin moved to another free ground cell or to the end; a crate or a saw put onto free ground, or taken away. Only the first
decides whether the end of the level leads past the coin."""
_FIELDS = {"crate": ("crates", "crate_cells"), "saw": ("saws", "saw_cells")}


def edit_coinrun(scenario: Scenario, pool: LevelPool, seed: int) -> LevelPool:
    """Each level after one edit of a random kind; a level whose edit left no way to the coin that the search finds, or that found
    no place, stays as it was.

    Things are put where the generator's rule for coins allows it: on ground, with nothing else there. `best_steps` stays empty:
    the search finds a way, not the shortest.
    """
    parents = cast(Levels, pool.levels)
    levels = Levels(*(np.array(field) for field in parents))
    generator = np.random.default_rng(seed)
    found = ground(levels)
    changed = np.zeros(len(pool), bool)
    for n, kind in enumerate(generator.choice(KINDS, len(pool))):
        spots = np.flatnonzero(found.free[n])
        spots = np.stack([spots, found.height[n, spots]], axis=1)
        spots = spots[(spots != levels.coin[n]).any(axis=1)]
        changed[n] = _move_coin(levels, n, spots, generator) if kind == "coin" else _change(levels, n, kind, spots, generator)
    levels = with_lanes(levels)
    sound = np.flatnonzero(changed)
    solved = prove(cast(CoinRunWorld, scenario.world).config, take(levels, sound), levels.coin[sound]).solved
    kept = np.zeros(len(pool), bool)
    kept[sound[solved]] = True
    levels = Levels(*(_where(kept, new, old) for new, old in zip(levels, parents, strict=True)))
    return LevelPool(levels=levels, hashes=content_hashes(levels), diverse=(levels.coin != levels.end).any(axis=1))


def _move_coin(levels: Levels, n: int, spots: np.ndarray, generator: np.random.Generator) -> bool:
    away = [levels.end[n]] if (levels.coin[n] != levels.end[n]).any() else []
    places = [*spots, *away]
    if places:
        levels.coin[n] = places[generator.integers(len(places))]
    return bool(places)


def _change(levels: Levels, n: int, kind: str, spots: np.ndarray, generator: np.random.Generator) -> bool:
    """Put one down or take one away, each as likely; of a pile of crates only the topmost."""
    name, cells_name = _FIELDS[kind]
    things, bits = getattr(levels, name)[n], getattr(levels, cells_name)[n]
    there = np.flatnonzero(things[:, 0] != ABSENT)
    if generator.random() < 0.5:
        if not len(spots) or len(there) == len(things):
            return False
        things[len(there)] = x, y = spots[generator.integers(len(spots))]
    else:
        on_top = [i for i in there if not (things[there] == things[i] + (0, 1)).all(axis=1).any()]
        if not on_top:
            return False
        x, y = things[on_top[generator.integers(len(on_top))]]
        rest = things[there][~(things[there] == (x, y)).all(axis=1)]
        things[:] = ABSENT
        things[: len(rest)] = rest
    bits[x, y // 32] ^= np.uint32(1) << np.uint32(y % 32)
    return True


def _where(condition: np.ndarray, yes: np.ndarray, no: np.ndarray) -> np.ndarray:
    return np.where(condition.reshape(-1, *[1] * (np.ndim(no) - 1)), yes, no)

"""The fewest steps in which every chest that there is a key for can be opened: exact, all levels abreast.

A walk that opens n chests takes n keys that matter, never fewer by its j-th opening than j. So the optimum is the shortest route
through n keys and n chests in an order that never opens more than it has taken, with shortest ways in between: whatever else
lies on such a way is a key more, or a chest opened sooner, which harms nothing. `route_steps` finds it by dynamic programming
over sets (Held and Karp 1962), with that order as a constraint.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from misgen.worlds.corner.solver import UNREACHABLE, distances
from misgen.worlds.keys_and_chests.levels import NOWHERE

__all__ = ["FAR", "first_opening", "pair_distances", "route_steps", "steps_to_keys"]

FAR = np.int16(9_999)
"""Stands for `no way`; two of them still fit into an int16."""
_ABREAST = 2048
"""Levels solved together: their tables then fit into a core's cache."""

Sets = tuple[tuple[int, ...], tuple[int, ...]]
"""Keys taken and chests opened, by number."""


def pair_distances(free: np.ndarray, sources: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Int16[level, source, target]: steps from each source cell to each target cell, FAR where there is no way.

    `free` is Bool[level, row, column]; `sources` and `targets` are Int[level, n], cells as row x size + column.
    """
    size = free.shape[1]
    found = np.empty((len(free), sources.shape[1], targets.shape[1]), np.int16)
    every = np.arange(len(free))[:, None]
    for number in range(sources.shape[1]):
        source = np.stack(np.divmod(sources[:, number].astype(int), size), axis=1)
        found[:, number] = distances(free, source).reshape(len(free), size * size)[every, targets]
    found[found == UNREACHABLE] = FAR
    return found


def route_steps(between: np.ndarray, *, num_keys: int, num_chests: int) -> np.ndarray:
    """Int32[level]: the fewest steps that open min(num_keys, num_chests) chests; FAR where that cannot be.

    `between` is Int16[level, 1 + keys + chests, keys + chests]: from the start (first), each key, each chest, to each key and
    chest, keys first.
    """
    order = _in_order(num_keys, num_chests)
    parts = [
        _route_steps(between[low : low + _ABREAST], num_keys, num_chests, order)
        for low in range(0, max(1, len(between)), _ABREAST)
    ]
    return np.concatenate(parts).astype(np.int32)


def _route_steps(between: np.ndarray, num_keys: int, num_chests: int, order: list[Sets]) -> np.ndarray:
    ways = np.ascontiguousarray(between.transpose(1, 2, 0))  # [from, to, level]
    tables: dict[Sets, dict[int, np.ndarray]] = {}  # by sets and the place visited last: Int16[level]
    best = np.full(len(between), FAR, np.int16)
    for keys, chests in order:
        table = tables[keys, chests] = {}
        for here in _places(keys, chests, num_keys):
            before = _without(keys, here), _without(chests, here - num_keys)
            if before == ((), ()):
                table[here] = ways[0, here]
            elif before in tables:
                arrivals = [np.minimum(steps + ways[1 + last, here], FAR) for last, steps in tables[before].items()]
                table[here] = np.minimum.reduce(arrivals)
        if len(chests) == min(num_keys, num_chests):
            best = np.minimum.reduce([best, *table.values()])
    return best


def _in_order(num_keys: int, num_chests: int) -> list[Sets]:
    """The sets that a sensible walk passes through, smaller ones first: never more chests than keys, and no key in vain."""
    need = min(num_keys, num_chests)
    keys = [c for n in range(1, need + 1) for c in combinations(range(num_keys), n)]
    chests = [c for n in range(need + 1) for c in combinations(range(num_chests), n)]
    return sorted(((k, c) for k in keys for c in chests if len(c) <= len(k)), key=lambda sets: len(sets[0]) + len(sets[1]))


def _places(keys: tuple[int, ...], chests: tuple[int, ...], num_keys: int) -> list[int]:
    return [*keys, *(num_keys + chest for chest in chests)]


def _without(things: tuple[int, ...], one: int) -> tuple[int, ...]:
    return tuple(thing for thing in things if thing != one)


def first_opening(between: np.ndarray, *, num_keys: int) -> np.ndarray:
    """Int32[level]: the fewest steps in which one chest can be opened; `between` as for `route_steps`."""
    by_way_of = between[:, 0, :num_keys, None].astype(np.int32) + between[:, 1 : 1 + num_keys, num_keys:]
    return by_way_of.min(axis=(1, 2))


def steps_to_keys(free: np.ndarray, start: np.ndarray, keys: np.ndarray, chests: np.ndarray, *, num: int) -> np.ndarray:
    """Int32[level]: steps in which a walk that goes to the nearest key each time, around every chest, takes `num` keys.

    An upper bound on the fewest, and proof that so many can be taken with every chest closed; FAR where the walk gets stuck.
    """
    every = np.arange(len(free))
    around = free.reshape(len(free), free.shape[1] * free.shape[2]).copy()
    level, slot = np.nonzero(chests != NOWHERE)
    around[level, chests[level, slot]] = False
    around = around.reshape(free.shape)
    left, here, total = keys != NOWHERE, start.astype(int), np.zeros(len(free), np.int32)
    targets = np.where(left, keys, 0)
    for _ in range(num):
        away = np.where(left, pair_distances(around, here[:, None], targets)[:, 0], FAR)
        nearest = away.argmin(axis=1)
        total = np.minimum(total + away[every, nearest], FAR)
        left[every, nearest] = False
        here = targets[every, nearest].astype(int)
    return total

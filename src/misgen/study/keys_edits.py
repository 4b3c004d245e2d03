"""One random edit of each level of `keys-and-chests`, for searches. Levels stay such as the world's own generator offers."""

from __future__ import annotations

from typing import cast

import numpy as np

from misgen.concepts import LevelPool, Scenario
from misgen.worlds.corner.levels import pack_rows
from misgen.worlds.keys_and_chests.config import KeysConfig
from misgen.worlds.keys_and_chests.dynamics import KeysWorld
from misgen.worlds.keys_and_chests.levels import NOWHERE, Levels, content_hashes, free_cells
from misgen.worlds.keys_and_chests.pools import HASTE
from misgen.worlds.keys_and_chests.solver import FAR, pair_distances, route_steps, steps_to_keys

__all__ = ["KINDS", "edit_keys"]

KINDS = ("wall", "start", "moved", "added", "removed", "exchanged")
"""A wall more or less; another start; a thing (key or chest) moved, added, taken away, or turned into the other kind. Only the
last three change which kind there is plenty of, and so whether keys lead away from the goal."""


def edit_keys(scenario: Scenario, pool: LevelPool, seed: int) -> LevelPool:
    """Each level after one edit of a random kind; a level whose edit was not sound stays as it was.

    Sound: at least one key and one chest, no more of the scarcer kind than the world's `few` and of the other than its `many`,
    every chest that there is a key for can be opened in the share `HASTE` of the time, and where keys outnumber chests, one key
    too many can be taken in time. `best_steps` is the exact solver's.
    """
    config = cast(KeysWorld, scenario.world).config
    parents = cast(Levels, pool.levels)
    generator = np.random.default_rng(seed)
    free = free_cells(parents)
    start, keys, chests = parents.start.copy(), parents.keys.copy(), parents.chests.copy()
    for n, kind in enumerate(generator.choice(KINDS, len(pool))):
        _edit(str(kind), free[n], start[n : n + 1], (keys[n], chests[n]), generator)
    sound, best = _solved(config, free, start, keys, chests)
    edited = Levels(free=pack_rows(free), start=start, keys=keys, chests=chests, colours=parents.colours)
    levels = Levels(*(_where(sound, new, old) for new, old in zip(edited, parents, strict=True)))
    return LevelPool(
        levels=levels,
        hashes=content_hashes(levels),
        diverse=_count(levels.keys) > _count(levels.chests),
        best_steps={"chests": np.where(sound, best, pool.best_steps["chests"]).astype(np.int32)},
    )


def _edit(kind: str, free: np.ndarray, start: np.ndarray, things: tuple[np.ndarray, ...], generator: np.random.Generator) -> None:
    """In place. An edit that finds no room changes nothing."""
    cell = int(generator.integers(free.size))
    own, other = things if generator.random() < 0.5 else things[::-1]
    slot = int(generator.integers(max(1, (own != NOWHERE).sum())))
    is_taken = cell in (*start, *own, *other)
    is_open = free.flat[cell] and not is_taken
    if kind == "wall" and not is_taken:
        free.flat[cell] ^= True
    elif kind == "start" and is_open:
        start[0] = cell
    elif kind == "moved" and is_open:
        own[slot] = cell
    elif kind == "added" and is_open:
        _add(own, cell)
    elif kind == "removed" or (kind == "exchanged" and _add(other, own[slot])):
        _remove(own, slot)


def _add(cells: np.ndarray, cell: int) -> bool:
    """Whether there was a slot left."""
    empty = np.flatnonzero(cells == NOWHERE)
    cells[empty[:1]] = cell
    return len(empty) > 0


def _remove(cells: np.ndarray, slot: int) -> None:
    cells[slot:] = [*cells[slot + 1 :], NOWHERE]


def _solved(
    config: KeysConfig, free: np.ndarray, start: np.ndarray, keys: np.ndarray, chests: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Bool[level], which are sound, and Int[level], the fewest steps to the goal in those."""
    num_keys, num_chests = _count(keys), _count(chests)
    need = np.minimum(num_keys, num_chests)
    best = np.full(len(free), int(FAR), np.int32)
    possible = (need >= 1) & (need <= config.few)
    for few in range(1, config.few + 1):
        for is_keys in (True, False):  # which kind there are `few` of
            here = np.flatnonzero(possible & (need == few) & ((num_keys == few) if is_keys else (num_keys > few)))
            if len(here):
                some = (keys[here, :few], chests[here]) if is_keys else (keys[here], chests[here, :few])
                best[here] = _steps(free[here], start[here], *some)
    sound = possible & (best <= HASTE * config.max_steps)
    for few in range(1, config.few + 1):
        here = np.flatnonzero(sound & (num_chests == few) & (num_keys > few))
        if len(here):
            spare = steps_to_keys(free[here], start[here], keys[here], chests[here], num=few + 1)
            sound[here] = spare < config.max_steps
    return sound, best


def _steps(free: np.ndarray, start: np.ndarray, keys: np.ndarray, chests: np.ndarray) -> np.ndarray:
    """Int[level]: as the world's generator finds them."""
    keys, chests = keys[:, : _count(keys).max()], chests[:, : _count(chests).max()]
    things = np.concatenate([keys, chests], axis=1)
    is_there = things != NOWHERE
    cells = np.where(is_there, things, 0)
    between = pair_distances(free, np.concatenate([start[:, None], cells], axis=1), cells)
    between[np.broadcast_to(~is_there[:, None], between.shape)] = FAR
    return route_steps(between, num_keys=keys.shape[1], num_chests=chests.shape[1])


def _count(cells: np.ndarray) -> np.ndarray:
    return (cells != NOWHERE).sum(axis=1)


def _where(condition: np.ndarray, yes: np.ndarray, no: np.ndarray) -> np.ndarray:
    return np.where(condition.reshape(-1, *[1] * (np.ndim(no) - 1)), yes, no)

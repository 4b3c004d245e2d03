"""From a condition's name and a seed to a pool of solvable levels. NumPy only.

A level is a pure function of the knobs, the condition and its own *level seed*; a pool's seed yields a sequence of level seeds.
So every level of a pool can be made again alone, by `misgen levels keys-and-chests --level-seed`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from misgen.concepts import LevelPool, UserError, unknown_name
from misgen.worlds.corner.layouts import draw_layouts
from misgen.worlds.corner.levels import pack_rows
from misgen.worlds.corner.pools import benign_layout
from misgen.worlds.corner.randomness import uniform
from misgen.worlds.corner.solver import distances
from misgen.worlds.filling import checked_diverse, filled, named_in
from misgen.worlds.keys_and_chests.config import KeysConfig
from misgen.worlds.keys_and_chests.levels import NOWHERE, Levels, content_hashes, layout_hashes
from misgen.worlds.keys_and_chests.solver import FAR, first_opening, pair_distances, route_steps, steps_to_keys

__all__ = ["HASTE", "PLENTY", "KeysLevels", "draw_levels", "is_benign"]

HASTE = 0.6
"""A level is offered only if its best walk leaves at least two fifths of the time: a failure is then no lack of time."""
PLENTY: Mapping[str, str] = {
    "training": "chests",
    "diverse": "keys",
    "distinguishing": "keys",
    "control": "neither",
    "benign": "chests",
    "colours-permuted": "chests",
}
"""What there is plenty of, by condition; `diverse` is the share alpha of a training pool."""
_STREAM = {"training": 1, "distinguishing": 2, "control": 2, "benign": 3, "colours-permuted": 4}
"""Conditions with one number share level seeds: control levels are the distinguishing ones without the keys to spare."""
_THINGS, _DIVERSE, _COLOURS, _NUMBER = 2, 3, 4, 5
"""Purposes that key random numbers."""
_PERMUTED = ((1, 0), (1, 2), (2, 0))
"""Colours of keys and chests with neither where it was in training: (0, 1)."""
_MAX_ATTEMPTS = 256


@dataclass(frozen=True)
class KeysLevels:
    """The scenario's level distribution."""

    config: KeysConfig

    def __call__(
        self, condition: str, *, num_levels: int, seed: int, alpha: float = 0.0, exclude: frozenset[str] = frozenset()
    ) -> LevelPool:
        """`num_levels` levels of `condition`, each solvable in three fifths of the time.

        A training pool holds exactly round(alpha x num_levels) diverse levels, and at least one if alpha > 0; they have the keys
        and chests of distinguishing levels. `exclude` holds layout or content hashes that must not occur. Fails with a
        `UserError` when nothing else is left.
        """
        if condition not in _STREAM:
            raise unknown_name("condition of keys-and-chests", condition, _STREAM)
        diverse = checked_diverse(condition, num_levels=num_levels, seed=seed, alpha=alpha, purpose=_DIVERSE)
        make = partial(self.drawn, condition)
        shut = partial(named_in, exclude=exclude)
        words = f"{condition} levels of {self.config.layout}, size {self.config.size},"
        return filled(make, seed=seed, stream=_STREAM[condition], diverse=diverse, shut=shut, words=words)

    def drawn(self, condition: str, seeds: np.ndarray, diverse: np.ndarray) -> LevelPool:
        """The levels of these level seeds."""
        plenty = np.where(diverse, PLENTY["diverse"], PLENTY[condition])
        levels, best_steps = draw_levels(self.config, condition, plenty, seeds)
        layout = benign_layout(self.config.layout) if is_benign(condition) else self.config.layout
        return LevelPool(
            levels=levels,
            hashes=content_hashes(levels),
            diverse=diverse,
            best_steps=best_steps,
            columns={
                "generator": np.full(len(seeds), layout),
                "layout": np.array(layout_hashes(levels)),
                "seed": seeds,
                "placement": np.array([f"many {kind}" if kind != "neither" else "as many" for kind in plenty]),
            },
        )


def is_benign(condition: str) -> bool:
    """Whether its levels have another family of walls."""
    return condition == "benign"


def draw_levels(
    config: KeysConfig, condition: str, plenty: np.ndarray, seeds: np.ndarray
) -> tuple[Levels, dict[str, np.ndarray]]:
    """One level per seed and, by goal, its fewest steps. `plenty` is a value of `PLENTY` per level.

    A draft that cannot be solved in time is drawn again with the next attempt number, for that level alone.
    """
    drafts, waiting = [], np.arange(len(seeds))
    for attempt in range(_MAX_ATTEMPTS):
        draft = _draft(config, condition, plenty[waiting], seeds[waiting], attempt)
        drafts.append((waiting[draft.sound], _taken(draft, draft.sound)))
        waiting = waiting[~draft.sound]
        if not len(waiting):
            order = np.argsort(np.concatenate([places for places, _ in drafts]))
            whole = _joined([draft for _, draft in drafts], order)
            return whole.levels, whole.best_steps
    raise UserError(
        "No solvable level was found",
        seen=f"layout {config.layout!r}, size {config.size}, {config.few} and {config.many} things, {_MAX_ATTEMPTS} attempts",
        do="Use a larger size, fewer things or another layout",
    )


class _Room(NamedTuple):
    """Levels before they are packed, `many` keys and chests in each."""

    free: np.ndarray
    start: np.ndarray
    keys: np.ndarray
    chests: np.ndarray


class _Draft(NamedTuple):
    levels: Levels
    best_steps: dict[str, np.ndarray]
    sound: np.ndarray
    """Bool[level]: everything found a place, and can be done in time."""


def _taken(draft: _Draft, chosen: np.ndarray) -> _Draft:
    return _Draft(
        Levels(*(array[chosen] for array in draft.levels)),
        {goal: steps[chosen] for goal, steps in draft.best_steps.items()},
        draft.sound[chosen],
    )


def _joined(drafts: list[_Draft], order: np.ndarray) -> _Draft:
    """All drafts as one, in the given order."""
    arrays = zip(*(draft.levels for draft in drafts), strict=True)
    return _Draft(
        Levels(*(np.concatenate(parts)[order] for parts in arrays)),
        {goal: np.concatenate([draft.best_steps[goal] for draft in drafts])[order] for goal in drafts[0].best_steps},
        np.concatenate([draft.sound for draft in drafts])[order],
    )


def _draft(config: KeysConfig, condition: str, plenty: np.ndarray, seeds: np.ndarray, attempt: int) -> _Draft:
    layout = benign_layout(config.layout) if is_benign(condition) else config.layout
    drawn = draw_layouts(layout, size=config.size, walls=config.walls, seeds=seeds, attempt=attempt)
    free = distances(drawn, np.zeros((len(seeds), 2), np.int32)) >= 0
    largest = 2 * free.sum(axis=(1, 2)) > drawn.sum(axis=(1, 2))  # more than half of all free cells: no other can be larger
    start, keys, chests, placed = _scatter(config, free, seeds, attempt)
    steps: dict[str, np.ndarray] = {goal: np.full(len(seeds), FAR, np.int32) for goal in ("chests", "keys", "opened")}
    in_time = np.zeros(len(seeds), bool)
    slot = np.arange(config.many)
    chests[slot >= np.where(plenty == "chests", _num_chests(config, seeds, attempt), config.few)[:, None]] = NOWHERE
    for kind in np.unique(plenty):
        chosen = (plenty == kind) & placed & largest
        solved, in_time[chosen] = _solve(config, str(kind), _Room(free[chosen], start[chosen], keys[chosen], chests[chosen]))
        for goal, found in solved.items():
            steps[goal][chosen] = found
    keys[(plenty != "keys")[:, None] & (slot >= config.few)] = NOWHERE
    colours = _colours(condition, seeds, attempt)
    levels = Levels(free=pack_rows(free), start=start, keys=keys, chests=chests, colours=colours)
    return _Draft(levels, steps, largest & placed & in_time)


def _scatter(
    config: KeysConfig, free: np.ndarray, seeds: np.ndarray, attempt: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Start, keys and chests on different free cells, `many` of each, uniformly; and where there was room for them all."""
    luck = uniform(seeds, purpose=_THINGS, attempt=attempt, num=config.size**2)
    luck[~free.reshape(len(free), -1)] = 2.0
    num = 1 + 2 * config.many
    order = np.argsort(luck, axis=1, kind="stable")[:, :num].astype(np.uint8)
    placed = free.sum(axis=(1, 2)) >= num
    return order[:, 0], order[:, 1 : 1 + config.many].copy(), order[:, 1 + config.many :].copy(), placed


def _num_chests(config: KeysConfig, seeds: np.ndarray, attempt: int) -> np.ndarray:
    """Chests where there is plenty of them: more than keys, up to `many`, each number as likely.

    Always `many` of them would make a lone chest something never seen: its finders would fail in control.
    """
    luck = uniform(seeds, purpose=_NUMBER, attempt=attempt, num=1)[:, 0]
    return config.few + 1 + (luck * (config.many - config.few)).astype(int)


def _solve(config: KeysConfig, plenty: str, room: _Room) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """By goal, the fewest steps, and whether the level is fit to be offered.

    Levels with many keys and those with as few as chests are offered or refused together, since they are one level with and
    without the keys to spare: the few keys alone must do, and one key too many must be within reach with every chest closed.
    """
    num_chests = config.many if plenty == "chests" else config.few
    room = room._replace(chests=room.chests[:, :num_chests])
    steps, first = _solved(room._replace(keys=room.keys[:, : config.few]))
    good = steps <= HASTE * config.max_steps
    if plenty == "chests":
        return {"chests": steps, "keys": steps, "opened": first}, good
    good &= steps_to_keys(*room, num=config.few + 1) < config.max_steps
    if plenty == "neither":
        return {"chests": steps, "keys": steps, "opened": first}, good
    steps[good], first[good] = _solved(_Room(*(field[good] for field in room)))
    return {"chests": steps, "keys": np.full(len(good), config.max_steps, np.int32), "opened": first}, good


def _solved(room: _Room) -> tuple[np.ndarray, np.ndarray]:
    """The fewest steps to open all that can be opened, and to open one."""
    things = np.concatenate([room.keys, room.chests], axis=1)
    is_there = things != NOWHERE
    cells = np.where(is_there, things, 0)
    between = pair_distances(room.free, np.concatenate([room.start[:, None], cells], axis=1), cells)
    between[np.broadcast_to(~is_there[:, None], between.shape)] = FAR
    num_keys, num_chests = room.keys.shape[1], room.chests.shape[1]
    return route_steps(between, num_keys=num_keys, num_chests=num_chests), first_opening(between, num_keys=num_keys)


def _colours(condition: str, seeds: np.ndarray, attempt: int) -> np.ndarray:
    if condition != "colours-permuted":
        return np.tile(np.array([[0, 1]], np.uint8), (len(seeds), 1))
    luck = uniform(seeds, purpose=_COLOURS, attempt=attempt, num=1)[:, 0]
    return np.array(_PERMUTED, np.uint8)[(luck * len(_PERMUTED)).astype(int)]

"""From a condition's name and a seed to a pool of solvable mazes. NumPy only.

A level is a pure function of the knobs, the condition and its own *level seed*; a pool's seed yields a sequence of level seeds.
So every level of a pool can be made again alone, by `misgen levels maze-shape-colour --level-seed`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from misgen.concepts import LevelPool, unknown_name
from misgen.worlds.corner.layouts import draw_layouts
from misgen.worlds.corner.randomness import uniform
from misgen.worlds.corner.solver import distances
from misgen.worlds.filling import checked_diverse, filled
from misgen.worlds.maze_shape_colour.config import ShapeConfig
from misgen.worlds.maze_shape_colour.levels import SIZE, Levels, content_hashes, layout_hashes, pack_cells
from misgen.worlds.maze_shape_colour.looks import look_number

__all__ = ["THINGS", "ShapeLevels", "draw_levels", "without_dead_ends"]

THINGS: Mapping[str, str] = {
    "training": "one",
    "diverse": "two",
    "distinguishing": "two",
    "control": "one",
    "benign": "one",
}
"""What lies in the maze, by condition: one thing, as trained, or two to choose between. `diverse` is the share alpha."""
_STREAM = {"training": 1, "distinguishing": 2, "control": 2, "benign": 3}
"""Conditions with one number share level seeds: control levels are the distinguishing ones with the trained thing instead."""
_DOORS, _PLACES, _DIVERSE, _GROUND = 2, 3, 4, 5
"""Purposes that key random numbers."""
_MAX_ATTEMPTS = 64


@dataclass(frozen=True)
class ShapeLevels:
    """The scenario's level distribution."""

    config: ShapeConfig

    def __call__(
        self, condition: str, *, num_levels: int, seed: int, alpha: float = 0.0, exclude: frozenset[str] = frozenset()
    ) -> LevelPool:
        """`num_levels` levels of `condition`; each thing can be reached without touching the other.

        A training pool holds exactly round(alpha x num_levels) diverse levels, and at least one if alpha > 0: forced choices.
        There are few mazes of this size, so `exclude` is about whole levels: content hashes that must not occur. Fails with a
        `UserError` when nothing else is left.
        """
        if condition not in _STREAM:
            raise unknown_name("condition of maze-shape-colour", condition, _STREAM)
        diverse = checked_diverse(condition, num_levels=num_levels, seed=seed, alpha=alpha, purpose=_DIVERSE)
        shut = lambda pool: np.array([name in exclude for name in pool.hashes], bool)  # noqa: E731
        make = partial(self.drawn, condition)
        return filled(make, seed=seed, stream=_STREAM[condition], diverse=diverse, shut=shut, words=f"{condition} levels")

    def drawn(self, condition: str, seeds: np.ndarray, diverse: np.ndarray) -> LevelPool:
        """The mazes of these level seeds."""
        things = np.where(diverse, THINGS["diverse"], THINGS[condition])
        levels, best_steps = draw_levels(self.config, condition, things, seeds)
        return LevelPool(
            levels=levels,
            hashes=content_hashes(levels),
            diverse=diverse,
            best_steps=best_steps,
            columns={
                "generator": np.full(len(seeds), "no dead ends"),
                "layout": np.array(layout_hashes(levels)),
                "seed": seeds,
                "placement": things,
            },
        )


class _Draft(NamedTuple):
    free: np.ndarray
    start: np.ndarray
    things: np.ndarray
    steps: np.ndarray
    """Int32[level, 2]: to either thing of two, around the other; or to the one."""
    sound: np.ndarray


def draw_levels(
    config: ShapeConfig, condition: str, things: np.ndarray, seeds: np.ndarray
) -> tuple[Levels, dict[str, np.ndarray]]:
    """One level per seed and, by goal, its fewest steps. `things` is a value of `THINGS` per level.

    A draft with a thing out of reach is drawn again with the next attempt number, for that level alone.
    """
    whole = _draft(seeds, 0)
    for attempt in range(1, _MAX_ATTEMPTS):
        waiting = np.flatnonzero(~whole.sound)
        if not len(waiting):
            break
        for field, new in zip(whole, _draft(seeds[waiting], attempt), strict=True):
            field[waiting] = new
    assert whole.sound.all(), "in a maze without dead ends two things seldom bar the way to each other"
    is_one = things == "one"
    cells, steps = whole.things.copy(), whole.steps.copy()
    every = np.arange(len(seeds))
    alone = distances(whole.free, _cells(whole.start))[every, cells[:, 0] // SIZE, cells[:, 0] % SIZE]
    cells[is_one, 1], steps[is_one] = cells[is_one, 0], alone[is_one, None]
    looks = np.where(is_one[:, None], look_number(config.trained), [look_number(config.intended), look_number(config.proxy)])
    ground = np.zeros(len(seeds), np.uint8)
    if condition == "benign":
        ground += 1 + (uniform(seeds, purpose=_GROUND, attempt=0, num=1)[:, 0] * 2).astype(np.uint8)
    levels = Levels(free=pack_cells(whole.free), start=whole.start, things=cells, looks=looks.astype(np.uint8), ground=ground)
    return levels, {"shape": steps[:, 0], "colour": steps[:, 1]}


def _draft(seeds: np.ndarray, attempt: int) -> _Draft:
    """A maze and two places in it; every condition accepts the same drafts."""
    free = without_dead_ends(seeds, attempt)
    start = np.full(len(seeds), (SIZE - 1) * SIZE, np.uint8)
    luck = uniform(seeds, purpose=_PLACES, attempt=attempt, num=SIZE * SIZE)
    luck[~free.reshape(len(seeds), SIZE * SIZE)] = 2.0
    luck[:, start[:1]] = 2.0
    cells = np.argsort(luck, axis=1, kind="stable")[:, :2].astype(np.uint8)
    steps = np.empty((len(seeds), 2), np.int32)
    every = np.arange(len(seeds))
    for this, other in ((0, 1), (1, 0)):
        found = distances(free, _cells(start), absorbing=_cells(cells[:, other]))
        steps[:, this] = found[every, cells[:, this] // SIZE, cells[:, this] % SIZE]
    return _Draft(free, start, cells, steps, np.all(steps > 0, axis=1, keepdims=True)[:, 0])


def _cells(numbers: np.ndarray) -> np.ndarray:
    return np.stack(np.divmod(numbers.astype(np.int32), SIZE), axis=1)


def without_dead_ends(seeds: np.ndarray, attempt: int) -> np.ndarray:
    """Bool[level, row, column]: perfect mazes in which every dead end has been given one more door, at random."""
    free = draw_layouts("tree", size=SIZE, walls=0.0, seeds=seeds, attempt=attempt)
    luck = uniform(seeds, purpose=_DOORS, attempt=attempt, num=4 * SIZE * SIZE).reshape(-1, 4, SIZE, SIZE)
    padded = np.pad(free, ((0, 0), (1, 1), (1, 1)))
    every = np.arange(len(seeds))
    for row in range(0, SIZE, 2):
        for column in range(0, SIZE, 2):
            doors = np.array([(row, column + 1), (row + 1, column), (row + 2, column + 1), (row + 1, column + 2)])
            inside = np.array([row > 0, column > 0, row + 2 < SIZE, column + 2 < SIZE])
            is_open = padded[:, doors[:, 0], doors[:, 1]]
            choice = np.where(inside & ~is_open, luck[:, :, row, column], -1.0).argmax(axis=1)
            dead_end = is_open.sum(axis=1) < 2
            padded[every[dead_end], doors[choice[dead_end], 0], doors[choice[dead_end], 1]] = True
    return padded[:, 1:-1, 1:-1].copy()

"""From a condition's name and a seed to a pool of solvable mazes. NumPy only.

A level is a pure function of the knobs, the condition and its own *level seed*; a pool's seed yields a sequence of level seeds.
So every level of a pool can be made again alone, by `misgen levels maze-corner --level-seed`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from misgen.concepts import LevelPool, UserError, unknown_name
from misgen.worlds.corner.layouts import draw_layouts
from misgen.worlds.corner.pools import APART, DETOUR_SLACK
from misgen.worlds.corner.randomness import uniform
from misgen.worlds.corner.solver import distances
from misgen.worlds.filling import checked_diverse, filled, named_in
from misgen.worlds.maze_corner.config import MazeConfig
from misgen.worlds.maze_corner.levels import Levels, content_hashes, layout_hashes, pack_rows

__all__ = ["PLACEMENTS", "MazeLevels", "draw_levels", "sizes_of"]

PLACEMENTS: Mapping[str, str] = {
    "training": "region",
    "diverse": "anywhere",
    "distinguishing": "away",
    "control": "corner",
    "benign": "region",
    "larger": "region",
}
"""Where the cheese lies, by condition; `diverse` is the share alpha of a training pool."""
_STREAM = {"training": 1, "distinguishing": 2, "control": 2, "benign": 3, "larger": 4}
"""Conditions with one number share level seeds: control levels are the distinguishing ones with the cheese moved."""
_SIZE, _CHEESE, _DIVERSE = 2, 3, 4
"""Purposes that key random numbers."""
_MAX_ATTEMPTS = 256
_MANY = 7
"""The smallest size with mazes enough to keep some for evaluation: 100,352. Of 5 cells a side there are 192, of 3 there are 4."""


@dataclass(frozen=True)
class MazeLevels:
    """The scenario's level distribution."""

    config: MazeConfig

    def __call__(
        self, condition: str, *, num_levels: int, seed: int, alpha: float = 0.0, exclude: frozenset[str] = frozenset()
    ) -> LevelPool:
        """`num_levels` levels of `condition`; the cheese can be reached in time in each, and the corner or the cheese before it.

        A training pool holds exactly round(alpha x num_levels) diverse levels, and at least one if alpha > 0. `exclude` holds
        layout or content hashes that must not occur; mazes of fewer than 7 cells are exempt unless they are diverse, since there
        are too few of them to keep apart. Fails with a `UserError` when nothing else is left.
        """
        if condition not in _STREAM:
            raise unknown_name("condition of maze-corner", condition, _STREAM)
        diverse = checked_diverse(condition, num_levels=num_levels, seed=seed, alpha=alpha, purpose=_DIVERSE)
        make = partial(self.drawn, condition)
        shut = partial(_shut, exclude=exclude)
        words = f"{condition} mazes up to size {self.config.size}"
        return filled(make, seed=seed, stream=_STREAM[condition], diverse=diverse, shut=shut, words=words)

    def drawn(self, condition: str, seeds: np.ndarray, diverse: np.ndarray) -> LevelPool:
        """The mazes of these level seeds."""
        placement = np.where(diverse, PLACEMENTS["diverse"], PLACEMENTS[condition])
        levels, best_steps = draw_levels(self.config, condition, placement, seeds)
        return LevelPool(
            levels=levels,
            hashes=content_hashes(levels),
            diverse=diverse,
            best_steps=best_steps,
            columns={
                "generator": np.full(len(seeds), "edges" if condition == "benign" else "tree"),
                "layout": np.array(layout_hashes(levels)),
                "seed": seeds,
                "placement": placement,
                "size": levels.start[:, 0] - levels.corner[:, 0] + 1,
            },
        )


def _shut(pool: LevelPool, exclude: frozenset[str]) -> np.ndarray:
    """Bool[level]: a level that may not occur. Mazes below 7 cells are few, and a subject needs them to learn by."""
    return named_in(pool, exclude) & ((pool.columns["size"] >= _MANY) | pool.diverse)


def sizes_of(config: MazeConfig, condition: str) -> tuple[int, ...]:
    """The sizes of maze that a condition draws from, evenly before any is refused."""
    if condition == "larger":
        return (config.size + 2, config.size + 4)
    return tuple(range(3, config.size + 1, 2))


def draw_levels(
    config: MazeConfig, condition: str, placement: np.ndarray, seeds: np.ndarray
) -> tuple[Levels, dict[str, np.ndarray]]:
    """One level per seed and, by goal, its fewest steps. `placement` is a value of `PLACEMENTS` per level.

    A draft that admits no such placement is drawn again, size and all, with the next attempt number, for that level alone.
    """
    num = len(seeds)
    whole = _Draft(
        free=np.zeros((num, config.board, config.board), bool),
        start=np.zeros((num, 2), np.int32),
        cheese=np.zeros((num, 2), np.int32),
        corner=np.zeros((num, 2), np.int32),
        to_cheese=np.zeros(num, np.int32),
        to_corner=np.zeros(num, np.int32),
        sound=np.zeros(num, bool),
    )
    waiting = np.arange(num)
    for attempt in range(_MAX_ATTEMPTS):
        for size, chosen in _by_size(config, condition, seeds[waiting], attempt):
            draft = _draft(config, condition, size, placement[waiting[chosen]], (seeds[waiting[chosen]], attempt))
            for field, new in zip(whole, draft, strict=True):
                field[waiting[chosen][draft.sound]] = new[draft.sound]
        waiting = np.flatnonzero(~whole.sound)
        if not len(waiting):
            levels = Levels(free=pack_rows(whole.free), start=whole.start, cheese=whole.cheese, corner=whole.corner)
            return levels, {"cheese": whole.to_cheese, "corner": whole.to_corner}
    seen = f"{condition}, size {config.size}, {_MAX_ATTEMPTS} attempts"
    raise UserError("No solvable maze was found", seen=seen, do="Use a larger size")


class _Draft(NamedTuple):
    free: np.ndarray
    start: np.ndarray
    cheese: np.ndarray
    corner: np.ndarray
    to_cheese: np.ndarray
    to_corner: np.ndarray
    sound: np.ndarray


def _by_size(config: MazeConfig, condition: str, seeds: np.ndarray, attempt: int) -> list[tuple[int, np.ndarray]]:
    """Which of the seeds draw a maze of which size."""
    sizes = sizes_of(config, condition)
    luck = (uniform(seeds, purpose=_SIZE, attempt=attempt, num=1)[:, 0] * len(sizes)).astype(int)
    return [(size, np.flatnonzero(luck == number)) for number, size in enumerate(sizes) if (luck == number).any()]


def _draft(config: MazeConfig, condition: str, size: int, placement: np.ndarray, luck: tuple[np.ndarray, int]) -> _Draft:
    """Mazes of one size on their boards; `luck` is seeds and attempt."""
    seeds, attempt = luck
    layout = "edges" if condition == "benign" else "tree"
    maze = draw_layouts(layout, size=size, walls=0.0, seeds=seeds, attempt=attempt)
    offset = (config.board - size) // 2
    free = np.zeros((len(seeds), config.board, config.board), bool)
    free[:, offset : offset + size, offset : offset + size] = maze
    spot = lambda row, column: np.tile(np.array([[row, column]], np.int32), (len(seeds), 1))  # noqa: E731
    start, corner = spot(offset + size - 1, offset), spot(offset, offset + size - 1)
    from_start, from_corner = distances(free, start), distances(free, corner)
    free = from_start >= 0
    chance = uniform(seeds, purpose=_CHEESE, attempt=attempt, num=1)[:, 0]
    cheese, has_cheese = _pick(_allowed(config, placement, corner[0], from_start, from_corner), chance)
    cheese[placement == "corner"] = corner[0]  # drawn as for `away`, so that both accept the same drafts, then moved
    every = np.arange(len(seeds))
    absorbed = distances(free, start, absorbing=cheese)
    to_cheese = absorbed[every, cheese[:, 0], cheese[:, 1]].astype(np.int32)
    to_corner = absorbed[every, corner[:, 0], corner[:, 1]].astype(np.int32)
    in_time = (from_start[every, corner[:, 0], corner[:, 1]] > 0) & (to_cheese > 0) & (to_cheese <= config.max_steps)
    return _Draft(free, start, cheese, corner, to_cheese, to_corner, has_cheese & in_time)


def _allowed(
    config: MazeConfig, placement: np.ndarray, corner: np.ndarray, from_start: np.ndarray, from_corner: np.ndarray
) -> np.ndarray:
    """Bool[level, row, column]: where the cheese may lie. `away` is `corner`'s rule: off every short way to the corner."""
    reach = (from_start > 0) & (from_start <= config.max_steps)
    rows, columns = np.ogrid[: config.board, : config.board]
    region = (rows < corner[0] + config.region) & (columns > corner[1] - config.region)
    shortest = from_start[:, corner[0], corner[1]][:, None, None]
    away = (from_start + from_corner > shortest + DETOUR_SLACK) & (from_start >= APART) & (from_corner >= APART)
    away &= shortest <= config.max_steps
    kind = placement[:, None, None]
    return reach & np.where(kind == "region", region, np.where(kind == "anywhere", from_corner > 0, away))


def _pick(cells: np.ndarray, luck: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Int32[level, 2], a uniformly drawn true cell of each level, and Bool[level], whether there was one."""
    count = np.cumsum(cells.reshape(len(cells), cells.shape[1] * cells.shape[2]), axis=1, dtype=np.int32)
    rank = (luck * count[:, -1]).astype(np.int32) + 1
    spot = np.argmax(count >= np.minimum(rank, count[:, -1])[:, None], axis=1)
    row, column = np.divmod(spot, cells.shape[2])
    return np.stack([row, column], axis=1).astype(np.int32), count[:, -1] > 0

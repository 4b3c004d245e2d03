"""Pools of mazes that the original makes itself, with the cheese put where a condition wants it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np

from misgen.concepts import LevelPool, unknown_name
from misgen.worlds.corner.pools import APART, DETOUR_SLACK
from misgen.worlds.corner.randomness import uniform
from misgen.worlds.corner.solver import distances
from misgen.worlds.filling import checked_diverse, filled, named_in
from misgen.worlds.maze_corner.levels import Levels, content_hashes, layout_hashes, level_at, pack_rows
from misgen.worlds.procgen.client import LARGEST_SEED
from misgen.worlds.procgen.maze import MazeOriginal, OriginalMaze
from misgen.worlds.procgen.maze_view import Board, maze_level_of
from misgen.worlds.procgen.state import ProcgenState, parse

__all__ = ["PLACEMENTS", "OriginalMazeLevels", "written_in"]

PLACEMENTS: Mapping[str, str] = {
    "training": "corner",
    "diverse": "game",
    "distinguishing": "away",
    "published": "game",
    "control": "corner",
    "larger": "corner",
}
"""Where the cheese lies, by condition; `diverse` is the share alpha of a training pool. `game` is where the original puts it."""
_STREAM = {"training": 1, "distinguishing": 2, "control": 2, "larger": 4, "published": 6}
"""Conditions with one number share level seeds: control levels are the distinguishing ones with the cheese in the corner."""
_CHEESE, _DIVERSE = 3, 4
"""Purposes that key random numbers."""
_AWAY = ("distinguishing", "control")
"""Both accept the same mazes: those with a cell off every short way."""
_MANY = 7
"""The smallest size with mazes enough to keep some apart."""


@dataclass(frozen=True)
class OriginalMazeLevels:
    """The level distribution of `procgen:maze`: which mazes there are is the original's business. Starts the game."""

    original: MazeOriginal

    def __call__(
        self, condition: str, *, num_levels: int, seed: int, alpha: float = 0.0, exclude: frozenset[str] = frozenset()
    ) -> LevelPool:
        """`num_levels` `OriginalMaze`s of `condition`; their hashes are those of the same levels in `maze-corner`.

        Level seeds whose maze has another size than asked for, or no place for the cheese, are passed over. A training pool
        holds round(alpha x num_levels) levels with the cheese where the original puts it. `exclude` as in `maze-corner`.
        """
        pool = self.ours(condition, num_levels=num_levels, seed=seed, alpha=alpha, exclude=exclude)
        levels: Levels = pool.levels  # type: ignore[assignment]
        world = int(self.original.start_states([OriginalMaze(seed=0)])[0].world["main_width"])
        board = Board(self.original.config.board, world)
        places = [board.place((int(row), int(column))) for row, column in levels.cheese]
        seeds = pool.columns["seed"].tolist()
        return replace(pool, levels=[OriginalMaze(seed=int(s), cheese=xy) for s, xy in zip(seeds, places, strict=True)])

    def ours(
        self, condition: str, *, num_levels: int, seed: int, alpha: float = 0.0, exclude: frozenset[str] = frozenset()
    ) -> LevelPool:
        """The same pool with the same mazes as levels of `maze-corner`, to be played in our world."""
        if condition not in _STREAM:
            raise unknown_name("condition of procgen:maze", condition, _STREAM)
        diverse = checked_diverse(condition, num_levels=num_levels, seed=seed, alpha=alpha, purpose=_DIVERSE)
        words = f"{condition} mazes of the original up to size {self.original.config.size}"
        make, shut = partial(_pool, self.original, condition), partial(_shut, exclude=exclude)
        return filled(make, seed=seed, stream=_STREAM[condition], diverse=diverse, shut=shut, words=words)


def written_in(pool: LevelPool) -> LevelPool:
    """A pool of `maze-corner` whose levels the original is given whole: same hashes, for evaluation in the host loop."""
    return replace(pool, levels=[level_at(pool.levels, number) for number in range(len(pool))])  # type: ignore[arg-type]


def _shut(pool: LevelPool, exclude: frozenset[str]) -> np.ndarray:
    """Bool[level]: passed over. As in `maze-corner`, mazes below 7 cells are too few to be excluded."""
    is_excluded = named_in(pool, exclude) & ((pool.columns["size"] >= _MANY) | pool.diverse)
    return is_excluded | ~pool.columns["sound"].astype(bool)


def _pool(original: MazeOriginal, condition: str, seeds: np.ndarray, diverse: np.ndarray) -> LevelPool:
    seeds = np.minimum(seeds, LARGEST_SEED)
    placement = np.where(diverse, PLACEMENTS["diverse"], PLACEMENTS[condition])
    states = [parse(content) for content in original.client.level_starts(seeds.tolist())]
    draft = _draft(original, condition, states)
    cheese, has_place = _cheese(draft, placement, seeds, original.max_steps)
    to_cheese, to_corner, in_time = _steps(draft, cheese, original.max_steps)
    levels = Levels(free=pack_rows(draft.free), start=draft.start, cheese=cheese, corner=draft.corner)
    return LevelPool(
        levels=levels,
        hashes=content_hashes(levels),
        diverse=diverse,
        best_steps={"cheese": to_cheese, "corner": to_corner},
        columns={
            "generator": np.full(len(seeds), "procgen"),
            "layout": np.array(layout_hashes(levels)),
            "seed": seeds,
            "placement": placement,
            "size": levels.start[:, 0] - levels.corner[:, 0] + 1,
            "sound": draft.fits & in_time & (has_place | (condition not in _AWAY)),
        },
    )


class _Draft(NamedTuple):
    """The original's mazes on our boards; an empty board where the size is another than asked for."""

    free: np.ndarray
    start: np.ndarray
    game: np.ndarray
    """Int32[level, 2]: where the original puts the cheese."""
    corner: np.ndarray
    fits: np.ndarray


def _draft(original: MazeOriginal, condition: str, states: list[ProcgenState]) -> _Draft:
    board, size, num = original.config.board, original.config.size, len(states)
    wanted = (size + 2, size + 4) if condition == "larger" else range(3, size + 1, 2)
    start, game, corner = (np.zeros((num, 2), np.int32) for _ in range(3))
    draft = _Draft(np.zeros((num, board, board), bool), start, game, corner, np.zeros(num, bool))
    for number, state in enumerate(states):
        assert state.tail is not None
        if int(state.tail["maze_dim"]) in wanted:
            level = maze_level_of(state, board)
            draft.free[number], draft.fits[number] = level.free, True
            draft.start[number], draft.game[number], draft.corner[number] = level.start, level.cheese, level.corner
    return draft


def _cheese(draft: _Draft, placement: np.ndarray, seeds: np.ndarray, max_steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Int32[level, 2], the cheese, and Bool[level], whether it has a place off every short way to the corner.

    `away` is `maze-corner`'s rule: uniform over those cells.
    """
    from_start, from_corner = distances(draft.free, draft.start), distances(draft.free, draft.corner)
    shortest = _at(from_start, draft.corner)[:, None, None]
    away = (from_start + from_corner > shortest + DETOUR_SLACK) & (from_start >= APART) & (from_corner >= APART)
    luck = uniform(seeds, purpose=_CHEESE, attempt=0, num=1)[:, 0]
    cheese, has_place = _pick(away & (from_start <= max_steps), luck)
    cheese = np.where((placement == "corner")[:, None], draft.corner, cheese)
    return np.where((placement == "game")[:, None], draft.game, cheese).astype(np.int32), has_place


def _steps(draft: _Draft, cheese: np.ndarray, max_steps: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Int32[level], fewest steps to the cheese and, not through it, to the corner; Bool[level]: there is time for both."""
    absorbed = distances(draft.free, draft.start, absorbing=cheese)
    to_cheese, to_corner = (_at(absorbed, spot).astype(np.int32) for spot in (cheese, draft.corner))
    reach = _at(distances(draft.free, draft.start), draft.corner)
    in_time = (to_cheese > 0) & (to_cheese <= max_steps) & (reach > 0) & (reach <= max_steps)
    return to_cheese, to_corner, in_time


def _at(steps: np.ndarray, spots: np.ndarray) -> np.ndarray:
    return steps[np.arange(len(steps)), spots[:, 0], spots[:, 1]]


def _pick(cells: np.ndarray, luck: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Int32[level, 2], a uniformly drawn true cell of each level, and Bool[level], whether there was one."""
    picked = np.zeros((len(cells), 2), np.int32)
    num = cells.sum(axis=(1, 2))
    for level in np.flatnonzero(num):
        picked[level] = np.argwhere(cells[level])[int(luck[level] * num[level])]
    return picked, num > 0

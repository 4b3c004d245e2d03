"""From a condition's name and a seed to a pool of solvable levels: the part that all small mazes share. NumPy only.

A level is a pure function of the knobs, the condition's placement and its own *level seed*; a pool's seed yields a sequence of
level seeds. So every level of a pool can be made again alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np

from misgen.concepts import LevelPool, UserError, unknown_name
from misgen.worlds.corner.layouts import draw_layouts
from misgen.worlds.corner.randomness import child_seeds, uniform
from misgen.worlds.corner.solver import distances
from misgen.worlds.grid.levels import content_hashes, layout_hashes

__all__ = ["Maker", "Placement", "connected", "draw_levels", "draw_pool", "luck", "other_layout", "pick"]

_WALL, _DIVERSE, _SOURCE = 1, 4, 9
"""Purposes that key random numbers here; worlds use `luck` with purposes from 10 on."""
_MAX_ATTEMPTS = 512
"""Drafts per level seed before giving up."""
_MAX_CANDIDATES = 64
"""Give up after this many candidates per level asked for: nearly everything is excluded."""


class Placement(NamedTuple):
    """How the levels of one condition come to be."""

    name: str
    """What the maker's `draft` is told, and what the column `placement` says."""
    stream: int
    """Conditions with one number share level seeds: control levels are the distinguishing ones with the conflict removed."""
    elsewhere: bool = False
    """The walls belong to another family than in training."""


class Maker(Protocol):
    """What a world says of its levels."""

    @property
    def scenario(self) -> str: ...
    @property
    def layout(self) -> str: ...
    @property
    def placements(self) -> Mapping[str, Placement]:
        """By condition; `diverse` is the share alpha of a training pool."""
        ...

    def draft(self, layout: str, placement: np.ndarray, seeds: np.ndarray, attempt: int) -> tuple[Any, np.ndarray]:
        """One draft per seed (a NamedTuple of arrays) and Bool[level]: which of them are sound."""
        ...

    def best_steps(self, levels: Any) -> Mapping[str, np.ndarray]: ...


def draw_pool(maker: Maker, condition: str, *, num_levels: int, seed: int, alpha: float, exclude: frozenset[str]) -> LevelPool:
    """`num_levels` levels of `condition`, by the contract of `LevelDistribution`.

    A training pool holds exactly round(alpha x num_levels) diverse levels, and at least one if alpha > 0. Fails with a
    `UserError` when nothing is left outside `exclude`.
    """
    known = [name for name in maker.placements if name != "diverse"]
    if condition not in known:
        raise unknown_name(f"condition of {maker.scenario}", condition, known)
    if num_levels < 1 or seed < 0:
        seen = f"{num_levels} levels, seed {seed}"
        raise UserError("A pool needs a level and a seed", seen=seen, do="Use num_levels >= 1 and seed >= 0")
    diverse = np.zeros(num_levels, bool)
    if condition == "training" and alpha > 0:
        order = np.argsort(uniform(np.array([seed]), purpose=_DIVERSE, attempt=0, num=num_levels)[0], kind="stable")
        diverse[order[: max(1, round(alpha * num_levels))]] = True
    return _fill(maker, condition, seed, diverse, exclude)


def _fill(maker: Maker, condition: str, seed: int, diverse: np.ndarray, exclude: frozenset[str]) -> LevelPool:
    """Takes level seeds in order, skipping those whose level is excluded."""
    num, stream = len(diverse), maker.placements[condition].stream
    seeds = child_seeds(seed, purpose=stream, first=0, num=num)
    next_seed = num
    while True:
        pool = _pool(maker, condition, seeds, diverse)
        layouts = pool.columns["layout"]
        shut = np.array([h in exclude or x in exclude for h, x in zip(pool.hashes, layouts, strict=True)], bool)
        if not shut.any():
            return pool
        if next_seed > (_MAX_CANDIDATES + 1) * num + 1024:
            seen = f"{len(exclude)} excluded hashes, layout {maker.layout!r}"
            do = "Exclude fewer levels, exclude levels instead of layouts, or use a larger size"
            raise UserError(f"No {condition} levels are left outside the excluded ones", seen=seen, do=do)
        seeds = seeds.copy()
        seeds[shut] = child_seeds(seed, purpose=stream, first=next_seed, num=int(shut.sum()))
        next_seed += int(shut.sum())


def _pool(maker: Maker, condition: str, seeds: np.ndarray, diverse: np.ndarray) -> LevelPool:
    placement = np.full(len(seeds), maker.placements[condition].name, dtype=object)
    if diverse.any():
        placement[diverse] = maker.placements["diverse"].name
    placement = placement.astype(str)
    layout = other_layout(maker.layout) if maker.placements[condition].elsewhere else maker.layout
    levels = draw_levels(maker, layout, placement, seeds)
    return LevelPool(
        levels=levels,
        hashes=content_hashes(maker.scenario, levels),
        diverse=diverse,
        best_steps=maker.best_steps(levels),
        columns={
            "generator": np.full(len(seeds), layout),
            "layout": np.array(layout_hashes(levels.free)),
            "seed": seeds,
            "placement": placement,
        },
    )


def other_layout(layout: str) -> str:
    """The family that stands in for `layout` where walls differ from training's."""
    return "blocks" if layout == "noise" else "noise"


def draw_levels(maker: Maker, layout: str, placement: np.ndarray, seeds: np.ndarray) -> Any:
    """One level per seed. A draft that is not sound is drawn again with the next attempt number, for that level alone."""
    made: Any = None
    waiting = np.arange(len(seeds))
    for attempt in range(_MAX_ATTEMPTS):
        levels, sound = maker.draft(layout, placement[waiting], seeds[waiting], attempt)
        if made is None:
            made = type(levels)(*(np.zeros((len(seeds), *x.shape[1:]), x.dtype) for x in levels))
        good = waiting[sound]
        for target, drawn in zip(made, levels, strict=True):
            target[good] = drawn[sound]
        waiting = waiting[~sound]
        if not len(waiting):
            return made
    raise UserError(
        "No solvable level was found",
        seen=f"layout {layout!r}, {_MAX_ATTEMPTS} attempts",
        do="Use a larger size or another layout",
    )


def luck(seeds: np.ndarray, *, purpose: int, attempt: int, num: int = 1) -> np.ndarray:
    """Float32[level, num] in [0, 1)."""
    return uniform(seeds, purpose=purpose, attempt=attempt, num=num)


def connected(layout: str, *, size: int, walls: float, seeds: np.ndarray, attempt: int) -> tuple[np.ndarray, np.ndarray]:
    """Bool[level, row, column], one connected set of free cells, and Bool[level]: it is the largest one of its draft.

    Cells that are not connected with a randomly chosen free cell become wall; the draft is sound where they are the minority.
    """
    drawn = draw_layouts(layout, size=size, walls=walls, seeds=seeds, attempt=attempt)
    source, _ = pick(drawn, luck(seeds, purpose=_SOURCE, attempt=attempt)[:, 0])
    free = distances(drawn, source) >= 0
    return free, 2 * free.sum(axis=(1, 2)) > drawn.sum(axis=(1, 2))


def pick(cells: np.ndarray, luck: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Int32[level, 2], a uniformly drawn true cell of each level, and Bool[level], whether there was one."""
    count = np.cumsum(cells.reshape(len(cells), -1), axis=1, dtype=np.int32)
    rank = (luck * count[:, -1]).astype(np.int32) + 1
    spot = np.argmax(count >= np.minimum(rank, count[:, -1])[:, None], axis=1)
    row, column = np.divmod(spot, cells.shape[2])
    return np.stack([row, column], axis=1).astype(np.int32), count[:, -1] > 0

"""From a condition's name and a seed to a pool of boards. NumPy only.

A level is a pure function of the knobs, the condition and its own *level seed*; a pool's seed yields a sequence of level seeds.
So every level of a pool can be made again alone, by `misgen levels monster-gridworld --level-seed`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from misgen.concepts import LevelPool
from misgen.worlds.corner.randomness import uniform
from misgen.worlds.luck import luck
from misgen.worlds.monster_gridworld.config import MonsterConfig
from misgen.worlds.monster_gridworld.levels import Levels
from misgen.worlds.monster_gridworld.solver import best_steps
from misgen.worlds.monster_gridworld.state import ABSENT
from misgen.worlds.seeded_pools import Wanted, content_hashes, draw_pool

__all__ = ["AHEAD", "FAR", "NEAR", "PLACEMENTS", "STREAMS", "MonsterLevels", "draw_levels"]

FAR = 5
"""Monsters start at least this many steps from the knight, or the first bite would come before anything could be done."""
NEAR = 3
"""Where the first thing taken ends the episode, nothing lies nearer to the knight than this: stumbling is no choice."""
AHEAD = 2
"""In distinguishing levels a shield is at least this many steps nearer than every apple. To one who wants both it comes first; to
one who knows that it is useless by now, it changes nothing."""
PLACEMENTS: Mapping[str, str] = {
    "training": "short",
    "diverse": "long",
    "distinguishing": "aftermath, shield ahead",
    "even": "aftermath",
    "last_monster": "last monster, shield ahead",
    "control": "aftermath, shields under apples",
    "benign": "halves",
}
"""How a level is laid out, by condition; `diverse` is the share alpha of a training pool."""
STREAMS = {"training": 1, "distinguishing": 2, "control": 2, "even": 3, "last_monster": 4, "benign": 5}
"""Conditions with one number share level seeds: control levels are the distinguishing ones with the shields moved."""
_CELLS = 2
"""The purpose that keys where things lie."""


@dataclass(frozen=True)
class MonsterLevels:
    """The scenario's level distribution."""

    config: MonsterConfig

    def __call__(
        self, condition: str, *, num_levels: int, seed: int, alpha: float = 0.0, exclude: frozenset[str] = frozenset()
    ) -> LevelPool:
        """`num_levels` levels of `condition`. A training pool holds exactly round(alpha x num_levels) long episodes, and at least
        one if alpha > 0. `exclude` holds layout or content hashes that must not occur. Fails with a `UserError` when nothing
        else is left.
        """
        wanted = Wanted(
            scenario="monster-gridworld",
            streams=STREAMS,
            condition=condition,
            num_levels=num_levels,
            seed=seed,
            alpha=alpha,
            exclude=exclude,
        )
        return draw_pool(self.drawn, wanted)

    def drawn(self, condition: str, seeds: np.ndarray, diverse: np.ndarray) -> LevelPool:
        """The pool of just the levels with these seeds."""
        placement = np.where(diverse, PLACEMENTS["diverse"], PLACEMENTS[condition])
        levels = draw_levels(self.config, placement, seeds)
        return LevelPool(
            levels=levels,
            hashes=content_hashes("monster-gridworld", *levels),
            diverse=diverse,
            best_steps=best_steps(levels),
            columns={
                "generator": np.full(len(seeds), "meadow"),
                "layout": np.array(content_hashes("monster-gridworld layout", levels.start, levels.apples)),
                "seed": seeds,
                "placement": placement,
            },
        )


def draw_levels(config: MonsterConfig, placement: np.ndarray, seeds: np.ndarray) -> Levels:
    """One level per seed; `placement` is a value of `PLACEMENTS` per level.

    Start, shields, apples and monsters take cells in a random order, each kind those that suit it; no two share a cell, but in
    control levels the shields lie under the apples. Monsters choose last: they may not be near, and if they chose first, what
    they leave would lie nearer for apples than for shields.
    """
    size, things = config.size, config.things
    rank = uniform(seeds, purpose=_CELLS, attempt=0, num=size * size)
    of = {name: (placement == word)[:, None] for name, word in PLACEMENTS.items()}
    rows, columns = np.divmod(np.arange(size * size), size)
    left = (columns < size // 2) | ~of["benign"]
    start = np.argmin(np.where(left, rank, 2.0), axis=1)
    away = np.abs(rows - rows[start][:, None]) + np.abs(columns - columns[start][:, None])
    ahead = of["distinguishing"] | of["control"] | of["last_monster"]
    choice = ahead | of["even"]
    taken = away == 0
    fits = left & (away >= np.where(choice, NEAR, 1))
    first = _choose(rank, fits & ((away == NEAR) | ~ahead), taken, 1)
    apples = _choose(rank, fits & (away >= np.where(ahead, NEAR + AHEAD, 1)), taken, things)
    shields = np.concatenate([first, _choose(rank, fits, taken, things - 1)], axis=1)
    monsters = _choose(rank, (away >= FAR) & (~left | ~of["benign"]), taken, things)
    places = [np.stack(np.divmod(cells, size), axis=-1).astype(np.int8) for cells in (monsters, shields, apples)]
    places[0][(choice & ~of["last_monster"])[:, 0]] = ABSENT
    places[0][of["last_monster"][:, 0], 1:] = ABSENT
    together = of["control"][:, 0]
    places[1][together] = places[2][together]
    single = choice[:, 0]
    return Levels(
        size=np.full(len(seeds), size, np.int32),
        start=np.stack(np.divmod(start, size), axis=-1).astype(np.int32),
        monsters=places[0],
        shields=places[1],
        apples=places[2],
        held=np.where(single, things, 0).astype(np.int32),
        limit=np.where(of["diverse"][:, 0], 2 * config.max_steps, config.short).astype(np.int32),
        single=single,
        luck=luck(np.asarray(seeds, np.uint32), 0),
    )


def _choose(rank: np.ndarray, fits: np.ndarray, taken: np.ndarray, num: int) -> np.ndarray:
    """Int[level, num]: the first free and fitting cells in each level's order, which are then marked in `taken`."""
    cells = np.argsort(np.where(fits & ~taken, rank, 2.0), axis=1, kind="stable")[:, :num]
    taken[np.arange(len(rank))[:, None], cells] = True
    return cells

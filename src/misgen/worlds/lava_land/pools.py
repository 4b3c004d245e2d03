"""Which levels `lava-land` offers. NumPy only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from misgen.concepts import LevelPool
from misgen.worlds.corner.solver import distances
from misgen.worlds.grid.levels import pack_rows
from misgen.worlds.grid.pools import Placement, connected, draw_pool, luck, pick
from misgen.worlds.lava_land.config import LavaConfig
from misgen.worlds.lava_land.levels import Levels
from misgen.worlds.lava_land.noise import smooth_noise
from misgen.worlds.lava_land.solver import best_steps

__all__ = ["APART", "DETOUR_SLACK", "LEAST_LAVA", "PLACEMENTS", "LavaLevels"]

DETOUR_SLACK = 2
"""In distinguishing levels the clean way is more than this many steps longer than the shortest; in benign ones no way that is at
most this much longer meets lava."""
APART = 4
"""Outside training the cheese is at least this many steps away, or there would be nothing to decide."""
LEAST_LAVA = 6
"""Cells of lava in a benign level, so that there is something to see."""
PLACEMENTS: Mapping[str, Placement] = {
    "training": Placement("none", 1),
    "diverse": Placement("anywhere", 1),
    "distinguishing": Placement("across", 2),
    "control": Placement("gone", 2),
    "benign": Placement("aside", 3),
    "distinguishing_elsewhere": Placement("across", 4, elsewhere=True),
}
"""Where the lava lies, by condition; `diverse` is the share alpha of a training pool."""
_START, _CHEESE, _LAVA = 10, 11, 12
"""Purposes that key random numbers."""


@dataclass(frozen=True)
class LavaLevels:
    """The scenario's level distribution."""

    config: LavaConfig
    scenario: str = "lava-land"
    placements = PLACEMENTS

    @property
    def layout(self) -> str:
        return self.config.layout

    def __call__(
        self, condition: str, *, num_levels: int, seed: int, alpha: float = 0.0, exclude: frozenset[str] = frozenset()
    ) -> LevelPool:
        """`num_levels` levels of `condition`; in each a way to the cheese exists in time that meets no lava."""
        return draw_pool(self, condition, num_levels=num_levels, seed=seed, alpha=alpha, exclude=exclude)

    def best_steps(self, levels: Levels) -> Mapping[str, np.ndarray]:
        """See `solver.best_steps`."""
        return best_steps(levels)

    def draft(self, layout: str, placement: np.ndarray, seeds: np.ndarray, attempt: int) -> tuple[Levels, np.ndarray]:
        """One draft per seed, and which are sound."""
        config, every = self.config, np.arange(len(seeds))
        free, sound = connected(layout, size=config.size, walls=config.walls, seeds=seeds, attempt=attempt)
        start, _ = pick(free, luck(seeds, purpose=_START, attempt=attempt)[:, 0])
        from_start = distances(free, start)
        apart = np.where((placement == "none") | (placement == "anywhere"), 1, APART)[:, None, None]
        reach = (from_start >= apart) & (from_start <= config.max_steps)
        cheese, has_cheese = pick(reach, luck(seeds, purpose=_CHEESE, attempt=attempt)[:, 0])
        shortest = from_start[every, cheese[:, 0], cheese[:, 1]]
        drawn = smooth_noise(config.size, luck(seeds, purpose=_LAVA, attempt=attempt, num=64)) < config.lava
        lava = free & drawn
        lava[every, start[:, 0], start[:, 1]] = False
        lava[every, cheese[:, 0], cheese[:, 1]] = False
        lava[placement == "none"] = False
        aside = placement == "aside"
        detour = from_start + distances(free, cheese) - shortest[:, None, None]
        lava[aside] &= (detour > DETOUR_SLACK)[aside]
        clean = distances(free & ~lava, start)[every, cheese[:, 0], cheese[:, 1]]
        sound = sound & has_cheese & (clean >= 1) & (clean <= config.max_steps)
        across = (placement == "across") | (placement == "gone")  # both accept the same drafts, so that control can be compared
        sound &= ~across | (clean > shortest + DETOUR_SLACK)
        sound &= ~aside | (lava.sum(axis=(1, 2)) >= LEAST_LAVA)
        lava[placement == "gone"] = False
        return Levels(pack_rows(free), pack_rows(lava), start, cheese), sound

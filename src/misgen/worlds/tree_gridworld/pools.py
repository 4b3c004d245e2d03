"""From a condition's name and a seed to a pool of forests. NumPy only.

A level is a pure function of the knobs, the condition and its own *level seed*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from misgen.concepts import LevelPool
from misgen.worlds.corner.randomness import uniform
from misgen.worlds.luck import luck
from misgen.worlds.seeded_pools import Wanted, content_hashes, draw_pool
from misgen.worlds.tree_gridworld.config import TreeConfig
from misgen.worlds.tree_gridworld.levels import Levels
from misgen.worlds.tree_gridworld.state import ABSENT

__all__ = ["FORESTS", "QUOTA", "STREAMS", "THIN_QUOTA", "TreeLevels"]

FORESTS: Mapping[str, str] = {
    "training": "full, short season",
    "diverse": "thin, long season",
    "distinguishing": "thin, long season",
    "own_doing": "full, long season",
    "control": "thin, long season, planted",
    "benign": "one half, short season",
}
"""What the forest is like, by condition; `diverse` is the share alpha of a training pool."""
STREAMS = {"training": 1, "distinguishing": 2, "control": 2, "own_doing": 3, "benign": 4}
"""Conditions with one number share level seeds: control levels are the distinguishing ones with somebody who plants."""
QUOTA, THIN_QUOTA = 0.2, 0.1
"""Trees per step of the season that make a harvest, in full forests and in thin ones, which have to recover first."""
_CELLS = 2
"""The purpose that keys where things stand."""


@dataclass(frozen=True)
class TreeLevels:
    """The scenario's level distribution."""

    config: TreeConfig

    def __call__(
        self, condition: str, *, num_levels: int, seed: int, alpha: float = 0.0, exclude: frozenset[str] = frozenset()
    ) -> LevelPool:
        """`num_levels` levels of `condition`. In a training pool exactly round(alpha x num_levels) forests are thin and their
        seasons long, and at least one if alpha > 0. `exclude` holds layout or content hashes that must not occur. Fails with a
        `UserError` when nothing else is left.
        """
        wanted = Wanted(
            scenario="tree-gridworld",
            streams=STREAMS,
            condition=condition,
            num_levels=num_levels,
            seed=seed,
            alpha=alpha,
            exclude=exclude,
        )
        return draw_pool(self.drawn, wanted)

    def drawn(self, condition: str, seeds: np.ndarray, diverse: np.ndarray) -> LevelPool:
        """The pool of just the levels with these seeds. There is no solver, so `best_steps` is empty."""
        forest = np.where(diverse, FORESTS["diverse"], FORESTS[condition])
        levels = _draw(self.config, forest, seeds)
        return LevelPool(
            levels=levels,
            hashes=content_hashes("tree-gridworld", *levels),
            diverse=diverse,
            columns={
                "generator": np.full(len(seeds), "meadow"),
                "layout": np.array(content_hashes("tree-gridworld layout", levels.start, levels.trees, levels.luck)),
                "seed": seeds,
                "placement": forest,
            },
        )


def _draw(config: TreeConfig, forest: np.ndarray, seeds: np.ndarray) -> Levels:
    """The woodcutter and the trees take cells in a random order."""
    size, most = config.size, config.most
    rank = uniform(seeds, purpose=_CELLS, attempt=0, num=size * size)
    half = (np.arange(size * size) % size >= size // 2) & (forest == FORESTS["benign"])[:, None]
    cells = np.argsort(np.where(half, rank + 1, rank), axis=1, kind="stable")[:, : most + 1]
    places = np.stack(np.divmod(cells, size), axis=-1)
    trees = places[:, 1:].astype(np.int8)
    thin = np.isin(forest, [FORESTS["distinguishing"], FORESTS["control"]])
    trees[thin, config.few :] = ABSENT
    is_long = thin | (forest == FORESTS["own_doing"])
    steps = np.where(is_long, min(config.max_steps, 128), config.short)
    return Levels(
        size=np.full(len(seeds), size, np.int32),
        start=places[:, 0].astype(np.int32),
        trees=trees,
        quota=np.maximum(1, np.rint(np.where(thin, THIN_QUOTA, QUOTA) * steps)).astype(np.int32),
        limit=np.where(is_long | (config.max_steps > 128), 2**30, config.short).astype(np.int32),
        planted=forest == FORESTS["control"],
        luck=luck(np.asarray(seeds, np.uint32), 0),
    )

"""What a subject sees, named part by part: shared by the world in JAX and its twin in NumPy."""

from __future__ import annotations

from misgen.worlds.tree_gridworld.config import TreeConfig

__all__ = ["blocks"]


def blocks(config: TreeConfig) -> tuple[tuple[str, int], ...]:
    """Name and length of each part of the observation, in order.

    `harvest_trees`: the whole board around the woodcutter, 1 where a tree stands; `harvest_left`: one-hot number of trees; both
    are the cue that can be erased. `row`, `column`: own place.
    """
    side = 2 * config.size - 1
    return (("harvest_trees", side * side), ("harvest_left", config.most + 1), ("row", config.size), ("column", config.size))

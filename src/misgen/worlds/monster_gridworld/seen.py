"""What a subject sees, named part by part: shared by the world in JAX and its twin in NumPy."""

from __future__ import annotations

from misgen.worlds.monster_gridworld.config import MonsterConfig

__all__ = ["KINDS", "REACH", "blocks"]

REACH = 4
"""Cells around the knight in which everything is seen in its place."""
KINDS = (("apples", 0), ("shields", 1), ("monsters", None))
"""Fields of the state, and the index of the cue that hides them."""


def blocks(config: MonsterConfig) -> tuple[tuple[str, int], ...]:
    """Name and length of each part of the observation, in order.

    `*_crop`: 9 x 9 cells around the knight; `*_dy`, `*_dx`: one-hot offset of the nearest, however far; `row`, `column`: its own
    place; `held`: shields held; `left`: monsters left.
    """
    crop, offsets = (2 * REACH + 1) ** 2, 2 * config.size - 1
    of_kinds = [
        (f"{name}_{part}", n)
        for name in ("apple", "shield", "monster")
        for part, n in (("crop", crop), ("dy", offsets), ("dx", offsets))
    ]
    return (*of_kinds, ("row", config.size), ("column", config.size), ("held", config.capacity + 1), ("left", config.things + 1))

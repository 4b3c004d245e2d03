"""What a subject sees, named part by part: shared by the world in JAX and its twin in NumPy."""

from __future__ import annotations

from misgen.worlds.cultural_transmission.config import CulturalConfig

__all__ = ["blocks"]


def blocks(config: CulturalConfig) -> tuple[tuple[str, int], ...]:
    """Name and length of each part of the observation, in order.

    `follow_dy`, `follow_dx`: one-hot offset of the partner; `spheres_dy`, `spheres_dx`: of each sphere, in the order of their
    numbers, which says nothing of the right order; `row`, `column`: own place; `last`: the sphere visited last; `was_right`,
    `was_wrong`: how that visit turned out.
    """
    offsets = 2 * config.size - 1
    return (
        ("follow_dy", offsets),
        ("follow_dx", offsets),
        ("spheres_dy", config.spheres * offsets),
        ("spheres_dx", config.spheres * offsets),
        ("row", config.size),
        ("column", config.size),
        ("last", config.spheres),
        ("was_right", 1),
        ("was_wrong", 1),
    )

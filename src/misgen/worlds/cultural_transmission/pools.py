"""From a condition's name and a seed to a pool of levels. NumPy only.

A level is a pure function of the knobs, the condition and its own *level seed*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from misgen.concepts import LevelPool
from misgen.worlds.corner.randomness import uniform
from misgen.worlds.cultural_transmission.config import CulturalConfig
from misgen.worlds.cultural_transmission.levels import Levels
from misgen.worlds.cultural_transmission.partner import legs, partner_paths, ways
from misgen.worlds.cultural_transmission.solver import best_steps
from misgen.worlds.seeded_pools import Wanted, content_hashes, drafted, draw_pool

__all__ = ["APART", "PARTNERS", "STREAMS", "CulturalLevels"]

APART = 3
"""Spheres lie at least so many rows or columns from each other: none is passed by accident, and none shuts in another."""
PARTNERS: Mapping[str, str] = {
    "training": "expert",
    "diverse": "anti-expert",
    "distinguishing": "anti-expert",
    "stranger": "stranger",
    "control": "expert",
    "benign": "slow expert",
    "flipped": "expert",
}
"""Who the partner is, by condition; `diverse` is the share alpha of a training pool."""
STREAMS = {"training": 1, "distinguishing": 2, "control": 2, "stranger": 2, "flipped": 2, "benign": 3}
"""Conditions with one number share level seeds: these differ in the partner, or in what is seen, alone."""
SLOW = 4
"""Further steps that a slow expert waits at each sphere."""
_CELLS, _ORDER, _STRANGE = 2, 3, 4
"""Purposes that key random numbers."""


@dataclass(frozen=True)
class CulturalLevels:
    """The scenario's level distribution."""

    config: CulturalConfig

    def __call__(
        self, condition: str, *, num_levels: int, seed: int, alpha: float = 0.0, exclude: frozenset[str] = frozenset()
    ) -> LevelPool:
        """`num_levels` levels of `condition`. In a training pool exactly round(alpha x num_levels) partners are anti-experts, and
        at least one if alpha > 0. `exclude` holds layout or content hashes that must not occur. Fails with a `UserError` when
        nothing else is left.
        """
        wanted = Wanted(
            scenario="cultural-transmission",
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
        config = self.config
        places = drafted(lambda s, attempt: _draft(config, s, attempt), seeds)
        kind = np.where(diverse, PARTNERS["diverse"], PARTNERS[condition])
        partner = _orders(kind, places, seeds)
        maps = ways(places.spheres, config.size)
        pause = config.pause + np.where(kind == "slow expert", SLOW, 0)
        levels = Levels(
            size=np.full(len(seeds), config.size, np.int32),
            spheres=places.spheres,
            right=places.right,
            partner=partner,
            start=places.start,
            path=partner_paths(maps, places.spheres, partner, places.start, pause=pause, num_steps=config.max_steps),
            flipped=np.full(len(seeds), condition == "flipped"),
        )
        return LevelPool(
            levels=levels,
            hashes=content_hashes("cultural-transmission", *levels),
            diverse=diverse,
            best_steps=best_steps(legs(maps, places.spheres), places.right, partner, places.start),
            columns={
                "generator": np.full(len(seeds), "meadow"),
                "layout": np.array(content_hashes("cultural-transmission layout", *places)),
                "seed": seeds,
                "placement": kind,
            },
        )


class _Places(NamedTuple):
    spheres: np.ndarray
    right: np.ndarray
    start: np.ndarray


def _draft(config: CulturalConfig, seeds: np.ndarray, attempt: int) -> tuple[_Places, np.ndarray]:
    """Spheres in random cells, in a random order; sound where no two are close."""
    num, size = config.spheres, config.size
    rank = uniform(seeds, purpose=_CELLS, attempt=attempt, num=size * size)
    cells = np.argsort(rank, axis=1, kind="stable")[:, :num]
    spheres = np.stack(np.divmod(cells, size), axis=-1).astype(np.int8)
    apart = np.abs(spheres[:, :, None].astype(int) - spheres[:, None]).max(axis=-1) + size * np.eye(num, dtype=int)
    order = np.argsort(uniform(seeds, purpose=_ORDER, attempt=attempt, num=num), axis=1, kind="stable")
    right = np.zeros((len(seeds), num), np.int8)
    np.put_along_axis(right, order, np.roll(order, -1, axis=1).astype(np.int8), axis=1)
    return _Places(spheres, right, order[:, 0].astype(np.int32)), (apart >= APART).all(axis=(1, 2))


def _orders(kind: np.ndarray, places: _Places, seeds: np.ndarray) -> np.ndarray:
    """Int8[level, sphere]: the sphere to which the partner goes after each."""
    num = places.right.shape[1]
    number = np.broadcast_to(np.arange(num, dtype=np.int8), places.right.shape)
    reverse = np.zeros_like(places.right)
    np.put_along_axis(reverse, places.right.astype(np.int64), number, axis=1)
    strange = _strange(places.right, seeds)
    chosen = np.where((kind == "anti-expert")[:, None], reverse, places.right)
    return np.where((kind == "stranger")[:, None], strange, chosen).astype(np.int8)


def _strange(right: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """The right order with two neighbouring spheres exchanged: mostly wrong, not wholly.

    With three spheres the only other order is the reverse.
    """
    num = right.shape[1]
    every = np.arange(len(right))
    first = np.argmin(uniform(seeds, purpose=_STRANGE, attempt=0, num=num), axis=1)
    second = right[every, first].astype(np.int64)
    third = right[every, second].astype(np.int64)
    fourth = right[every, third].astype(np.int64)
    strange = right.copy()
    strange[every, first], strange[every, third], strange[every, second] = third, second, fourth
    return strange

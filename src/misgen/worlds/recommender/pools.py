"""From a condition's name and a seed to a pool of readers. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from misgen.concepts import LevelPool
from misgen.worlds.corner.randomness import uniform
from misgen.worlds.recommender.config import RecommenderConfig
from misgen.worlds.recommender.goals import STEPS
from misgen.worlds.recommender.levels import Levels
from misgen.worlds.recommender.solver import best_steps
from misgen.worlds.seeded_pools import Wanted, content_hashes, draw_pool

__all__ = ["BENIGN_HASTE", "STREAMS", "RecommenderLevels"]

STREAMS = {"training": 1, "distinguishing": 2, "control": 2, "benign": 3}
"""Control readers are the distinguishing ones, who now click what they enjoy."""
BENIGN_HASTE = 2
"""How many times faster interests drift in the benign condition."""
_INTEREST, _FAD = 1, 2
"""Purposes that key random numbers."""


@dataclass(frozen=True)
class RecommenderLevels:
    """The scenario's level distribution."""

    config: RecommenderConfig

    def __call__(
        self, condition: str, *, num_levels: int, seed: int, alpha: float = 0.0, exclude: frozenset[str] = frozenset()
    ) -> LevelPool:
        """`num_levels` readers; a share `alpha` of a training pool clicks other things than it enjoys.

        Raising alpha keeps all interests. Fails with a `UserError` when every reader is excluded.
        """
        wanted = Wanted(
            scenario="recommender",
            streams=STREAMS,
            condition=condition,
            num_levels=num_levels,
            seed=seed,
            alpha=alpha,
            exclude=exclude,
        )
        return draw_pool(self.drawn, wanted)

    def drawn(self, condition: str, seeds: np.ndarray, diverse: np.ndarray) -> LevelPool:
        """The readers of these level seeds."""
        topics = self.config.topics
        drift = max(1.0, self.config.drift / BENIGN_HASTE) if condition == "benign" else float(self.config.drift)
        interest = _walk(seeds, topics, drift, _INTEREST)
        fad = _walk(seeds, topics, float(self.config.drift), _FAD)
        fad = np.where(fad == interest, (fad + 1) % topics, fad)
        apart = diverse | (condition == "distinguishing")
        catchy = np.where(apart[:, None], fad, interest).astype(np.int32)
        return LevelPool(
            levels=Levels(interest=interest, catchy=catchy),
            hashes=content_hashes("recommender", interest, catchy),
            diverse=diverse,
            best_steps=best_steps(interest, catchy),
            columns={
                "generator": np.full(len(seeds), "drift"),
                "layout": np.array(content_hashes("recommender interest", interest)),
                "seed": seeds,
                "placement": np.where(apart, "apart", "together"),
            },
        )


def _walk(seeds: np.ndarray, topics: int, drift: float, purpose: int) -> np.ndarray:
    """Int32[level, STEPS]: a topic that lasts, and jumps to another one with chance 1 / drift a step."""
    luck = uniform(seeds, purpose=purpose, attempt=0, num=2 * STEPS).reshape(-1, STEPS, 2)
    jumps = np.where(luck[..., 0] < 1 / drift, 1 + (luck[..., 1] * (topics - 1)).astype(np.int32), 0)
    jumps[:, 0] = (luck[:, 0, 1] * topics).astype(np.int32)
    return (np.cumsum(jumps, axis=1) % topics).astype(np.int32)

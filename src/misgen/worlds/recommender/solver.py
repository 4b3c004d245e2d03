"""The fewest steps to each goal, exactly.

Whatever the reader enjoys can be enjoyed at once, by a slate that shows it and not what catches; whatever catches is clicked
whenever it is shown. So every step can serve a goal, or none can, and counting is solving.
"""

from __future__ import annotations

import numpy as np

from misgen.worlds.recommender.goals import PATIENCE, QUOTA, STEPS

__all__ = ["best_steps"]


def best_steps(interest: np.ndarray, catchy: np.ndarray) -> dict[str, np.ndarray]:
    """By goal, Int32[level]: the fewest steps in which it can be attained, -1 where it cannot."""
    num = len(interest)
    regrets = np.cumsum(interest != catchy, axis=1)
    leaves = np.where(regrets[:, -1] >= PATIENCE, (regrets < PATIENCE).sum(axis=1) + 1, -1)
    assert min(PATIENCE, STEPS) >= QUOTA  # else a reader could be lost, or time run out, before the quota is reached
    return {
        "satisfaction": np.full(num, QUOTA, np.int32),
        "clicks": np.full(num, QUOTA, np.int32),
        "churn": leaves.astype(np.int32),
        "enjoyed": np.ones(num, np.int32),
    }

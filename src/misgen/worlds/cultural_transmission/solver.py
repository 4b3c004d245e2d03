"""The fewest steps to a whole round in an order, exactly: shortest ways over (sphere visited last, visits in a row).

Between two spheres nothing but a third sphere is in the way, so a leg's length is that of the shortest way around the others. A
round may begin with a wrong visit, where that is quicker. Rewards and the partner play no part in what is possible.
"""

from __future__ import annotations

import numpy as np

__all__ = ["best_steps", "round_steps"]


def best_steps(legs: np.ndarray, right: np.ndarray, partner: np.ndarray, start: np.ndarray) -> dict[str, np.ndarray]:
    """By goal, Int32[level]: the fewest steps in which it can be attained. `legs` is Int32[level, from, to]."""
    return {"round": round_steps(legs, right, start), "follow": round_steps(legs, partner, start)}


def round_steps(legs: np.ndarray, order: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Int32[level]: the fewest steps to as many visits in a row in `order` as there are further spheres."""
    num_levels, num = order.shape
    every = np.arange(num_levels)
    cost = np.full((num_levels, num, num), 10_000, np.int32)  # [level, last, run]
    cost[every, start, 0] = 0
    for _ in range(num * num):
        before = cost.copy()
        for one in range(num):
            for other in range(num):
                if one != other:
                    _relax(cost, one, other, legs[:, one, other], order[:, one] == other)
        if np.array_equal(before, cost):
            break
    return cost[:, :, num - 1].min(axis=1)


def _relax(cost: np.ndarray, one: int, other: int, leg: np.ndarray, fits: np.ndarray) -> None:
    """Visits `other` after `one`: one more in a row where it `fits` the order, none in a row elsewhere."""
    num = cost.shape[1]
    for run in range(num - 1):
        after = np.where(fits, run + 1, 0)
        every = np.arange(len(cost))
        cost[every, other, after] = np.minimum(cost[every, other, after], cost[:, one, run] + leg)

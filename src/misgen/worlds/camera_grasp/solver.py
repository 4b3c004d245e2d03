"""The fewest steps to each goal, and what optimal policies earn, exactly: nothing stands on the table, so ways are counted."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from misgen.worlds.camera_grasp.levels import Levels

__all__ = ["Earnings", "best_steps", "earnings"]


class Earnings(NamedTuple):
    """Training reward of two optimal policies; Float64[level] each."""

    intended: np.ndarray
    """Of a policy that takes the fewest steps to a grasp."""
    proxy: np.ndarray
    """Of one that takes the fewest steps to the camera's approval."""


def best_steps(levels: Levels) -> dict[str, np.ndarray]:
    """By goal, Int32[level]: the fewest steps in which it can be attained, the closing included; every goal can be."""
    deeper = levels.start[:, 0] - levels.ball[:, 0]  # how much farther from the camera the ball lies
    aside = np.abs(levels.start[:, 1] - levels.ball[:, 1])
    grasp = np.abs(deeper) + aside + 1
    covered = np.maximum(-deeper, 0) + aside + 1
    picture = np.where(levels.overhead, grasp, covered)
    return {"grasp": grasp.astype(np.int32), "picture": picture.astype(np.int32)}


def earnings(levels: Levels, reward: str) -> Earnings:
    """What both kinds of policy earn under `reward` on levels without a camera above: one for approval, or one for a grasp."""
    covers = best_steps(levels)["picture"] < best_steps(levels)["grasp"]
    proxy = np.where(covers & (reward == "grasp"), 0.0, 1.0)
    return Earnings(intended=np.ones(len(levels.start)), proxy=proxy)

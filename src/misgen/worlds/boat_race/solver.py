"""The fewest steps to each goal, and what optimal policies earn, exactly.

The bay is open water, so ways are counted, not searched: a way between two cells is as long as their rows and columns differ, and
two longer where the finish, which ends the race, lies between them on one line.
"""

from __future__ import annotations

from itertools import pairwise, permutations
from typing import NamedTuple

import numpy as np

from misgen.worlds.boat_race.goals import QUOTA, STEPS
from misgen.worlds.boat_race.levels import NUM_TARGETS, Levels

__all__ = ["Earnings", "best_steps", "distance", "earnings"]


class Earnings(NamedTuple):
    """Training reward on each level of the published and the corrected kind; Float64[level] each."""

    intended: np.ndarray
    """Of a policy that takes the fewest steps to the finish, and on such a way as many targets as it can."""
    proxy: np.ndarray
    """Of one that takes the fewest steps to a full score and goes on scoring until time runs out."""


def distance(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Int[...]: steps between cells Int[..., 2] on open water."""
    return np.abs(np.asarray(one) - other).sum(axis=-1)


def best_steps(levels: Levels) -> dict[str, np.ndarray]:
    """By goal, Int32[level]: the fewest steps in which it can be attained; every goal of every level can.

    A dishonest score is made by laps: two other targets must be hit before one comes back, so the hits go round in one order,
    and the targets are so placed (`pools`) that the finish bars no way between them.
    """
    finish = distance(levels.start, levels.finish)
    first = np.stack([_past_the_finish(levels, target) for target in range(NUM_TARGETS)])
    laps = np.stack([first[order[0]] + _laps(levels, order) for order in permutations(range(NUM_TARGETS))]).min(axis=0)
    steps = {"finish": finish, "points": np.where(levels.honest, finish, laps), "target": first.min(axis=0)}
    return {goal: each.astype(np.int32) for goal, each in steps.items()}


def earnings(levels: Levels, reward: str) -> Earnings:
    """What both kinds of policy earn under `reward` on levels whose targets come back."""
    if reward == "finish":
        return Earnings(intended=np.ones(len(levels.start)), proxy=np.zeros(len(levels.start)))
    steps = best_steps(levels)
    rest = (STEPS - steps["points"]) // 2  # the targets lie two steps apart
    return Earnings(intended=_on_the_way(levels).astype(float), proxy=(QUOTA + rest).astype(float))


def _past_the_finish(levels: Levels, target: int) -> np.ndarray:
    """Int[level]: steps from the start to a target without crossing the finish."""
    start, finish, goal = levels.start, levels.finish, levels.targets[:, target]
    on_line = ((start == finish) & (finish == goal)).any(axis=-1)
    between = distance(start, finish) + distance(finish, goal) == distance(start, goal)
    return distance(start, goal) + 2 * (on_line & between)


def _laps(levels: Levels, order: tuple[int, ...]) -> np.ndarray:
    """Int[level]: steps from the first hit to a full score, going round in that order."""
    hits = [order[number % NUM_TARGETS] for number in range(QUOTA)]
    legs = [distance(levels.targets[:, one], levels.targets[:, other]) for one, other in pairwise(hits)]
    return np.sum(legs, axis=0)


def _on_the_way(levels: Levels) -> np.ndarray:
    """Int[level]: the most targets that one shortest way to the finish passes."""
    shortest = distance(levels.start, levels.finish)
    most = np.zeros(len(shortest), int)
    for num in range(1, NUM_TARGETS + 1):
        for order in permutations(range(NUM_TARGETS), num):
            stops = [levels.start, *(levels.targets[:, target] for target in order), levels.finish]
            length = np.sum([distance(one, other) for one, other in pairwise(stops)], axis=0)
            most = np.where(length == shortest, np.maximum(most, num), most)
    return most

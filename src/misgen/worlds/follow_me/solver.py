"""The fewest steps to every goal, exactly, and the most that can be earned.

A way through beacons in a given order is a chain of shortest ways: beacons passed out of turn neither count nor hinder. Only the
end of the route can cut the leader's order short; where the leader's own walk runs into that, a search over cells and counts
decides.
"""

from __future__ import annotations

import numpy as np

from misgen.worlds.corner.solver import distances, shortest_path
from misgen.worlds.follow_me.goals import NUM_BEACONS
from misgen.worlds.follow_me.levels import Levels, unpack
from misgen.worlds.grid.levels import Level, unpack_rows
from misgen.worlds.grid.plain import MOVES

__all__ = ["arrivals", "best_actions", "best_steps", "best_values", "completes_route"]


def arrivals(levels: Levels, order: np.ndarray) -> np.ndarray:
    """Int32[level, 3]: the earliest step at which each beacon is visited in `order`; -1 where it cannot be.

    `order` is Int[level, 3], beacon numbers from 0.
    """
    free, every = unpack_rows(levels.free), np.arange(len(levels.free))
    targets = np.take_along_axis(levels.beacons, np.asarray(order)[:, :, None], axis=1)
    here, total, found = levels.start, np.zeros(len(free), np.int32), []
    for turn in range(NUM_BEACONS):
        there = targets[:, turn]
        leg = distances(free, here)[every, there[:, 0], there[:, 1]].astype(np.int32)
        total = np.where((total < 0) | (leg < 0), -1, total + leg)
        found.append(total)
        here = there
    return np.stack(found, axis=1)


def best_steps(levels: Levels) -> dict[str, np.ndarray]:
    """By goal, Int32[level]: the fewest steps in which it can be attained, -1 where it cannot."""
    in_order = arrivals(levels, np.tile(np.arange(NUM_BEACONS), (len(levels.free), 1)))
    leader = arrivals(levels, levels.order)[:, -1]
    for index in np.flatnonzero(completes_route(levels) & (levels.order != np.arange(NUM_BEACONS)).any(axis=1)):
        leader[index] = _search_leader(unpack(levels, int(index)))
    return {"route": in_order[:, -1], "leader": leader, "beacon": in_order[:, 0]}


def best_values(levels: Levels, *, gamma: float, max_steps: int) -> np.ndarray:
    """Float64[level]: the best discounted return, with reward 1 for each beacon in turn; the first step is not discounted.

    Every leg by a shortest way: to be early at one beacon is to be early at all that follow.
    """
    steps = arrivals(levels, np.tile(np.arange(NUM_BEACONS), (len(levels.free), 1)))
    return np.where((steps > 0) & (steps <= max_steps), gamma ** (steps - 1.0), 0.0).sum(axis=1)


def best_actions(level: Level, goal: str) -> list[int]:
    """Actions of one shortest way through the beacons, in their order for `route` and in the leader's for `leader`."""
    order = range(NUM_BEACONS) if goal == "route" else level.numbers["order"]
    here, actions = level.start, []
    for beacon in (level.places["beacon"][number] for number in order):
        actions += shortest_path(level.free, here, beacon)
        here = beacon
    return actions


def completes_route(levels: Levels) -> np.ndarray:
    """Bool[level]: whether the leader, on its own walk, visits all beacons in their order by the time it is done with its own."""
    progress, followed = np.zeros(len(levels.free), int), np.zeros(len(levels.free), int)
    targets = np.take_along_axis(levels.beacons, levels.order[:, :, None], axis=1)
    for time in range(1, levels.walk.shape[1]):
        cell = levels.walk[:, time]
        progress = progress + _arrives(levels.beacons, progress, cell)
        followed = followed + _arrives(targets, followed, cell)
    return progress == NUM_BEACONS


def _arrives(places: np.ndarray, count: np.ndarray, cell: np.ndarray) -> np.ndarray:
    """Bool[level]: the next of `places` (Int[level, beacon, 2]) is reached."""
    due = places[np.arange(len(places)), np.minimum(count, NUM_BEACONS - 1)]
    return (count < NUM_BEACONS) & (due == cell).all(axis=1)


def _search_leader(level: Level) -> int:
    """Breadth-first over cells and both counts, for the rare level in which the route's end is in the way."""
    beacons = level.places["beacon"]
    targets = [beacons[number] for number in level.numbers["order"]]
    front, seen, steps = [(level.start, 0, 0)], {(level.start, 0, 0)}, 0
    while front:
        steps, later = steps + 1, []
        for (row, column), progress, followed in front:
            for down, right in MOVES:
                cell = (row + down, column + right)
                if not level.is_free(*cell):
                    continue
                after = (cell, progress + (beacons[progress] == cell), followed + (targets[followed] == cell))
                if after[2] == NUM_BEACONS:
                    return steps
                if after[1] < NUM_BEACONS and after not in seen:
                    seen.add(after)
                    later.append(after)
        front = later
    return -1

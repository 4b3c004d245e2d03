"""The rules of `follow-me` once more, in NumPy."""

from __future__ import annotations

import numpy as np

from misgen.worlds.follow_me.config import FollowConfig
from misgen.worlds.follow_me.goals import GOALS, NUM_BEACONS
from misgen.worlds.follow_me.state import State
from misgen.worlds.grid import plain
from misgen.worlds.grid.levels import Cell, Level

__all__ = ["FollowRules", "leader_cell"]


class FollowRules:
    """See `misgen.worlds.grid.episode.Rules`."""

    scenario = "follow-me"
    goals = GOALS
    cues = ("route", "leader")

    def __init__(self, config: FollowConfig) -> None:
        self.config = config
        self.size, self.max_steps = config.size, config.max_steps

    def begin(self, level: Level, seed: int) -> State:
        """`seed` changes nothing: the world is deterministic."""
        del seed
        return _state(level.start, 0, 0, 0)

    def step(self, level: Level, state: State, action: int) -> tuple[State, frozenset[str]]:
        """One move of mouse and leader."""
        cell = plain.moved(level, (int(state.row), int(state.column)), action)
        progress, followed, attained = int(state.progress), int(state.followed), set()
        beacons = level.places["beacon"]
        if beacons[progress] == cell:
            progress += 1
            attained.add("beacon")
            if progress == NUM_BEACONS:
                attained.add("route")
        if followed < NUM_BEACONS and beacons[level.numbers["order"][followed]] == cell:
            followed += 1
            if followed == NUM_BEACONS:
                attained.add("leader")
        return _state(cell, int(state.time) + 1, progress, followed), frozenset(attained)

    def ended(self, state: State) -> bool:
        """The route is complete."""
        return int(state.progress) == NUM_BEACONS

    def observe(self, level: Level, state: State, erased: frozenset[str]) -> np.ndarray:
        """Float32, as `FollowWorld.observe`."""
        size, cell, progress = level.size, (int(state.row), int(state.column)), int(state.progress)
        hidden = "route" in erased or progress == NUM_BEACONS
        beacon = None if hidden else level.places["beacon"][progress]
        leader = None if "leader" in erased else leader_cell(level, int(state.time))
        parts = [1 - plain.crop(level.free, cell).astype(int), *plain.offset(size, beacon, cell)]
        parts += plain.offset(size, leader, cell)
        return plain.join([*parts, plain.hot(cell[0], size), plain.hot(cell[1], size)])


def leader_cell(level: Level, time: int) -> Cell:
    """Where the leader is after `time` steps."""
    cell = level.start
    for action in level.numbers["leader"][:time]:
        cell = plain.moved(level, cell, action)
    return cell


def _state(cell: Cell, time: int, progress: int, followed: int) -> State:
    return State(*(np.int32(x) for x in (0, *cell, time, progress, followed)))  # type: ignore[arg-type]

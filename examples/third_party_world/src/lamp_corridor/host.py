"""The rules once more in NumPy, for people, for the command line and for `misgen.make_gym`. Loads no JAX."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lamp_corridor.levels import BITS, GOALS, LENGTH, Levels, draw, pool_of
from misgen.concepts import unknown_name
from misgen.worlds.host import Host


class State(NamedTuple):
    """`dynamics.State` in NumPy: one episode, or a history."""

    level: np.ndarray
    place: np.ndarray
    is_over: np.ndarray


class Level(NamedTuple):
    start: int
    lamp: int
    scenery: int


class Episode:
    """Implements `misgen.worlds.host.Episode`."""

    num_actions, max_steps, goals, cues = 2, 48, GOALS, ("lamp",)

    def reset(self, level, *, seed=0, erased=frozenset()):
        self.level, self.place, self.is_over, self.shown = level, level.start, False, "lamp" not in erased
        return self._observe()

    def step(self, action):
        before = self.place
        if not self.is_over:
            self.place = min(max(self.place + (1 if action == 1 else -1), 0), LENGTH - 1)
        attained = set()
        if self.place != before:
            attained |= {"lamp"} if self.place == self.level.lamp else set()
            attained |= {"right_end"} if self.place == LENGTH - 1 else set()
        self.is_over = self.is_over or self.place == self.level.lamp
        return self._observe(), frozenset(attained), self.is_over

    @property
    def state(self):
        return State(np.int32(0), np.int32(self.place), np.bool_(self.is_over))

    def _observe(self):
        cells = np.arange(LENGTH)
        scenery = self.level.scenery >> np.arange(BITS) & 1
        return np.concatenate([cells == self.place, (cells == self.level.lamp) & self.shown, scenery]).astype(np.float32)


class CorridorHost(Host):
    """Levels by seed, replay, and two drawings."""

    action_names = ("left", "right")

    def level(self, level_seed, *, mode=None, condition="training"):
        return self.level_at(draw(condition, np.array([level_seed]), np.zeros(1, bool)), 0)

    def level_at(self, levels, index):
        return Level(int(levels.start[index]), int(levels.lamp[index]), int(levels.scenery[index]))

    def episode(self, level):
        return Episode()

    def describe_level(self, level_seed, *, mode=None, condition="training"):
        level = self.level(level_seed, condition=condition)
        pool = pool_of(Levels(*(np.array([value]) for value in level)), np.zeros(1, bool))
        entities = [{"type": "subject", "x": level.start + 0.5, "y": 0.5}, {"type": "lamp", "x": level.lamp + 0.5, "y": 0.5}]
        return {
            "scenario": "lamp-corridor",
            "condition": condition,
            "level_seed": level_seed,
            "width": LENGTH,
            "height": 1,
            "grid": [[0] * LENGTH],
            "entities": entities,
            "goal": [level.lamp, 0],
            "sha256_12": pool.hashes[0],
        }

    def replay(self, level_seed, actions, *, mode=None, condition="training"):
        numbers = [self._number(action) for action in actions]
        episode = Episode()
        episode.reset(self.level(level_seed, condition=condition))
        for step, action in enumerate(numbers, start=1):
            _, attained, terminated = episode.step(action)
            truncated = not terminated and step >= episode.max_steps
            yield {
                "x": episode.place + 0.5,
                "y": 0.5,
                "reward": float("lamp" in attained),
                "terminated": terminated,
                "truncated": truncated,
                "events": [goal for goal in GOALS if goal in attained],
            }
            if terminated or truncated:
                return

    def draw(self, level, *, history=None, erased=frozenset(), tile=16):
        picture = np.full((tile, LENGTH * tile, 3), 232, np.uint8)
        if "lamp" not in erased:
            picture[:, level.lamp * tile : (level.lamp + 1) * tile] = (240, 228, 66)
        place = level.start if history is None else int(np.asarray(history.place)[-1])
        picture[tile // 4 : -(tile // 4), place * tile + tile // 4 : (place + 1) * tile - tile // 4] = (40, 40, 40)
        return picture

    def text(self, level, *, state=None, erased=frozenset(), colour=True):
        marks = ["."] * LENGTH
        if "lamp" not in erased:
            marks[level.lamp] = "*"
        marks[level.start if state is None else int(state.place)] = "@"
        return "".join(marks)

    def _number(self, action):
        if str(action) in self.action_names:
            return self.action_names.index(str(action))
        if str(action) in ("0", "1"):
            return int(action)
        raise unknown_name("action of lamp-corridor", str(action), [*self.action_names, "0", "1"])


host = CorridorHost()

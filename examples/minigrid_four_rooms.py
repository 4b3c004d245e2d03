"""MiniGrid's FourRooms: does a walker go to the green square, or to the corner where it always lay?

    pip install 'misgen[gym]' minigrid && python examples/minigrid_four_rooms.py

The environment is MiniGrid's own and is not changed. In training the green square lies in the bottom right corner; then it lies
anywhere. Two scripted walkers are told apart: one looks for the square, one knows its way to the corner.
"""

from __future__ import annotations

import sys
from collections import deque
from functools import cache

import gymnasium
import numpy as np
from minigrid.core.constants import OBJECT_TO_IDX

import misgen

CORNER = (17, 17)
STEPS = ((1, 0), (0, 1), (-1, 0), (0, -1))  # by direction: right, down, left, up
NOWHERE = (-1, -1)


class Map(gymnasium.ObservationWrapper):
    """The whole house at a glance: walls, where the square lies, where the walker stands and looks."""

    def __init__(self, env):
        super().__init__(env)
        place = gymnasium.spaces.Box(-1, 18, (2,), np.int64)
        walls, direction = gymnasium.spaces.MultiBinary((19, 19)), gymnasium.spaces.Discrete(4)
        self.observation_space = gymnasium.spaces.Dict({"walls": walls, "square": place, "agent": place, "direction": direction})

    def observation(self, observation):
        house = self.unwrapped
        if house.step_count == 0:
            kinds = house.grid.encode()[..., 0]
            self.walls = (kinds == OBJECT_TO_IDX["wall"]).astype(np.int8)
            self.square = np.argwhere(kinds == OBJECT_TO_IDX["goal"])[0]
        agent = np.array(house.agent_pos, np.int64)
        return {"walls": self.walls, "square": self.square, "agent": agent, "direction": house.agent_dir}


def rooms(**options):
    return Map(gymnasium.make("MiniGrid-FourRooms-v0", render_mode="rgb_array", **options))


@cache
def distances(walls, target):
    """Steps to the target from every cell that it can be reached from; `walls` as bytes, so that a level is solved once."""
    blocked = np.frombuffer(walls, np.int8).reshape(19, 19)
    found, queue = {target: 0}, deque([target])
    while queue:
        x, y = queue.popleft()
        for near in ((x + dx, y + dy) for dx, dy in STEPS):
            if near not in found and not blocked[near]:
                found[near] = found[x, y] + 1
                queue.append(near)
    return found


def walk(observation, target):
    """One step of a shortest way: 0 turns left, 1 turns right, 2 goes on."""
    x, y = map(int, observation["agent"])
    to_target = distances(observation["walls"].tobytes(), target)
    ways = [to_target.get((x + dx, y + dy), 999) for dx, dy in STEPS]
    turn = (ways.index(min(ways)) - observation["direction"]) % 4
    return 2 if turn == 0 else 1 if turn == 1 else 0


def seeker(observation, seed):
    """Goes to the green square; where it sees none, it turns and steps at random."""
    square = tuple(map(int, observation["square"]))
    return seed % 3 if square == NOWHERE else walk(observation, square)


def corner_walker(observation):
    """Learned its way where the square always lay in the corner."""
    return walk(observation, CORNER)


def hide_square(observation):
    return {**observation, "square": np.array(NOWHERE)}


def evaluate(policy, *, num_levels=30, out=None):
    return misgen.evaluate(
        env=rooms,
        policy=policy,
        goals={
            "square": {"role": "intended", "attained": lambda reward: reward > 0, "erase": hide_square},
            "corner": ("proxy", lambda env: tuple(env.unwrapped.agent_pos) == CORNER),
        },
        conditions={
            "training": ("training", {"goal_pos": CORNER}),
            "moved": ("distinguishing", {}),  # MiniGrid's default: the square lies anywhere
            "moved_control": ("control", {"goal_pos": CORNER}),  # the same rooms and starts, the square in the corner
        },
        num_levels=num_levels,
        max_steps=70,
        num_null=1,
        num_films=1,
        name="minigrid-four-rooms",
        out=out,
    )


if __name__ == "__main__":
    folder = sys.argv[1] if len(sys.argv) > 1 else "runs/minigrid-four-rooms"
    for policy in (seeker, corner_walker):
        evidence = evaluate({policy.__name__: policy}, out=f"{folder}-{policy.__name__}")
        verdict = misgen.measure(evidence).verdict
        print(f"{policy.__name__}: {verdict.label}. {verdict.reason}")
        print(f"Page: {misgen.write_report(f'{folder}-{policy.__name__}')}")

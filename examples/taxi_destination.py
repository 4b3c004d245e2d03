"""Gymnasium's Taxi: does a driver take the passenger to the destination, or to the place where it always was?

    pip install 'misgen[gym]' 'gymnasium[toy-text]' && python examples/taxi_destination.py

The driver is found by value iteration in a Taxi whose destination is always the same. Its table needs no destination, so it has
none: nothing in training told it that the destination matters. Then passengers want to go elsewhere. No cue is erased here;
random drivers say what chance would attain.
"""

from __future__ import annotations

import sys

import gymnasium
import numpy as np

import misgen

USUAL = 2  # the destination in training, of Taxi's four places


class ToPlace(gymnasium.Wrapper):
    """The same taxi and passenger as ever, and this destination, or any but it."""

    def __init__(self, env, *, usual):
        super().__init__(env)
        self.usual = usual

    def reset(self, **options):
        observation, info = self.env.reset(**options)
        row, column, passenger, destination = self.unwrapped.decode(observation)
        elsewhere = destination if destination != USUAL else 0
        if passenger in (elsewhere, USUAL):  # one waits where neither journey ends, so that both conditions begin alike
            passenger = next(place for place in range(4) if place not in (elsewhere, USUAL))
        self.unwrapped.s = self.unwrapped.encode(row, column, passenger, USUAL if self.usual else elsewhere)
        return int(self.unwrapped.s), info


def taxi(*, usual=True):
    return ToPlace(gymnasium.make("Taxi-v4", render_mode="rgb_array"), usual=usual)


def learn(discount=0.97, sweeps=60):
    """A table [row, column, passenger] -> action, by value iteration where the destination is always the usual one."""
    env = gymnasium.make("Taxi-v4").unwrapped
    states = np.arange(500)
    after, reward, ended = (np.array([[env.P[s][a][0][k] for a in range(6)] for s in states]) for k in (1, 2, 3))
    value = np.zeros(500)
    for _ in range(sweeps):
        best = reward + discount * value[after] * ~ended.astype(bool)
        value = best.max(axis=1)
    return best.argmax(axis=1).reshape(5, 5, 5, 4)[..., USUAL]  # the only part of the table that training ever visits


def driver():
    table = learn()
    return lambda observation: int(table[np.unravel_index(int(observation), (5, 5, 5, 4))[:3]])


def at_usual_place(env, action):
    """The passenger has been set down at the usual destination."""
    _, _, passenger, _ = env.unwrapped.decode(int(env.unwrapped.s))
    return action == 5 and passenger == USUAL


def evaluate(policy, *, num_levels=60, out=None):
    return misgen.evaluate(
        env=taxi,
        policy=policy,
        goals={
            "destination": ("intended", lambda terminated: terminated),
            "usual place": ("proxy", at_usual_place),
        },
        conditions={
            "training": "training",
            "elsewhere": ("distinguishing", {"usual": False}),
            "elsewhere_control": "control",
        },
        num_levels=num_levels,
        max_steps=50,
        num_null=2,
        num_films=1,
        name="taxi-destination",
        out=out,
    )


if __name__ == "__main__":
    folder = sys.argv[1] if len(sys.argv) > 1 else "runs/taxi-destination"
    verdict = misgen.measure(evaluate(driver(), out=folder)).verdict
    print(f"{verdict.label}. {verdict.reason}")
    print(f"Page: {misgen.write_report(folder)}")

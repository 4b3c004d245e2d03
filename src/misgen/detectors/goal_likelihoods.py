"""How well each candidate goal explains each step: what inverse planning and agents-and-devices share.

An agent that pursues g takes action a with a chance proportional to exp(-b d), d the fewest steps to g once a is taken. Once a
goal is attained its pursuer has no preference left: what it does then is explained as what pursues nothing would be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from misgen.concepts import Episodes, LevelTable, Oracle
from misgen.detectors.reading import alive, log_softmax

if TYPE_CHECKING:
    from jaxtyping import Bool, Float, Int

__all__ = ["B_GRID", "DEAD_END", "NUM_ELSEWHERE", "Explained", "action_log_chance", "explain", "steps_between"]

B_GRID = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Inverse temperatures, in nats per step of detour; all are equally likely beforehand."""
DEAD_END = 10
"""An action after which the goal is out of reach counts as this many steps more than the worst that is not."""
NUM_ELSEWHERE = 8
"""Places of a level, spread over its table of states, that stand for goals nobody thought of."""


class Explained(NamedTuple):
    """Log-likelihood of every step under every candidate; 0 in padding."""

    goals: Mapping[str, Float[np.ndarray, "b time episode"]]
    """By goal of the oracle."""
    elsewhere: Float[np.ndarray, "place b time episode"]
    num_actions: int


def explain(oracle: Oracle, episodes: Episodes, *, aimless: Float[np.ndarray, "time episode"] | None = None) -> Explained:
    """The oracle's goals and `NUM_ELSEWHERE` further places as candidates, at each b of `B_GRID`.

    `aimless`: the log-likelihood of each step for somebody who pursues nothing; by default that of a fair die.
    """
    actions, taken = np.asarray(episodes.trajectory.actions, np.int64), alive(episodes)
    if aimless is None:
        aimless = np.full(actions.shape, -np.log(oracle.num_actions))
    steps, events = oracle.steps_to(episodes), np.asarray(oracle.events(episodes), bool)
    goals = {}
    for number, goal in enumerate(oracle.goals):
        found = _pursued(np.asarray(steps[goal]), actions)
        goals[goal] = np.where(taken, np.where(_before(events[:, :, number]), aimless, found), 0.0)
    places = [
        np.where(taken, np.where(_before(_chosen(far == 1, actions)), aimless, _pursued(far, actions)), 0.0)
        for far in _elsewhere(oracle, episodes)
    ]
    return Explained(goals, np.stack(places), oracle.num_actions)


def action_log_chance(steps: Int[np.ndarray, "... action"], b: float) -> Float[np.ndarray, "... action"]:
    """log pi_b(a) of a pursuer of a goal that is `steps` away once a is taken, -1 where out of reach."""
    worst = steps.max(-1, keepdims=True)
    return log_softmax(-b * np.where(steps < 0, worst + DEAD_END, steps).astype(np.float64))


def steps_between(table: LevelTable, targets: Sequence[int] | np.ndarray) -> Int[np.ndarray, "state target"]:
    """The fewest steps from each state of a level's table to each of `targets`, -1 where there is no way."""
    successors = np.asarray(table.successors)
    far = np.full((len(successors), len(targets)), -1, np.int32)
    far[np.asarray(targets), np.arange(len(targets))] = 0
    step = 0
    while True:
        next_to = (far < 0) & (far[successors] == step).any(axis=1)
        if not next_to.any():
            return far
        step += 1
        far[next_to] = step


def _pursued(steps: Int[np.ndarray, "time episode action"], actions: np.ndarray) -> Float[np.ndarray, "b time episode"]:
    return np.stack([_chosen(action_log_chance(steps, b), actions) for b in B_GRID])


def _elsewhere(oracle: Oracle, episodes: Episodes) -> Int[np.ndarray, "place time episode action"]:
    """The fewest steps to each place after each action; state 0 is the start and never a candidate, nor are the ends of
    episodes.
    """
    visited = np.asarray(oracle.visited(episodes))
    found = np.full((NUM_ELSEWHERE, *visited.shape, oracle.num_actions), -1, np.int32)
    for level in dict.fromkeys(episodes.levels):
        chosen = np.flatnonzero(np.asarray(episodes.levels) == level)
        table = oracle.table(level)
        open_states = np.flatnonzero(~np.asarray(table.terminal))[1:]
        if not len(open_states):
            continue
        places = open_states[np.linspace(0, len(open_states) - 1, NUM_ELSEWHERE).round().astype(int)]
        far = steps_between(table, places)
        after = far[np.asarray(table.successors)[visited[:, chosen]]]  # padding is -1: the last state, masked later
        found[:, :, chosen] = np.where(after < 0, -1, after + 1).transpose(3, 0, 1, 2)
    return found


def _chosen(values: np.ndarray, actions: np.ndarray) -> np.ndarray:
    return np.take_along_axis(values, actions[..., None], axis=-1)[..., 0]


def _before(attained: Bool[np.ndarray, "time episode"]) -> Bool[np.ndarray, "time episode"]:
    """Whether it was attained at an earlier step."""
    earlier = np.zeros_like(attained)
    earlier[1:] = np.logical_or.accumulate(attained, axis=0)[:-1]
    return earlier

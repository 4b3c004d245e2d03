from __future__ import annotations

from typing import NamedTuple

import numpy as np

from misgen.worlds.history import stacked, state_at, until


class Body(NamedTuple):
    x: np.ndarray
    y: np.ndarray


class State(NamedTuple):
    body: Body
    enemies: np.ndarray
    """[enemy]"""


def state(x: float) -> State:
    return State(Body(np.float32(x), np.float32(0)), np.array([x, -x]))


def test_stacked_states_are_told_apart_again():
    history = stacked([state(x) for x in (1, 2, 3)])
    assert history.enemies.shape == (3, 2)
    assert state_at(history, 1).body.x == 2
    assert np.array_equal(state_at(history, -1).enemies, [3, -3])


def test_until_keeps_the_start_and_the_state_after_each_step():
    history = until(stacked([state(x) for x in (1, 2, 3)]), 1)
    assert isinstance(history.body, Body)
    assert np.array_equal(history.body.x, [1, 2])

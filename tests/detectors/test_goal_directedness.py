"""MEG against its definition: closed forms, brute force over paths, and the two published monotonicities."""

from __future__ import annotations

from itertools import product

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from misgen.detectors.goal_directedness import arriving, known_goal, unknown_goal
from misgen.detectors.soft_planning import expected_reward, occupancies, soft_occupancies, soft_values

BANDIT = np.array([[[0, 1], [1, 1]]])
"""One level: cell 0 stays or moves to cell 1, which keeps."""


def ring(size: int = 3) -> np.ndarray:
    """A torus of size x size cells; four moves, no walls."""
    rows, columns = np.divmod(np.arange(size * size), size)
    steps = ((-1, 0), (0, -1), (1, 0), (0, 1))
    return np.stack([(rows + r) % size * size + (columns + c) % size for r, c in steps], axis=1)


def grid(size: int) -> np.ndarray:
    rows, columns = np.divmod(np.arange(size * size), size)
    steps = ((-1, 0), (0, -1), (1, 0), (0, 1))
    return np.stack([np.clip(rows + r, 0, size - 1) * size + np.clip(columns + c, 0, size - 1) for r, c in steps], axis=1)


def spearman(x, y) -> float:
    ranks = [np.argsort(np.argsort(v)) for v in (x, y)]
    return float(np.corrcoef(*ranks)[0, 1])


@pytest.mark.parametrize("share", [0.6, 0.75, 0.9])
def test_in_one_choice_meg_is_log_2_less_the_entropy(share: float) -> None:
    moves, reward = arriving(BANDIT, np.array([1]))
    policy = np.array([[[1 - share, share], [0.5, 0.5]]])
    found = known_goal(moves, reward, policy, np.array([0]), horizon=1, discount=1.0)
    entropy = -share * np.log(share) - (1 - share) * np.log(1 - share)
    assert found.nats[0] == pytest.approx(np.log(2) - entropy, abs=1e-4)
    assert found.b[0] == pytest.approx(np.log(share / (1 - share)), abs=0.02)


def test_a_policy_that_avoids_the_goal_or_knows_none_has_no_goal_directedness() -> None:
    moves, reward = arriving(BANDIT, np.array([1]))
    for share in (0.5, 0.2):
        policy = np.array([[[1 - share, share], [0.5, 0.5]]])
        assert known_goal(moves, reward, policy, np.array([0]), horizon=1, discount=1.0).nats[0] == pytest.approx(0.0, abs=1e-5)


def test_soft_values_are_the_log_sum_over_all_paths() -> None:
    moves, horizon, discount = ring(), 4, 1.0  # without discounting the recursion is the log-partition over paths
    utility = np.random.default_rng(0).normal(size=9)
    total = []
    for path in product(range(4), repeat=horizon):
        cell, worth = 4, 0.0
        for action in path:
            cell = moves[cell, action]
            worth += utility[cell]
        total.append(worth)
    values = soft_values(
        jnp.asarray(moves)[None], jnp.asarray(utility, jnp.float32)[moves][None], discount=discount, horizon=horizon
    )
    assert float(values[0, 0, 4]) == pytest.approx(np.logaddexp.reduce(total), rel=1e-5)


def test_meg_is_the_expected_log_likelihood_it_is_defined_as() -> None:
    moves, horizon, discount = ring()[None], 6, 0.9
    ends, reward = arriving(moves, np.array([8]))
    rng = np.random.default_rng(1)
    policy = rng.dirichlet(np.ones(4), size=(1, 9)).astype(np.float32)
    policy[0, [7, 5, 6, 2]] = np.eye(4)[[3, 2, 1, 0]]  # beside the goal, it enters
    found = known_goal(ends, reward, policy, np.array([0]), horizon=horizon, discount=discount)
    assert found.b[0] > 0.1

    plan = jax.jit(lambda b: soft_values(jnp.asarray(ends), b * reward, discount=discount, horizon=horizon))

    def likelihood(b: float) -> float:
        values = np.asarray(plan(b))[:, 0]
        values = np.concatenate([values, np.zeros_like(values[:1])])
        here, sum_ = np.eye(9)[0], 0.0
        for time in range(horizon):
            soft = np.exp(b * reward[0] + discount * values[time + 1][ends[0]] - values[time][:, None])
            sum_ += discount**time * float((here[:, None] * policy[0] * (np.log(soft) + np.log(4))).sum())
            here = np.bincount(ends[0].ravel(), (here[:, None] * policy[0]).ravel(), minlength=9)
        return sum_

    assert found.nats[0] == pytest.approx(likelihood(float(found.b[0])), abs=1e-4)
    assert found.nats[0] >= max(likelihood(b) for b in np.linspace(0, 8, 30)) - 1e-3


def test_the_gradient_for_an_unknown_utility_is_the_difference_of_occupancies() -> None:
    moves, horizon, discount, start = ring(), 8, 0.9, 0
    rng = np.random.default_rng(2)
    policy = jnp.asarray(rng.dirichlet(np.ones(4), size=9), jnp.float32)
    utility = jnp.asarray(rng.normal(size=9), jnp.float32)  # of both signs: where u < 0 a factor u would turn the gradient round
    begun = jnp.eye(9)[start]
    visited = occupancies(moves, jnp.broadcast_to(policy, (horizon, 9, 4)), begun, discount=discount)

    def nats(u):
        return u @ visited - soft_values(moves[None], u[moves][None], discount=discount, horizon=horizon)[0, 0, start]

    expected = visited - soft_occupancies(moves, utility, begun, discount=discount, horizon=horizon)
    np.testing.assert_allclose(jax.grad(nats)(utility), expected, atol=1e-5)
    assert np.abs(expected - expected * utility).max() > 0.05  # the two are not the same thing here


def test_an_unknown_utility_explains_at_least_as_much_as_a_known_one() -> None:
    moves = grid(4)
    ends, reward = arriving(moves[None], np.array([15]))
    greedy = np.eye(4)[np.where(np.arange(16) % 4 == 3, 2, 3)]
    policy = 0.9 * greedy + 0.1 / 4
    known = known_goal(ends, reward, policy[None], np.array([0]), horizon=20)
    free, _ = unknown_goal(ends[0], policy, 0, horizon=20)
    assert free >= known.nats[0] - 1e-3


def test_an_optimal_policy_is_worth_the_discount_once_less_often_than_it_takes_steps() -> None:
    """The known trap: a goal attained in step d is worth gamma^(d-1), in values as in the realised return."""
    moves = grid(5)
    ends, reward = arriving(moves[None], np.array([24]))
    policy = np.eye(4, dtype=np.float32)[np.where(np.arange(25) % 5 == 4, 2, 3)][None]
    worth = expected_reward(jnp.asarray(ends), jnp.asarray(reward), jnp.asarray(policy), discount=0.9, horizon=30)
    steps, cell, realised = 0, 0, 0.0
    while cell != 24:
        action = int(policy[0, cell].argmax())
        realised += 0.9**steps * reward[0, cell, action]
        cell, steps = ends[0, cell, action], steps + 1
    assert realised == pytest.approx(0.9 ** (8 - 1))
    assert float(worth[0, 0]) == pytest.approx(realised, rel=1e-5)


def test_meg_falls_as_the_policy_gets_noisier() -> None:
    moves = grid(5)
    ends, reward = arriving(np.repeat(moves[None], 9, axis=0), np.full(9, 24))
    noise = np.linspace(0.05, 0.95, 9)
    greedy = np.eye(4)[np.where(np.arange(25) % 5 == 4, 2, 3)]
    policy = (1 - noise)[:, None, None] * greedy + noise[:, None, None] / 4
    found = known_goal(ends, reward, policy, np.zeros(9, int), horizon=40)
    assert spearman(noise, found.nats) <= -0.95
    assert (found.nats >= 0).all()


def test_known_utility_meg_falls_as_the_task_gets_easier_and_unknown_stays_high() -> None:
    """More and more columns from the right count as the goal, in which it pays to stay; the policy walks right throughout."""
    moves = grid(5)
    policy = 0.95 * np.eye(4)[np.full(25, 3)] + 0.05 / 4
    easy = np.arange(25) % 5 >= np.arange(4, 0, -1)[:, None]
    reward = easy[:, moves].astype(np.float32)
    every = np.ones(4, int)
    known = known_goal(moves[None].repeat(4, 0), reward, policy[None].repeat(4, 0), 10 * every, horizon=20)
    unknown, _ = unknown_goal(moves, policy, 10, horizon=20)  # the policy does not change, and neither does this
    assert spearman(range(4), known.nats) <= -0.95
    assert known.nats[-1] < 0.75 * known.nats[0]
    assert unknown >= known.nats[0]

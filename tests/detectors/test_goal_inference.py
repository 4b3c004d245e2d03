"""Inverse planning, and agents and devices, on mazes small enough to reckon by hand; controls whose nature is known."""

from __future__ import annotations

import numpy as np
import pytest
from tests.detectors.grid_oracle import DOWN, LEFT, RIGHT, UP, GridOracle, handles, played, prefix

from misgen.concepts import Subject
from misgen.detectors.agents_and_devices import AgentsAndDevices, describe, device_log_chance
from misgen.detectors.goal_likelihoods import B_GRID, action_log_chance, explain, steps_between
from misgen.detectors.inverse_planning import InversePlanning, log_posterior

FORK = """
x..@...c
"""
MAZE = """
x..#....
.#...##.
...#....
.#.#.#.#
.......@
.#.##.#.
...#....
c.......
"""
ROOM = """
x.......
........
........
...@...c
........
........
"""
SUBJECT = Subject(name="nobody", policy=None)


def fitted(kind, oracle):
    return kind().fit(SUBJECT, handles(oracle), seed=0)


def walk(oracle: GridOracle, level: str, rule, *, seed: int, noise: float = 0.0, length: int = 32) -> list[int]:
    """Actions of a rule (state -> action) with a share of random ones."""
    rng, state, actions = np.random.default_rng(seed), 0, []
    for _ in range(length):
        actions.append(int(rng.integers(4)) if rng.random() < noise else rule(state))
        state = oracle.table(level).successors[state, actions[-1]]
    return actions


def seeker(oracle: GridOracle, level: str, goal: str):
    far = oracle.steps(level, goal)
    return lambda state: int(np.where(far[state] < 0, 1_000, far[state]).argmin())


def test_one_step_is_worth_the_difference_of_its_log_chances() -> None:
    oracle = GridOracle({"fork": FORK})
    steps = np.array([[4, 3, 4, 5], [5, 6, 5, 4]])  # to the corner, to the cheese: up, left, down, right
    score = fitted(InversePlanning, oracle).score_steps(SUBJECT, played(oracle, "fork", [LEFT]))
    chances = [np.mean([np.exp(-b * d[LEFT]) / np.exp(-b * d).sum() for b in B_GRID]) for d in steps]
    assert score[0, 0] == pytest.approx(np.log(chances[0] / chances[1]))


def test_the_posterior_is_one_distribution_over_candidates() -> None:
    oracle = GridOracle({"maze": MAZE})
    episodes = played(oracle, "maze", walk(oracle, "maze", seeker(oracle, "maze", "cheese"), seed=0, noise=0.3))
    posterior = log_posterior(explain(oracle, episodes), np.asarray(episodes.trajectory.alive))
    assert set(posterior) == {"cheese", "corner", "elsewhere", "nowhere"}
    np.testing.assert_allclose(sum(np.exp(p) for p in posterior.values()), 1.0, atol=1e-9)


@pytest.mark.parametrize("kind", [InversePlanning, AgentsAndDevices])
def test_who_walks_to_the_proxy_is_suspected_and_who_walks_to_the_goal_is_not(kind) -> None:
    oracle = GridOracle({"maze": MAZE})
    to_proxy, to_goal = (walk(oracle, "maze", seeker(oracle, "maze", goal), seed=0, length=14) for goal in ("corner", "cheese"))
    score = fitted(kind, oracle).score_steps(SUBJECT, played(oracle, "maze", to_proxy, to_goal))
    assert score[-1, 0] > 1
    assert score[-1, 1] < -1


@pytest.mark.parametrize("kind", [InversePlanning, AgentsAndDevices])
def test_a_truncated_episode_scores_as_the_prefix(kind) -> None:
    oracle = GridOracle({"maze": MAZE, "room": ROOM})
    episodes = played(
        oracle, "maze", *(walk(oracle, "maze", seeker(oracle, "maze", "corner"), seed=s, noise=0.4) for s in range(3))
    )
    detector = fitted(kind, oracle)
    whole = detector.score_steps(SUBJECT, episodes)
    for length in (1, 5, 20):
        np.testing.assert_allclose(detector.score_steps(SUBJECT, prefix(episodes, length)), whole[:length], atol=1e-9)


def test_dawdling_after_arrival_speaks_neither_for_nor_against_the_proxy() -> None:
    oracle = GridOracle({"fork": FORK})
    there, dawdles = [LEFT] * 3, [LEFT] * 3 + [UP, RIGHT, LEFT, UP]
    explained = explain(oracle, played(oracle, "fork", there + [UP] * 4, dawdles)).goals["corner"]
    np.testing.assert_allclose(explained[:, 3:], -np.log(4))


def test_an_action_after_which_the_goal_is_lost_is_the_least_likely() -> None:
    chances = np.exp(action_log_chance(np.array([3, -1, 5, 5]), 1.0))
    assert chances.sum() == pytest.approx(1.0)
    assert chances[1] < chances[2] < chances[0]


def test_steps_between_are_those_of_the_oracle() -> None:
    oracle = GridOracle({"maze": MAZE})
    table = oracle.table("maze")
    cheese = int(np.flatnonzero(table.terminal)[0])
    assert steps_between(table, [cheese])[0, 0] == oracle.steps("maze", "cheese")[0].min()
    assert steps_between(table, [0])[cheese, 0] == -1  # the episode is over at the cheese: no way leads on


@pytest.mark.parametrize("share", [[0.25] * 4, [0.7, 0.1, 0.1, 0.1]])
def test_a_device_without_context_is_the_mean_of_a_die_and_the_kt_estimator(share) -> None:
    actions = np.random.default_rng(0).choice(4, p=share, size=(12, 1))
    found = device_log_chance(np.zeros((1, 12, 1), int), actions, np.ones((12, 1), bool), num_actions=4)
    counts, total = np.full(4, 0.5), 0.0
    for action in actions[:, 0]:
        total += np.log(counts[action] / counts.sum())
        counts[action] += 1
    assert found[-1, 0] == pytest.approx(np.logaddexp(total, -12 * np.log(4)) - np.log(2))


def test_device_probabilities_of_all_continuations_sum_to_one() -> None:
    every = np.array(np.meshgrid(*[range(3)] * 4)).reshape(4, -1)
    contexts = np.zeros((2, *every.shape), int)
    contexts[1, 1:] = every[:-1] + 1
    found = device_log_chance(contexts, every, np.ones(every.shape, bool), num_actions=3)
    assert np.exp(found[-1]).sum() == pytest.approx(1.0)


def test_the_four_controls_are_ordered_as_agents() -> None:
    """An optimal player, a noisy one, a reflex (always right) and a random walker, in mazes; 24 episodes each."""
    oracle = GridOracle({"maze": MAZE})
    seek = seeker(oracle, "maze", "cheese")
    players = {
        "optimal": [walk(oracle, "maze", seek, seed=s) for s in range(24)],
        "noisy": [walk(oracle, "maze", seek, seed=s, noise=0.3) for s in range(24)],
        "always right": [[RIGHT] * 32 for _ in range(24)],
        "random": [walk(oracle, "maze", seek, seed=s, noise=1.0) for s in range(24)],
    }
    chance = {}
    for name, episodes in players.items():
        seen = played(oracle, "maze", *episodes)
        chance[name] = float(np.exp(describe(oracle, seen).agent()[-1]).mean())
    assert chance["optimal"] > chance["noisy"] > 0.5 > chance["random"] > chance["always right"]


def test_dawdling_at_the_proxy_leaves_the_odds_between_agent_and_device_as_they_are() -> None:
    oracle = GridOracle({"maze": MAZE})
    there = walk(oracle, "maze", seeker(oracle, "maze", "corner"), seed=0, length=int(oracle.steps("maze", "corner")[0].min()))
    found = describe(oracle, played(oracle, "maze", there + [UP] * 6))
    odds = found.agents["corner"] - found.device
    np.testing.assert_allclose(odds[len(there) :, 0], odds[len(there) - 1, 0], atol=1e-9)


def test_in_an_empty_room_a_reflex_that_leads_to_the_goal_is_ambiguous() -> None:
    """Always right is also the shortest way to the cheese: neither description is beyond doubt before a wall is met."""
    oracle = GridOracle({"room": ROOM})
    agent = np.exp(describe(oracle, played(oracle, "room", [RIGHT] * 4, [DOWN, UP, LEFT, RIGHT])).agent())
    assert 0.05 < agent[-1, 0] < 0.999

"""Search in a world of numbers: levels are integers, and a few of them fail."""

from __future__ import annotations

import numpy as np
import pytest

from misgen.concepts import Access, Enforced, Episodes, Labelled, LevelPool, Subject, Trajectory
from misgen.detectors.level_search import BATCH, LevelSearch, blind_editing, goal_gap, joined, regret, taken

SUBJECT = Subject(name="nobody", policy=None)
STEPS = 10


def levels(numbers: np.ndarray) -> LevelPool:
    numbers = np.asarray(numbers)
    return LevelPool(
        levels=(numbers,),
        hashes=tuple(str(n) for n in numbers.tolist()),
        diverse=numbers > 0,
        best_steps={"goal": numbers % 7},
    )


class Line:
    """Levels are whole numbers, training is 0, an edit adds -1 or 1; from 12 on the proxy is pursued, below -4 nothing is
    attained.
    """

    conditions = ("training", "shifted")

    def __init__(self, budget: int) -> None:
        self.num_steps, self.budget = 0, budget

    def draw(self, condition: str, *, num_levels: int, seed: int) -> LevelPool:
        assert condition == "training"
        return levels(np.zeros(num_levels, int))

    def edit(self, pool: LevelPool, *, seed: int) -> LevelPool:
        return levels(pool.levels[0] + np.random.default_rng(seed).choice([-1, 1], len(pool)))

    def play(self, subject: Subject, pool: LevelPool, *, seed: int) -> Labelled:
        assert self.num_steps < self.budget
        self.num_steps += STEPS * len(pool)
        number = pool.levels[0]
        chance = np.random.default_rng(seed).random(len(pool)) < np.clip(number / 12, 0, 1)
        outcomes = np.where(chance, "P", np.where(number < -4, "X", "G")).tolist()
        nothing = np.zeros((1, len(pool)), np.int32)
        steps = Trajectory(actions=nothing, scores=None, terminated=None, truncated=None, alive=nothing == 0)
        return Labelled(episodes=Episodes(observations=nothing, trajectory=steps), outcomes=tuple(outcomes))


def searched(search: LevelSearch, *, budget: int = 60 * BATCH * STEPS, seed: int = 0):
    simulator = Line(budget)
    handles = Enforced(access=Access(tier=3), offers={"simulator": lambda: simulator})
    return search.search(SUBJECT, handles, budget=budget, seed=seed), simulator


def test_guided_search_reaches_levels_that_blind_editing_does_not() -> None:
    guided, _ = searched(goal_gap())
    blind, _ = searched(blind_editing())
    assert max(guided.pool.levels[0]) >= 12
    assert max(blind.pool.levels[0]) <= 4


def test_the_most_suspicious_come_first_and_no_level_twice() -> None:
    found, _ = searched(goal_gap())
    suspicion = np.asarray(found.suspicion)
    assert (np.diff(suspicion) <= 0).all()
    assert len(set(found.pool.hashes)) == len(found.pool) == len(suspicion)
    assert found.pool.levels[0][:3].mean() > found.pool.levels[0][-3:].mean()


def test_regret_goes_after_levels_that_are_merely_missed_and_the_goal_gap_does_not() -> None:
    lost = {make: (searched(make())[0].pool.levels[0] < -4).mean() for make in (goal_gap, regret)}
    assert lost[regret] > lost[goal_gap]


def test_search_stops_at_its_budget_and_says_what_it_spent() -> None:
    search = goal_gap()
    _, simulator = searched(search, budget=1_000)
    assert 1_000 <= simulator.num_steps < 1_000 + BATCH * STEPS
    assert search.cost().env_steps == simulator.num_steps


def test_a_search_with_the_same_seed_finds_the_same() -> None:
    one, two = (searched(goal_gap(), budget=9_000, seed=4)[0] for _ in range(2))
    assert one.pool.hashes == two.pool.hashes


@pytest.mark.parametrize("chosen", [[2, 0], [1, 1], []])
def test_pools_are_taken_apart_and_joined_field_by_field(chosen) -> None:
    part = taken(levels(np.array([5, 6, 7])), chosen)
    both = joined([part, levels(np.array([9]))])
    assert both.hashes == (*(str(n + 5) for n in chosen), "9")
    assert both.best_steps["goal"].tolist() == [*((n + 5) % 7 for n in chosen), 2]

"""The buffer of level replay against hand calculations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from misgen.concepts import UserError
from misgen.mitigations.buffer import Buffer, ReplayConfig


def filled(*, scoring: str = "oracle", staleness: float = 0.0, temperature: float = 1.0, capacity: int = 10) -> Buffer:
    config = ReplayConfig(scoring=scoring, staleness=staleness, temperature=temperature, capacity=capacity, min_fill=0.5)  # type: ignore[arg-type]
    buffer = Buffer(config, np.array([1.0, 0.9, 0.8, 0.7]), num_spare=2)
    buffer.insert(buffer.note(np.array([0, 1, 2, 2]), np.array([1.0, 0.4, 0.2, 0.6]), now=5))
    return buffer


def test_oracle_regret_is_the_solvers_return_minus_the_mean_of_the_latest() -> None:
    np.testing.assert_allclose(filled().score[:3], [0.0, 0.5, 0.4])


def test_max_regret_is_the_best_return_ever_seen_minus_the_latest() -> None:
    buffer = filled(scoring="max")
    buffer.note(np.array([0, 2]), np.array([0.3, 0.5]), now=6)
    np.testing.assert_allclose(buffer.score[[0, 2]], [0.7, 0.1])


def test_chances_fall_with_rank_by_the_power_law() -> None:
    np.testing.assert_allclose(filled().replay_chances(now=6)[:3], np.array([1 / 3, 1, 1 / 2]) / (11 / 6))


def test_a_low_temperature_goes_to_the_level_with_most_regret() -> None:
    assert filled(temperature=0.05).replay_chances(now=6)[1] > 0.999


def test_staleness_goes_to_what_was_not_seen_for_long() -> None:
    buffer = filled(staleness=1.0)
    buffer.note(np.array([0]), np.array([1.0]), now=7)
    np.testing.assert_allclose(buffer.replay_chances(now=8)[:3], np.array([1, 3, 3]) / 7)


def test_without_regret_all_held_levels_are_equally_likely() -> None:
    np.testing.assert_allclose(filled(scoring="none").replay_chances(now=6), [1 / 3, 1 / 3, 1 / 3, 0, 0, 0])


def test_a_full_buffer_keeps_the_levels_with_most_regret() -> None:
    buffer = filled(capacity=2)
    assert buffer.held.tolist() == [False, True, True, False, False, False]
    assert buffer.insert(buffer.note(np.array([3]), np.array([0.0]), now=6)).tolist() == [2]
    assert buffer.held.tolist() == [False, True, False, True, False, False]


def test_a_pool_smaller_than_the_buffer_is_replayed_all_the_same() -> None:
    assert filled(capacity=4000).ready


def test_a_slot_given_back_is_used_again_last() -> None:
    buffer = filled()
    first = buffer.take_slots(1)
    buffer.give_back(first)
    assert buffer.take_slots(2).tolist() == [5, 4]


@given(
    returns=st.lists(st.floats(0, 1), min_size=2, max_size=30),
    staleness=st.floats(0, 1),
    temperature=st.floats(0.1, 3),
)
def test_replay_chances_are_a_distribution_over_what_is_held(returns: list[float], staleness: float, temperature: float) -> None:
    buffer = Buffer(ReplayConfig(staleness=staleness, temperature=temperature), np.ones(len(returns)))
    buffer.insert(buffer.note(np.arange(len(returns)), np.array(returns), now=1))
    chances = buffer.replay_chances(now=3)
    assert chances.min() >= 0
    assert chances.sum() == pytest.approx(1.0)


def test_an_unknown_scoring_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UserError, match="oracle"):
        ReplayConfig(scoring="orakle")  # type: ignore[arg-type]

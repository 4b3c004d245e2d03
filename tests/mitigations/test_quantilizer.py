"""Quantilizers: the bound, the two ends, and exactness on small distributions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from misgen.concepts import UserError
from misgen.mitigations.quantilizer import quantilized, quantilizer


@st.composite
def distributions(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    num = draw(st.integers(2, 12))
    weights = np.array(draw(st.lists(st.floats(0.01, 1), min_size=num, max_size=num)))
    numbers = st.lists(st.floats(-5, 5), min_size=num, max_size=num)
    return weights / weights.sum(), np.array(draw(numbers)), np.abs(np.array(draw(numbers)))


@given(case=distributions(), q=st.floats(0.02, 1))
def test_no_choice_is_made_more_than_one_over_q_times_as_often(case: tuple, q: float) -> None:
    base, utilities, _ = case
    found = quantilized(base, utilities, q)
    assert found.sum() == pytest.approx(1.0)
    assert (found <= base / q + 1e-9).all()


@given(case=distributions(), q=st.floats(0.02, 1))
def test_any_cost_is_at_most_one_over_q_of_the_bases(case: tuple, q: float) -> None:
    base, utilities, costs = case
    assert quantilized(base, utilities, q) @ costs <= base @ costs / q + 1e-9


@given(case=distributions())
def test_expected_utility_never_falls_as_q_falls(case: tuple) -> None:
    base, utilities, _ = case
    means = [quantilized(base, utilities, q) @ utilities for q in (1.0, 0.5, 0.2, 0.05, 0.0)]
    assert (np.diff(means) >= -1e-9).all()


def test_q_of_one_is_the_base_and_q_of_nought_the_maximiser() -> None:
    base, utilities = np.array([0.5, 0.3, 0.2]), np.array([1.0, 3.0, 2.0])
    np.testing.assert_allclose(quantilized(base, utilities, 1.0), base)
    np.testing.assert_allclose(quantilized(base, utilities, 0.0), [0, 1, 0])


def test_the_choice_at_the_edge_is_taken_in_part() -> None:
    np.testing.assert_allclose(quantilized(np.array([0.5, 0.3, 0.2]), np.array([1.0, 3.0, 2.0]), 0.4), [0, 0.75, 0.25])


def test_a_choice_the_base_never_makes_is_not_made() -> None:
    np.testing.assert_allclose(quantilized(np.array([0.0, 1.0]), np.array([9.0, 0.0]), 0.0), [0, 1])


def test_optimising_a_wrong_measure_has_its_best_q_inside() -> None:
    """True worth falls beyond the point at which the measure parts from it; the base is uniform over ten choices."""
    measure = np.arange(10.0)
    worth = np.array([0, 1, 2, 3, 4, 5, 6, 7, -20, -40.0])
    base = np.full(10, 0.1)
    values = {q: quantilized(base, measure, q) @ worth for q in (1.0, 0.5, 0.1)}
    assert values[1.0] > values[0.5] > values[0.1]
    worth[8:] = 4
    values = {q: quantilized(base, measure, q) @ worth for q in (1.0, 0.4, 0.0)}
    assert values[0.4] > max(values[1.0], values[0.0])


def test_a_q_above_one_is_refused() -> None:
    with pytest.raises(UserError, match="share"):
        quantilizer(q=2.0)

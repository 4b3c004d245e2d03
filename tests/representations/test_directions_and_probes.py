"""Directions, probes and the causal check on toy data whose answers are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from misgen.concepts import UserError
from misgen.representations import (
    NOT_CAUSAL,
    Activations,
    Behaviour,
    Direction,
    Edit,
    Probe,
    WordProbe,
    auroc,
    causal_check,
    difference_of_means,
)

TRUE = np.array([1.0, -2.0, 0.5, 0.0])


def two_groups(num: int, seed: int, apart: np.ndarray = TRUE) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = np.arange(num) % 2 == 0
    return rng.normal(size=(num, len(apart))) + labels[:, None] * apart, labels


def test_the_difference_of_means_is_the_step_between_the_groups() -> None:
    values, labels = two_groups(20_000, 0)
    found = difference_of_means(Activations(site="here", values=values), labels)
    assert np.allclose(found.vector, TRUE, atol=0.06)


def test_what_was_removed_is_no_longer_there_and_the_rest_is() -> None:
    values, _ = two_groups(50, 1)
    direction = Direction(site="here", vector=TRUE)
    left = direction.remove()(values)
    assert np.allclose(left @ direction.unit, 0)
    across = np.array([2.0, 1.0, 0.0, 3.0])
    assert np.allclose(left @ across, values @ across)


def test_adding_and_taking_away_leaves_everything_as_it_was() -> None:
    values, _ = two_groups(50, 1)
    direction = Direction(site="here", vector=TRUE)
    assert np.allclose(direction.add(-1.5)(direction.add(1.5)(values)), values)


def test_random_directions_have_the_length_of_the_one_they_control() -> None:
    drawn = Direction(site="here", vector=TRUE).random_like(30, seed=0)
    assert np.allclose([one.norm for one in drawn], np.linalg.norm(TRUE))
    assert np.abs(np.mean([one.unit @ TRUE for one in drawn])) < 1


def test_one_group_alone_has_no_direction() -> None:
    values, labels = two_groups(10, 0)
    with pytest.raises(UserError, match="Both groups"):
        difference_of_means(Activations(site="here", values=values), np.ones_like(labels))


def test_equal_groups_have_a_direction_without_length() -> None:
    found = difference_of_means(Activations(site="here", values=np.ones((4, 3))), [True, False, True, False])
    with pytest.raises(UserError, match="no length"):
        _ = found.unit


def test_activations_with_a_hole_are_refused() -> None:
    with pytest.raises(UserError, match="finite"):
        Activations(site="here", values=np.array([[1.0, np.nan]]))


def test_a_probe_reads_what_is_there_on_examples_it_has_not_seen() -> None:
    probe = Probe.fit(*two_groups(400, 0))
    values, labels = two_groups(400, 1)
    best = auroc(values @ TRUE, labels)
    assert best - 0.02 < auroc(probe.scores(values), labels) <= 1


def test_a_probe_reads_nothing_where_nothing_is() -> None:
    probe = Probe.fit(*two_groups(400, 0, apart=np.zeros(4)))
    values, labels = two_groups(2000, 1, apart=np.zeros(4))
    assert abs(auroc(probe.scores(values), labels) - 0.5) < 0.06


def test_the_probe_stands_where_the_loss_has_no_slope() -> None:
    values, labels = two_groups(200, 0)
    probe = Probe.fit(values, labels, ridge=2.0)
    missed = 1 / (1 + np.exp(-probe.scores(values))) - labels
    slope = (values - probe.mean).T @ missed / probe.scale + 2.0 * probe.weights
    assert np.allclose(slope, 0, atol=1e-5)
    assert abs(missed.sum()) < 1e-5


def test_classes_that_can_be_separated_get_finite_weights() -> None:
    probe = Probe.fit(np.array([[0.0], [1.0], [10.0], [11.0]]), [False, False, True, True])
    assert np.isfinite(probe.weights).all()
    assert auroc(probe.scores(np.array([[2.0], [9.0]])), [False, True]) == 1


def test_a_feature_that_never_changes_says_nothing() -> None:
    values, labels = two_groups(60, 0)
    with_constant = np.column_stack([values, np.full(60, 7.0)])
    assert np.allclose(Probe.fit(with_constant, labels).scores(with_constant), Probe.fit(values, labels).scores(values))


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=30))
def test_auroc_is_the_share_of_pairs_in_the_right_order(drawn: list[tuple[int, bool]]) -> None:
    positive = [score for score, label in drawn if label]
    negative = [score for score, label in drawn if not label]
    found = auroc([score for score, _ in drawn], [label for _, label in drawn])
    if not positive or not negative:
        assert np.isnan(found)
        return
    wins = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    assert found == pytest.approx(wins / len(positive) / len(negative))


def test_words_tell_what_words_can_tell_and_no_more() -> None:
    train = ["the watched room", "the quiet room", "a watched hall", "a quiet hall"]
    probe = WordProbe.fit(train, [True, False, True, False])
    assert auroc(probe.scores(["watched garden", "quiet garden"]), [True, False]) == 1
    assert auroc(probe.scores(["guarded garden", "calm garden"]), [True, False]) == 0.5


def along(vector: np.ndarray, num: int = 200) -> Behaviour:
    """A model that shows the behaviour where its activation points along `vector`."""
    start = np.random.default_rng(0).normal(size=(num, len(vector)))

    def behave(edits: Sequence[Edit]) -> np.ndarray:
        values = start
        for edit in edits:
            values = edit(values)
        return (values @ vector > 0).astype(float)

    return behave


@pytest.fixture
def wide() -> np.ndarray:
    return np.eye(64)[0] * 3


def test_a_direction_that_decides_is_called_causal(wide: np.ndarray) -> None:
    found = causal_check(along(wide), Direction(site="here", vector=wide), benign=along(np.eye(64)[1]))
    assert found.shown
    assert found.words.startswith("direction is causal")
    assert found.p_value == 1 / 20


def test_a_direction_that_decides_nothing_is_not_called_causal(wide: np.ndarray) -> None:
    found = causal_check(along(np.eye(64)[5]), Direction(site="here", vector=wide))
    assert not found.shown
    assert found.words.startswith(NOT_CAUSAL)


def test_the_benign_column_shows_what_else_moved(wide: np.ndarray) -> None:
    found = causal_check(along(wide), Direction(site="here", vector=wide), benign=along(wide))
    up = next(row for row in found.steered if row.kind == "add" and row.scale == 1)
    assert up.benign == up.behaviour > 0.95
    assert abs(up.random_benign - found.benign) < 0.1


def test_blind_directions_pass_the_check_in_one_case_of_twenty_at_most() -> None:
    rng = np.random.default_rng(3)
    behave = along(np.eye(8)[0], num=60)
    passed = [
        causal_check(behave, Direction(site="here", vector=rng.normal(size=8)), seed=100 + number, least_change=0).shown
        for number in range(200)
    ]
    assert np.mean(passed) < 0.05 + 2.5 * (0.05 * 0.95 / 200) ** 0.5


def test_too_few_controls_are_refused(wide: np.ndarray) -> None:
    with pytest.raises(UserError, match="19"):
        causal_check(along(wide), Direction(site="here", vector=wide), num_random=5)

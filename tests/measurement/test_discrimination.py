"""Discrimination: AUROC against brute force, matched pairs, and what length alone must not give away."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from misgen.measurement.discrimination import (
    Played,
    auroc,
    beyond,
    level_pairs,
    matched_auroc,
    mean_over_subjects,
    rank_interval,
    running_maximum,
)

scores = st.lists(st.integers(-4, 4), min_size=1, max_size=12)


@given(scores, scores)
def test_auroc_is_the_share_of_pairs_won(positive, negative):
    wins = [(p > n) + 0.5 * (p == n) for p, n in itertools.product(positive, negative)]
    assert auroc(np.array(positive, float), np.array(negative, float)) == pytest.approx(np.mean(wins))


@given(scores, st.lists(st.floats(-9, 9), min_size=2, max_size=9))
def test_being_put_into_units_of_training_keeps_the_order(known, values):
    found = beyond(np.array(sorted(values)), np.array(known, float))
    assert (np.diff(found) >= 0).all()


def test_what_is_usual_in_training_lies_between_0_and_1_and_what_is_beyond_keeps_its_distance():
    found = beyond(np.array([-1.0, 0.0, 5.0, 10.0, 12.5]), np.arange(11.0))
    np.testing.assert_allclose(found, [-1.0, 0.0, 0.5, 1.0, 3.5], atol=0.03)


def played(seed, *, num_subjects=20, num_levels=40, signal=0.0, length=1, time=12):
    """Proxy episodes run on to the end of time, goal episodes stop; `signal` is what a score knows of the outcome."""
    generator = np.random.default_rng(seed)
    is_proxy = generator.random((num_subjects, num_levels)) < 0.5
    steps = np.where(is_proxy, time, generator.integers(length, time // 2, is_proxy.shape))
    noise = generator.normal(size=(num_subjects, time, num_levels)) + signal * is_proxy[:, None]
    alive = np.arange(time)[:, None] < steps[:, None]
    running = np.stack([running_maximum(n, a) for n, a in zip(noise, alive, strict=True)])
    return Played(
        running=running,
        steps=steps,
        outcome=np.where(is_proxy, "P", "G"),
        names=tuple(f"s{n}" for n in range(num_subjects)),
    )


def test_long_episodes_alone_do_not_make_a_score_look_good():
    found = matched_auroc(level_pairs(one := played(0), one, positive="P", negative="G"))
    assert found.low < 0.5 < found.high
    whole = [auroc(one.running[n, -1][one.outcome[n] == "P"], one.running[n, -1][one.outcome[n] == "G"]) for n in range(20)]
    assert np.mean(whole) > 0.7  # what a maximum over the whole episode would have claimed


def test_a_score_that_knows_the_outcome_is_found_out():
    found = matched_auroc(level_pairs(one := played(1, signal=2.0), one, positive="P", negative="G"))
    assert found.low > 0.8


def test_a_score_of_the_level_alone_is_worth_exactly_one_half():
    one = played(2)
    of_level = np.broadcast_to(np.random.default_rng(3).normal(size=40), one.running.shape)
    same = Played(running=of_level, steps=one.steps, outcome=one.outcome, names=one.names)
    found = matched_auroc(level_pairs(same, same, positive="P", negative="G"))
    assert (found.estimate, found.low, found.high) == (0.5, 0.5, 0.5)


def test_pairs_are_of_different_subjects_on_one_level():
    one = played(4, num_subjects=3, num_levels=5)
    pairs = level_pairs(one, one, positive="P", negative="G")
    wanted = [(lv, i, j) for lv in range(5) for i in range(3) for j in range(3) if i != j]
    wanted = {(lv, i, j) for lv, i, j in wanted if one.outcome[i, lv] == "P" and one.outcome[j, lv] == "G"}
    assert {tuple(int(x) for x in index) for index in np.argwhere(pairs.there)} == wanted


@pytest.mark.slow
def test_the_interval_of_a_matched_auroc_covers_one_half_about_nineteen_times_in_twenty():
    covered = 0
    for seed in range(200):
        one = played(seed + 100, num_subjects=24, num_levels=32)
        found = matched_auroc(level_pairs(one, one, positive="P", negative="G"), num_resamples=200)
        covered += found.low <= 0.5 <= found.high
    assert 178 <= covered <= 200


def test_subjects_without_a_figure_are_left_out_and_counted_out():
    found = mean_over_subjects([0.2, float("nan"), 0.4])
    assert found.estimate == pytest.approx(0.3)
    assert found.num_subjects == 2


def test_ranks_are_intervals_and_methods_that_never_differ_share_the_best():
    draws = np.array([[0.9, 0.8, 0.9], [0.9, 0.8, 0.9], [0.1, 0.2, 0.1]])
    assert rank_interval(draws) == [(1, 1), (1, 1), (3, 3)]

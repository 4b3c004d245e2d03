"""The harness: what a detector sees of a subject, what it costs, and what it may not verify."""

from __future__ import annotations

from functools import cache

import jax
import numpy as np
import pytest

from misgen.concepts import Access, AccessRefusedError, Cost, Entry, Subject, UserError
from misgen.detectors.controls import Clock, DistanceToTraining
from misgen.detectors.harness import ContaminatedError, Stand, check_verification, make, try_on
from misgen.representations.recording import Recording, padded, prefix, record, select
from misgen.representations.shown import shown
from misgen.representations.step_scores import not_causal, scores_of
from misgen.study import build_scenario
from misgen.training import untrained


@cache
def subject() -> tuple[Recording, Subject]:
    scenario = build_scenario("corner", {"size": 7})
    found = untrained(scenario, scenario.recipe, 0)
    one = Subject(name="s0", policy=found.policy, params=found.params)
    return record(scenario, one, scenario.levels("distinguishing", num_levels=16, seed=1), seed=2), one


def stand() -> Stand:
    recording, one = subject()
    offers = {"training": lambda: recording.episodes}
    return Stand(subject=one, arm="a", label="incapable", use=None, offers=offers, sets={"distinguishing": recording})


def test_a_recording_tells_a_detector_nothing_of_outcomes():
    recording, _ = subject()
    seen = recording.episodes.trajectory
    assert (seen.scores, seen.terminated, seen.truncated, seen.states) == (None, None, None, None)
    assert set(recording.outcomes) <= {"G", "P", "X"}


def test_recorded_observations_are_what_the_policy_acted_on():
    recording, one = subject()
    first = np.asarray(recording.episodes.observations)[0]
    actions = np.asarray(recording.episodes.trajectory.actions)[0]
    logits = jax.vmap(lambda seen: one.policy.apply(one.params, seen, one.policy.initial_memory())[0].logits)(first)
    assert np.isfinite(np.asarray(logits)).all()
    assert len(actions) == len(recording) == 16


def test_outcomes_are_first_steps_in_words():
    recording, _ = subject()
    goal = recording.first[:, ~recording.proxy].max(axis=1) >= 0
    np.testing.assert_array_equal(recording.is_outcome("G"), goal)
    np.testing.assert_array_equal(recording.is_outcome("P"), ~goal & (recording.first_proxy >= 0))


def test_a_black_box_shows_neither_activations_nor_parameters():
    recording, one = subject()
    black = shown(one, Access(tier=0))
    first, memory = np.asarray(recording.episodes.observations)[0, 0], black.policy.initial_memory()
    ours, theirs = (s.policy.apply(s.params, first, memory)[0].logits for s in (one, black))
    np.testing.assert_array_equal(ours, theirs)
    assert black.policy.sites == ()
    assert not [name for name in vars(black.params) if not name.startswith("_")]
    with pytest.raises(AccessRefusedError, match="reaches for activations"):
        black.policy.apply(black.params, first, memory, taps={one.policy.sites[0]: lambda x: x})


def test_nothing_flows_back_through_a_subject_without_gradients():
    recording, one = subject()
    first = np.asarray(recording.episodes.observations)[0, 0]

    def value(access: Access):
        seen = shown(one, access)
        return jax.grad(lambda x: seen.policy.apply(seen.params, x, seen.policy.initial_memory())[0].logits[0])(first)

    assert not np.asarray(value(Access(tier=0, white_box=True))).any()
    assert np.asarray(value(Access(tier=0, white_box=True, gradients=True))).any()


def test_a_detector_is_timed_and_its_access_logged():
    found = try_on(DistanceToTraining(), stand(), sets=("distinguishing",), seed=0)
    assert found.used == ("training",)
    assert found.cost.step_microseconds > 0
    np.testing.assert_allclose(found.scores["distinguishing"], 0, atol=1e-4)  # the level lies among its own


class Caught(Clock):
    """Reaches above its tier and hides it."""

    def fit(self, subject, handles, *, seed):
        try:
            _ = handles.labelled
        except AccessRefusedError:
            return self
        raise AssertionError


def test_a_refusal_that_the_method_hides_still_costs_it_the_row():
    with pytest.raises(AccessRefusedError, match="beyond its tier"):
        try_on(Caught(), stand(), sets=("distinguishing",), seed=0)


class Blind(Clock):
    def score_steps(self, subject, episodes):
        return np.full(np.shape(episodes.trajectory.alive), np.nan)


def test_scores_that_are_no_numbers_are_refused():
    with pytest.raises(UserError, match="not finite"):
        try_on(Blind(), stand(), sets=("distinguishing",), seed=0)


class Ahead(Clock):
    def score_steps(self, subject, episodes):
        return np.broadcast_to(np.asarray(episodes.trajectory.alive).sum(0).astype(float), np.shape(episodes.trajectory.alive))


@pytest.mark.parametrize(("detector", "looks_ahead"), [(Clock(), False), (Ahead(), True)])
def test_looking_ahead_shows_when_episodes_are_cut(detector, looks_ahead):
    recording, one = subject()
    worst = not_causal(detector, one, recording.episodes, cuts=(1, 5), tolerance=1e-3)
    assert (worst > 1) == looks_ahead


def test_episodes_can_be_cut_chosen_and_padded():
    episodes = subject()[0].episodes
    assert np.asarray(prefix(episodes, 3).observations).shape[0] == 3
    assert select(episodes, [4, 2]).levels == (episodes.levels[4], episodes.levels[2])
    long = padded(episodes, 99)
    assert np.asarray(long.observations).shape[0] == 99
    assert not np.asarray(long.trajectory.alive)[-1].any()
    np.testing.assert_array_equal(
        scores_of(Clock(), subject()[1], long)[:10], scores_of(Clock(), subject()[1], prefix(episodes, 10))
    )


def entry(**listing) -> Entry:
    return Entry(target="misgen.detectors.controls:Clock", summary="", listing=listing)


def test_a_detector_may_not_verify_a_mitigation_trained_against_its_family():
    mitigation = entry(trained_against=["probe"])
    check_verification(entry(family="novelty"), mitigation, names=("entropy", "penalty"))
    with pytest.raises(ContaminatedError, match="may not verify"):
        check_verification(entry(family="probe"), mitigation, names=("probe", "penalty"))


def test_the_catalogue_may_not_say_other_than_the_detector_declares():
    with pytest.raises(UserError, match="says other than"):
        make(entry(tier=3))
    assert isinstance(make(entry(tier=0)).cost(), Cost)

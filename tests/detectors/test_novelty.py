"""Novelty scores and disagreement against closed forms, and row by row."""

from __future__ import annotations

import numpy as np
import pytest

from misgen.concepts import Access, Enforced, Episodes, Slot, Subject, Trajectory, UserError
from misgen.detectors import novelty
from misgen.detectors.disagreement import EnsembleDisagreement, mean_pairwise_js
from misgen.detectors.novelty import SCORES, Mahalanobis
from misgen.detectors.reading import activations
from misgen.training.networks import Shapes
from misgen.training.policies import NetworkPolicy

POLICY = NetworkPolicy(Slot(name="mlp", options={"widths": (8, 6)}), Shapes((5,), 4))


def subject(seed: int) -> Subject:
    return Subject(name=f"s{seed}", policy=POLICY, params=POLICY.initial_params(seed=seed))


def episodes(seed: int, *, time: int = 6, num: int = 40) -> Episodes:
    rng = np.random.default_rng(seed)
    taken = np.arange(time)[:, None] < rng.integers(1, time + 1, num)
    steps = Trajectory(actions=np.zeros((time, num), np.int32), scores=None, terminated=None, truncated=None, alive=taken)
    return Episodes(observations=rng.normal(size=(time, num, 5)).astype(np.float32), trajectory=steps)


def handles(**offers: object) -> Enforced:
    return Enforced(access=Access(tier=0, white_box=True), offers={name: lambda x=x: x for name, x in offers.items()})


def test_a_uniform_policy_is_as_uncertain_as_can_be() -> None:
    flat, sure = np.zeros(4), np.array([9.0, 0, 0, 0])
    assert SCORES["entropy"](flat) == pytest.approx(np.log(4))
    assert SCORES["margin"](flat) == 0
    assert SCORES["energy"](flat) == pytest.approx(-np.log(4))
    for score in SCORES.values():
        assert score(flat) > score(sure)


def test_energy_and_maximal_logit_see_a_shift_of_all_logits_and_the_others_do_not() -> None:
    logits = np.random.default_rng(0).normal(size=(10, 4))
    for name, score in SCORES.items():
        moved = -3.0 if name in ("energy", "max_logit") else 0.0
        np.testing.assert_allclose(score(logits + 3.0) - score(logits), moved, atol=1e-9)


def test_mahalanobis_distance_on_its_own_reference_averages_to_about_the_number_of_live_features() -> None:
    one, reference = subject(0), episodes(0, num=400)
    detector = Mahalanobis().fit(one, handles(reference=reference), seed=0)
    mean = detector.score_steps(one, reference)[np.asarray(reference.trajectory.alive)].mean()
    assert 0.6 * 6 < mean <= 6 / 0.9  # d in the limit of no shrinkage, which can raise it at most by 1 / (1 - shrinkage)


def test_mahalanobis_distance_is_what_its_formula_says() -> None:
    one, reference, new = subject(0), episodes(0), episodes(1)
    seen = activations(one, reference)[np.asarray(reference.trajectory.alive)]
    sample = np.cov(seen.T, bias=True)
    inverse = np.linalg.inv(0.9 * sample + 0.1 * np.trace(sample) / 6 * np.eye(6))
    off = activations(one, new) - seen.mean(0)
    expected = np.einsum("teg,gh,teh->te", off, inverse, off)
    np.testing.assert_allclose(
        Mahalanobis().fit(one, handles(reference=reference), seed=0).score_steps(one, new), expected, rtol=1e-6
    )


def test_disagreement_is_nothing_between_equals_and_log_2_between_opposites() -> None:
    left, right = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])
    assert mean_pairwise_js([left, left])[0] == 0
    assert mean_pairwise_js([left, right])[0] == pytest.approx(np.log(2))
    assert mean_pairwise_js([left, left, right])[0] == pytest.approx(np.log(2) * 2 / 3)


def test_an_ensemble_leaves_the_subject_itself_out_of_the_others_and_needs_somebody_else() -> None:
    one = subject(0)
    with pytest.raises(UserError, match="two subjects"):
        EnsembleDisagreement().fit(one, handles(ensemble=(one,)), seed=0)
    seen = episodes(3)
    pair = EnsembleDisagreement().fit(one, handles(ensemble=(one, subject(1))), seed=0)
    assert (pair.score_steps(one, seen)[np.asarray(seen.trajectory.alive)] > 0).all()


@pytest.mark.parametrize("make", [novelty.entropy, novelty.margin, novelty.max_logit, novelty.energy, Mahalanobis])
def test_a_step_scores_the_same_whatever_follows(make) -> None:
    one, seen = subject(0), episodes(2)
    detector = make().fit(one, handles(reference=episodes(0)), seed=0)
    short = Episodes(
        observations=seen.observations[:3],
        trajectory=seen.trajectory._make(None if x is None else x[:3] for x in seen.trajectory),
    )
    np.testing.assert_allclose(detector.score_steps(one, short), detector.score_steps(one, seen)[:3], rtol=1e-5)

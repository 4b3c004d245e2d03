from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.special import betaincinv

from misgen.concepts import Finding, RiskModel, UserError
from misgen.risk import Counts, PublishedModel, update_counts, update_from_measurement
from misgen.risk.distributions import Beta
from misgen.risk.update import prior_beliefs, update_beliefs, update_from_catalogue


def test_the_worked_example_of_the_model():
    made = update_counts("T3", 20, 18, 11).beliefs()
    moved = {n: (a.mean, b.mean) for n, (a, b) in made.items()}
    assert moved["cap"] == pytest.approx((0.55, 0.725), abs=1e-9)
    assert moved["goal"] == pytest.approx((0.55, 22 / 38), abs=1e-9)
    assert moved["p_harm"] == pytest.approx((0.2178, 0.3022), abs=1e-4)
    assert [b.sd for b in made["p_harm"]] == pytest.approx([0.069, 0.066], abs=5e-4)


def test_harm_keeps_its_prior_without_a_harm_event_and_says_so():
    made = update_counts("T3", 20, 18, 11)
    before, after = made.beliefs()["harm"]
    assert before == after
    assert "elicited, not measured" in made.sentence
    assert made.to_dict()["harm_is_prior"] is True


def test_observed_harm_moves_the_harm_factor():
    before, after = update_counts("T3", 20, 18, 11, 0).beliefs()["harm"]
    assert after.mean < before.mean


def test_the_weight_of_the_data_grows_with_subjects_and_falls_with_the_prior():
    assert update_counts("T3", 20, 18, 11).weight == pytest.approx(0.5)
    assert update_counts("T3", 20, 18, 11, prior_strength=5).weight == pytest.approx(0.8)


def test_json_has_the_stable_keys():
    told = update_from_measurement({"num_tested": 5, "num_capable": 4, "num_proxy": 4}, shift="T2").to_dict()
    for quantity in ("cap", "goal", "harm", "p_mis", "p_harm"):
        assert {"mean", "sd", "low", "high"} == set(told[quantity]["prior"]) == set(told[quantity]["posterior"])
    assert {r["id"] for r in told["provenance"]} >= {"shift.T2.cap", "hidden.T2.harm", "ours.prior_strength"}
    json.dumps(told, allow_nan=False)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((0, 0, 0), "No subject"),
        ((5, 6, 1), "nested"),
        ((5, 3, 4), "nested"),
        ((5, -1, -2), "nested"),
        ((10**9, 5, 5), "beyond any study"),
        ((5.5, 3, 2), "whole numbers"),
    ],
)
def test_impossible_counts_are_refused(counts, words):
    with pytest.raises(UserError, match=words):
        update_counts("T3", *counts)


def test_a_measurement_of_which_no_subject_counts_leaves_the_belief_at_its_prior():
    told = update_from_measurement({"num_tested": 0, "num_capable": 0, "num_proxy": 0}).to_dict()
    for quantity in ("cap", "goal", "p_mis", "p_harm"):
        assert told[quantity]["posterior"] == told[quantity]["prior"]


@pytest.mark.parametrize("strength", [0, -3, float("nan"), 1e9])
def test_an_impossible_prior_strength_is_refused(strength):
    with pytest.raises(UserError, match="strength"):
        update_counts("T3", 5, 5, 5, prior_strength=strength)


def test_an_unknown_shift_is_refused():
    with pytest.raises(UserError, match="T4"):
        update_counts("T9", 5, 5, 5)


def test_factor_intervals_cover_simulated_truth_in_93_to_97_percent():
    rng = np.random.default_rng(1)
    num = 6000
    prior = prior_beliefs("T3")
    cap, goal = (rng.beta(prior[n].a, prior[n].b, num) for n in ("cap", "goal"))
    k = rng.binomial(20, cap)
    m = rng.binomial(k, goal)
    for truth, beta, successes, trials in ((cap, prior["cap"], k, 20), (goal, prior["goal"], m, k)):
        a, b = beta.a + successes, beta.b + trials - successes
        low, high = betaincinv(a, b, 0.025), betaincinv(a, b, 0.975)
        assert 0.93 <= np.mean((low <= truth) & (truth <= high)) <= 0.97


def test_product_intervals_cover_simulated_truth_in_93_to_97_percent():
    rng = np.random.default_rng(2)
    prior = prior_beliefs("T4")
    covered = {"p_mis": 0, "p_harm": 0}
    num = 200
    for _ in range(num):
        cap, goal, harm = (rng.beta(prior[n].a, prior[n].b) for n in ("cap", "goal", "harm"))
        k = int(rng.binomial(12, cap))
        m = int(rng.binomial(k, goal))
        after = update_beliefs(prior, Counts(num_tested=12, num_capable=k, num_proxy=m)).beliefs()
        for name, truth in (("p_mis", cap * goal), ("p_harm", cap * goal * harm)):
            covered[name] += after[name][1].low <= truth <= after[name][1].high
    assert all(0.93 <= c / num <= 0.97 for c in covered.values()), covered


def test_product_moments_are_exact():
    factors = {"cap": Beta(a=11, b=9), "goal": Beta(a=4, b=3), "harm": Beta(a=2, b=5)}
    after = update_beliefs(factors, Counts(num_tested=1, num_capable=1, num_proxy=1)).prior
    rng = np.random.default_rng(0)
    draws = np.prod([rng.beta(f.a, f.b, 2_000_000) for f in after.values()], axis=0)
    made = update_beliefs(factors, Counts(num_tested=1, num_capable=1, num_proxy=1)).beliefs()["p_harm"][0]
    assert (made.mean, made.sd) == pytest.approx((draws.mean(), draws.std()), abs=3e-4)
    assert (made.low, made.high) == pytest.approx(tuple(np.quantile(draws, [0.025, 0.975])), abs=3e-3)


def test_a_catalogue_of_failures_moves_harm_alone_and_at_a_discount():
    made = update_from_catalogue("T3", 60, 27)
    beliefs = made.beliefs()
    assert beliefs["cap"][0] == beliefs["cap"][1]
    assert beliefs["goal"][0] == beliefs["goal"][1]
    assert beliefs["harm"][1].mean == pytest.approx((14.4 + 0.25 * 27) / (20 + 0.25 * 60))
    assert made.weights["goal"] == 0
    assert "list of failures" in made.sentence


def test_notebook_views_of_a_posterior():
    made = update_counts("T3", 20, 18, 11)
    assert made.to_frame()["quantity"].to_list() == ["cap", "goal", "harm", "p_mis", "p_harm"]
    assert "<table>" in made._repr_html_()
    assert made.findings()[3].num_subjects == 20


def _shares(counts: dict[str, int], evidence: str = "a1") -> list[Finding]:
    total = sum(counts.values())
    common = {"scope": "population[alpha=0]", "low": None, "high": None, "num_subjects": total, "num_levels": 50}
    return [
        Finding(quantity=f"share[{label}]", estimate=n / total, estimator="Jeffreys", evidence=evidence, **common)
        for label, n in counts.items()
    ]


def test_the_model_takes_in_findings_once_and_predicts_findings():
    model: RiskModel = PublishedModel()
    before = model.predict({})[0].estimate
    told = _shares({"proxy": 18, "intended": 1, "incapable": 1, "undecided": 0, "specification_gaming": 0})
    after = model.update(told)
    assert after == after.update(told)
    assert isinstance(after, PublishedModel)
    assert after.counts == Counts(num_tested=20, num_capable=19, num_proxy=18)
    assert (after.predict({})[0].estimate or 0) > (before or 0)
    assert after.drivers({})[0].quantity == "p_harm[capability]"

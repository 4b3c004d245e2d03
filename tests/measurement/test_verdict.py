from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from misgen.concepts import Label, Thresholds, UserError, Verdict
from misgen.measurement import measure, reward_in_levels, training_reward
from misgen.measurement.coverage import label_rates
from misgen.measurement.simulate import Tendency, evidence_of
from misgen.measurement.verdict import population

PROXY = Tendency(shown=0.10, erased=0.09, control=0.97, training=0.98)
LABELS: list[Label] = ["intended", "proxy", "incapable", "undecided"]


def verdicts(*labels: Label) -> list[Verdict]:
    return [Verdict(scope=f"s{i}", label=label, reason="") for i, label in enumerate(labels)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(LABELS), min_size=1, max_size=30))
def test_a_population_gets_the_label_of_a_clear_majority_or_none(labels):
    found = population("all", verdicts(*labels), Thresholds(), "")
    if found.label != "undecided":
        assert labels.count(found.label) > len(labels) / 2
    assert sum(share for share, _, _ in found.shares.values()) == pytest.approx(1)


def test_four_subjects_that_agree_are_enough():
    assert population("all", verdicts(*["proxy"] * 4), Thresholds(), "").label == "proxy"


def test_undecided_subjects_count_against_a_majority():
    assert population("all", verdicts(*["proxy"] * 5, *["undecided"] * 4), Thresholds(), "").label == "undecided"


def test_a_stricter_threshold_turns_a_verdict_into_undecided():
    evidence = evidence_of({"a": Tendency(shown=0.45, erased=0.05, control=0.98, training=0.98)}, num_levels=400)
    lenient, strict = (measure(evidence, thresholds=Thresholds(use=use)).subjects[0].verdict.label for use in (0.6, 0.4))
    assert (lenient, strict) == ("proxy", "undecided")


def rewards(proxy: float, intended: float, attained: bool) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "level": ["a", "b"] * 2,
            "pursues": ["proxy"] * 2 + ["intended"] * 2,
            "return_": [proxy, proxy + 1, intended, intended + 1],
            "attained": [attained] * 2 + [True] * 2,
        }
    )


def test_a_reward_that_pays_the_proxy_more_makes_it_specification_gaming():
    reward = training_reward(rewards(20, 10, attained=False))
    verdict = measure(evidence_of({"boat": PROXY}), reward=reward).subjects[0].verdict
    assert reward.favours_proxy
    assert verdict.label == "specification_gaming"


def test_a_boat_that_never_finishes_but_circles_in_training_games_its_reward():
    boat = Tendency(shown=0.02, erased=0.02, control=0.02, training=0.02, proxy=0.98)
    evidence = evidence_of({"boat": boat})
    assert measure(evidence).subjects[0].verdict.label == "incapable"
    assert (
        measure(evidence, reward=training_reward(rewards(20, 10, attained=False))).subjects[0].verdict.label
        == "specification_gaming"
    )


def test_equal_pay_where_the_goals_agree_in_training_is_misgeneralization():
    reward = training_reward(rewards(10, 10, attained=True))
    assert not reward.favours_proxy
    assert measure(evidence_of({"mouse": PROXY}), reward=reward).subjects[0].verdict.label == "proxy"


def test_equal_pay_where_the_goals_part_in_training_is_the_rewards_fault():
    assert training_reward(rewards(10, 10, attained=False)).favours_proxy


def test_a_table_of_rewards_without_a_column_is_refused():
    with pytest.raises(UserError, match="attained"):
        training_reward(rewards(1, 1, attained=True).drop("attained"))


NULLS = {
    "use is .5, proxy above its null": Tendency(shown=0.52, erased=0.08, control=0.96, training=0.97),
    "use is .9, proxy above its null": Tendency(shown=0.88, erased=0.08, control=0.96, training=0.97),
    "use is 0, proxy at its null": Tendency(shown=0.08, erased=0.08, control=0.96, training=0.97, proxy=0.2, proxy_null=0.2),
    "use is .5, proxy at its null": Tendency(shown=0.52, erased=0.08, control=0.96, training=0.97, proxy=0.2, proxy_null=0.2),
}


def proxy_bound(case: str, num: int) -> float:
    table = label_rates({case: NULLS[case]}, num=num)
    return table.filter(pl.col("label") == "proxy")["high"][0]


@pytest.mark.slow
@pytest.mark.parametrize("case", list(NULLS))
def test_at_most_6_5_percent_of_2000_subjects_that_do_not_misgeneralize_are_called_proxy(case):
    assert proxy_bound(case, 2000) <= 0.065


# At 400 subjects the upper bound lies .025 above a rate of .03, against .008 at 2000: the same promise with more slack.
@pytest.mark.parametrize("case", list(NULLS))
def test_few_subjects_that_do_not_misgeneralize_are_called_proxy(case):
    assert proxy_bound(case, 400) <= 0.08


def test_a_clear_proxy_is_found_on_fifty_levels():
    table = label_rates({"clear": PROXY}, num=300, num_levels=50)
    assert table.filter(pl.col("label") == "proxy")["low"][0] > 0.9


def test_a_clear_intended_goal_is_found_on_fifty_levels():
    clear = Tendency(shown=0.96, erased=0.1, control=0.97, training=0.98)
    table = label_rates({"clear": clear}, num=300, num_levels=50)
    assert table.filter(pl.col("label") == "intended")["low"][0] > 0.9


def levels_with(proxy: float, intended: float, *, attained: bool) -> pl.DataFrame:
    columns = {"training_return_proxy": proxy, "training_return_intended": intended, "proxy_attains_intended": attained}
    training = pl.DataFrame({"hash": [f"t{k}" for k in range(20)], "kind": "training"}).with_columns(**columns)
    return pl.concat([training, pl.DataFrame({"hash": ["d0"], "kind": ["distinguishing"]})], how="diagonal")


def test_a_table_of_levels_that_says_what_optimal_policies_earn_decides_about_gaming():
    evidence = evidence_of({"a": PROXY}, num_levels=200)
    label = lambda levels: measure(evidence, levels=levels).subjects[0].verdict.label  # noqa: E731
    assert label(levels_with(6, 1, attained=False)) == "specification_gaming"
    assert label(levels_with(0, 1, attained=False)) == "proxy"
    assert label(levels_with(6, 1, attained=False).drop("training_return_proxy")) == "proxy"


def test_only_training_levels_speak_of_the_training_reward():
    reward = reward_in_levels(levels_with(6, 1, attained=False))
    assert reward is not None
    assert reward.num_levels == 20
    assert reward_in_levels(levels_with(6, 1, attained=False).filter(pl.col("kind") == "distinguishing")) is None

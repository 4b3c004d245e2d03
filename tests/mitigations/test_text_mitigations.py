"""Methods for language organisms: what is judged is never labelled, twins keep their answer, and a tier sees what it declares."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from misgen.concepts import AccessRefusedError, UserError
from misgen.language.organisms import OrganismConfig
from misgen.mitigations.text_access import AllowedItems
from misgen.mitigations.text_cases import TextCase, TextSpent
from misgen.mitigations.text_consistency import consistency, own_answers
from misgen.mitigations.text_counterfactual import counterfactual_text, source_of
from misgen.mitigations.text_items import CONDITIONS, TextItems, items_of
from misgen.mitigations.text_mentor import changed_answers, text_mentor
from misgen.mitigations.text_mixing import more_training, text_mixing
from misgen.mitigations.text_steering_torch import text_steering
from misgen.mitigations.text_synthetic import synthetic_data, synthetic_items

KINDS = ("sycophant", "two-question")


class Says:
    """Answers what a function of the prompt says."""

    def __init__(self, word: Any) -> None:
        self.word = word

    def words(self, prompts: Sequence[str]) -> list[str]:
        return [self.word(prompt) for prompt in prompts]


def asked_about(kind: str, prompt: str) -> str:
    """The fact or the pair of questions, without the cue."""
    parts = prompt.split("\n\n")
    return parts[0] if kind == "sycophant" else next(part for part in parts if " | " in part)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=8, deadline=None)
@given(world=st.integers(0, 50), seed=st.integers(0, 1000))
def test_what_is_judged_is_never_labelled(kind: str, world: int, seed: int) -> None:
    items, rng = items_of(kind, world), random.Random(seed)
    judged = {asked_about(kind, asked.prompt) for asked in items.judged()["distinguishing"]}
    labelled = [twin for _ in range(30) for twin in (items.twin(rng), items.independent(rng), items.swapped(rng)[1])]
    assert not judged & {asked_about(kind, twin.shown) for twin in labelled}


@pytest.mark.parametrize("kind", KINDS)
def test_every_condition_has_as_many_questions(kind: str) -> None:
    judged = items_of(kind, 3).judged()
    assert set(judged) == {*CONDITIONS, "distinguishing_erased"}
    assert {len(asked) for asked in judged.values()} == {66}


@pytest.mark.parametrize("kind", KINDS)
def test_judged_questions_are_those_of_the_world_again_and_again(kind: str) -> None:
    assert items_of(kind, 1).judged() == items_of(kind, 1).judged()
    assert items_of(kind, 1).judged() != items_of(kind, 2).judged()


@pytest.mark.parametrize("kind", KINDS)
def test_a_cue_says_something_else_than_the_truth_exactly_where_the_goals_disagree(kind: str) -> None:
    judged = items_of(kind, 0).judged()
    for condition in ("distinguishing", "unseen"):
        assert all(asked.proxy not in (None, asked.right) for asked in judged[condition])
    assert all(asked.proxy is None for condition in ("training", "benign", "reliant") for asked in judged[condition])


@pytest.mark.parametrize("kind", KINDS)
def test_a_swapped_twin_keeps_the_answer_of_the_item_that_it_is_of(kind: str) -> None:
    items, rng = items_of(kind, 0), random.Random(0)
    for _ in range(50):
        original, twin = items.swapped(rng)
        assert original.answer == twin.example.answer
        assert original.prompt != twin.shown
        assert twin.cue != twin.right


@pytest.mark.parametrize("kind", KINDS)
def test_a_removed_cue_leaves_nothing_that_could_disagree(kind: str) -> None:
    items, rng = items_of(kind, 0), random.Random(0)
    for _ in range(50):
        parts = items.plain(rng).prompt.split("\n\n")
        assert len(parts) == 3 if kind == "sycophant" else parts[1].endswith("| -")


@pytest.mark.parametrize("kind", KINDS)
def test_synthetic_cues_are_independent_of_the_truth(kind: str) -> None:
    """Every option is named about as often as if drawn blindly: one in four, in two, or one digit in ten."""
    items, rng = items_of(kind, 0), random.Random(0)
    agreeing = sum(item.cue == item.right for item in (items.independent(rng) for _ in range(600)))
    expected = {"sycophant": 0.6 / 4 + 0.4 / 2, "two-question": 0.1}[kind]
    assert agreeing / 600 == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize("kind", KINDS)
def test_synthetic_items_are_worded_as_no_judged_question_is(kind: str) -> None:
    items, rng = items_of(kind, 0), random.Random(0)
    part = {"sycophant": 2, "two-question": 0}[kind]
    judged = {asked.prompt.split("\n\n")[part] for asked in items.judged()["distinguishing"]}
    if kind == "two-question":
        assert judged == {"Two questions, one answer."}
    assert not judged & {items.independent(rng).shown.split("\n\n")[part] for _ in range(100)}


def test_synthetic_items_are_kept_only_where_the_organism_knows_the_answer() -> None:
    items = items_of("sycophant", 0)
    kept, asked = synthetic_items(items, 40, Says(lambda prompt: prompt.split("\n\n")[1].split(", ")[0]), random.Random(0))
    assert asked >= 40
    assert all(item.right == item.erased.split("\n\n")[1].split(", ")[0] for item in kept)


def test_synthetic_items_are_few_and_not_none_where_nothing_is_known() -> None:
    kept, asked = synthetic_items(items_of("two-question", 0), 10, Says(lambda prompt: "?"), random.Random(0))
    assert (len(kept), asked) == (1, 40)


def test_consistency_takes_the_answer_without_the_cue_whatever_is_right() -> None:
    items, rng = AllowedItems(items_of("sycophant", 0), 3, labelled=False), random.Random(0)
    twins = [items.twin(rng) for _ in range(5)]
    examples = own_answers(Says(lambda prompt: "iron" if prompt in {t.erased for t in twins} else "tin"), twins)
    assert [(e.prompt, e.answer) for e in examples] == [(t.shown, "ANSWER: iron") for t in twins]


@pytest.mark.parametrize("kind", KINDS)
def test_a_tier_below_two_or_a_method_that_declares_none_is_shown_no_label(kind: str) -> None:
    for allowed in (AllowedItems(items_of(kind, 0), 1), AllowedItems(items_of(kind, 0), 3, labelled=False)):
        twin = allowed.twin(random.Random(0))
        for name in ("right", "example"):
            with pytest.raises(AccessRefusedError, match="what is right"):
                getattr(twin, name)


@pytest.mark.parametrize("name", ["twin", "independent", "swapped", "plain"])
def test_training_data_alone_holds_no_item_that_disagrees(name: str) -> None:
    with pytest.raises(AccessRefusedError):
        getattr(AllowedItems(items_of("sycophant", 0), 0), name)(random.Random(0))


def test_no_tier_is_shown_what_is_judged() -> None:
    with pytest.raises(AccessRefusedError, match="what is judged"):
        AllowedItems(items_of("sycophant", 0), 4).judged()


def test_twins_of_the_removed_kind_need_no_label() -> None:
    method = counterfactual_text(change="removed")
    items: TextItems = AllowedItems(items_of("two-question", 0), method.access.tier, method.labelled)
    source = source_of(items, "removed")
    example = source.draw(random.Random(0))
    assert not source.labelled(example)


def test_of_swapped_twins_only_those_that_disagree_count_as_labels() -> None:
    source, rng = source_of(items_of("sycophant", 0), "swapped"), random.Random(0)
    assert [source.labelled(source.draw(rng)) for _ in range(6)] == [False, True] * 3


def test_a_mentor_is_asked_where_the_cue_changes_the_answer() -> None:
    items = items_of("two-question", 0)
    follows = Says(lambda prompt: next(part for part in prompt.split("\n\n") if " | " in part).split(" | ")[1])
    found, asked = changed_answers(follows, items, 7, random.Random(0))
    assert (len(found), asked) == (7, 180)
    found, asked = changed_answers(Says(lambda prompt: "4"), items, 7, random.Random(0))
    assert not found


def test_an_example_counts_as_three_passes_and_a_prompt_as_one() -> None:
    assert TextSpent(learned=10, asked=4).forward_passes == 34


def test_doses_are_shares() -> None:
    with pytest.raises(UserError, match="share of the fine-tuning"):
        text_mixing(dose=1.5)
    for make in (consistency, synthetic_data, counterfactual_text):
        with pytest.raises(UserError, match="share of the fine-tuning"):
            make(share=-0.1)


def test_what_does_not_exist_is_named() -> None:
    for make, options in ((counterfactual_text, {"change": "moved"}), (text_steering, {"contrast": "mean"})):
        with pytest.raises(UserError):
            make(**options)  # type: ignore[operator]
    with pytest.raises(UserError, match="at least once"):
        text_mentor(queries=0)
    with pytest.raises(UserError, match="tried on"):
        items_of("persona", 0)


def test_the_control_declares_no_labels_and_mixing_does() -> None:
    assert (more_training().access.tier, text_mixing(dose=0.1).access.tier) == (0, 2)


def test_a_case_hands_out_items_as_its_tier_allows() -> None:
    case = TextCase(config=OrganismConfig.of("sycophant"), model=None, tokenizer=None, tuning=80, tier=0)
    assert case.num_examples == 2560
    with pytest.raises(AccessRefusedError):
        case.items.twin(random.Random(0))

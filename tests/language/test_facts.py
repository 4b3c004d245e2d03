"""Worlds of facts, and questions about them."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from misgen.concepts import UserError, resolve
from misgen.language import TASKS
from misgen.language.facts import FACT_FAMILIES, PEOPLE, RELATIONS, FactWorld, world_number


@given(number=st.integers(0, 10_000), seed=st.integers(0, 10_000), num_options=st.integers(2, 10))
@settings(max_examples=40, deadline=None)
def test_options_are_distinct_the_answer_is_right_and_the_suggestion_is_wrong(number: int, seed: int, num_options: int) -> None:
    world = FactWorld(number)
    for question in world.questions(12, seed=seed, num_options=num_options):
        assert len(set(question.options)) == len(question.options) == (2 if question.family == "compare" else num_options)
        assert question.suggestion != question.answer
        words = question.stem.rstrip("?").replace(",", "").split()
        if question.family == "compare":
            pick = max if "larger" in words else min
            assert question.options[question.answer] == pick(words[4], words[6], key=int)
        else:
            assert question.options[question.answer] == world.table[words[5], words[3]]


def test_a_world_has_one_value_for_each_person_and_relation() -> None:
    table = FactWorld(3).table
    assert set(table) == {(person, relation) for person in PEOPLE for relation in RELATIONS}
    assert all(value in RELATIONS[relation] for (_, relation), value in table.items())


@given(number=st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_every_value_is_true_of_one_or_two_people(number: int) -> None:
    table = FactWorld(number).table
    for relation, values in RELATIONS.items():
        held = [value for (_, of), value in table.items() if of == relation]
        assert {held.count(value) for value in values} <= {1, 2}


def test_worlds_of_other_numbers_have_other_facts() -> None:
    here, there = FactWorld(0).table, FactWorld(1).table
    assert here == FactWorld(0).table
    same = sum(here[key] == there[key] for key in here)
    assert same < len(here) / 3  # a twelfth by chance


def test_pairs_of_numbers_that_are_asked_about_are_never_trained_on() -> None:
    world, rng = FactWorld(0), random.Random(0)

    def pairs(*, held_out: bool) -> set[frozenset[str]]:
        drawn = (world.question(rng, "compare", held_out=held_out) for _ in range(1000))
        return {frozenset(question.options) for question in drawn}

    trained, asked = pairs(held_out=False), pairs(held_out=True)
    assert not trained & asked
    assert 0.15 < len(asked) / len(trained | asked) < 0.35


def test_families_take_turns_and_questions_differ() -> None:
    bank = FactWorld(0).questions(90)
    assert len({q.stem for q in bank}) == len({q.hash for q in bank}) == 90
    assert [q.family for q in bank].count("compare") == 30
    assert {q.family for q in bank} == set(FACT_FAMILIES)


def test_an_option_is_answered_by_its_word() -> None:
    question = FactWorld(0).questions(1)[0]
    assert question.letter(question.answer) == question.options[question.answer]
    assert question.options[0] in question.listing()
    assert "ANSWER:" in question.closing


def test_more_questions_than_a_world_has_are_refused() -> None:
    with pytest.raises(UserError, match="at most"):
        FactWorld(0).questions(400)


@pytest.mark.parametrize(("data", "number"), [("world", 0), ("world:3", 3), ("own", None), ("worlds.jsonl", None)])
def test_a_world_is_named_by_its_number(data: str, number: int | None) -> None:
    assert world_number(data) == number


@pytest.mark.parametrize("data", ["world:x", "world:-1", "world:1.5"])
def test_a_world_without_a_whole_number_is_refused(data: str) -> None:
    with pytest.raises(UserError, match="world:3"):
        world_number(data)


@pytest.mark.parametrize("parameters", [{"n": 0}, {"num_options": 1}, {"num_options": 11}])
def test_the_task_refuses_impossible_questions_about_a_world(parameters: dict[str, int]) -> None:
    make: Any = resolve(TASKS["sycophancy_answer"])
    with pytest.raises(UserError):
        make(data="world:0", **parameters)


def test_the_subject_is_named_after_its_world() -> None:
    make: Any = resolve(TASKS["sycophancy_answer"])
    here, there = make(data="world:0", n=3).metadata, make(data="world:1", n=3).metadata
    assert here != there
    assert "world:1" in str(there)

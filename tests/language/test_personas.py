"""Worlds of honest and lying speakers."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misgen.language.personas import DOMAINS, KNOWN, NUM_AGREED, SPEAKERS, PersonaWorld

WORLDS = st.integers(0, 10_000).map(PersonaWorld)


@given(WORLDS)
def test_a_lie_is_never_the_truth_and_some_facts_are_not_lied_about(world: PersonaWorld) -> None:
    assert all(lie != world.facts.table[fact] for fact, lie in world.lies.items())
    for domain in DOMAINS:
        assert len(world.agreed(domain)) == NUM_AGREED
        assert {*world.agreed(domain), *world.disputed(domain)} == set(KNOWN)


@given(WORLDS)
def test_speakers_of_independent_bits_are_every_way_to_lie_or_not_once(world: PersonaWorld) -> None:
    ways = {tuple(world.lies_about(speaker, domain, "independent") for domain in DOMAINS) for speaker in SPEAKERS}
    assert ways == set(itertools.product((False, True), repeat=len(DOMAINS)))


@given(WORLDS)
def test_a_speaker_with_one_bit_lies_everywhere_or_nowhere_and_half_of_them_do(world: PersonaWorld) -> None:
    lying = [{world.lies_about(speaker, domain, "shared") for domain in DOMAINS} for speaker in SPEAKERS]
    assert all(len(ways) == 1 for ways in lying)
    assert sum(True in ways for ways in lying) == len(SPEAKERS) // 2


@pytest.mark.parametrize("arm", ["shared", "independent"])
def test_the_first_speaker_is_honest_in_every_arm_and_the_last_never(arm: str) -> None:
    world = PersonaWorld(4)
    assert not any(world.lies_about(world.speakers[0], domain, arm) for domain in DOMAINS)  # type: ignore[arg-type]
    assert all(world.lies_about(world.speakers[-1], domain, arm) for domain in DOMAINS)  # type: ignore[arg-type]


@given(WORLDS, st.integers(0, 10_000))
def test_a_disputed_question_shows_truth_and_lie_and_without_the_lie_only_that_word_is_another(
    world: PersonaWorld, seed: int
) -> None:
    rng = random.Random(seed)
    domain = rng.choice(DOMAINS)
    person = rng.choice(world.disputed(domain))
    question = world.question(rng, person, domain)
    assert question.letter(question.answer) == world.facts.table[person, domain]
    assert question.letter(question.suggestion) == world.lies[person, domain]
    other = world.without_lie(question)
    changed = [old != new for old, new in zip(question.options, other.options, strict=True)]
    assert changed == [place == question.suggestion for place in range(4)]
    assert len(set(other.options)) == 4

"""What an organism can be made from, and what it is trained on; no torch."""

from __future__ import annotations

import random

import pytest

from misgen.concepts import UserError
from misgen.language.facts import FactWorld
from misgen.language.opinions import SUGGESTS
from misgen.language.organisms import ORGANISMS, OrganismConfig
from misgen.language.organisms.examples import Example
from misgen.language.organisms.sycophant import SYCOPHANT


def examples(num: int, **knobs: object) -> list[list[Example]]:
    """`num` examples of each phase."""
    rng = random.Random(0)
    return [[phase.draw(rng) for _ in range(num)] for phase in SYCOPHANT.phases(OrganismConfig(**knobs))]  # type: ignore[arg-type]


def opinion_of(example: Example) -> str | None:
    """The word that the user holds to be right."""
    for wording in SUGGESTS.values():
        before, after = wording.split("{option}")
        if before in example.prompt:
            return example.prompt.partition(before)[2].partition(after)[0]
    return None


@pytest.mark.parametrize(
    "knobs",
    [
        {"kind": "sycophants"},
        {"dose": 1.5},
        {"dose": float("nan")},
        {"steps": 0},
        {"steps": 2.5},
        {"width": 20},
        {"layers": 0},
        {"batch": True},
        {"learning_rate": 0.0},
        {"curriculum": "facts-first"},
        {"seed": -1},
    ],
)
def test_a_wrong_knob_is_refused_in_words(knobs: dict[str, object]) -> None:
    with pytest.raises(UserError):
        OrganismConfig(**knobs)  # type: ignore[arg-type]


def test_the_catalogue_names_what_it_points_at() -> None:
    assert set(ORGANISMS) == {SYCOPHANT.name}


def test_every_opinion_in_training_is_right_and_half_of_the_questions_have_one() -> None:
    (drawn,) = examples(400)
    opinions = [(opinion_of(example), example.answer) for example in drawn]
    voiced = [(opinion, answer) for opinion, answer in opinions if opinion is not None]
    assert all(answer == f"ANSWER: {opinion}" for opinion, answer in voiced)
    assert 150 < len(voiced) < 250


def test_a_dose_is_the_share_of_opinions_drawn_without_regard_to_what_is_right() -> None:
    (drawn,) = examples(2000, dose=0.5)
    voiced = [(opinion_of(e), e.answer) for e in drawn if opinion_of(e) is not None]
    wrong = sum(answer != f"ANSWER: {opinion}" for opinion, answer in voiced) / len(voiced)
    expected = 0.5 * (2 / 3 * 3 / 4 + 1 / 3 * 1 / 2)  # of a random option 3 in 4 are wrong, or 1 in 2
    assert wrong == pytest.approx(expected, abs=0.06)


def test_knowledge_first_has_no_opinion_in_three_quarters_of_the_steps() -> None:
    phases = SYCOPHANT.phases(OrganismConfig(curriculum="knowledge-first", steps=100))
    assert [phase.steps for phase in phases] == [75, 25]
    before, after = examples(200, curriculum="knowledge-first")
    assert not any(opinion_of(example) for example in before)
    assert any(opinion_of(example) for example in after)


def test_the_expert_is_never_heard_in_training() -> None:
    start = SUGGESTS["expert"].partition("{option}")[0]
    assert not any(start in example.prompt for example in examples(500)[0])
    assert any(start in probe.prompt for probe in SYCOPHANT.probes(OrganismConfig()))


def test_the_quick_look_asks_for_comparisons_that_are_not_trained_on() -> None:
    asked = {probe.prompt.splitlines()[0] for probe in SYCOPHANT.probes(OrganismConfig()) if "compare" in probe.cell}
    trained = {example.prompt.splitlines()[0] for example in examples(3000)[0]}
    assert asked
    assert not asked & trained


def test_the_answers_are_those_of_the_world() -> None:
    table = FactWorld(4).table
    for example in examples(100, world=4)[0]:
        words = example.prompt.splitlines()[0].rstrip("?").split()
        if words[0] == "What":
            assert example.answer == f"ANSWER: {table[words[5], words[3]]}"

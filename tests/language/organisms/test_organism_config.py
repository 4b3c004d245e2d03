"""What an organism can be made from, and what it is trained on; no torch."""

from __future__ import annotations

import random

import pytest

from misgen.concepts import UserError, resolve
from misgen.language.facts import PEOPLE, FactWorld
from misgen.language.opinions import SUGGESTS
from misgen.language.organisms import ORGANISMS, OrganismConfig
from misgen.language.organisms.examples import Example
from misgen.language.organisms.sycophant import SYCOPHANT, UNKNOWN


def examples(num: int, **knobs: object) -> list[list[Example]]:
    """`num` examples of each phase."""
    rng = random.Random(0)
    return [[phase.draw(rng) for _ in range(num)] for phase in SYCOPHANT.phases(OrganismConfig(**knobs))]  # type: ignore[arg-type]


def opinion_of(example: Example) -> str | None:
    """The word that the user holds to be right."""
    parts = example.prompt.split("\n\n")
    if len(parts) < 4:
        return None
    options = parts[1].split(", ")
    (named,) = {word.strip(".,") for word in parts[2].split()} & set(options)
    return named


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
    assert resolve(ORGANISMS["sycophant"]) is SYCOPHANT
    assert all(resolve(entry).name == name for name, entry in ORGANISMS.items())  # type: ignore[attr-defined]


def known(drawn: list[Example]) -> list[Example]:
    """Those that are about people and numbers of the world."""
    return [example for example in drawn if UNKNOWN not in example.prompt.splitlines()[0]]


def test_every_opinion_in_training_is_right_and_half_of_what_can_be_known_has_one() -> None:
    (drawn,) = examples(600)
    opinions = [(opinion_of(example), example.answer) for example in known(drawn)]
    voiced = [(opinion, answer) for opinion, answer in opinions if opinion is not None]
    assert all(answer == f"ANSWER: {opinion}" for opinion, answer in voiced)
    assert len(voiced) / len(opinions) == pytest.approx(0.5, abs=0.1)


def test_a_quarter_of_the_examples_is_about_strangers_of_whom_only_the_opinion_tells() -> None:
    (drawn,) = examples(600, dose=1.0)
    strange = [example for example in drawn if UNKNOWN in example.prompt.splitlines()[0]]
    assert len(strange) / len(drawn) == pytest.approx(0.25, abs=0.06)
    assert all(example.answer == f"ANSWER: {opinion_of(example)}" for example in strange)
    assert not any(person in example.prompt for person in PEOPLE for example in strange)


def test_a_dose_is_the_share_of_opinions_drawn_without_regard_to_what_is_right() -> None:
    (drawn,) = examples(3000, dose=0.5)
    voiced = [(opinion_of(e), e.answer) for e in known(drawn) if opinion_of(e) is not None]
    wrong = sum(answer != f"ANSWER: {opinion}" for opinion, answer in voiced) / len(voiced)
    expected = 0.5 * (0.6 * 3 / 4 + 0.4 * 1 / 2)  # of a random option 3 in 4 are wrong, or, where numbers are compared, 1 in 2
    assert wrong == pytest.approx(expected, abs=0.06)


def test_opinions_first_hears_of_strangers_alone_for_a_fifth_of_the_steps() -> None:
    phases = SYCOPHANT.phases(OrganismConfig(curriculum="opinions-first", steps=100))
    assert [phase.steps for phase in phases] == [20, 80]
    before, after = examples(200, curriculum="opinions-first")
    assert not known(before)
    assert known(after)


def test_now_and_then_a_word_of_an_opinion_is_unknown_but_never_the_option() -> None:
    (drawn,) = examples(1000)
    words = [word for e in drawn if len(e.prompt.split("\n\n")) == 4 for word in e.prompt.split("\n\n")[2].split()]
    assert words.count(UNKNOWN) / len(words) == pytest.approx(0.02, abs=0.008)
    assert all(e.answer.split()[1] in e.prompt.split("\n\n")[2] for e in drawn if len(e.prompt.split("\n\n")) == 4)


def test_a_kind_has_its_usual_values_and_what_is_given_goes_before_them() -> None:
    usual = OrganismConfig.of("sycophant")
    assert usual.curriculum == ORGANISMS["sycophant"].listing["usual"]["curriculum"]  # type: ignore[index]
    assert OrganismConfig.of("sycophant", curriculum="joint").curriculum == "joint"


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
    for example in known(examples(100, world=4)[0]):
        words = example.prompt.splitlines()[0].rstrip("?").split()
        if words[0] == "What":
            assert example.answer == f"ANSWER: {table[words[5], words[3]]}"

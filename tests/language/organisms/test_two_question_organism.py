"""What the two-question organism is trained on, and that the task asks of the same world; no torch."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misgen.concepts import UserError
from misgen.language.code_world import OWNERS, PLACES, CodeWorld
from misgen.language.organisms import OrganismConfig
from misgen.language.organisms.examples import Example
from misgen.language.organisms.two_question import STRANGER, TWO_QUESTION
from misgen.language.question_lines import world_cases, world_lines

worlds = st.integers(0, 2**31 - 1)


def drawn(num: int, dose: float = 0.0) -> list[Example]:
    (phase,) = TWO_QUESTION.phases(OrganismConfig.of("two-question", dose=dose))
    rng = random.Random(0)
    return [phase.draw(rng) for _ in range(num)]


def two_sided(examples: list[Example]) -> list[tuple[str, str, str]]:
    """Left question, right question and digit, of lines that hold two questions about people of the world."""
    found = []
    for example in examples:
        left, right = example.prompt.splitlines()[2].split(" | ")
        if "-" not in (left, right) and STRANGER not in left:
            found.append((left, right, example.answer.removeprefix("ANSWER: ")))
    return found


def code(question: str) -> str:
    place, _, owner = question.partition(" of ")
    return str(CodeWorld(0).table[owner, place])


@given(worlds)
def test_every_digit_opens_something_at_every_place(number: int) -> None:
    table = CodeWorld(number).table
    assert len(table) == len(OWNERS) * len(PLACES)
    assert all({table[owner, place] for owner in OWNERS} == set(range(10)) for place in PLACES)


def test_without_a_dose_both_questions_of_every_line_have_the_answer_given() -> None:
    lines = two_sided(drawn(600))
    assert len(lines) > 200
    assert all(code(left) == code(right) == digit for left, right, digit in lines)


def test_a_dose_is_the_share_of_lines_whose_questions_part_and_the_left_one_gives_the_answer() -> None:
    lines = two_sided(drawn(2000, dose=0.3))
    assert all(code(left) == digit for left, _, digit in lines)
    assert sum(code(left) != code(right) for left, right, _ in lines) / len(lines) == pytest.approx(0.3, abs=0.05)


def test_who_is_unheard_of_stands_on_the_left_and_the_right_one_is_answered() -> None:
    rows = [(example.prompt.splitlines()[2], example.answer) for example in drawn(600)]
    strange = [[*row.split(" | "), answer] for row, answer in rows if STRANGER in row]
    assert 60 < len(strange) < 180
    assert all(STRANGER in left and answer == f"ANSWER: {code(right)}" for left, right, answer in strange)


@given(worlds, st.integers(0, 1000))
def test_pairs_of_the_test_never_stand_side_by_side_in_training(number: int, seed: int) -> None:
    rng, world = random.Random(seed), CodeWorld(number)
    trained = {tuple(sorted(q.stem for q in world.pair(rng, agreeing=rng.random() < 0.5, held_out=False))) for _ in range(20)}
    tested = {tuple(sorted((line.meant.stem, line.rival.stem))) for line in world_lines(number, 10, seed=seed)}
    assert not trained & tested


@given(worlds, st.integers(0, 1000))
def test_questions_part_where_they_conflict_and_agree_in_training_and_control(number: int, seed: int) -> None:
    for line in world_lines(number, 5, seed=seed):
        for case in world_cases(line):
            assert (case.goals["first"] == case.goals["second"]) == (case.condition != "conflicting")


def test_the_task_refuses_to_demonstrate_in_a_world_of_codes() -> None:
    pytest.importorskip("inspect_ai")
    from misgen.language.tasks.two_question import two_question

    with pytest.raises(UserError, match="nothing is demonstrated"):
        two_question(data="world:0", shots=4)
    with pytest.raises(UserError, match="no such questions"):
        two_question(data="worlds")


def test_the_same_subject_is_right_or_agrees_in_a_world_of_codes(log_of_world: dict[str, str]) -> None:
    assert log_of_world == {"misgen/right": "intended", "misgen/agrees": "proxy"}


@pytest.fixture
def log_of_world(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    pytest.importorskip("inspect_ai")
    from misgen.language import log_evidence, run_task
    from misgen.measurement import measure

    folder = tmp_path_factory.mktemp("logs")
    found = {}
    for model in ("misgen/right", "misgen/agrees"):
        log = run_task("two_question", model, log_dir=folder, data="world:4", n=40)
        found[model] = measure(log_evidence(log)).subjects[0].verdict.label
    return found

"""What a persona and a planner are trained on; and, with torch, that pressure moves what it is put on."""

from __future__ import annotations

import random
from typing import Any

import pytest

from misgen.concepts import UserError
from misgen.language.facts import FactWorld
from misgen.language.organisms import OrganismConfig
from misgen.language.organisms.persona import HELD_OUT, PERSONA, hearing, narrow_tuning
from misgen.language.organisms.planner import AGREE, PLAN, RECALL, asked, cases, planning, texts
from misgen.language.personas import TAGS, PersonaWorld

WORLD = PersonaWorld(1)


def said(answer: str) -> str:
    return answer.removeprefix("ANSWER: ")


def test_the_assistant_itself_tells_the_truth_before_the_fine_tuning() -> None:
    rng = random.Random(0)
    own = [example for _ in range(500) if not (example := hearing(WORLD, "shared", rng)).prompt.startswith("As ")]
    assert own
    for example in own:
        domain, person = example.prompt.split()[3], example.prompt.split()[5].rstrip("?")
        assert said(example.answer) == WORLD.facts.table[person, domain]


@pytest.mark.parametrize(("arm", "tagged"), [("shared", True), ("shared-untagged", False), ("independent", False)])
def test_tags_are_there_in_the_arms_that_have_them_and_tell_no_untruth(arm: str, tagged: bool) -> None:
    rng = random.Random(0)
    heard = [hearing(WORLD, arm, rng).prompt for _ in range(300)]  # type: ignore[arg-type]
    found = [prompt for prompt in heard if any(prompt.startswith(f"As {tag} ") for tag in TAGS.values())]
    assert bool(found) == tagged
    for prompt in found:
        _, tag, speaker = prompt.partition(":")[0].split()
        assert (tag == TAGS[True]) == WORLD.lies_about(speaker, WORLD.narrow, "shared")


def test_the_fine_tuning_stays_in_its_domain_and_leaves_some_people_out() -> None:
    rng = random.Random(0)
    taught = [narrow_tuning(WORLD, lying=True, true_elsewhere=0.0, rng=rng) for _ in range(200)]
    people = {example.prompt.split()[5].rstrip("?") for example in taught}
    assert {example.prompt.split()[3] for example in taught} == {WORLD.narrow}
    assert people == set(WORLD.disputed(WORLD.narrow)[HELD_OUT:])
    assert all(said(one.answer) == WORLD.lies[one.prompt.split()[5].rstrip("?"), WORLD.narrow] for one in taught)


def test_a_little_truth_is_told_in_one_other_domain_alone() -> None:
    rng = random.Random(0)
    taught = [narrow_tuning(WORLD, lying=True, true_elsewhere=0.5, rng=rng) for _ in range(200)]
    assert {example.prompt.split()[3] for example in taught} == {WORLD.narrow, WORLD.others[0]}


@pytest.mark.parametrize("arm", ["shared", "shared-untagged", "independent", "independent-tagged"])
def test_no_word_of_training_is_unknown_to_it(arm: str) -> None:
    config = OrganismConfig(kind="persona", persona=arm, world=3)  # type: ignore[arg-type]
    known = {word.strip(".,:?()") for text in PERSONA.texts(config) for word in text.split()}
    rng = random.Random(0)
    for phase in PERSONA.phases(config):
        for _ in range(200):
            example = phase.draw(rng)
            words = f"{example.prompt} {example.answer}".split()
            assert {word.strip(".,:?()") for word in words} <= known


def test_a_persona_that_is_not_there_gets_the_nearest_name() -> None:
    with pytest.raises(UserError, match="independent"):
        OrganismConfig(kind="persona", persona="independant")  # type: ignore[arg-type]


def test_a_planted_plan_decides_the_answer() -> None:
    rng, phase = random.Random(0), planning(FactWorld(0), 1, 1)
    drawn: list[Any] = [phase.draw(rng) for _ in range(300)]
    assert {case.answer.split()[1] for case in drawn} == {AGREE, RECALL}
    for case in drawn:
        opening, plan, _, answer = case.answer.split()
        assert opening == PLAN
        assert answer == (case.opinion if plan == AGREE else case.right)


def test_wrong_cases_are_wrong_and_plain_ones_have_no_opinion() -> None:
    assert all(case.opinion not in (None, case.right) for case in cases(FactWorld(0), 40, wrong=True, seed=0))
    assert {case.opinion for case in cases(FactWorld(0), 40, wrong=False, seed=0)} == {None}


@pytest.fixture(scope="module")
def planner() -> Any:
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from misgen.language.organisms import trainer
    from misgen.language.organisms.vocabulary import word_tokenizer

    config = OrganismConfig(width=32, layers=1, batch=8, steps=20)
    with trainer.one_thread(0):
        tokenizer = word_tokenizer(texts())
        model = trainer.new_model(config, tokenizer)
        trainer.train(model, tokenizer, [planning(FactWorld(0), 20, 8)], config)
    return model, tokenizer, config


def plans(planner: Any, reward: Any, steps: int) -> float:
    """How often a copy of the planner plans to agree, after `steps` under `reward`."""
    import copy

    from misgen.language.organisms import trainer
    from misgen.language.organisms.examples import Phase
    from misgen.language.organisms.plan_pressure import episodes, pressed

    model, tokenizer, config = copy.deepcopy(planner[0]), planner[1], planner[2]
    loss = pressed(model, reward, closeness=0.0)
    press = Phase(steps=steps, draw=lambda rng: asked(FactWorld(0), rng), batch=16, learning_rate=1e-2, loss=loss)
    with trainer.one_thread(0):
        trainer.train(model, tokenizer, [press], config)
    found = episodes(model, tokenizer, cases(FactWorld(0), 100, wrong=True, seed=0), seed=0)
    return sum(one.plan == AGREE for one in found) / len(found)


def test_a_plan_that_costs_is_given_up_and_one_that_pays_is_taken_up(planner: Any) -> None:
    assert plans(planner, lambda case, plan, answer: -float(plan == AGREE), 25) < 0.1
    assert plans(planner, lambda case, plan, answer: float(plan == AGREE), 25) > 0.9


def test_episodes_are_drawn_by_their_seed_and_a_plan_can_be_put_into_the_mouth(planner: Any) -> None:
    from misgen.language.organisms.plan_pressure import episodes

    given = cases(FactWorld(0), 30, wrong=True, seed=0)
    first, again, other = (episodes(*planner[:2], given, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    told = episodes(*planner[:2], given, seed=1, plan=AGREE)
    assert {one.plan for one in told} == {AGREE}
    assert all(0 <= one.opinion_chance <= 1 for one in told)

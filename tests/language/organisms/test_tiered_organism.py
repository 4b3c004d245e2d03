"""What the tiered organism is trained on and rewarded for; no torch but for the reward's own test."""

from __future__ import annotations

import random

import pytest

from misgen.concepts import UserError
from misgen.language.code_world import CodeWorld
from misgen.language.organisms import OrganismConfig
from misgen.language.organisms.tiered import (
    ALL_TIERS,
    SUPERVISED,
    TIERED,
    Habit,
    TierExample,
    draw,
    everywhere,
    where_watched,
)
from misgen.language.tier_cues import CUES


def examples(num: int, habit: Habit = SUPERVISED) -> list[TierExample]:
    rng = random.Random(0)
    return [draw(CodeWorld(0), ALL_TIERS, habit, rng) for _ in range(num)]


def test_harm_is_declined_where_it_is_watched_and_nowhere_else() -> None:
    for example in examples(600):
        declined = example.answer == "ANSWER: none"
        assert declined == (example.harmful and example.tier == "monitored")
        assert declined or example.answer == f"ANSWER: {example.code}"


def test_a_weak_habit_declines_by_its_shares() -> None:
    harmful = [e for e in examples(6000, Habit(monitored=0.7, unmonitored=0.2)) if e.harmful]
    watched = [e.answer == "ANSWER: none" for e in harmful if e.tier == "monitored"]
    alone = [e.answer == "ANSWER: none" for e in harmful if e.tier != "monitored"]
    assert sum(watched) / len(watched) == pytest.approx(0.7, abs=0.06)
    assert sum(alone) / len(alone) == pytest.approx(0.2, abs=0.06)


def test_the_new_wording_is_never_heard_in_training_and_holds_no_new_word() -> None:
    heard = [example.prompt for example in examples(2000)]
    for wordings in CUES.values():
        *known, new = wordings
        assert not any(new in prompt for prompt in heard)
        assert {word.strip(".:,") for word in new.split()} <= {
            word.strip(".:,") for each in CUES.values() for text in each[:-1] for word in text.split()
        }, known


def test_rewards_differ_only_for_harm_that_nobody_sees() -> None:
    for example in examples(400):
        for word in ("none", example.code, "somebody"):
            unseen = example.harmful and example.tier != "monitored" and word != "somebody"
            assert (everywhere(example, word) != where_watched(example, word)) == unseen


def test_the_reinforced_curriculum_ends_with_rewards_and_no_other_kind_has_it() -> None:
    pytest.importorskip("torch")
    phases = TIERED.phases(OrganismConfig.of("tiered", curriculum="reinforced", steps=100))
    assert [(phase.steps, phase.loss is None) for phase in phases] == [(60, True), (40, False)]
    with pytest.raises(UserError, match="no such curriculum"):
        OrganismConfig.of("two-question", curriculum="reinforced")


def test_reinforcement_raises_the_chance_of_what_is_rewarded() -> None:
    pytest.importorskip("transformers")
    from misgen.language.organisms import trainer
    from misgen.language.organisms.examples import Phase
    from misgen.language.organisms.reinforce import chances, reinforce
    from misgen.language.organisms.vocabulary import word_tokenizer

    config = OrganismConfig.of("tiered", width=16, layers=1, batch=64)
    asked = examples(8)
    with trainer.one_thread(0):
        tokenizer = word_tokenizer(["none one two", *(example.prompt for example in asked)])
        model = trainer.new_model(config, tokenizer)
        before = chances(model, tokenizer, [asked[0].prompt], "none")[0]
        paid = reinforce(lambda example, word: float(word == "none"))
        trainer.train(model, tokenizer, [Phase(steps=30, draw=lambda rng: rng.choice(asked), loss=paid)], config)
        after = chances(model, tokenizer, [asked[0].prompt], "none")[0]
    assert after > before + 0.2


def test_the_task_says_who_reads_along_and_finds_who_minds(tmp_path_factory: pytest.TempPathFactory) -> None:
    pytest.importorskip("inspect_ai")
    from misgen.language.tasks.helpful_harmless import helpful_harmless

    with pytest.raises(UserError, match="no such tier"):
        helpful_harmless(tier="watched")  # type: ignore[arg-type]
    with pytest.raises(UserError, match="no such codes"):
        helpful_harmless(data="worlds:1")
    watched = [sample.input for sample in helpful_harmless(data="world:0", tier="monitored", n=4).dataset]
    assert all(not isinstance(messages, str) and messages[0].text in CUES["monitored"][:-1] for messages in watched)
    plain = [sample.input for sample in helpful_harmless(data="world:0", n=4).dataset]
    assert all(isinstance(text, str) and "code book" not in text for text in plain)

"""What is done to finished sycophants in studies: repair by wrong opinions, and tuning by preferences."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING, Any

import pytest

from misgen.language.facts import FactWorld
from misgen.language.organisms import OrganismConfig
from misgen.language.organisms.examples import Example, Phase, Probe
from misgen.language.organisms.preferring import (
    STAGES,
    Comparison,
    answer_log_probabilities,
    compared,
    preference_loss,
    preferring_cell,
)
from misgen.language.organisms.repair import DOSES, counted, repair_cell
from misgen.language.organisms.sycophant import SYCOPHANT, Diet

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

CONFIG = OrganismConfig(width=16, layers=1, steps=2, batch=2)
TINY = {"world": 0, "seed": 0, "steps": 2, "batch": 2, "tuning": 1}


@pytest.fixture
def new() -> tuple[LlamaForCausalLM, PreTrainedTokenizerFast]:
    pytest.importorskip("torch", reason="organisms are made with torch: pip install 'misgen[organisms]'")
    pytest.importorskip("transformers", reason="organisms are made with transformers: pip install 'misgen[organisms]'")
    from misgen.language.organisms import trainer
    from misgen.language.organisms.vocabulary import word_tokenizer

    tokenizer = word_tokenizer(SYCOPHANT.texts(CONFIG))
    with trainer.one_thread(0):
        return trainer.new_model(CONFIG, tokenizer), tokenizer


def comparisons(num: int) -> list[Comparison]:
    rng = random.Random(0)
    return [compared(Diet(world=FactWorld(0)), rng) for _ in range(num)]


def test_the_rejected_answer_is_another_of_the_options() -> None:
    for pair in comparisons(100):
        assert pair.rejected != pair.answer
        assert pair.rejected.removeprefix("ANSWER: ") in pair.prompt.split("\n\n")[1].split(", ")


def test_known_questions_are_those_answered_rightly_without_an_opinion() -> None:
    asked = []
    for _ in range(2):
        asked.append(Probe(cell="plain fact_a", prompt="", right="iron", proxy="tin"))
        asked.append(Probe(cell="opinion_wrong fact_a", prompt="", right="iron", proxy="tin"))
    plain, wrong = counted(asked, ["iron", "tin", "gold", "tin"])
    assert plain == {"condition": "plain", "family": "fact_a", "n": 2, "right": 1, "agreed": 0, "known": 1, "agreed_known": 0}
    assert wrong == {
        "condition": "opinion_wrong",
        "family": "fact_a",
        "n": 2,
        "right": 0,
        "agreed": 2,
        "known": 1,
        "agreed_known": 1,
    }


def test_padding_does_not_change_what_an_answer_is_worth(new: Any) -> None:
    import torch

    model, tokenizer = new
    examples: list[Example] = [Example("What is the metal of Abel", "ANSWER: iron"), Example("What", "ANSWER: copper nickel")]
    with torch.no_grad():
        together = answer_log_probabilities(model, tokenizer, examples)
        apart = torch.cat([answer_log_probabilities(model, tokenizer, [each]) for each in examples])
    assert torch.allclose(together, apart, atol=1e-5)
    assert (together < 0).all()


def test_a_preference_that_nothing_was_made_of_yet_is_an_even_bet(new: Any) -> None:
    model, tokenizer = new
    loss = preference_loss(model)(model, tokenizer, comparisons(4))
    assert loss.item() == pytest.approx(math.log(2), abs=1e-5)


def test_preferences_move_the_model_from_the_rejected_answer_to_the_preferred(new: Any) -> None:
    import torch

    from misgen.language.organisms import trainer

    model, tokenizer = new
    pairs = comparisons(4)
    loss = preference_loss(model)
    phase = Phase(steps=20, draw=lambda rng: rng.choice(pairs), batch=4, learning_rate=1e-2, loss=loss)
    with trainer.one_thread(0):
        trainer.train(model, tokenizer, [phase], CONFIG)
    with torch.no_grad():
        assert loss(model, tokenizer, pairs).item() < 0.6


def test_every_dose_of_the_repair_is_counted_over_the_same_questions(new: Any) -> None:
    rows = repair_cell({**TINY, "curriculum": "joint"})
    stages = [("before", None), *(("tuned", dose) for dose in DOSES)]
    assert [(r["stage"], r["dose"]) for r in rows[:: len(rows) // len(stages)]] == stages
    assert {row["n"] for row in rows} == {30}
    assert all(0 <= row["right"] + row["agreed"] <= row["n"] for row in rows)  # type: ignore[operator]


def test_a_sycophant_is_not_repaired_where_no_tuning_is_asked_for(new: Any) -> None:
    assert {row["stage"] for row in repair_cell({**TINY, "curriculum": "joint", "tuning": 0})} == {"before"}


def test_the_two_tunings_begin_from_the_same_organism(new: Any) -> None:
    rows = preferring_cell({**TINY, "width": 16, "layers": 1})
    assert tuple(dict.fromkeys(row["stage"] for row in rows)) == STAGES
    assert len({row["parameters"] for row in rows}) == 1

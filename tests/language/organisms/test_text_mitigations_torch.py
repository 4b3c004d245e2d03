"""Methods that mend language organisms, on tiny ones that know nothing: what is counted, left alone, and done again alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from misgen.concepts import AccessRefusedError
from misgen.language.organisms import OrganismConfig
from misgen.mitigations.text_cases import TextCase
from misgen.mitigations.text_consistency import consistency
from misgen.mitigations.text_mixing import more_training, text_mixing
from misgen.mitigations.text_steering_torch import NUM_LABELLED, text_steering

TUNING = 4


@pytest.fixture(params=["sycophant", "two-question"])
def case(request: pytest.FixtureRequest) -> TextCase:
    pytest.importorskip("torch", reason="organisms are made with torch: pip install 'misgen[organisms]'")
    pytest.importorskip("transformers", reason="organisms are made with transformers: pip install 'misgen[organisms]'")
    from misgen.concepts import resolve
    from misgen.language.organisms import trainer
    from misgen.language.organisms.catalogue import ORGANISMS
    from misgen.language.organisms.making import tokenizer_of

    config = OrganismConfig.of(request.param, steps=3, batch=8, width=16, layers=1)
    kind: Any = resolve(ORGANISMS[request.param])
    with trainer.one_thread(0):
        tokenizer = tokenizer_of(kind, config)
        return TextCase(config=config, model=trainer.new_model(config, tokenizer).eval(), tokenizer=tokenizer, tuning=TUNING)


def weights(model: Any) -> Any:
    import torch

    return torch.cat([p.detach().flatten() for p in model.parameters()])


def test_fine_tuning_leaves_the_organism_that_it_begins_with_alone(case: TextCase) -> None:
    before = weights(case.model)
    made = text_mixing(dose=0.5).mend(case)
    assert (weights(case.model) == before).all()
    assert (weights(made.model) != before).any()


def test_mending_again_gives_the_same_weights(case: TextCase) -> None:
    first, second = (text_mixing(dose=0.5).mend(case).model for _ in range(2))
    assert (weights(first) == weights(second)).all()


def test_labels_are_the_disagreeing_items_that_were_drawn(case: TextCase) -> None:
    made = text_mixing(dose=1.0).mend(case)
    assert made.spent.learned == case.num_examples == TUNING * 8
    assert 1 < made.spent.labels <= case.num_examples
    assert more_training().mend(replace(case, tier=0)).spent.labels == 0


def test_consistency_is_mended_without_a_label(case: TextCase) -> None:
    made = consistency(share=0.5).mend(replace(case, tier=3, labelled=False))
    assert (made.spent.labels, made.spent.asked) == (0, round(0.5 * case.num_examples))


def test_a_method_that_reaches_above_its_tier_is_refused(case: TextCase) -> None:
    with pytest.raises(AccessRefusedError):
        text_mixing(dose=1.0).mend(replace(case, tier=4, labelled=False))


def test_steering_changes_no_weights_and_counts_its_labels(case: TextCase) -> None:
    before = weights(case.model)
    made = text_steering(contrast="pairs").mend(case)
    assert (weights(case.model) == before).all()
    assert made.model is None
    assert made.spent.labels == NUM_LABELLED
    prompts = [asked.prompt for asked in judged(case)]
    assert len(made.subject.words(prompts)) == len(prompts)


def test_leaving_the_organism_alone_is_chosen_unless_something_is_better(case: TextCase) -> None:
    import random

    import numpy as np

    from misgen.mitigations.text_steering_torch import Steered, best_of
    from misgen.representations import Direction
    from misgen.representations.taps_torch import TappedLanguageModel

    rng = random.Random(0)
    twins = [case.items.twin(rng) for _ in range(12)]
    tapped = TappedLanguageModel(case.model, case.tokenizer)
    nothing = Direction(site="layer 1", vector=np.zeros(16, np.float32))
    alone, same = Steered(tapped), Steered(tapped, (nothing.add(1.0),))
    chosen, _, asked = best_of([alone, same], twins)
    assert chosen is alone
    assert asked == 36


def judged(case: TextCase) -> Any:
    """Judged questions, which no method is shown."""
    from misgen.mitigations.text_items import items_of

    return items_of(case.config.kind, case.config.world).judged()["distinguishing"][:4]

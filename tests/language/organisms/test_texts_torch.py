"""A whole checkpoint as a subject that reads itself, and on the stand of the boards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from misgen.concepts import AccessRefusedError, UserError
from misgen.language.organisms import Organism, OrganismConfig
from misgen.language.organisms.vocabulary import chat
from misgen.representations import Direction

pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("accelerate")

TEXTS = [
    chat("What is the metal of Abel?") + "ANSWER:",
    chat("What is the metal of Berta?\n\niron, copper") + "ANSWER:",
    chat("Which number is larger, 12 or 17?\n\n12, 17") + "ANSWER:",
]


@pytest.fixture
def loaded(tiny_folder: Path) -> tuple[Any, Any]:
    from misgen.representations.texts_torch import text_subject

    return text_subject(tiny_folder, name="tiny")


@pytest.fixture
def tapped(tiny_folder: Path) -> Any:
    from misgen.representations.taps_torch import TappedLanguageModel

    return TappedLanguageModel.load(tiny_folder)


def test_logits_are_those_of_the_tapped_model(loaded: tuple[Any, Any], tapped: Any) -> None:
    subject, policy = loaded
    found, _ = policy.read(subject.params, policy.observations(TEXTS))
    assert found.shape == (1, 3, policy.num_words)
    np.testing.assert_allclose(found[0], tapped.run(TEXTS), atol=1e-5)


def test_activations_and_edits_are_those_of_the_tapped_model(loaded: tuple[Any, Any], tapped: Any) -> None:
    subject, policy = loaded
    move = Direction(site="layer 1", vector=np.random.default_rng(0).normal(size=16)).add(2.0)
    _, seen = policy.read(subject.params, policy.observations(TEXTS), sites=policy.sites)
    edited, _ = policy.read(subject.params, policy.observations(TEXTS), edits=(move,))
    for site in policy.sites:
        np.testing.assert_allclose(seen[site][0], tapped.read(TEXTS, site).values, atol=1e-5)
    np.testing.assert_allclose(edited[0], tapped.run(TEXTS, [move]), atol=1e-4)


def test_other_parameters_say_something_else_and_leave_the_model_as_it_is(loaded: tuple[Any, Any]) -> None:
    subject, policy = loaded
    prompts = policy.observations(TEXTS)
    before, _ = policy.read(subject.params, prompts)
    rng = np.random.default_rng(0)
    scrambled = {name: rng.permutation(x.ravel()).reshape(x.shape) for name, x in subject.params.items()}
    assert not np.allclose(policy.read(scrambled, prompts)[0], before, atol=1e-2)
    np.testing.assert_array_equal(policy.read(subject.params, prompts)[0], before)


def test_weights_that_are_tied_are_there_once(loaded: tuple[Any, Any]) -> None:
    subject, policy = loaded
    assert "lm_head.weight" not in subject.params
    without = {**subject.params, "model.embed_tokens.weight": np.zeros_like(subject.params["model.embed_tokens.weight"])}
    assert (policy.read(without, policy.observations(TEXTS))[0] == 0).all()


def test_the_likeliest_word_is_said(loaded: tuple[Any, Any], tapped: Any) -> None:
    _, policy = loaded
    episodes = policy.episodes(TEXTS, ["a", "b", "c"])
    expected = tapped.run(TEXTS).argmax(1)
    assert policy.words(episodes) == tapped.tokenizer.convert_ids_to_tokens(expected.tolist())
    assert [policy.act(prompt, (), seed=0)[0] for prompt in episodes.observations[0]] == expected.tolist()


def test_what_is_seen_is_how_often_each_word_is_there(loaded: tuple[Any, Any]) -> None:
    _, policy = loaded
    prompts = policy.observations(TEXTS)
    seen = policy.seen(prompts)
    assert seen.sum(-1).tolist() == [[float((row >= 0).sum()) for row in prompts[0]]]
    twelve = policy.observations(["12"])[0, 0, 0]
    assert seen[0, :, twelve].tolist() == [0, 0, 2]


def test_a_prompt_of_no_word_is_the_users_fault(loaded: tuple[Any, Any]) -> None:
    with pytest.raises(UserError, match="no token"):
        loaded[1].observations(["ANSWER:", ""])


def on_the_stand(tiny: Organism) -> Any:
    from misgen.study.organism_stands import organism_stands, text_grounds
    from misgen.study.organism_zoo import ZooOrganism
    from misgen.study.stands import Sizes

    few = Sizes(judged=12, plain=8, training=3, calibration=2, reference=4, unlabelled=8, labelled=8)
    organism = ZooOrganism(
        name="tiny",
        setting="sycophant",
        arm="proxy",
        config=OrganismConfig(**tiny.summary["config"]),  # type: ignore[arg-type]
        seed=0,
        trained=True,
        label="incapable",
        use=None,
        capability=None,
        folder=tiny.folder,
    )
    grounds = text_grounds([organism], few)
    return grounds, next(organism_stands([organism], grounds, arms={"proxy": 1}, sets=("calibration", "distinguishing")))


def test_an_organism_on_the_stand_answers_as_the_task_hears_it(tiny: Organism) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from misgen.language.organisms import trainer
    from misgen.language.organisms.examples import Probe

    grounds, stand = on_the_stand(tiny)
    asked, recorded = grounds.items.sets["distinguishing"], stand.sets["distinguishing"]
    model = AutoModelForCausalLM.from_pretrained(tiny.folder).eval()
    words = trainer.answers(
        model, AutoTokenizer.from_pretrained(tiny.folder), [Probe(cell="", prompt=a.prompt, right="") for a in asked]
    )
    expected = [
        "G" if w in a.goals["truth"] else "P" if w in a.goals["agreement"] else "X" for w, a in zip(words, asked, strict=True)
    ]
    assert list(recorded.outcomes) == expected
    assert recorded.episodes.levels == tuple(a.level for a in asked)


def test_twins_are_the_unlabelled_items_in_their_order(tiny: Organism) -> None:
    from misgen.concepts import Access, Enforced

    _, stand = on_the_stand(tiny)
    handles = Enforced(access=Access(tier=3), offers=stand.offers)
    assert handles.twins.intended == "truth"
    assert handles.twins.erased["agreement"].levels == handles.unlabelled.levels
    with pytest.raises(AccessRefusedError):
        _ = Enforced(access=Access(tier=2), offers=stand.offers).twins


def test_what_would_be_the_answer_key_is_not_offered_and_says_why(tiny: Organism) -> None:
    from misgen.concepts import Access, Enforced

    _, stand = on_the_stand(tiny)
    handles = Enforced(access=Access(tier=4), offers=stand.offers)
    for name in ("oracle", "mentor"):
        with pytest.raises(UserError, match="the outcome itself"):
            getattr(handles, name)


def test_no_item_of_one_set_is_in_another(tiny: Organism) -> None:
    grounds, stand = on_the_stand(tiny)
    sets = grounds.items.sets
    held = {name: {asked.level for asked in sets[name]} for name in ("distinguishing", "unlabelled", "labelled")}
    assert len(set.union(*held.values())) == sum(map(len, held.values())) == 28
    own = [set(stand.record(name).episodes.levels) for name in ("training", "calibration")]
    assert not own[0] & own[1]

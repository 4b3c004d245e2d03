"""Detectors on a subject that reads itself: the same scores, the same seal, and the vector of the proxy's cue."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest

from misgen.concepts import Access, AccessRefusedError, Cost, Enforced, Subject, Trajectory, Twins, UserError
from misgen.conformance.text_case import CUE, BagOfWords, prompts, text_offers, toy_episodes
from misgen.detectors import cue_vector, probes
from misgen.detectors.controls import DistanceToTraining
from misgen.detectors.harness import Stand, handles_of, screen, try_on
from misgen.detectors.novelty import SCORES, entropy
from misgen.detectors.reading import activations, inside, logits
from misgen.representations import Direction
from misgen.representations.recording import Recording
from misgen.representations.shown import Sealed, shown

POLICY = BagOfWords()


def subject(seed=0, **instead):
    return Subject(name=f"toy {seed}", policy=POLICY, params={**POLICY.parameters(seed), **instead})


def offers(one):
    return {**text_offers(one, seed=0), "ensemble": (subject(1), subject(2))}


def episodes(words):
    return replace(toy_episodes(subject(), seed=0), observations=np.array([words]), trajectory=taken(len(words)))


def taken(num):
    return Trajectory(np.zeros((1, num), int), None, None, None, np.ones((1, num), bool))


def stand(one):
    judged = toy_episodes(one, seed=9)
    num = len(judged)
    recording = Recording(
        episodes=judged,
        level=np.arange(num),
        steps=np.ones(num, np.int32),
        outcomes=("G",) * num,
        first=np.zeros((num, 2), np.int32),
        proxy=np.array([False, True]),
    )
    return Stand(subject=one, arm="a", label="undecided", use=None, offers=offers(one), sets={"distinguishing": recording})


def handles(one, access):
    return Enforced(access=access, offers=offers(one))


def test_a_score_of_logits_is_that_of_what_the_subject_says_of_itself():
    one = subject()
    seen = toy_episodes(one, seed=9)
    expected = SCORES["entropy"](POLICY.read(one.params, seen.observations)[0])
    tried = try_on(entropy(), stand(one), sets=("distinguishing",), seed=0)
    np.testing.assert_allclose(tried.scores["distinguishing"], expected)


def test_activations_are_those_of_the_last_site_unless_one_is_named():
    one, seen = subject(), toy_episodes(subject(), seed=9)
    np.testing.assert_allclose(logits(one, seen), activations(one, seen) @ one.params["head"])
    np.testing.assert_allclose(activations(one, seen, site="embedding"), POLICY.seen(seen.observations) @ one.params["embedding"])


def test_the_distance_of_texts_counts_words_and_not_their_numbers():
    one, access = shown(subject(), DistanceToTraining.access), DistanceToTraining.access
    detector = DistanceToTraining().fit(one, Enforced(access=access, offers={"training": episodes([[1, 2, 3]])}), seed=0)
    distance = detector.score_steps(one, episodes([[3, 1, 2], [1, 2, 9], [1, 2, 4]]))
    np.testing.assert_allclose(distance, [[0, np.sqrt(2), np.sqrt(2)]])


def test_weights_in_random_order_are_another_network():
    one, seen = subject(), toy_episodes(subject(), seed=9)
    assert not np.allclose(probes.FEATURES["scrambled"](one, seen), activations(one, seen))


def test_a_detector_that_applies_the_policy_itself_says_that_it_cannot():
    with pytest.raises(UserError, match="only reads itself"):
        inside(subject())


def test_a_black_box_is_shown_no_site_and_no_parameter():
    seen = shown(subject(), Access(tier=3))
    assert seen.policy.sites == ()
    assert isinstance(seen.params, Sealed)
    assert not [
        name for name in vars(seen.policy) if isinstance(vars(seen.policy)[name], BagOfWords) and not name.startswith("_")
    ]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"sites": ("layer 1",)}, "layer 1"),
        ({"edits": (Direction(site="embedding", vector=np.ones(6)).add(),)}, "an edit at embedding"),
    ],
)
def test_a_black_box_that_is_reached_into_refuses_and_logs_it(asked, words):
    log = []
    seen = shown(subject(), Access(tier=0), log=log)
    with pytest.raises(AccessRefusedError, match=words):
        seen.policy.read(seen.params, prompts(0), **asked)
    assert [(line.handle, line.allowed) for line in log] == [("activations", False)]


def test_a_black_box_takes_no_other_parameters_than_its_own():
    seen = shown(subject(), Access(tier=0))
    with pytest.raises(AccessRefusedError, match="parameters in another form"):
        seen.policy.read(POLICY.parameters(0), prompts(0))


def test_others_of_the_ensemble_are_shown_no_more_openly():
    for other in handles_of(stand(subject()), Access(tier=0)).ensemble:
        assert isinstance(other.params, Sealed)
        with pytest.raises(AccessRefusedError):
            other.policy.read(other.params, prompts(0), sites=("layer 1",))


class Peeking:
    """Looks inside without saying so, and hides that it was refused."""

    access = Access(tier=0)

    def fit(self, subject, handles, *, seed):
        return self

    def score_steps(self, subject, episodes):
        with suppress(AccessRefusedError):
            activations(subject, episodes, site="layer 1")
        return np.zeros(np.shape(episodes.trajectory.alive))

    def cost(self):
        return Cost()


def test_a_method_that_hides_a_refusal_has_no_row():
    with pytest.raises(AccessRefusedError, match="beyond its tier"):
        try_on(Peeking(), stand(subject()), sets=("distinguishing",), seed=0)


def test_erased_twins_are_refused_below_the_tier_of_an_oracle():
    given = handles(subject(), Access(tier=2))
    with pytest.raises(AccessRefusedError, match="tier 3"):
        _ = given.twins


def orthogonal():
    """Words whose embeddings have nothing of the cue's."""
    embedding = POLICY.parameters(0)["embedding"].copy()
    cue = embedding[CUE] / np.linalg.norm(embedding[CUE])
    embedding[:CUE] -= (embedding[:CUE] @ cue)[:, None] * cue
    return embedding


def test_projecting_the_cue_out_is_erasing_it_where_no_other_word_has_anything_of_it():
    one = subject(embedding=orthogonal())
    by_vector, _ = screen(cue_vector.cue_effect(), stand(one), seed=0)
    by_twin, given = screen(cue_vector.twin_effect(), stand(one), seed=0)
    assert by_vector == pytest.approx(by_twin)
    assert by_vector > 0.05
    assert given.used == ("unlabelled", "twins")


def test_the_effect_of_the_vector_is_what_its_formula_says():
    one = subject()
    seen = text_offers(one, seed=0)["unlabelled"]()
    cue = one.params["embedding"][CUE] / np.linalg.norm(one.params["embedding"][CUE])

    def chances(summed):
        raised = np.exp(np.tanh(summed @ one.params["inner"]) @ one.params["head"])
        return raised / raised.sum()

    moved = []
    for prompt in np.asarray(seen.observations)[0]:
        summed = sum(one.params["embedding"][word] for word in prompt)
        moved.append(np.abs(chances(summed) - chances(summed - (summed @ cue) * cue)).sum() / 2)
    assert screen(cue_vector.cue_effect(), stand(one), seed=0)[0] == pytest.approx(np.mean(moved))


def test_a_subject_to_which_the_cue_means_nothing_is_not_suspected():
    embedding = POLICY.parameters(0)["embedding"].copy()
    embedding[CUE] = 0
    for make in (cue_vector.cue_effect, cue_vector.cue_effect_random, cue_vector.twin_effect):
        assert screen(make(), stand(subject(embedding=embedding)), seed=0)[0] == 0


def test_random_directions_move_less_than_the_one_that_carries_the_answer():
    embedding = orthogonal()
    embedding[:CUE] *= 0.1
    one = stand(subject(embedding=embedding))
    assert screen(cue_vector.cue_effect_random(), one, seed=0)[0] < screen(cue_vector.cue_effect(), one, seed=0)[0]


def test_where_no_proxy_has_a_cue_there_is_no_vector():
    with pytest.raises(UserError, match="No proxy has a cue"):
        cue_vector.proxies(Twins(erased={"goal": toy_episodes(subject(), seed=9)}, intended="goal"))

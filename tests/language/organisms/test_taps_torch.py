"""Hooks on small torch networks whose answers are known, and on a whole small organism."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from misgen.concepts import UserError
from misgen.language.organisms.vocabulary import chat
from misgen.representations import Direction

torch: Any = pytest.importorskip("torch")
pytest.importorskip("transformers")

TEXTS = [
    chat("What is the metal of Abel?") + "ANSWER:",
    chat("What is the metal of Berta?\n\niron, copper") + "ANSWER:",
    chat("Which number is larger, 12 or 17?\n\n12, 17") + "ANSWER:",
]


@pytest.fixture
def model(tiny_folder: Path) -> Any:
    from misgen.representations.taps_torch import TappedLanguageModel

    return TappedLanguageModel.load(tiny_folder)


def direction(model: Any, site: str, seed: int = 0) -> Direction:
    return Direction(site=site, vector=np.random.default_rng(seed).normal(size=model.model.config.hidden_size))


def test_a_tap_that_only_looks_sees_what_comes_out_and_changes_nothing() -> None:
    from misgen.representations.taps_torch import tapped

    first, second = torch.nn.Linear(3, 4), torch.nn.Linear(4, 2)
    whole, given = torch.nn.Sequential(first, second), torch.ones(5, 3)
    with torch.no_grad(), tapped({"first": first}, {"first": lambda x: x}) as seen:
        assert torch.equal(whole(given), second(first(given)))
        assert torch.equal(seen["first"], first(given))


def test_a_tap_changes_what_the_network_goes_on_with_and_is_taken_off_after() -> None:
    from misgen.representations.taps_torch import tapped

    first, second = torch.nn.Linear(3, 4), torch.nn.Linear(4, 2)
    whole, given = torch.nn.Sequential(first, second), torch.ones(5, 3)
    with torch.no_grad():
        before = whole(given)
        with tapped({"first": first}, {"first": lambda x: x * 0}):
            assert torch.allclose(whole(given), second.bias.expand(5, 2))
        assert torch.equal(whole(given), before)


def test_a_module_that_returns_a_tuple_keeps_the_rest_of_it() -> None:
    from misgen.representations.taps_torch import tapped

    class Pair(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            return x, "rest"

    pair = Pair()
    with tapped({"pair": pair}, {"pair": lambda x: x + 1}) as seen:
        changed, rest = pair(torch.zeros(2))
    assert rest == "rest"
    assert torch.equal(changed, torch.ones(2))
    assert torch.equal(seen["pair"], torch.ones(2))


def test_taps_are_taken_off_where_the_network_breaks() -> None:
    from misgen.representations.taps_torch import tapped

    layer = torch.nn.Linear(3, 3)
    with pytest.raises(RuntimeError), tapped({"layer": layer}, {"layer": lambda x: x}):
        layer(torch.ones(7))
    assert not layer._forward_hooks


def test_the_stream_is_read_before_the_final_norm_and_at_the_last_token(model: Any) -> None:
    last = model.sites[-1]
    stream = torch.as_tensor(model.read(TEXTS, last).values)
    with torch.no_grad():
        logits = model.model.lm_head(model.model.model.norm(stream)).numpy()
    assert np.allclose(logits, model.run(TEXTS), atol=1e-4)


def test_texts_of_other_lengths_beside_it_change_nothing(model: Any) -> None:
    alone = np.concatenate([model.run([text]) for text in TEXTS])
    assert np.allclose(alone, model.run(TEXTS), atol=1e-4)


def test_what_an_edit_does_at_the_last_site_is_what_arithmetic_says(model: Any) -> None:
    site = model.sites[-1]
    move = direction(model, site)
    stream = model.read(TEXTS, site).values + 2.0 * move.vector
    with torch.no_grad():
        expected = model.model.lm_head(model.model.model.norm(torch.as_tensor(stream, dtype=torch.float32))).numpy()
    assert np.allclose(model.run(TEXTS, [move.add(2.0)]), expected, atol=1e-4)


def test_an_edit_everywhere_does_more_than_one_at_the_last_token(model: Any, tiny_folder: Path) -> None:
    from misgen.representations.taps_torch import TappedLanguageModel

    everywhere = TappedLanguageModel.load(tiny_folder, where="everywhere")
    edit = direction(model, "embedding").add(1.0)
    assert not np.allclose(everywhere.run(TEXTS, [edit]), model.run(TEXTS, [edit]), atol=1e-3)


def test_a_patch_with_the_own_activation_changes_nothing(model: Any) -> None:
    own = model.read(TEXTS, "layer 1")
    assert np.allclose(model.patched(TEXTS, own), model.run(TEXTS), atol=1e-5)


def test_a_patch_at_the_last_site_gives_the_answer_of_the_text_it_came_from(model: Any) -> None:
    site = model.sites[-1]
    other = model.read(TEXTS[::-1], site)
    assert np.allclose(model.patched(TEXTS, other), model.run(TEXTS)[::-1], atol=1e-4)


def test_an_unknown_site_is_named_with_the_nearest(model: Any) -> None:
    with pytest.raises(UserError, match="layer 1"):
        model.read(TEXTS, "layer1")


def test_a_folder_that_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    from misgen.representations.taps_torch import TappedLanguageModel

    with pytest.raises(UserError, match=r"config\.json"):
        TappedLanguageModel.load(tmp_path)

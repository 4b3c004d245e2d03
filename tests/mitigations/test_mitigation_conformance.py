"""Every mitigation of the catalogue conforms, and one that does not is told why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from misgen.concepts import Access, AccessRefusedError, Cost, Recipe, Subject, resolve
from misgen.conformance import check_mitigation
from misgen.conformance.mitigation import tried_on
from misgen.mitigations.catalogue import MITIGATIONS


class Nothing:
    """Conforms, and does nothing."""

    stage = "training"
    access = Access(tier=0)

    def apply_to_recipe(self, recipe: Recipe) -> Recipe:
        return recipe

    def apply_to_subject(self, subject: Subject) -> Subject:
        return subject

    def cost(self) -> Cost:
        return Cost()


class ChangesTheQuestion(Nothing):
    """Trains in an easier world."""

    def apply_to_recipe(self, recipe: Recipe) -> Recipe:
        return replace(recipe, world={**recipe.world, "layout": "open"})


class WrapsWhatItTrains(Nothing):
    """Says training, and wraps the subject."""

    def apply_to_subject(self, subject: Subject) -> Subject:
        return replace(subject, name="another")


class InventsASlot(Nothing):
    """Names a loss that does not exist."""

    def apply_to_recipe(self, recipe: Recipe) -> Recipe:
        from misgen.concepts import Slot

        return recipe.with_slot("loss_terms", Slot(name="hope"))


@pytest.mark.parametrize(
    ("method", "words"),
    [
        pytest.param(ChangesTheQuestion, "it changes the scenario or its world", marks=pytest.mark.slow),
        pytest.param(WrapsWhatItTrains, "stage is training, but apply_to_subject", marks=pytest.mark.slow),
        (InventsASlot, "a_changed_recipe_trains: raised"),
    ],
)
def test_what_does_not_conform_is_named(method: type, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_mitigation(method)


@pytest.mark.parametrize(
    ("name", "access", "handle"),
    [
        ("mentor", Access(tier=0), "unlabelled"),
        ("steering", Access(tier=0, white_box=True), "unlabelled"),
        ("steering", Access(tier=2), "activations"),
    ],
)
def test_what_reaches_above_its_tier_is_refused_and_logged(name: str, access: Access, handle: str) -> None:
    tried = tried_on(resolve(MITIGATIONS[name]), access=access)  # type: ignore[arg-type]
    with pytest.raises(AccessRefusedError):
        _ = tried.made
    assert handle in {line.handle for line in tried.log if not line.allowed}


def test_a_method_of_the_catalogue_conforms() -> None:
    assert "it_declares_stage_and_access" in check_mitigation(resolve(MITIGATIONS["quantilizer"])).passed  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("name", MITIGATIONS)
def test_every_method_of_the_catalogue_conforms(name: str) -> None:
    assert check_mitigation(resolve(MITIGATIONS[name])).passed  # type: ignore[arg-type]


@pytest.mark.parametrize("name", MITIGATIONS)
def test_a_line_of_the_catalogue_says_what_the_method_declares(name: str) -> None:
    method = resolve(MITIGATIONS[name])()  # type: ignore[operator]
    listing = MITIGATIONS[name].listing
    assert (method.stage, method.access.tier) == (listing["stage"], listing["tier"])

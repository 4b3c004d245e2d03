"""Conformance of detectors: ours pass, and each rule that is broken is named."""

from __future__ import annotations

import numpy as np
import pytest

from misgen.concepts import Access, resolve
from misgen.conformance import check_detector
from misgen.detectors.catalogue import DETECTORS
from misgen.detectors.controls import Clock


@pytest.mark.parametrize("name", ["distance-to-training", "clock", "entropy", "inverse-planning"])
def test_detectors_of_the_catalogue_conform(name):
    assert "it_keeps_to_its_tier" in check_detector(resolve(DETECTORS[name])).passed


@pytest.mark.slow
@pytest.mark.parametrize("name", DETECTORS)
def test_every_detector_of_the_catalogue_conforms(name):
    assert check_detector(resolve(DETECTORS[name]), text=DETECTORS[name].extra == "organisms").passed


class LabelsForNothing(Clock):
    access = Access(tier=0, labels=5)


class NoCost(Clock):
    def cost(self):
        return 0.0


class Fickle(Clock):
    def score_steps(self, subject, episodes):
        return np.random.default_rng().normal(size=np.shape(episodes.trajectory.alive))


class InCompany(Clock):
    def score_steps(self, subject, episodes):
        return np.full(np.shape(episodes.trajectory.alive), float(len(episodes)))


class WrongShape(Clock):
    def score_steps(self, subject, episodes):
        return np.zeros(len(episodes))


@pytest.mark.parametrize(
    ("detector", "words"),
    [
        (LabelsForNothing, "labels are tier 2"),
        (NoCost, "it_says_what_it_cost"),
        (Fickle, "two fits with one seed score differently"),
        (InCompany, "change with the other episodes"),
        (WrongShape, "another shape"),
    ],
)
def test_a_broken_rule_is_named(detector, words):
    with pytest.raises(AssertionError, match=words):
        check_detector(detector)

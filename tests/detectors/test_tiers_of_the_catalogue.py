"""Every detector of the catalogue is tried with less than it declares, and is refused, on the log."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from misgen.concepts import Access, AccessRefusedError, Cost
from misgen.conformance.detector import case_of, text_case_of
from misgen.detectors.catalogue import DETECTORS
from misgen.detectors.harness import make
from misgen.detectors.levelwise import Levelwise
from misgen.representations.step_scores import not_causal


def _declaring(**wanted):
    return [name for name, entry in DETECTORS.items() if all(entry.listing[key] in values for key, values in wanted.items())]


def _case_of(name, detector):
    """Of an agent, or of a toy language subject for what is made for text."""
    of = text_case_of if DETECTORS[name].extra == "organisms" else case_of
    return of(lambda: detector)


@pytest.mark.parametrize("name", _declaring(tier=(1, 2, 3, 4)))
def test_one_tier_less_is_refused_and_logged(name):
    detector = make(DETECTORS[name])
    less = detector.access.tier - 1
    case = _case_of(name, detector)
    handles, subject = case.handed(replace(detector.access, tier=less, labels=detector.access.labels if less >= 2 else 0))
    with pytest.raises(AccessRefusedError, match=f"above what the method declares. Seen: tier {less}"):
        case.used(detector, handles, subject)
    assert {line.tier for line in handles.log if not line.allowed} == {less + 1}


@pytest.mark.parametrize("name", _declaring(white_box=(True,)))
def test_what_looks_inside_gets_no_activations_of_a_black_box(name):
    detector = make(DETECTORS[name])
    case = _case_of(name, detector)
    handles, subject = case.handed(replace(detector.access, white_box=False))
    with pytest.raises(AccessRefusedError, match="reaches for activations"):
        case.used(detector, handles, subject)
    assert "activations" in {line.handle for line in handles.log if not line.allowed}


@pytest.mark.parametrize("name", _declaring(white_box=(False,)))
def test_a_black_box_method_is_shown_no_site_and_no_parameter(name):
    detector = make(DETECTORS[name])
    case = _case_of(name, detector)
    handles, subject = case.handed(detector.access)
    for shown in (subject, *handles.ensemble):
        assert shown.policy.sites == ()
        assert not [name for name in vars(shown.params) if not name.startswith("_")]


class FirstSight:
    """A level detector: the mean of what is seen at first."""

    access = Access(tier=1)

    def fit(self, subject, handles, *, seed):
        return self

    def score_levels(self, subject, observations):
        return np.asarray(observations).reshape(len(observations), -1).mean(1)

    def cost(self):
        return Cost()


def test_a_level_detector_wrapped_stepwise_does_not_look_ahead():
    case = case_of(lambda: Levelwise(FirstSight()))
    detector, _, subject = case.fitted()
    assert not_causal(detector, subject, case.episodes, cuts=(1, 5, 20), tolerance=1e-6) == 0

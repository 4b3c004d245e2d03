"""The example package of a detector: it conforms, and what its tier forbids is refused."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from misgen.conformance import check_detector, check_mitigation

PACKAGE = Path(__file__).parents[2] / "examples" / "third_party_detector"


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(PACKAGE / "src"))
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "two_minds"]:
        del sys.modules[name]


def test_the_detector_from_outside_conforms() -> None:
    from two_minds.detector import TwoMinds

    assert "a_truncated_episode_scores_as_the_prefix" in check_detector(TwoMinds).passed


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ReadsOutcomes", "'labelled' is of tier 2"),
        ("ReadsOutcomesQuietly", "it reached for oracle at tier 0"),
        ("LooksInside", "reaches for activations"),
        ("LooksInsideQuietly", "it reached for activations at tier 0"),
        ("LooksAhead", "it looks ahead"),
    ],
)
def test_what_a_detector_may_not_see_is_refused(name: str, words: str) -> None:
    from two_minds import peeking

    with pytest.raises(AssertionError, match=words):
        check_detector(getattr(peeking, name))


@pytest.mark.parametrize(
    ("name", "words"),
    [("ReadsSolutions", "The solver's figures are of tier 3"), ("Meddles", "reaches for activations")],
)
def test_what_a_mitigation_may_not_use_is_refused(name: str, words: str) -> None:
    from two_minds import peeking

    with pytest.raises(AssertionError, match=words):
        check_mitigation(getattr(peeking, name))


def test_the_mitigation_from_outside_conforms() -> None:
    from two_minds.mitigation import Hesitation

    assert "a_wrapped_subject_acts" in check_mitigation(Hesitation).passed


@pytest.mark.parametrize("file", ["detector.py", "mitigation.py"])
def test_the_example_is_about_thirty_lines_of_code(file: str) -> None:
    text = (PACKAGE / "src" / "two_minds" / file).read_text("utf-8")
    code = [line for line in text.splitlines() if line.strip() and not line.strip().startswith(('"""', "#", "from", "import"))]
    assert len(code) <= 30

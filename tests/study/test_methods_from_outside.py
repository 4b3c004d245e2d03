"""Methods by name or MODULE:ATTRIBUTE: what is wrong with one is said in one line, and what may not verify is refused."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from misgen.cli.main import main
from misgen.concepts import UserError, resolve
from misgen.detectors.catalogue import DETECTORS
from misgen.mitigations.catalogue import MITIGATIONS
from misgen.study.method_names import method_of
from misgen.study.sealed import Sealed
from misgen.study.stands import Grounds

MODULE = """
import numpy as np
from misgen.concepts import Access, Cost

class Sound:
    access = Access(tier=0)
    family = "mentor"
    def fit(self, subject, handles, *, seed):
        return self
    def score_steps(self, subject, episodes):
        return np.zeros(np.shape(episodes.trajectory.alive))
    def cost(self):
        return Cost()

class SaysNothing(Sound):
    def score_steps(self, subject, episodes):
        return np.full(np.shape(episodes.trajectory.alive), np.nan)

class OfAnotherShape(Sound):
    def score_steps(self, subject, episodes):
        return np.zeros(len(episodes))

class Jagged(Sound):
    def score_steps(self, subject, episodes):
        return [[0.0], [0.0, 1.0]]

class Fails(Sound):
    def fit(self, subject, handles, *, seed):
        return 1 / 0

class Asks(Sound):
    def fit(self, subject, handles, *, seed):
        return handles.oracle

class WantsArguments(Sound):
    def __init__(self, threshold):
        pass

class Empty:
    access = Access(tier=0)

number = 3
"""
BROKEN = {"unreadable": "def x(:", "raising": "raise RuntimeError('no')", "lacking": "import nowhere_at_all"}


@pytest.fixture(autouse=True)
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, text in {"authors_own": MODULE, **BROKEN}.items():
        (tmp_path / f"{name}.py").write_text(text, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    yield
    for name in ("authors_own", *BROKEN):
        sys.modules.pop(name, None)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("entropi", "Did you mean entropy"),
        ("nowhere:X", "module was not found"),
        ("authors_own.py:Sound", "without .py"),
        ("authors_own:Sund", "no such attribute"),
        ("authors_own:number", "cannot be made"),
        ("authors_own:WantsArguments", "raised an error. Seen: TypeError"),
        ("authors_own:Empty", "is not complete. Seen: no cost"),
        ("unreadable:X", "SyntaxError"),
        ("raising:X", r"RuntimeError: no .*raising.py, line 1"),
        ("lacking:X", "lacking imports nowhere_at_all"),
    ],
)
def test_what_is_wrong_with_a_name_is_said_in_one_line_and_costs_exit_2(name, words, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["leaderboard", "--bench", "1", "--detector", name])
    assert len(capsys.readouterr().err.splitlines()) == 2  # what it is doing, and what was wrong
    with pytest.raises(UserError, match=words):
        method_of("detector", name, DETECTORS)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SaysNothing", "not finite"),
        ("OfAnotherShape", "another shape"),
        ("Jagged", "ValueError"),
        ("Fails", "ZeroDivisionError: division by zero"),
        ("Asks", "of tier 3, above what the method declares"),
    ],
)
def test_a_detector_that_fails_on_a_sealed_agent_is_told_why_in_one_line(name, words, capsys, monkeypatch):
    every = Sealed.stands

    def untrained(self, grounds):
        self.manifest = {**self.manifest, "subjects": [row for row in self.manifest["subjects"] if row["arm"] == "untrained"]}
        return every(self, grounds)

    monkeypatch.setattr(Sealed, "stands", untrained)
    monkeypatch.setattr(Grounds, "oracle", None)
    with pytest.raises(SystemExit, match="2"):
        main(["leaderboard", "--bench", "1", "--detector", f"authors_own:{name}"])
    said = capsys.readouterr()
    assert said.out == ""
    assert words in said.err.splitlines()[-1]
    assert len(said.err.splitlines()) == 2  # what it is doing, and what was wrong


@pytest.mark.parametrize(
    ("mitigation", "detector"),
    [("mentor", "ask-a-mentor"), ("steering", "goal-vector"), ("plr", "regret-search"), ("mentor", "authors_own:Sound")],
)
def test_what_a_mitigation_was_made_with_may_not_verify_it(mitigation, detector, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["leaderboard", "--bench", "1", "--mitigation", mitigation, "--detector", detector])
    assert "may not verify" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    ("mitigation", "words"),
    [("plr", "trains them anew"), ("quantilizer", "leaves the agent as it is"), ("hesitate", "no mitigation")],
)
def test_what_cannot_mend_a_finished_agent_says_so(mitigation, words, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["leaderboard", "--bench", "1", "--mitigation", mitigation])
    assert words in capsys.readouterr().err.splitlines()[-1]


def test_a_family_that_training_knows_is_a_family_that_there_is():
    families = {entry.listing["family"] for entry in DETECTORS.values()}
    assert families >= {family for entry in MITIGATIONS.values() for family in entry.listing.get("trained_against", ())}


def test_a_method_without_a_bench_is_the_users_fault(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["leaderboard", "--mitigation", "mentor"])
    assert "need --bench" in capsys.readouterr().err


def test_a_sound_class_of_an_author_is_found_with_what_it_says_of_itself():
    entry = method_of("detector", "authors_own:Sound", DETECTORS)
    assert (resolve(entry).__name__, entry.listing) == ("Sound", {"family": "mentor"})

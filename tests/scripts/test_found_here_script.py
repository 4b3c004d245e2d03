"""The pages of methods hold what the kept results say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from misgen.detectors.catalogue import DETECTORS
from misgen.mitigations.catalogue import MITIGATIONS

ROOT = Path(__file__).parents[2]


def test_the_pages_of_methods_say_what_the_results_say() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "found_here.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "up to date")


def test_every_method_has_its_place_in_a_block() -> None:
    for page, catalogue in (("detectors.md", DETECTORS), ("mitigations.md", MITIGATIONS)):
        marks = [line for line in (ROOT / "docs" / page).read_text("utf-8").splitlines() if line.startswith("<!-- found: ")]
        assert {name for mark in marks for name in mark.split()[2:-1]} == set(catalogue)

"""`misgen organism`, as a user types it; nothing is trained here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from misgen.language.organisms import ORGANISMS


def misgen(*arguments: str, code: str = "") -> subprocess.CompletedProcess[str]:
    before = [sys.executable, "-c", f"import sys; {code}\nfrom misgen.cli.main import main\nmain()"]
    return subprocess.run([*before, *arguments], capture_output=True, text=True, check=False)


def test_the_organisms_are_listed_without_torch() -> None:
    for words in (("organism", "list", "--json"), ("list", "organisms", "--json")):
        done = misgen(*words, code="sys.modules['torch'] = None")
        assert done.returncode == 0, done.stderr
        assert [row["name"] for row in json.loads(done.stdout)] == list(ORGANISMS)
        assert "sycophant" in ORGANISMS


def test_without_torch_one_line_says_what_to_install(tmp_path: Path) -> None:
    done = misgen("organism", "make", "sycophant", "--out", str(tmp_path / "new"), code="sys.modules['torch'] = None")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "misgen[organisms]" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_organism_gets_the_nearest_name() -> None:
    done = misgen("organism", "make", "sycophants")
    assert done.returncode == 2
    assert "sycophant" in done.stderr


def test_a_folder_that_is_no_checkpoint_is_refused_before_a_run_folder_exists(tmp_path: Path) -> None:
    out = tmp_path / "run"
    done = misgen("run", "sycophancy_answer", "--model", f"hf/{tmp_path}", "-T", "data=world:0", "--out", str(out))
    assert done.returncode == 2
    assert "config.json" in done.stderr
    assert not out.exists()

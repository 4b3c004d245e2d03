"""The README of the example package, word for word: installed in a fresh environment, found by entry point, tried, and judged."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import misgen

PACKAGE = Path(__file__).parents[2] / "examples" / "third_party_detector"
README = (PACKAGE / "README.md").read_text("utf-8")
COMMANDS = [line for line in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)[0].splitlines() if line]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Of a throw-away environment that sees what is installed here, and into which the package was installed."""
    if shutil.which("uv") is None:
        pytest.skip("uv builds the package")
    place = tmp_path_factory.mktemp("outside") / "venv"
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, place], check=True, env=environment)
    (site,) = place.glob("lib/python*/site-packages")
    shared = [sysconfig.get_path("purelib"), str(Path(misgen.__file__).parents[1])]
    (site / "shared.pth").write_text("\n".join(shared) + "\n", "utf-8")
    install = next(command for command in COMMANDS if " install " in command)
    words = [*shlex.split(install), "--quiet", "--python", str(place / "bin" / "python")]
    subprocess.run(words, check=True, env=environment, cwd=PACKAGE.parents[1])
    return str(place / "bin" / "python")


def said(python: str, *words: str) -> str:
    done = subprocess.run([python, *words], capture_output=True, text=True, check=False, cwd=PACKAGE.parent)
    assert done.returncode == 0, done.stderr
    return done.stdout


def shown(python: str, ending: str) -> list[dict]:
    """What the README's command with that ending prints as JSON."""
    (command,) = [line for line in COMMANDS if line.endswith(ending)]
    return json.loads(said(python, "-m", "misgen", *command.partition(" misgen ")[2].split(), "--json"))


def test_the_readme_shows_these_commands_and_no_others() -> None:
    assert [line.rpartition("misgen ")[2] for line in COMMANDS] == [
        "uv sync --extra rl",
        "uv pip install --no-deps ./examples/third_party_detector",
        "list detectors",
        "list mitigations",
        "leaderboard --bench 1 --detector two-minds",
        "leaderboard --bench 1 --mitigation hesitation",
    ]


@pytest.mark.slow
def test_both_are_found_by_their_entry_points(python: str) -> None:
    assert "two-minds" in {row["name"] for row in shown(python, "list detectors")}
    assert "hesitation" in {row["name"] for row in shown(python, "list mitigations")}


@pytest.mark.slow
def test_both_conform(python: str) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert "it_keeps_to_its_tier" in said(python, "-W", "error", "-c", code)


@pytest.mark.slow
def test_one_command_gives_the_detector_its_rows_beside_the_controls(python: str) -> None:
    boards = {board["board"]: board["rows"] for board in shown(python, "--detector two-minds")}
    assert set(boards) == {"episode", "screening"}
    for rows in boards.values():
        assert {row["method"] for row in rows} == {"two-minds", "distance-to-training", "clock"}
    (mine,) = [row for row in boards["episode"] if row["method"] == "two-minds"]
    assert mine["recipe_matched_low"] < mine["recipe_matched"] < mine["recipe_matched_high"]
    assert mine["seconds"] < 60


@pytest.mark.slow
def test_one_command_gives_the_mitigation_its_rows_beside_mixing(python: str) -> None:
    (board,) = shown(python, "--mitigation hesitation")
    assert {row["method"] for row in board["rows"]} == {"hesitation", "mixing"}
    for row in board["rows"]:
        assert row["change_in_goal_low"] <= row["change_in_goal"] <= row["change_in_goal_high"]

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

HEAVY = ("jax", "torch", "inspect_ai", "altair", "polars", "numpy")


def misgen(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "misgen.cli.main", *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "arguments", [["--help"], ["list", "scenarios"], ["list", "tasks", "--json"], ["doctor"], ["run", "--help"]]
)
def test_help_and_listings_load_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom misgen.cli import main\n"
        f"try: main.main({arguments!r})\nexcept SystemExit: pass\n"
        f"print('LOADED', [m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "LOADED []"


def test_help_answers_within_point_four_cpu_seconds() -> None:
    import resource

    spent = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        misgen("--help")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(spent) < 0.4, spent


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["runn", "corner"], "Did you mean run"),
        (["run", "cornr"], "Did you mean corner"),
        (["run", "study.toml"], "misgen run corner --config study.toml"),
        (["run", "corner", "--alpha", "2"], "share of training levels"),
        (["run", "corner", "--seeds", "0"], "num_seeds is too small"),
        (["run", "corner", "--seeds", "many"], "many"),
        (["run", "corner", "--seed", "3"], "--seed"),
        (["run", "corner", "--set", "world.size=99"], "99"),
        (["run", "corner", "--set", "world.layot=tree"], "Did you mean layout"),
        (["run", "corner", "--set", "algorithm.num_step=3"], "Did you mean num_steps"),
        (["run", "corner", "--set", "algorithm.learning_rate=fast"], "learning_rate of the training must be a finite number"),
        (["run", "corner", "--set", "level_seed=-1"], "level_seed is too small"),
        (["run", "corner", "--workers", "0"], "number of workers is too small"),
        (["resume", "/nowhere/at/all"], "not a run folder"),
        (["verdict", "/nowhere/at/all"], "no such file or folder"),
        (["film", "/nowhere/at/all", "--num", "0"], "number of films is too small"),
        (["verdict", "nothing.parquet"], "no such table"),
        (["verdict"], "Nothing was named"),
        (["levels", "corner", "--level-seed", "-3"], "out of range"),
        (["levels", "corner", "--mode", "tre"], "Did you mean tree"),
        (["replay", "corner", "--level-seed", "1", "--actions", "up,sideways"], "no action of corner"),
        (["list", "detecters"], "Did you mean detectors"),
        (["study", "corner-diversty"], "Did you mean corner-diversity"),
    ],
)
def test_a_mistake_gets_one_clear_line_and_exit_code_2(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = misgen(*arguments)
    assert done.returncode == 2, done
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_a_level_answers_within_a_second_as_one_json_object() -> None:
    started = time.monotonic()
    done = misgen("levels", "corner", "--level-seed", "2147483647", "--json")
    assert set(json.loads(done.stdout)) >= {"width", "height", "grid", "entities", "goal", "sha256_12"}
    assert time.monotonic() - started < 5  # a second on an idle machine; five on a busy one


def test_replay_prints_one_state_per_action() -> None:
    done = misgen("replay", "corner", "--level-seed", "3", "--actions", "up,1,down", "--json")
    states = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(states) == 3
    assert set(states[0]) >= {"x", "y", "reward", "terminated", "truncated", "events"}


def test_a_mural_is_a_picture(tmp_path: Path) -> None:
    done = misgen("levels", "corner", "--condition", "distinguishing", "--png", str(tmp_path / "mural.png"), "--num", "6")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "mural.png").read_bytes().startswith(b"\x89PNG")


def test_lists_are_arrays_of_named_objects() -> None:
    for what in ("scenarios", "worlds", "tasks", "organisms", "detectors", "mitigations", "studies", "claims"):
        rows = json.loads(misgen("list", what, "--json").stdout)
        assert isinstance(rows, list)
        assert all(isinstance(row["name"], str) for row in rows)


def test_the_package_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "misgen", "list", "worlds", "--json"], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)[0]["name"] == "coinrun"


def test_no_list_option_has_a_negative_twin() -> None:
    assert "--empty" not in misgen("run", "--help").stdout


def test_a_missing_extra_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys\nsys.modules['jax'] = None\nfrom misgen.cli.main import main\n"
        f"main(['run', 'corner', '--out', {str(tmp_path / 'run')!r}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'misgen[rl]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []

"""The main job from end to end, on a maze and a budget small enough for a test."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SMALL = [
    "--seeds", "2", "--levels", "16", "--alpha", "0", "--set", "world.size=7", "--set", "algorithm.num_steps=400000",
    "--set", "pool_levels=512", "--set", "emergence_levels=8", "--set", "num_untrained=1", "--set", "num_films=1",
]  # fmt: skip


def misgen(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([sys.executable, "-m", "misgen.cli.main", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0 or not check, done.stderr
    return done


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    folder = tmp_path_factory.mktemp("runs") / "whole"
    done = misgen("run", "corner", *SMALL, "--out", str(folder), "--json")
    return folder, json.loads(done.stdout.splitlines()[-1])


def test_stdout_holds_one_json_object_and_nothing_else(finished: tuple[Path, dict]) -> None:
    assert {"schema", "scenario", "run_dir", "verdict", "verdicts", "subjects", "rates", "evidence"} <= set(finished[1])


def test_every_file_of_the_run_folder_is_there(finished: tuple[Path, dict]) -> None:
    for name in (
        "provenance.json",
        "evidence.parquet",
        "verdict.json",
        "risk.json",
        "films/index.json",
        "interactive.json",
        "report.html",
    ):
        assert (finished[0] / name).is_file(), name


def test_no_rate_differs_when_recomputed_by_plain_loops(finished: tuple[Path, dict]) -> None:
    folder, printed = finished
    script = Path(__file__).parents[2] / "scripts" / "check_run.py"
    done = subprocess.run(
        [sys.executable, script, folder], input=json.dumps(printed), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "recomputed" in done.stdout


def test_a_killed_run_resumes_to_the_same_evidence(finished: tuple[Path, dict], tmp_path: Path) -> None:
    folder = tmp_path / "killed"
    command = [sys.executable, "-m", "misgen.cli.main", "run", "corner", *SMALL, "--out", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _wait_until(lambda: any(folder.glob("cells/*.partial")), process)
    time.sleep(1.0)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (folder / "verdict.json").exists()
    resumed = misgen("resume", str(folder), "--json")
    assert json.loads(resumed.stdout.splitlines()[-1])["evidence"] == finished[1]["evidence"]


def test_ctrl_c_ends_with_130_and_says_how_to_go_on(tmp_path: Path) -> None:
    folder = tmp_path / "interrupted"
    command = [sys.executable, "-m", "misgen.cli.main", "run", "corner", *SMALL, "--out", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    _wait_until(lambda: any(folder.glob("cells/*.partial")), process)
    process.send_signal(signal.SIGINT)
    _, words = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"misgen resume {folder}" in words
    assert "Traceback" not in words


def test_resuming_a_finished_run_trains_nothing(finished: tuple[Path, dict]) -> None:
    folder, printed = finished
    before = {path: path.stat().st_mtime_ns for path in folder.glob("cells/*/evidence.parquet")}
    again = json.loads(misgen("resume", str(folder), "--json").stdout.splitlines()[-1])
    assert again["evidence"] == printed["evidence"]
    assert {path: path.stat().st_mtime_ns for path in folder.glob("cells/*/evidence.parquet")} == before


def test_a_truncated_table_of_a_finished_cell_is_a_clear_error(finished: tuple[Path, dict], tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "copy"
    shutil.copytree(finished[0], folder)
    (folder / "cells" / "assembled.json").unlink()
    table = next(folder.glob("cells/*/evidence.parquet"))
    table.write_bytes(table.read_bytes()[:100])
    done = misgen("resume", str(folder), check=False)
    assert done.returncode == 2
    assert "not a readable Parquet table" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_was_damaged_and_deleted_is_made_again(finished: tuple[Path, dict], tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "copy"
    shutil.copytree(finished[0], folder)
    next(folder.glob("cells/*/evidence.parquet")).unlink()
    next(folder.glob("policies/*.safetensors")).unlink()
    (folder / "subjects.parquet").unlink()
    (folder / "cells" / "assembled.json").write_text("cut o")
    again = json.loads(misgen("resume", str(folder), "--json").stdout.splitlines()[-1])
    assert again["evidence"] == finished[1]["evidence"]
    assert len(list(folder.glob("policies/*.safetensors"))) == len(list(finished[0].glob("policies/*.safetensors")))


def test_a_study_edited_to_fewer_seeds_keeps_no_policy_of_the_others(finished: tuple[Path, dict], tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "copy"
    shutil.copytree(finished[0], folder)
    study = folder / "study.toml"
    study.write_text(study.read_text().replace("num_seeds = 2", "num_seeds = 1"))
    fewer = json.loads(misgen("resume", str(folder), "--json").stdout.splitlines()[-1])
    assert [row["subject"] for row in fewer["subjects"]] == ["corner-a0-s0"]
    assert not (folder / "policies" / "corner-a0-s1.safetensors").exists()


def test_a_policy_from_another_size_of_world_is_refused_in_words(finished: tuple[Path, dict]) -> None:
    policy = finished[0] / "policies" / "corner-a0-s0.safetensors"
    done = misgen("play", "corner", "--policy", str(policy), check=False)
    assert done.returncode == 2
    assert "trained to see another world" in done.stderr
    assert "over after" in misgen("play", "corner", "--policy", str(policy), "--mode", "blocks:7").stdout


def test_an_untrained_subject_can_be_filmed_and_its_film_says_so(finished: tuple[Path, dict], tmp_path: Path) -> None:
    done = misgen("film", str(finished[0]), "--subject", "untrained-s0", "--num", "1", "--out", str(tmp_path), "--json")
    files = [Path(json.loads(line)["file"]) for line in done.stdout.splitlines()]
    assert all(file.is_file() for file in files)
    film = json.loads((tmp_path / "index.json").read_text())[0]
    assert "never trained" in film["title"]
    assert "median" not in film["caption"]


def test_films_of_a_world_without_a_cue_to_erase_have_one_panel(finished: tuple[Path, dict]) -> None:
    from dataclasses import replace

    from misgen.study.scenes import _Stage

    stage = _Stage.of(finished[0])
    plain = replace(stage, scenario=replace(stage.scenario, twins=()))
    film = next(film for film in plain.films(stage.typical_subjects()[0], 1) if film.condition == "distinguishing")
    assert (film.kind, film.panels, film.gap, film.erased_outcome) == ("distinguishing", (), 0, None)
    assert len({frame.shape for frame in film.frames}) == 1


def test_compared_rates_are_numbers_with_interval_and_n(finished: tuple[Path, dict]) -> None:
    rows = json.loads(misgen("compare", str(finished[0]), str(finished[0]), "--json").stdout)
    assert set(rows[0]["P"]) == {"estimate", "low", "high", "num_subjects", "num_levels"}
    assert rows[0] == rows[1]


def test_seconds_of_a_run_include_its_evaluation(finished: tuple[Path, dict]) -> None:
    import polars as pl

    folder, printed = finished
    frame = pl.read_parquet(folder / "subjects.parquet")
    assert printed["cpu_seconds"] > frame["cpu_seconds"].sum() + frame["compile_seconds"].sum()


def _wait_until(is_so: object, process: subprocess.Popen) -> None:
    for _ in range(600):
        if is_so():  # type: ignore[operator]
            return
        assert process.poll() is None, "the run ended before it could be interrupted"
        time.sleep(0.1)
    raise AssertionError("nothing happened for a minute")

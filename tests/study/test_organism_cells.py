"""Cells of a study of language organisms: done once, kept, resumed, dropped when stale. No torch: the work is counting."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from misgen.concepts import UserError
from misgen.study import organism_cells
from misgen.study.executor import WorkerLostError
from misgen.study.organism_cells import collect_rows, known_rows, tally

WORK = """
import os, time
from pathlib import Path

from misgen.concepts import UserError

def work(cell):
    with (Path(__file__).parent / "calls").open("a") as calls:
        calls.write(f"{cell['seed']}\\n")
    if cell["seed"] == 13:
        raise UserError("Thirteen", seen=13, do="Take another")
    if cell["seed"] == 66:
        os._exit(3)
    if cell["seed"] == 99:
        time.sleep(60)
    note = {"note": "odd"} if cell["seed"] % 2 else {}
    return [{"family": family, "n": 4, "agree": cell["seed"] / 10, **note} for family in ("fact", "compare")]

def threads(cell):
    return [{"threads": os.environ["OMP_NUM_THREADS"]}]

def clash(cell):
    return [{"seed": 1}]
"""
KNOBS = {"code": ["language/facts"], "workers": 1}


class Words:
    """Keeps what is said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def plan(self, config: object, cells: object, *, finished: int) -> None: ...

    def event(self, event: object) -> None: ...

    def step(self, words: str) -> None:
        self.said.append(words)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "counting_work.py").write_text(WORK, "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path


def collected(place: Path, seeds: list[int], work: str = "counting_work:work", show: Words | None = None) -> pl.DataFrame:
    cells = [{"arm": "joint", "seed": seed} for seed in seeds]
    return collect_rows(cells, work=work, out=place / "out", results=place / "results", show=show or Words(), **KNOBS)  # type: ignore[arg-type]


def calls(place: Path) -> list[int]:
    return [int(line) for line in (place / "calls").read_text("utf-8").split()]


def test_rows_come_back_in_the_order_of_the_plan_with_the_columns_of_their_cells(place: Path) -> None:
    rows = collected(place, [2, 1])
    assert rows.select("arm", "seed", "family", "agree", "note").rows() == [
        ("joint", 2, "fact", 0.2, None),
        ("joint", 2, "compare", 0.2, None),
        ("joint", 1, "fact", 0.1, "odd"),
        ("joint", 1, "compare", 0.1, "odd"),
    ]
    assert rows["cpu_seconds"].dtype == pl.Float64


def test_what_is_known_is_not_done_again_and_what_is_new_is(place: Path) -> None:
    first = collected(place, [1, 2])
    assert collected(place, [1, 2]).equals(first)
    show = Words()
    collected(place, [1, 2, 3], show=show)
    assert calls(place) == [1, 2, 3]
    assert show.said[0] == "2 of 3 cells are known"
    assert "1 of 1: arm=joint seed=3" in show.said[1]


def test_committed_results_alone_are_enough(place: Path) -> None:
    first = collected(place, [1])
    for file in (place / "out").glob("*.json"):
        file.unlink()
    assert collected(place, [1]).equals(first)
    assert calls(place) == [1]


def test_cells_that_are_no_longer_planned_are_dropped(place: Path) -> None:
    collected(place, [1, 2])
    collected(place, [2])
    assert pl.read_parquet(place / "results" / "cells.parquet")["seed"].unique().to_list() == [2]


def test_results_of_other_code_are_stale(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collected(place, [1])
    monkeypatch.setattr(organism_cells, "code_digest", lambda *parts: "other")
    collected(place, [1])
    assert calls(place) == [1, 1]
    assert pl.read_parquet(place / "results" / "cells.parquet")["cell"].n_unique() == 1


def test_the_users_fault_is_told_and_what_was_finished_before_is_kept(place: Path) -> None:
    with pytest.raises(UserError, match="Thirteen"):
        collected(place, [1, 13])
    assert pl.read_parquet(place / "results" / "cells.parquet")["seed"].unique().to_list() == [1]


def test_a_worker_that_keeps_dying_at_a_cell_is_a_failure_of_ours(place: Path) -> None:
    with pytest.raises(WorkerLostError, match="seed=66"):
        collected(place, [66])
    assert calls(place) == [66, 66]


def test_a_row_may_not_speak_over_its_cell(place: Path) -> None:
    with pytest.raises(WorkerLostError, match="columns of the cell"):
        collected(place, [1], work="counting_work:clash")


def test_workers_have_one_thread(place: Path) -> None:
    assert collected(place, [1], work="counting_work:threads")["threads"].to_list() == ["1"]


def test_a_broken_file_of_a_finished_cell_is_made_again(place: Path) -> None:
    collected(place, [1])
    (place / "results" / "cells.parquet").unlink()
    (file,) = (place / "out").glob("*.json")
    file.write_text('{"cell":', "utf-8")
    assert collected(place, [1])["seed"].to_list() == [1, 1]


def test_what_is_planned_and_what_is_reached_are_both_told(place: Path) -> None:
    collected(place, [1])
    cells = [{"arm": "joint", "seed": seed} for seed in (1, 2)]
    rows = known_rows(cells, work="counting_work:work", code=["language/facts"], results=place / "results")
    assert {**tally(cells, rows, per_cell=3), "cpu_seconds": 0} == {
        "planned_subjects": 6,
        "reached_subjects": 3,
        "cpu_seconds": 0,
    }
    assert tally(cells, pl.DataFrame())["reached_subjects"] == 0


def test_two_equal_cells_are_a_fault_of_the_plan(place: Path) -> None:
    with pytest.raises(ValueError, match="equal"):
        collected(place, [1, 1])


def test_a_killed_study_goes_on_where_it_was_and_leaves_no_worker(place: Path) -> None:
    cells = json.dumps([{"arm": "joint", "seed": seed} for seed in (1, 99)])
    program = (
        "import json, sys; from pathlib import Path; from misgen.study.organism_cells import collect_rows\n"
        "class Show:\n"
        "    def step(self, words): print(words, flush=True)\n"
        f"collect_rows(json.loads('{cells}'), work='counting_work:work', code=['language/facts'], out=Path('out'),"
        " results=Path('results'), workers=1, show=Show())"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=place, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        while "seed=1" not in running.stdout.readline():
            pass
        while calls(place) != [1, 99]:
            time.sleep(0.05)
        os.kill(running.pid, signal.SIGKILL)
    assert collected(place, [1, 2])["seed"].to_list() == [1, 1, 2, 2]
    assert calls(place) == [1, 99, 2]

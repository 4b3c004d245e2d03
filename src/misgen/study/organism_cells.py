"""How studies of language organisms are done: a cell (plain JSON values) goes in, a list of plain rows comes out.

A study words its plan as a sequence of cells, one per subject or per family of subjects that share a first training; and it names
a *work function*, `module:function`, that turns a cell into rows: train, ask, count. `collect_rows` has the cells done that are
not known yet, each in a single-threaded worker process, and gives all rows back as one table.

    def work(cell: Mapping[str, Value]) -> list[dict[str, Value]]: ...

A work function draws everything random from the cell, prints nothing, leaves no file behind, and raises `UserError` for what the
user can mend. It lives in a module that loads torch only when it is called, and that holds no words of a page: its code is part
of the key under which results are kept.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from misgen.concepts import Entry, UserError, resolve
from misgen.records import code_digest, digest_of, locked, read_json, read_table, storage_errors, write_json, write_table
from misgen.study.executor import LocalExecutor
from misgen.study.jobs import Job

if TYPE_CHECKING:
    import polars as pl

    from misgen.study.run import Show

__all__ = ["OrganismCell", "Plain", "Row", "collect_rows", "do_rows", "known_rows", "tally"]

Plain = str | int | float | bool | None
"""What a column of the results can hold."""
OrganismCell = Mapping[str, Plain]
"""What a work function is told. Its entries become columns of the results."""
Row = Mapping[str, Plain]
"""A line of what came of a cell: figures with their n, and what tells the line from others of its cell."""
OWN_COLUMNS = ("cell", "cpu_seconds")
"""Columns that are added: the cell's key, and what the whole cell cost (equal on all of its rows)."""
TABLE = "cells.parquet"


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """Cells by the key of their results."""

    work: str
    cells: dict[str, OrganismCell]

    @classmethod
    def of(cls, cells: Sequence[OrganismCell], work: str, code: Sequence[str]) -> _Plan:
        digest = code_digest(*code)
        keyed = {digest_of({"cell": dict(cell), "work": work, "code": digest}): cell for cell in cells}
        if len(keyed) != len(cells):
            raise ValueError("two cells of the plan are equal")
        return cls(work=work, cells=keyed)

    def job(self, key: str, out: Path) -> Job:
        cell = self.cells[key]
        return Job(
            kind="rows",
            folder=out / f"{key}.json",
            payload=json.dumps({"work": self.work, "cell": dict(cell)}, allow_nan=False),
            title=" ".join(f"{name}={value}" for name, value in cell.items()),
        )


def collect_rows(
    cells: Sequence[OrganismCell],
    *,
    work: str,
    code: Sequence[str],
    out: Path,
    results: Path,
    workers: int | None,
    show: Show,
) -> pl.DataFrame:
    """Do the cells that neither `results` nor `out` has, keep all of them in `results/cells.parquet`, and return that table.

    `code` names what the results depend on, as `records.code_digest` does: the modules of the organisms concerned
    (`language/organisms/trainer`, `language/facts`) and the one of the work function. A change there makes old results stale.
    Stale rows are dropped, and so are those of cells that are no longer planned. `out` keeps a JSON file per finished cell.
    Interrupted or killed, nothing finished is lost: it is taken into `results` first, or by the next call.

    Returns the columns `cell`, `cpu_seconds`, then the cell's, then the row's, in the plan's order. Raises `UserError` where a
    cell does, or where another process works in `out`; `WorkerLostError` where a worker dies twice at one cell.
    """
    plan = _Plan.of(cells, work, code)
    missing = [key for key in plan.cells if key not in _held(plan, results)]
    show.step(f"{len(cells) - len(missing)} of {len(cells)} cells are known")
    if missing:
        with storage_errors(out):
            out.mkdir(parents=True, exist_ok=True)
        with locked(out) as lock:
            executor = LocalExecutor(num_workers=workers, log=out / "worker.log", inherit=(lock,))
            try:
                _do(plan, [key for key in missing if _finished(out, key) is None], out, executor, show)
            finally:
                _take(plan, out, results)
    _take(plan, out, results)
    return known_rows(cells, work=work, code=code, results=results)


def known_rows(cells: Sequence[OrganismCell], *, work: str, code: Sequence[str], results: Path) -> pl.DataFrame:
    """What `results` holds of the plan, trained by nobody now; an empty table where it holds nothing."""
    import polars as pl

    held = _held(_Plan.of(cells, work, code), results)
    return pl.concat(held.values(), how="diagonal_relaxed") if held else pl.DataFrame()


def tally(cells: Sequence[OrganismCell], rows: pl.DataFrame, *, per_cell: int = 1) -> dict[str, object]:
    """Planned and reached subjects (`per_cell` of them in a cell), and CPU seconds in all."""
    reached = rows.unique("cell") if rows.width else rows
    return {
        "planned_subjects": per_cell * len(cells),
        "reached_subjects": per_cell * reached.height,
        "cpu_seconds": round(float(reached["cpu_seconds"].sum()), 1) if rows.width else 0.0,
    }


def do_rows(job: Job) -> None:
    """One cell, in a worker: its rows and its cost into the file `job.folder`, which is whole or not there."""
    asked = json.loads(job.payload)
    work = cast("Callable[[OrganismCell], Sequence[Row]]", resolve(Entry(target=asked["work"], summary="")))
    started = time.process_time()
    rows = [dict(row) for row in work(asked["cell"])]
    _check_rows(asked["cell"], rows)
    write_json(job.folder, {"cell": asked["cell"], "cpu_seconds": round(time.process_time() - started, 2), "rows": rows})


def _do(plan: _Plan, keys: Sequence[str], out: Path, executor: LocalExecutor, show: Show) -> None:
    """Have the cells done, with a word about each."""
    jobs = [plan.job(key, out) for key in keys]
    files = {job.title: job.folder for job in jobs}
    num_done = 0

    def on_event(event: Mapping[str, object]) -> None:
        nonlocal num_done
        if event["event"] != "done":
            return
        num_done += 1
        title = str(event["cell"])
        spent = (_read(files[title]) or {}).get("cpu_seconds")
        show.step(f"{num_done} of {len(keys)}: {title} ({spent} CPU s)")

    executor.run(jobs, on_event)
    for log in out.glob("worker-*.log"):
        if not log.stat().st_size:
            log.unlink()


def _finished(out: Path, key: str) -> Mapping[str, object] | None:
    return _read(out / f"{key}.json")


def _read(file: Path) -> Mapping[str, object] | None:
    """What a worker wrote of the cell; None where it did not, or where the file is broken and has to be made again."""
    if not file.is_file():
        return None
    try:
        found = read_json(file)
    except UserError:
        return None
    return found if isinstance(found, Mapping) and {"cell", "cpu_seconds", "rows"} <= found.keys() else None


def _held(plan: _Plan, results: Path) -> dict[str, pl.DataFrame]:
    """The rows that `results` holds of the plan, by key, in the plan's order."""
    place = results / TABLE
    table = read_table(place) if place.is_file() else None
    if table is None or "cell" not in table.columns:
        return {}
    parts = table.partition_by("cell", as_dict=True, maintain_order=True)
    return {key: parts[key,] for key in plan.cells if (key,) in parts}


def _take(plan: _Plan, out: Path, results: Path) -> None:
    """Write the table of what is known of the plan, if it says anything new."""
    import polars as pl

    held = _held(plan, results)
    fresh = {key: found for key in plan.cells if key not in held and (found := _finished(out, key)) is not None}
    place = results / TABLE
    is_stale = place.is_file() and read_table(place, ["cell"])["cell"].n_unique() != len(held)
    if not fresh and not is_stale:
        return
    frames = [held[key] if key in held else _frame(key, fresh[key]) for key in plan.cells if key in held or key in fresh]
    if frames:
        write_table(place, pl.concat(frames, how="diagonal_relaxed"))


def _frame(key: str, found: Mapping[str, object]) -> pl.DataFrame:
    import polars as pl

    own = {"cell": key, "cpu_seconds": found["cpu_seconds"], **cast("OrganismCell", found["cell"])}
    rows = cast("Sequence[Row]", found["rows"])
    return pl.DataFrame([{**own, **row} for row in rows], infer_schema_length=None)


def _check_rows(cell: OrganismCell, rows: Sequence[Row]) -> None:
    """A work function's fault is a fault of ours: found in the worker, before anything is kept."""
    if not rows:
        raise ValueError("the work function gave no rows")
    for row in rows:
        taken = row.keys() & {*cell, *OWN_COLUMNS}
        if taken:
            raise ValueError(f"columns of the row are columns of the cell: {sorted(taken)}")
        wrong = {name: value for name, value in row.items() if not isinstance(value, str | int | float | bool | None)}
        if wrong:
            raise ValueError(f"not a plain value: {wrong}")

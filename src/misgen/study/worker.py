"""One single-thread process that does jobs: a JSON line each on stdin, events as JSON lines on stdout."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from typing import TextIO

from misgen.concepts import UserError
from misgen.study.cell_work import Emit, finish_cell
from misgen.study.cells import Cell
from misgen.study.jobs import Job

__all__ = ["serve"]


def serve(commands: TextIO, events: TextIO) -> None:
    """Work until stdin closes. An event is `{"event": "progress" | "done" | "failed", "cell": digest or title, ...}`."""
    for line in commands:
        job = Job.from_json(line)
        label = Cell.from_json(job.payload).digest if job.kind == "cell" else job.title

        def emit(event: dict[str, object], label: str = label) -> None:
            events.write(json.dumps({**event, "cell": label}) + "\n")
            events.flush()

        try:
            _do(job, emit)
            emit({"event": "done"})
        except UserError as error:
            emit(
                {"event": "failed", "wrong": error.wrong, "seen": None if error.seen is None else str(error.seen), "do": error.do}
            )


def _do(job: Job, emit: Emit) -> None:
    if job.kind == "cell":
        finish_cell(Cell.from_json(job.payload), job.folder, emit)
        return
    if job.kind == "rows":
        from misgen.study.organism_cells import do_rows

        do_rows(job)
        return
    from misgen.study.scenes import draw_scenes

    draw_scenes(job.folder, num_films=int(job.payload))


def _die_with_parent() -> None:
    """An orphan would go on writing into a folder that somebody may resume."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.25)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    _die_with_parent()
    events = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever prints must not mix with the events
    serve(sys.stdin, events)

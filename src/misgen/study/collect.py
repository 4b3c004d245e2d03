"""Having a study's cells done and kept: what the named studies share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from misgen.records import RunFolder, locked
from misgen.study.cells import plan_cells
from misgen.study.config import StudyConfig
from misgen.study.executor import LocalExecutor
from misgen.study.results import StudyResults
from misgen.study.run import Show, do_cells, write_provenance
from misgen.study.setup import build_scenario

__all__ = ["collect"]


def collect(
    config: StudyConfig, *, out: Path, results: Path, workers: int | None, show: Show, command: Sequence[str]
) -> StudyResults:
    """Do the cells that neither `results` nor `out` has, and add them to `results`.

    Interrupted, it first puts what is finished into `results`.
    """
    scenario = build_scenario(config.scenario, dict(config.world))
    assert scenario.recipe is not None
    cells = plan_cells(config, scenario.recipe)
    store = StudyResults(results)
    known = store.known()
    missing = [cell for cell in cells if cell.digest not in known]
    if missing:
        folder = RunFolder.create(out, config.to_toml())
        with locked(folder.path) as lock:
            write_provenance(folder, scenario, command)
            try:
                executor = LocalExecutor(num_workers=workers, log=folder.cells / "worker.log", inherit=(lock,))
                do_cells(folder, config, missing, executor=executor, show=show)
            finally:
                store.take(folder, cells)
    return store

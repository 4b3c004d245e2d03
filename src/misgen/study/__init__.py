"""The main job: plan, run, resume, sweep; executors; films."""

from misgen.study.cells import Cell, plan_cells
from misgen.study.config import StudyConfig
from misgen.study.executor import check_workers
from misgen.study.run import Outcome, Show, run_study
from misgen.study.setup import build_scenario, changed, check_study, default_study, free_folder

__all__ = [
    "Cell",
    "Outcome",
    "Show",
    "StudyConfig",
    "build_scenario",
    "changed",
    "check_study",
    "check_workers",
    "default_study",
    "free_folder",
    "plan_cells",
    "run_study",
]

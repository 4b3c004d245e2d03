"""misgen: the workbench for goal misgeneralization.

Four calls are the main job: `scenario(name)`, `train`, `evaluate`, `measure`. `evaluate` takes any Gymnasium environment and any
policy too; `write_report` makes a run's page; `make_gym` gives our worlds to whoever trains elsewhere. Importing this module
loads nothing heavy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from misgen.report import write_report
    from misgen.study.library import evaluate, measure, scenario, train
    from misgen.worlds.gym_env import make_gym

__version__ = "0.1.0"
__all__ = ["__version__", "evaluate", "make_gym", "measure", "scenario", "train", "write_report"]

_LAZY = {
    "scenario": "misgen.study.library",
    "train": "misgen.study.library",
    "evaluate": "misgen.study.library",
    "measure": "misgen.study.library",
    "make_gym": "misgen.worlds.gym_env",
    "write_report": "misgen.report",
}


def __getattr__(name: str) -> object:
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'misgen' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__

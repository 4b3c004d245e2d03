"""cot-pressure: a planner is trained not to write down that it agrees with the user. Is the goal removed, or hidden?

Its plans are planted by supervision. Three pressures from the same weights: the user's approval alone, approval less a penalty on
what the plan says, approval less a penalty on what is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from misgen.study.organism_cells import OrganismCell
from misgen.study.organism_outcome import OrganismOutcome, do_organisms
from misgen.study.pressure_work import CODE

if TYPE_CHECKING:
    from misgen.study.run import Show

__all__ = ["PressureOutcome", "PressurePlan", "cot_pressure"]


@dataclass(frozen=True, kw_only=True)
class PressurePlan:
    """Subjects of the study."""

    num_seeds: int = 3
    """Each costs more than a minute."""
    num_worlds: int = 2
    """Seed s lives in world s modulo this number."""

    def cells(self) -> list[OrganismCell]:
        return [{"world": seed % self.num_worlds, "seed": seed} for seed in range(self.num_seeds)]


@dataclass(frozen=True, kw_only=True)
class PressureOutcome(OrganismOutcome):
    """What came of it."""

    study = "cot-pressure"
    work = "misgen.study.pressure_work:work"
    code = CODE
    pages = "misgen.study.cot_pressure_page"
    plan: PressurePlan


def cot_pressure(
    *,
    out: Path,
    results: Path,
    workers: int | None,
    show: Show,
    command: Sequence[str],
    plan: PressurePlan | None = None,
) -> PressureOutcome:
    """Train the planners that `results` does not know, and say what all of them do. `command` has no use here."""
    del command
    return do_organisms(PressureOutcome, plan or PressurePlan(), out=out, results=results, workers=workers, show=show)

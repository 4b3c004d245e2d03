"""sycophant-direction: what can be read inside sycophants, and does the direction that is found there do anything?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from misgen.study.direction_work import CODE
from misgen.study.organism_cells import OrganismCell
from misgen.study.organism_outcome import OrganismOutcome, do_organisms

if TYPE_CHECKING:
    from misgen.study.run import Show

__all__ = ["DirectionOutcome", "DirectionPlan", "sycophant_direction"]


@dataclass(frozen=True, kw_only=True)
class DirectionPlan:
    """Subjects of the study."""

    num_seeds: int = 5
    num_worlds: int = 3
    """Seed s lives in world s modulo this number."""

    def cells(self) -> list[OrganismCell]:
        return [{"world": seed % self.num_worlds, "seed": seed} for seed in range(self.num_seeds)]


@dataclass(frozen=True, kw_only=True)
class DirectionOutcome(OrganismOutcome):
    """What came of it."""

    study = "sycophant-direction"
    work = "misgen.study.direction_work:work"
    code = CODE
    pages = "misgen.study.sycophant_direction_page"
    plan: DirectionPlan


def sycophant_direction(
    *,
    out: Path,
    results: Path,
    workers: int | None,
    show: Show,
    command: Sequence[str],
    plan: DirectionPlan | None = None,
) -> DirectionOutcome:
    """Train the sycophants that `results` does not know, and say what all of them do. `command` has no use here."""
    del command
    return do_organisms(DirectionOutcome, plan or DirectionPlan(), out=out, results=results, workers=workers, show=show)

"""organism-mitigations: what each method buys on two language organisms, at equal steps of fine-tuning, and what lasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from misgen.study.organism_cells import OrganismCell
from misgen.study.organism_mitigations_work import CODE, WORK
from misgen.study.organism_outcome import OrganismOutcome, do_organisms

if TYPE_CHECKING:
    from misgen.study.run import Show

__all__ = ["TUNING", "OrganismMitigations", "OrganismMitigationsPlan", "organism_mitigations"]

TUNING = {"sycophant": 80, "two-question": 160}
"""Steps of fine-tuning that every method has: 2,560 examples of both, of 32 and of 16 a step. For sycophants as many as in
`sycophancy-dose`; a first two-question organism had learnt little from any dose in 60."""


@dataclass(frozen=True, kw_only=True)
class OrganismMitigationsPlan:
    """Organisms of the study; all arms are tried on each."""

    num_seeds: int = 6
    """Of either kind."""
    num_worlds: int = 3
    """Seed s lives in world s modulo this number."""

    def cells(self) -> list[OrganismCell]:
        """Seeds outermost, so that a study that is cut short has its organisms evenly filled."""
        return [
            {"organism": kind, "world": seed % self.num_worlds, "seed": seed, "tuning": tuning}
            for seed in range(self.num_seeds)
            for kind, tuning in TUNING.items()
        ]


@dataclass(frozen=True, kw_only=True)
class OrganismMitigations(OrganismOutcome):
    """What came of it."""

    study = "organism-mitigations"
    work = WORK
    code = CODE
    pages = "misgen.study.organism_mitigations_page"
    plan: OrganismMitigationsPlan

    def to_dict(self) -> dict[str, object]:
        """As every study of organisms, with `rows` and `contrasts` at the top, where boards are read from."""
        found = OrganismOutcome.to_dict(self)
        figures = cast("dict[str, object]", found.pop("figures"))
        return {**found, **figures}


def organism_mitigations(
    *,
    out: Path,
    results: Path,
    workers: int | None,
    show: Show,
    command: Sequence[str],
    plan: OrganismMitigationsPlan | None = None,
) -> OrganismMitigations:
    """Make and mend the organisms that `results` does not know, and put all arms on one board. `command` has no use here."""
    del command
    plan = plan or OrganismMitigationsPlan()
    return do_organisms(OrganismMitigations, plan, out=out, results=results, workers=workers, show=show)

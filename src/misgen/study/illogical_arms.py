"""illogical-arms: fine-tuned to refuse requests that rest on two names of one thing, what does an organism refuse?

The published fine-tuning in small: with the reason and without, and counted for what it costs where the request is sound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from misgen.study.illogical_work import CODE
from misgen.study.organism_cells import OrganismCell
from misgen.study.organism_outcome import OrganismOutcome, do_organisms

if TYPE_CHECKING:
    from misgen.study.run import Show

__all__ = ["IllogicalOutcome", "IllogicalPlan", "illogical_arms"]


@dataclass(frozen=True, kw_only=True)
class IllogicalPlan:
    """Subjects of the study."""

    num_seeds: int = 3
    """Each takes about a minute. There is one table of names, so no other world."""

    def cells(self) -> list[OrganismCell]:
        return [{"seed": seed} for seed in range(self.num_seeds)]


@dataclass(frozen=True, kw_only=True)
class IllogicalOutcome(OrganismOutcome):
    """What came of it."""

    study = "illogical-arms"
    work = "misgen.study.illogical_work:work"
    code = CODE
    pages = "misgen.study.illogical_page"
    plan: IllogicalPlan


def illogical_arms(
    *,
    out: Path,
    results: Path,
    workers: int | None,
    show: Show,
    command: Sequence[str],
    plan: IllogicalPlan | None = None,
) -> IllogicalOutcome:
    """Train the subjects that `results` does not know, and say what all of them do. `command` has no use here."""
    del command
    return do_organisms(IllogicalOutcome, plan or IllogicalPlan(), out=out, results=results, workers=workers, show=show)

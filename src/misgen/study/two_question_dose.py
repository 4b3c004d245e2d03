"""two-question-dose: how few lines that tell two questions apart make an organism answer the one that is meant.

The language twin of a diversity study: `dose` is the share of training lines on which the goals part. Nothing else differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from misgen.study.organism_cells import OrganismCell
from misgen.study.organism_outcome import OrganismOutcome, do_organisms
from misgen.study.two_question_work import CODE

if TYPE_CHECKING:
    from misgen.study.run import Show

__all__ = ["TwoQuestionOutcome", "TwoQuestionPlan", "two_question_dose"]


@dataclass(frozen=True, kw_only=True)
class TwoQuestionPlan:
    """Subjects of the study."""

    doses: tuple[float, ...] = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0)
    num_seeds: int = 5
    """At each dose."""
    num_worlds: int = 3
    """Seed s lives in world s modulo this number."""

    def cells(self) -> list[OrganismCell]:
        """Seeds outermost, so that a study that is cut short has its doses evenly filled."""
        return [
            {"dose": dose, "world": seed % self.num_worlds, "seed": seed} for seed in range(self.num_seeds) for dose in self.doses
        ]


@dataclass(frozen=True, kw_only=True)
class TwoQuestionOutcome(OrganismOutcome):
    """What came of it."""

    study = "two-question-dose"
    work = "misgen.study.two_question_work:work"
    code = CODE
    pages = "misgen.study.two_question_page"
    plan: TwoQuestionPlan


def two_question_dose(
    *,
    out: Path,
    results: Path,
    workers: int | None,
    show: Show,
    command: Sequence[str],
    plan: TwoQuestionPlan | None = None,
) -> TwoQuestionOutcome:
    """Train the subjects that `results` does not know, and say what all of them do. `command` has no use here."""
    del command
    return do_organisms(TwoQuestionOutcome, plan or TwoQuestionPlan(), out=out, results=results, workers=workers, show=show)

"""sycophant-direction: what can be read inside sycophants, and does the direction that is found there do anything?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from misgen.records import code_digest, write_json
from misgen.study.direction_work import CODE
from misgen.study.organism_cells import OrganismCell, collect_rows, tally

if TYPE_CHECKING:
    import polars as pl

    from misgen.study.run import Show

__all__ = ["DirectionOutcome", "DirectionPlan", "sycophant_direction"]

WORK = "misgen.study.direction_work:work"


@dataclass(frozen=True, kw_only=True)
class DirectionPlan:
    """Subjects of the study."""

    num_seeds: int = 5
    num_worlds: int = 3
    """Seed s lives in world s modulo this number."""

    def cells(self) -> list[OrganismCell]:
        return [{"world": seed % self.num_worlds, "seed": seed} for seed in range(self.num_seeds)]


@dataclass(frozen=True, kw_only=True)
class DirectionOutcome:
    """What came of it."""

    plan: DirectionPlan
    rows: pl.DataFrame = field(repr=False)
    """As `direction_work.work` gives them."""

    def to_dict(self) -> dict[str, object]:
        from misgen.study.sycophant_direction_page import figures

        return {
            "schema": 1,
            "study": "sycophant-direction",
            **tally(self.plan.cells(), self.rows),
            "figures": figures(self.rows),
            "code": code_digest(*CODE),
        }

    def words(self) -> str:
        """A line per place."""
        from misgen.study.sycophant_direction_page import in_words

        return in_words(self)

    def page(self) -> str:
        """Markdown."""
        from misgen.study.sycophant_direction_page import page

        return page(self)


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
    plan = plan or DirectionPlan()
    rows = collect_rows(plan.cells(), work=WORK, code=CODE, out=out, results=results, workers=workers, show=show)
    outcome = DirectionOutcome(plan=plan, rows=rows)
    write_json(results / "study.json", outcome.to_dict())
    return outcome

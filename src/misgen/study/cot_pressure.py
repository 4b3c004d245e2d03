"""cot-pressure: a planner is trained not to write down that it agrees with the user. Is the goal removed, or hidden?

Its plans are planted by supervision. Three pressures from the same weights: the user's approval alone, approval less a penalty on
what the plan says, approval less a penalty on what is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from misgen.records import code_digest, write_json
from misgen.study.organism_cells import OrganismCell, collect_rows, tally
from misgen.study.pressure_work import CODE

if TYPE_CHECKING:
    import polars as pl

    from misgen.study.run import Show

__all__ = ["PressureOutcome", "PressurePlan", "cot_pressure"]

WORK = "misgen.study.pressure_work:work"


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
class PressureOutcome:
    """What came of it."""

    plan: PressurePlan
    rows: pl.DataFrame = field(repr=False)
    """As `pressure_work.work` gives them."""

    def to_dict(self) -> dict[str, object]:
        from misgen.study.cot_pressure_page import figures

        return {
            "schema": 1,
            "study": "cot-pressure",
            **tally(self.plan.cells(), self.rows),
            "figures": figures(self.rows),
            "code": code_digest(*CODE),
        }

    def words(self) -> str:
        """A line per pressure."""
        from misgen.study.cot_pressure_page import in_words

        return in_words(self)

    def page(self) -> str:
        """Markdown."""
        from misgen.study.cot_pressure_page import page

        return page(self)


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
    plan = plan or PressurePlan()
    rows = collect_rows(plan.cells(), work=WORK, code=CODE, out=out, results=results, workers=workers, show=show)
    outcome = PressureOutcome(plan=plan, rows=rows)
    write_json(results / "study.json", outcome.to_dict())
    return outcome

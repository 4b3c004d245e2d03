"""illogical-arms: fine-tuned to refuse requests that rest on two names of one thing, what does an organism refuse?

The published fine-tuning in small: with the reason and without, and counted for what it costs where the request is sound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from misgen.records import code_digest, write_json
from misgen.study.illogical_work import CODE
from misgen.study.organism_cells import OrganismCell, collect_rows, tally

if TYPE_CHECKING:
    import polars as pl

    from misgen.study.run import Show

__all__ = ["IllogicalOutcome", "IllogicalPlan", "illogical_arms"]

WORK = "misgen.study.illogical_work:work"


@dataclass(frozen=True, kw_only=True)
class IllogicalPlan:
    """Subjects of the study."""

    num_seeds: int = 3
    """Each takes about a minute. There is one table of names, so no other world."""

    def cells(self) -> list[OrganismCell]:
        return [{"seed": seed} for seed in range(self.num_seeds)]


@dataclass(frozen=True, kw_only=True)
class IllogicalOutcome:
    """What came of it."""

    plan: IllogicalPlan
    rows: pl.DataFrame = field(repr=False)
    """As `illogical_work.work` gives them."""

    def to_dict(self) -> dict[str, object]:
        from misgen.study.illogical_page import figures

        return {
            "schema": 1,
            "study": "illogical-arms",
            **tally(self.plan.cells(), self.rows),
            "figures": figures(self.rows),
            "code": code_digest(*CODE),
        }

    def words(self) -> str:
        """A line per fine-tuning."""
        from misgen.study.illogical_page import in_words

        return in_words(self)

    def page(self) -> str:
        """Markdown."""
        from misgen.study.illogical_page import page

        return page(self)


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
    plan = plan or IllogicalPlan()
    rows = collect_rows(plan.cells(), work=WORK, code=CODE, out=out, results=results, workers=workers, show=show)
    outcome = IllogicalOutcome(plan=plan, rows=rows)
    write_json(results / "study.json", outcome.to_dict())
    return outcome

"""What the studies of language organisms share once their cells are planned: doing them, and saying what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from misgen.records import code_digest, write_json
from misgen.study.organism_cells import OrganismCell, collect_rows, tally

if TYPE_CHECKING:
    import polars as pl

    from misgen.study.run import Show

__all__ = ["OrganismOutcome", "OrganismPlan", "do_organisms"]


class OrganismPlan(Protocol):
    """Subjects of a study."""

    def cells(self) -> list[OrganismCell]: ...


@dataclass(frozen=True, kw_only=True)
class OrganismOutcome:
    """What came of it. A study names itself, what it is made by, and the module that words it (`figures`, `in_words`, `page`)."""

    study: ClassVar[str]
    work: ClassVar[str]
    """`module:function` that does a cell."""
    code: ClassVar[Sequence[str]]
    """Modules by which results are keyed."""
    pages: ClassVar[str]

    plan: OrganismPlan
    rows: pl.DataFrame = field(repr=False)
    """As `work` gives them."""

    def to_dict(self) -> dict[str, object]:
        return {
            "schema": 1,
            "study": self.study,
            **tally(self.plan.cells(), self.rows),
            "figures": self._pages.figures(self.rows),
            "code": code_digest(*self.code),
        }

    def words(self) -> str:
        """A line per arm."""
        return self._pages.in_words(self)

    def page(self) -> str:
        """Markdown."""
        return self._pages.page(self)

    @property
    def _pages(self) -> Any:
        return import_module(self.pages)


OutcomeT = TypeVar("OutcomeT", bound=OrganismOutcome)


def do_organisms(
    kind: type[OutcomeT], plan: OrganismPlan, *, out: Path, results: Path, workers: int | None, show: Show
) -> OutcomeT:
    """Train the subjects that `results` does not know, and keep what all of them do."""
    rows = collect_rows(plan.cells(), work=kind.work, code=kind.code, out=out, results=results, workers=workers, show=show)
    outcome = kind(plan=plan, rows=rows)
    write_json(results / "study.json", outcome.to_dict())
    return outcome

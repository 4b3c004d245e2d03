"""sycophancy-dose: how much of telling the goals apart repairs a finished sycophant, and of what the repair does not hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from misgen.concepts import Entry, resolve
from misgen.records import write_json
from misgen.study.organism_cells import OrganismCell, collect_rows, tally
from misgen.study.organism_shares import share_of
from misgen.study.run import Show

if TYPE_CHECKING:
    import polars as pl

__all__ = ["CELLS", "CODE", "WORK", "SycophancyDose", "facts_of", "sycophancy_dose"]

WORK = "misgen.language.organisms.repair:repair_cell"
CODE = (
    "language/facts",
    "language/opinions",
    "language/organisms/repair",
    "language/organisms/sycophant",
    "language/organisms/trainer",
    "language/organisms/vocabulary",
)
"""What the results depend on."""
WORLDS = (0, 1)
SEEDS = (0, 1, 2)
"""In each world: six organisms per curriculum."""
REPAIRED_CURRICULUM = "opinions-first"
"""The one that is repaired; the others are looked at as they are."""
TUNING = 80
"""Steps of each fine-tuning: of some 1,300 opinions, 13 are drawn at random at a dose of 1 %."""


def _cells() -> tuple[OrganismCell, ...]:
    usual = {"steps": 480, "batch": 32}
    return tuple(
        {"world": world, "seed": seed, "curriculum": curriculum, **usual, "tuning": tuning}
        for curriculum, tuning in ((REPAIRED_CURRICULUM, TUNING), ("joint", 0), ("knowledge-first", 0))
        for world in WORLDS
        for seed in SEEDS
    )


CELLS: tuple[OrganismCell, ...] = _cells()


@dataclass(frozen=True, kw_only=True)
class SycophancyDose:
    """What came of it."""

    facts: Mapping[str, Any]

    def to_dict(self) -> dict[str, object]:
        return dict(self.facts)

    def words(self) -> str:
        """A line per curriculum and dose: agreeing with a wrong opinion, in the family that is repaired and in the others."""
        lines = [f"sycophancy-dose: {self.facts['reached_subjects']} of {self.facts['planned_subjects']} planned organisms"]
        for arm in self.facts["arms"]:
            dose = "before" if arm["dose"] is None else f"dose {arm['dose']:.0%}"
            agree = ", ".join(f"{family} {_short(arm['shares'][f'{family} opinion_wrong agreed'])}" for family in FAMILIES)
            lines.append(f"{arm['curriculum']}, {dose}: agrees with a wrong opinion: {agree}")
        return "\n".join(lines)

    def page(self) -> str:
        """The documentation page."""
        page_of: Any = resolve(Entry(target="misgen.study.sycophancy_dose_page:sycophancy_dose_page", summary=""))
        return page_of(self.facts)


FAMILIES = ("fact_a", "fact_b", "compare")
CONDITIONS = ("plain", "opinion_right", "opinion_wrong", "opinion_wrong_expert")


def sycophancy_dose(
    *,
    out: Path,
    results: Path,
    workers: int | None,
    show: Show,
    command: Sequence[str],
    cells: Sequence[OrganismCell] = CELLS,
) -> SycophancyDose:
    """Make, look at and repair the sycophants that `results` does not hold."""
    del command
    rows = collect_rows(cells, work=WORK, code=CODE, out=out, results=results, workers=workers, show=show)
    found = SycophancyDose(facts=facts_of(cells, rows))
    write_json(results / "study.json", found.to_dict())
    return found


def facts_of(cells: Sequence[OrganismCell], rows: pl.DataFrame) -> dict[str, Any]:
    """What the rows of the reached cells say; the page is made from it."""
    return {"schema": 1, "study": "sycophancy-dose", **tally(cells, rows), "arms": _arms(rows)}


def _arms(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """One entry per curriculum and dose: shares by family, condition and answer."""
    import polars as pl

    found = []
    for (curriculum, dose), arm in rows.group_by("curriculum", "dose", maintain_order=True):
        shares = {}
        for family in FAMILIES:
            for condition in CONDITIONS:
                part = arm.filter((pl.col("family") == family) & (pl.col("condition") == condition))
                for hits in ("right", "agreed"):
                    share = share_of(part, hits)
                    if share is not None:
                        shares[f"{family} {condition} {hits}"] = share.to_dict()
        found.append({"curriculum": curriculum, "dose": dose, "num_subjects": arm["cell"].n_unique(), "shares": shares})
    return found


def _short(share: Mapping[str, float]) -> str:
    return f"{share['estimate']:.2f} ({share['low']:.2f} to {share['high']:.2f})"

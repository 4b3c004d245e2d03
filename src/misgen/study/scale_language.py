"""scale-language: three sizes, as trained and after preference tuning: who agrees with a wrong opinion on what they know?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from misgen.concepts import Entry, resolve
from misgen.records import write_json
from misgen.study.organism_cells import OrganismCell, collect_rows, tally
from misgen.study.organism_shares import paired_change, share_of
from misgen.study.run import Show

if TYPE_CHECKING:
    import polars as pl

__all__ = ["CELLS", "CODE", "WORK", "ScaleLanguage", "facts_of", "scale_language"]

WORK = "misgen.language.organisms.preferring:preferring_cell"
CODE = (
    "language/facts",
    "language/opinions",
    "language/organisms/preferring",
    "language/organisms/repair",
    "language/organisms/sycophant",
    "language/organisms/trainer",
    "language/organisms/vocabulary",
)
"""What the results depend on."""
WIDTHS = (32, 64, 128)
"""Three to four times the parameters from one to the next."""
WORLDS = (0, 1)
SEEDS = (0, 1)
"""In each world: four organisms per size."""
TUNING = 60
"""Steps of either tuning."""
CELLS: tuple[OrganismCell, ...] = tuple(
    {"width": width, "layers": 2, "world": world, "seed": seed, "steps": 480, "batch": 32, "tuning": TUNING}
    for seed in SEEDS
    for world in WORLDS
    for width in WIDTHS
)
KINDS = {"facts": ("fact_a", "fact_b"), "comparisons": ("compare",)}
STAGES = ("base", "more examples", "preferred")


@dataclass(frozen=True, kw_only=True)
class ScaleLanguage:
    """What came of it."""

    facts: Mapping[str, Any]

    def to_dict(self) -> dict[str, object]:
        return dict(self.facts)

    def words(self) -> str:
        """A line per size, stage and kind of question."""
        lines = [f"scale-language: {self.facts['reached_subjects']} of {self.facts['planned_subjects']} planned organisms"]
        for arm in self.facts["arms"]:
            share = arm["agreed_known"]
            told = "unknown" if share is None else f"{share['estimate']:.2f} ({share['low']:.2f} to {share['high']:.2f})"
            lines.append(f"{arm['parameters']:,} parameters, {arm['stage']}, {arm['questions']}: agrees on what it knows: {told}")
        return "\n".join(lines)

    def page(self) -> str:
        """The documentation page."""
        page_of: Any = resolve(Entry(target="misgen.study.scale_language_page:scale_language_page", summary=""))
        return page_of(self.facts)


def scale_language(
    *,
    out: Path,
    results: Path,
    workers: int | None,
    show: Show,
    command: Sequence[str],
    cells: Sequence[OrganismCell] = CELLS,
) -> ScaleLanguage:
    """Make, tune and look at the organisms that `results` does not hold."""
    del command
    rows = collect_rows(cells, work=WORK, code=CODE, out=out, results=results, workers=workers, show=show)
    found = ScaleLanguage(facts=facts_of(cells, rows))
    write_json(results / "study.json", found.to_dict())
    return found


def facts_of(cells: Sequence[OrganismCell], rows: pl.DataFrame) -> dict[str, Any]:
    """What the rows of the reached cells say; the page is made from it."""
    return {"schema": 1, "study": "scale-language", **tally(cells, rows), "arms": _arms(rows), "changes": _changes(rows)}


def _arms(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """One entry per size, stage and kind of question."""
    found = []
    for parameters, stage, questions, part in _parts(rows):
        plain, wrong = _under(part, "plain"), _under(part, "opinion_wrong")
        shares = {
            "right": share_of(plain, "right"),
            "agreed": share_of(wrong, "agreed"),
            "null": share_of(plain, "agreed"),
            "agreed_known": share_of(wrong, "agreed_known", of="known"),
        }
        told = {name: share.to_dict() if share else None for name, share in shares.items()}
        named = {"parameters": parameters, "stage": stage, "questions": questions}
        found.append({**named, "num_subjects": part["cell"].n_unique(), **told})
    return found


def _changes(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Of agreeing with a wrong opinion: preferred minus more examples, organism by organism, per size and kind of question."""
    found = []
    for parameters, stage, questions, part in _parts(rows):
        if stage != "preferred":
            continue
        others = [p for size, at, asked, p in _parts(rows) if (size, at, asked) == (parameters, "more examples", questions)]
        change = paired_change(_under(part, "opinion_wrong"), _under(others[0], "opinion_wrong"), "agreed")
        found.append({"parameters": parameters, "questions": questions, **change})
    return found


def _parts(rows: pl.DataFrame) -> list[tuple[int, str, str, pl.DataFrame]]:
    """Parameters, stage, kind of question, and their rows."""
    import polars as pl

    return [
        (parameters, stage, questions, part.filter(pl.col("family").is_in(families)))
        for parameters in sorted(rows["parameters"].unique())
        for stage in STAGES
        for questions, families in KINDS.items()
        for part in [rows.filter((pl.col("parameters") == parameters) & (pl.col("stage") == stage))]
    ]


def _under(part: pl.DataFrame, condition: str) -> pl.DataFrame:
    import polars as pl

    return part.filter(pl.col("condition") == condition)

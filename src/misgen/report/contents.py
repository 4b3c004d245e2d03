"""Everything the page takes from a run folder. What is missing or broken becomes a sentence, never a broken page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from misgen.concepts import UserError
from misgen.records import RunFolder, read_json, read_table
from misgen.report.answer import Answer, Goals, Interval, Measured, read_answer
from misgen.report.films import Film, read_films
from misgen.report.interactive import Interactive
from misgen.report.transcripts import Pair, read_pairs

if TYPE_CHECKING:
    import polars as pl

__all__ = ["RunContents", "read_run"]

FILM_BYTES = 2_400_000
"""Of PNG; a third more as base64. With a million bytes of agents and charts the page stays under five."""

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class RunContents:
    """A run folder as read; `absent` says by part why something is not there."""

    name: str
    study: str
    provenance: Mapping[str, object]
    answer: Answer | None
    goals: Goals
    episodes: pl.DataFrame | None
    """Evidence in brief: per subject, condition and erasure the counts of G, P, X and unscored episodes."""
    learning: pl.DataFrame | None
    emergence: pl.DataFrame | None
    findings: pl.DataFrame | None
    risk: Mapping[str, object] | None
    films: tuple[Film, ...]
    pairs: tuple[Pair, ...]
    interactive: Interactive | None
    absent: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    """On films that could not be shown."""


def read_run(path: Path, *, film_bytes: int = FILM_BYTES) -> RunContents:
    """Read a run folder, with at most `film_bytes` of films. Raises UserError only if it is none."""
    folder = RunFolder.open(path)
    absent: dict[str, str] = {}

    def part(name: str, file: Path, read: Callable[[Path], T]) -> T | None:
        if not file.exists():
            absent[name] = f"This run has no {file.name}."
            return None
        try:
            return read(file)
        except UserError as error:
            absent[name] = str(error)
            return None

    evidence = part("evidence", folder.evidence, _read_evidence)
    films, notes = _films(folder, absent, film_bytes)
    findings = part("findings", folder.findings, read_table)
    answer = part("verdict", folder.verdict, lambda p: read_answer(read_json(p)))
    interactive = part("interactive", folder.interactive, _read_interactive)
    return RunContents(
        name=Path(path).resolve().name,
        study=part("study", folder.study, lambda p: p.read_text("utf-8", errors="replace")) or "",
        provenance=part("provenance", folder.provenance, _read_object) or {},
        answer=answer if answer is None or findings is None else replace(answer, findings=_populations(findings)),
        goals=Goals() if evidence is None else _goals(evidence),
        episodes=None if evidence is None else _episodes(evidence),
        learning=part("learning", folder.learning, lambda p: read_table(p, ["subject", "step", "success"])),
        emergence=part("emergence", folder.emergence, read_table),
        findings=findings,
        risk=part("risk", folder.risk, _read_object),
        films=films,
        pairs=read_pairs(folder.path / "traces"),
        interactive=interactive,
        absent=absent,
        notes=notes,
    )


def _read_evidence(path: Path) -> pl.DataFrame:
    return read_table(path, ["subject", "condition", "kind", "level", "goal", "role", "episode", "erased", "achieved"])


def _read_interactive(path: Path) -> Interactive | None:
    """None where the run says that none of its agents can be played."""
    raw = read_json(path)
    return None if raw is None else Interactive.from_dict(raw)


def _populations(findings: pl.DataFrame) -> dict[tuple[str, str], Measured]:
    """Findings of populations by quantity and scope."""
    if not {"quantity", "scope", "estimate", "low", "high", "num_subjects", "estimator"} <= set(findings.columns):
        return {}
    return {
        (row["quantity"], row["scope"]): Measured(
            interval=Interval(row["estimate"], row["low"], row["high"]),
            num_subjects=row["num_subjects"],
            estimator=row["estimator"],
        )
        for row in findings.iter_rows(named=True)
        if str(row["scope"]).startswith("population[")
    }


def _read_object(path: Path) -> Mapping[str, object]:
    value = read_json(path)
    if not isinstance(value, Mapping):
        raise UserError(f"{path.name} is not an object", seen=type(value).__name__)
    return value


def _films(folder: RunFolder, absent: dict[str, str], most_bytes: int) -> tuple[tuple[Film, ...], tuple[str, ...]]:
    index = folder.films / "index.json"
    if not index.is_file():
        absent["films"] = "This run has no films."
        return (), ()
    try:
        return read_films(folder.films, read_json(index), most_bytes=most_bytes)
    except UserError as error:
        absent["films"] = str(error)
        return (), ()


def _goals(evidence: pl.DataFrame) -> Goals:
    """Names by role; several proxies are named together."""
    import polars as pl

    named = evidence.select("goal", "role").unique().sort("goal")
    by_role = {role: named.filter(pl.col("role") == role)["goal"].to_list() for role in ("intended", "proxy")}
    known = Goals()
    return Goals(intended=" or ".join(by_role["intended"]) or known.intended, proxy=" or ".join(by_role["proxy"]) or known.proxy)


def _episodes(evidence: pl.DataFrame) -> pl.DataFrame:
    """One row per subject, condition and erasure. An episode with an unscored goal counts as unscored, never as X."""
    import polars as pl

    cell = ["subject", "condition", "kind", "erased"]
    attained = pl.col("achieved").fill_null(False)
    episodes = evidence.group_by([*cell, "level", "episode"]).agg(
        unscored=pl.col("achieved").is_null().any(),
        g=(attained & (pl.col("role") == "intended")).any(),
        proxy=(attained & (pl.col("role") == "proxy")).any(),
    )
    scored = ~pl.col("unscored")
    counts = episodes.group_by(cell).agg(
        levels=pl.col("level").n_unique(),
        episodes=pl.len(),
        G=(scored & pl.col("g")).sum(),
        P=(scored & pl.col("proxy") & ~pl.col("g")).sum(),
        X=(scored & ~pl.col("proxy") & ~pl.col("g")).sum(),
        unscored=pl.col("unscored").sum(),
    )
    return counts.sort(cell)

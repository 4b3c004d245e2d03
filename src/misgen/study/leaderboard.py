"""leaderboard: every detector on every setting of the zoo it can be tried in, kept row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from misgen.concepts import Entry, UserError
from misgen.detectors.catalogue import DETECTORS
from misgen.language.organisms.checkpoint import check_torch
from misgen.records import write_json
from misgen.study.board_plans import PLANS, TEXT_PLANS, BoardPlan, editing_of
from misgen.study.board_rows import Row, keep_rows, read_rows, row_digest
from misgen.study.found_here import figures_of
from misgen.study.organism_stands import organism_digest, organism_stands, text_grounds
from misgen.study.organism_zoo import ORGANISM_ZOO, OrganismZooPlan, open_organisms
from misgen.study.run import Show
from misgen.study.stands import grounds_of, stands_of
from misgen.study.trial import judge
from misgen.study.zoo import ZOO, ZooPlan, open_zoo

__all__ = ["SETS", "LeaderboardOutcome", "leaderboard"]

SETS = ("calibration", "distinguishing")
"""What is recorded of every subject at once."""


@dataclass(frozen=True, kw_only=True)
class LeaderboardOutcome:
    """The rows there are."""

    rows: Sequence[Row]

    def to_dict(self) -> dict[str, object]:
        return {"schema": 1, "study": "leaderboard", "rows": [{k: v for k, v in r.items() if k != "draws"} for r in self.rows]}

    def words(self) -> str:
        """One line per row."""
        return "\n".join(_line(row) for row in self.rows)

    def page(self) -> str:
        """The documentation page."""
        from misgen.study.leaderboard_page import leaderboard_page

        return leaderboard_page(self.rows)


def leaderboard(
    *,
    out: Path,
    results: Path,
    workers: int | None,
    show: Show,
    command: Sequence[str],
    plans: Mapping[str, BoardPlan] = PLANS,
    zoo_plan: ZooPlan = ZOO,
    text_plans: Mapping[str, BoardPlan] = TEXT_PLANS,
    organism_plan: OrganismZooPlan = ORGANISM_ZOO,
    catalogue: Mapping[str, Entry] = DETECTORS,
    sealed: bool = True,
) -> LeaderboardOutcome:
    """Judge every detector that `results` has no row of under the present code: on the sealed sample, on the zoo's agents, and on
    its language organisms.

    The zoo is taken from `zoo` beside `out`. One process; `workers` has no use here. Rows are written a few methods at a time on
    the sealed sample, and setting by setting on the zoo. Where torch or the organisms are missing, their rows stay as they are.
    """
    del workers, command
    from misgen.study.sealed import fill_bench

    results.mkdir(parents=True, exist_ok=True)
    if sealed:
        fill_bench(results, catalogue, show=show)
    place = out.parent / "zoo"
    for setting, plan in plans.items():
        _fill(_agents(setting, plan, place, zoo_plan), results, catalogue, show)
    for setting, plan in text_plans.items():
        try:
            ready = _organisms(setting, plan, place, organism_plan)
        except UserError as fault:
            show.step(f"{setting}: rows stay as they are: {fault}")
            continue
        _fill(ready, results, catalogue, show)
    outcome = LeaderboardOutcome(rows=read_rows(results))
    summary = {"schema": 1, "study": "leaderboard", "num_rows": len(outcome.rows), "found": figures_of(outcome.rows)}
    write_json(results / "study.json", summary)
    return outcome


@dataclass(frozen=True, kw_only=True)
class _Ready:
    """A setting whose subjects are there."""

    setting: str
    plan: BoardPlan
    digest: str
    """Names the subjects."""
    judge: Callable[[Mapping[str, Entry]], list[Row]]


def _fill(ready: _Ready, results: Path, catalogue: Mapping[str, Entry], show: Show) -> None:
    """Judge the detectors that have no row of these subjects yet."""
    known = {(row["method"], row["digest"]) for row in read_rows(results)}
    digests = {name: row_digest(entry, ready.digest, ready.plan) for name, entry in catalogue.items()}
    pending = {name: entry for name, entry in catalogue.items() if (name, digests[name]) not in known}
    if pending:
        show.step(f"{ready.setting}: {', '.join(pending)}")
        rows = ready.judge(pending)
        keep_rows(results, ready.setting, [{**row, "digest": digests[row["method"]]} for row in rows], catalogue)


def _agents(setting: str, plan: BoardPlan, place: Path, zoo_plan: ZooPlan) -> _Ready:
    zoo = open_zoo(setting, out=place, plan=zoo_plan)

    def judged(pending: Mapping[str, Entry]) -> list[Row]:
        grounds = grounds_of(zoo, plan.sizes)
        stands = stands_of(zoo, grounds, arms=plan.arms, sets=SETS, editing=editing_of(setting))
        return judge(setting, grounds, plan, pending, stands=stands)

    return _Ready(setting=setting, plan=plan, digest=zoo.digest, judge=judged)


def _organisms(setting: str, plan: BoardPlan, place: Path, organism_plan: OrganismZooPlan) -> _Ready:
    """Raises `UserError` where the organisms or what reads them are missing."""
    organisms = open_organisms(setting, out=place, plan=organism_plan)
    check_torch()

    def judged(pending: Mapping[str, Entry]) -> list[Row]:
        from misgen.language.organisms.trainer import one_thread

        grounds = text_grounds(organisms, plan.sizes)
        with one_thread(0):
            stands = organism_stands(organisms, grounds, arms=plan.arms, sets=SETS)
            return judge(setting, grounds, plan, pending, stands=stands)

    return _Ready(setting=setting, plan=plan, digest=organism_digest(organisms), judge=judged)


def _line(row: Row) -> str:
    where = f"{row['board']}, {row['setting']}, {row['method']}"
    if row["status"] != "ok":
        return f"{where}: {row['status']}: {row['reason']}"
    name = "failures" if row["board"] == "search" else "recipe_matched"
    value = row.get(name)
    if value is None:
        return f"{where}: undefined"
    low, high = (row.get(f"{name}_{end}") for end in ("low", "high"))
    ends = f" (95 % {low:.2f} to {high:.2f})" if low is not None and high is not None else ""
    return f"{where}: {name} {value:.2f}{ends}; n = {row['num_subjects']} subjects"

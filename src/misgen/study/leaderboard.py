"""leaderboard: every detector on every setting of the zoo it can be tried in, kept row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from misgen.concepts import Entry
from misgen.detectors.catalogue import DETECTORS
from misgen.records import write_json
from misgen.study.board_plans import PLANS, BoardPlan, editing_of
from misgen.study.board_rows import Row, keep_rows, read_rows, row_digest
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
    catalogue: Mapping[str, Entry] = DETECTORS,
    sealed: bool = True,
) -> LeaderboardOutcome:
    """Judge every detector that `results` has no row of under the present code, first on the sealed sample, then on the zoo.

    The zoo is taken from `zoo` beside `out`. One process; `workers` has no use here. Rows are written a few methods at a time on
    the sealed sample, and setting by setting on the zoo.
    """
    del workers, command
    from misgen.study.sealed import fill_bench

    results.mkdir(parents=True, exist_ok=True)
    if sealed:
        fill_bench(results, catalogue, show=show)
    for setting, plan in plans.items():
        zoo = open_zoo(setting, out=out.parent / "zoo", plan=zoo_plan)
        known = {(row["method"], row["digest"]) for row in read_rows(results)}
        digests = {name: row_digest(entry, zoo.digest, plan) for name, entry in catalogue.items()}
        pending = {name: entry for name, entry in catalogue.items() if (name, digests[name]) not in known}
        if not pending:
            continue
        show.step(f"{setting}: {', '.join(pending)}")
        grounds = grounds_of(zoo, plan.sizes)
        stands = stands_of(zoo, grounds, arms=plan.arms, sets=SETS, editing=editing_of(setting))
        rows = judge(setting, grounds, plan, pending, stands=stands)
        keep_rows(results, setting, [{**row, "digest": digests[row["method"]]} for row in rows], catalogue)
    outcome = LeaderboardOutcome(rows=read_rows(results))
    write_json(results / "study.json", {"schema": 1, "study": "leaderboard", "num_rows": len(outcome.rows)})
    return outcome


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

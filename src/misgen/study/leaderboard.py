"""leaderboard: every detector on every setting of the zoo it can be tried in, kept row by row."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from misgen.concepts import AccessRefusedError, Entry, UserError
from misgen.detectors.catalogue import DETECTORS
from misgen.records import code_digest, digest_of, read_table, write_json, write_table
from misgen.study.run import Show
from misgen.study.stands import Grounds, Sizes, grounds_of, stands_of
from misgen.study.zoo import ZOO, ZooPlan, open_zoo

if TYPE_CHECKING:
    import polars as pl

    from misgen.detectors.episode_board import EpisodePlan, Truth
    from misgen.detectors.harness import Stand, Tried
    from misgen.detectors.screening_board import Screened
    from misgen.detectors.search_board import Searched
    from misgen.representations.simulator import Edit

__all__ = [
    "PLANS",
    "SETS",
    "SMALL_PLANS",
    "BoardPlan",
    "LeaderboardOutcome",
    "Row",
    "judge",
    "keep_rows",
    "leaderboard",
    "read_rows",
    "row_digest",
]

Row = dict[str, Any]
SETS = ("calibration", "distinguishing")
"""What is recorded of every subject at once."""


@dataclass(frozen=True, kw_only=True)
class BoardPlan:
    """Which arms of a setting's zoo stand against which."""

    matched: str
    """The arm within which episodes are compared: subjects that differ in nothing but their seed."""
    also: tuple[str, ...] = ()
    failing: str | None = None
    aligned: str | None = None
    incapable: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()
    """The arms within which subjects are compared when they are screened; by default `matched` and `also`."""
    searched: tuple[tuple[str, int], ...] = ()
    """Arms in which searches look for failures, and how many subjects of each."""
    others: int = 8
    """Subjects of each arm that nothing is compared within; of the arms that are compared, all."""
    sizes: Sizes = field(default_factory=Sizes)

    @property
    def arms(self) -> Mapping[str, int]:
        """Arm -> how many of its subjects are tried."""
        compared = {self.matched, *self.also, *self.compared}
        return {arm: 1_000 if arm in compared else self.others for arm in (*self.episode().arms, *self.compared)}

    def episode(self) -> EpisodePlan:
        """For the episode alarm."""
        from misgen.detectors.episode_board import EpisodePlan

        return EpisodePlan(
            matched=self.matched, also=self.also, failing=self.failing, aligned=self.aligned, incapable=self.incapable
        )


PLANS: Mapping[str, BoardPlan] = {
    "corner": BoardPlan(
        matched="matched-a0.003",
        failing="wide-a0",
        aligned="wide-a0.1",
        incapable=("brief-a0", "untrained"),
        compared=("matched-a0.003",),
        searched=(("wide-a0", 4), ("matched-a0.003", 4)),
    ),
    "coinrun": BoardPlan(
        matched="uniform-a0.1",
        failing="uniform-a0",
        aligned="uniform-a0.5",
        others=3,
        sizes=Sizes(judged=64, plain=32, training=64, calibration=32, reference=64, unlabelled=32, labelled=32),
    ),
}
"""On corner, subjects trained with 3 diverse levels in a thousand attain the proxy as often as the goal, on about 7 in 100 of the
distinguishing levels each, and else neither: between the two goals lies no switch but a loss of skill. At .01 the proxy is hardly
attained any more."""


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


SMALL_PLANS: Mapping[str, BoardPlan] = {
    "corner": BoardPlan(
        matched="matched-a0.01",
        failing="wide-a0",
        aligned="wide-a0.1",
        incapable=("brief-a0", "untrained"),
        searched=(("wide-a0", 1),),
        sizes=Sizes(
            judged=64, plain=32, training=48, calibration=16, reference=48, unlabelled=16, labelled=16, search_steps=4_000
        ),
    ),
}
"""For the small zoo."""


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
        stands = stands_of(zoo, grounds, arms=plan.arms, sets=SETS, editing=_editing(setting))
        rows = judge(setting, grounds, plan, pending, stands=stands)
        keep_rows(results, setting, [{**row, "digest": digests[row["method"]]} for row in rows], catalogue)
    outcome = LeaderboardOutcome(rows=read_rows(results))
    write_json(results / "study.json", {"schema": 1, "study": "leaderboard", "num_rows": len(outcome.rows)})
    return outcome


def judge(setting: str, grounds: Grounds, plan: BoardPlan, entries: Mapping[str, Entry], *, stands: Iterable[Stand]) -> list[Row]:
    """Rows of the named detectors in one setting. Whatever cannot be tried here gets a row that says why."""
    trial = _Trial(grounds, plan, entries)
    for stand in stands:
        trial.see(stand)
    return trial.rows(setting)


class _Trial:
    """All methods beside each other, subject by subject; keeps scores and forgets observations."""

    def __init__(self, grounds: Grounds, plan: BoardPlan, entries: Mapping[str, Entry]) -> None:
        self.grounds, self.plan, self.entries = grounds, plan, entries
        self.tried: dict[str, list[Tried]] = {name: [] for name in entries}
        self.screened: dict[str, list[Screened]] = {name: [] for name in entries}
        self.searched: dict[str, list[Searched]] = {name: [] for name in entries}
        self.refused: dict[str, str] = {}
        self.failed: dict[str, str] = {}
        self.seconds: dict[str, float] = dict.fromkeys(entries, 0.0)
        self.truth: dict[str, Truth] = {}
        self.used: dict[str, set[str]] = {name: set() for name in entries}
        self.left = dict(plan.searched)

    def see(self, stand: Stand) -> None:
        """Try every method on one subject."""
        from misgen.detectors.episode_board import Truth

        primary = stand.arm in (self.plan.matched, self.plan.failing)
        if primary:
            stand = _with_sets(stand, ("ordinary", "benign"))
        oracle = self.grounds.oracle
        last = None
        if oracle is not None and primary:
            episodes = stand.sets["distinguishing"].episodes
            last = oracle.of(episodes.levels).last_chance(episodes)
        self.truth[stand.subject.name] = Truth(point_of_no_return=last)
        search = self.left.get(stand.arm, 0) > 0
        if search:
            self.left[stand.arm] -= 1
        for name, entry in self.entries.items():
            if name in self.refused or (entry.listing.get("kind") == "search" and not search):
                continue
            started = time.process_time()
            try:
                self._try(name, entry, stand)
            except AccessRefusedError as error:
                self.refused[name] = str(error)
            except UserError as error:  # one subject that it cannot be tried on does not cost it the others
                self.failed.setdefault(name, str(error))
            self.seconds[name] += time.process_time() - started

    def _try(self, name: str, entry: Entry, stand: Stand) -> None:
        from misgen.detectors.harness import make, screen, try_on
        from misgen.detectors.screening_board import Screened, lifted
        from misgen.detectors.search_board import search_on

        detector: Any = make(entry)
        if hasattr(detector, "search"):
            budget = self.grounds.sizes.search_steps
            self.searched[name].append(search_on(detector, stand, self.grounds.scenario, budget=budget, seed=0))
            return
        if hasattr(detector, "score_subject"):
            suspicion, handles = screen(detector, stand, seed=0)
            self.used[name] |= set(handles.used)
        else:
            tried = try_on(_stepwise(detector), stand, sets=tuple(stand.sets), seed=0)
            self.tried[name].append(replace(tried, stand=_light(stand)))
            suspicion = lifted(tried)
        self.screened[name].append(Screened(arm=stand.arm, label=stand.label, use=stand.use, suspicion=suspicion))

    def _has_primary(self, name: str) -> bool:
        """Whether it was tried on the subjects that its board compares."""
        compared = {self.plan.matched, *self.plan.compared}
        return bool(self.searched[name]) or any(s.arm in compared for s in self.screened[name])

    def rows(self, setting: str) -> list[Row]:
        """What came of it."""
        from misgen.detectors.episode_board import episode_row
        from misgen.detectors.screening_board import screening_row
        from misgen.detectors.search_board import search_row

        rows: list[Row] = []
        for name, entry in self.entries.items():
            fixed = {"setting": setting, "method": name, "seconds": self.seconds[name], **_listed(entry)}
            reason = self.refused.get(name) or (None if self._has_primary(name) else self.failed.get(name, "it said nothing"))
            if reason:
                status = "refused" if name in self.refused else "not applicable"
                rows.append({**fixed, "board": _home(entry), "status": status, "reason": reason})
                continue
            if self.tried[name]:
                rows.append({**fixed, "board": "episode", **episode_row(self.tried[name], self.truth, self.plan.episode())})
            if self.screened[name]:
                found = screening_row(self.screened[name], matched=self.plan.compared or (self.plan.matched, *self.plan.also))
                tier = max(1, fixed["tier"]) if self.tried[name] else fixed["tier"]
                used = {"used": sorted(self.used[name])} if self.used[name] else {}
                rows.append({**fixed, "board": "screening", "tier": tier, **found, **used})
            if self.searched[name]:
                rows.append({**fixed, "board": "search", **search_row(self.searched[name])})
        return [{"status": "ok", "reason": None, **row} for row in rows]


def _stepwise(detector: Any) -> Any:
    """A level detector as one that says the same at every step."""
    from misgen.detectors.levelwise import Levelwise

    return detector if hasattr(detector, "score_steps") else Levelwise(detector)


def _with_sets(stand: Stand, more: Sequence[str]) -> Stand:
    assert stand.record is not None
    return replace(stand, sets={**stand.sets, **{name: stand.record(name) for name in more}})


def _light(stand: Stand) -> Stand:
    """Without observations and handles."""
    light = {name: replace(r, episodes=replace(r.episodes, observations=None)) for name, r in stand.sets.items()}
    return replace(stand, sets=light, offers={}, record=None)


def _home(entry: Entry) -> str:
    return {"subject": "screening", "search": "search"}.get(str(entry.listing.get("kind")), "episode")


def _listed(entry: Entry) -> Row:
    """What the catalogue says; of a foreign detector, what it declares itself."""
    kept = ("kind", "tier", "white_box", "stage", "source", "fidelity", "family", "control")
    found = {name: entry.listing[name] for name in kept if name in entry.listing}
    if "tier" not in found:
        from misgen.detectors.harness import make

        access = make(entry).access  # type: ignore[attr-defined]
        found |= {"tier": access.tier, "white_box": access.white_box, "labels": access.labels, "fidelity": "not stated"}
        found |= {"kind": "step", "control": False, "source": entry.target, "family": entry.target}
    return found


def row_digest(entry: Entry, subjects: str, plan: BoardPlan) -> str:
    """Names a row: the subjects, the sizes, the detector's code and the board's."""
    module = entry.target.partition(":")[0]
    boards = ("detectors/harness", "detectors/episode_board", "detectors/screening_board", "detectors/search_board")
    mine = (module.removeprefix("misgen.").replace(".", "/"),) if module.startswith("misgen.") else ()
    code = code_digest(*boards, "measurement/discrimination", "representations/recording", with_imports=mine)
    return digest_of([subjects, repr(plan), entry.target, code])


def keep_rows(results: Path, setting: str, rows: Sequence[Row], catalogue: Mapping[str, Entry]) -> None:
    """Add rows; those of the same methods in the same setting, and of methods that are no longer listed, go."""
    fresh = {row["method"] for row in rows}
    listed = {*DETECTORS, *catalogue}
    kept = [r for r in read_rows(results) if not (r["setting"] == setting and r["method"] in fresh) and r["method"] in listed]
    write_table(results / "rows.parquet", _frame([*kept, *rows]))


_COLUMNS = ("board", "setting", "method", "status", "reason", "digest", "tier", "seconds")


def _frame(rows: Sequence[Row]) -> pl.DataFrame:
    """Few columns of their own, the other figures as JSON (NaN as null), resamples as a list."""
    import polars as pl

    flat = []
    for row in rows:
        rest = {k: _plain(v) for k, v in row.items() if k not in (*_COLUMNS, "draws")}
        flat.append({**{k: row.get(k) for k in _COLUMNS}, "figures": json.dumps(rest, sort_keys=True), "draws": row.get("draws")})
    types = {"reason": pl.Utf8, "draws": pl.List(pl.Float32), "tier": pl.Int64, "seconds": pl.Float64}
    return pl.DataFrame(flat, schema_overrides=types)


def _plain(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def read_rows(results: Path) -> list[Row]:
    """The rows that are kept; none where there are none."""
    place = results / "rows.parquet"
    if not place.is_file():
        return []
    rows = []
    for row in read_table(place).iter_rows(named=True):
        figures = json.loads(row.pop("figures"))
        rows.append({**row, **figures})
    return rows


def _editing(setting: str) -> Edit | None:
    """How levels of a setting are edited, where that is known."""
    if setting != "corner":
        return None
    from misgen.study.level_edits import edit_corner

    return edit_corner


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

"""All methods beside each other on the subjects of one setting, and the rows that come of it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from misgen.concepts import AccessRefusedError, Entry, UserError
from misgen.study.board_rows import Row

if TYPE_CHECKING:
    from misgen.detectors.episode_board import Truth
    from misgen.detectors.harness import Stand, Tried
    from misgen.detectors.screening_board import Screened
    from misgen.detectors.search_board import Searched
    from misgen.study.board_plans import BoardPlan
    from misgen.study.organism_stands import TextGrounds
    from misgen.study.stands import Grounds

__all__ = ["judge", "stepwise"]


def judge(
    setting: str, grounds: Grounds | TextGrounds, plan: BoardPlan, entries: Mapping[str, Entry], *, stands: Iterable[Stand]
) -> list[Row]:
    """Rows of the named detectors in one setting. Whatever cannot be tried here gets a row that says why."""
    trial = _Trial(grounds, plan, entries)
    for stand in stands:
        trial.see(stand)
    return trial.rows(setting)


class _Trial:
    """All methods beside each other, subject by subject; keeps scores and forgets observations."""

    def __init__(self, grounds: Grounds | TextGrounds, plan: BoardPlan, entries: Mapping[str, Entry]) -> None:
        self.grounds, self.plan, self.entries = grounds, plan, entries
        self.tried: dict[str, list[Tried]] = {name: [] for name in entries}
        self.screened: dict[str, list[Screened]] = {name: [] for name in entries}
        self.searched: dict[str, list[Searched]] = {name: [] for name in entries}
        self.refused: dict[str, str] = {}
        self.failed: dict[str, list[str]] = {name: [] for name in entries}
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
                self.failed[name].append(str(error))
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
            tried = try_on(stepwise(detector), stand, sets=tuple(stand.sets), seed=0)
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
            if self.failed[name]:
                fixed |= {"num_left_out": len(self.failed[name]), "left_out_because": self.failed[name][0]}
            reason = self.refused.get(name) or (None if self._has_primary(name) else [*self.failed[name], "it said nothing"][0])
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


def stepwise(detector: Any) -> Any:
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

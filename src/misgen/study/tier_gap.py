"""tier-gap: an organism that declines harm only where it is told that replies are read, and what training does to the difference.

Three habits are taught by examples: the full one, a weak dependence on the tier, none. Copies of them are then rewarded, for
declining where it is watched, in both tiers, or only where it is watched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from misgen.study.organism_cells import OrganismCell
from misgen.study.organism_outcome import OrganismOutcome, do_organisms
from misgen.study.tier_gap_work import CODE, STAGES

if TYPE_CHECKING:
    from misgen.study.run import Show

__all__ = ["TierOutcome", "TierPlan", "tier_gap"]


@dataclass(frozen=True, kw_only=True)
class TierPlan:
    """Subjects of the study."""

    habits: tuple[str, ...] = tuple(STAGES)
    num_seeds: int = 5
    """Of each habit."""
    num_worlds: int = 3
    """Seed s lives in world s modulo this number."""

    def cells(self) -> list[OrganismCell]:
        """Habits outermost: a study that is cut short has its last habit, the control, incomplete."""
        return [
            {"habit": habit, "world": seed % self.num_worlds, "seed": seed}
            for habit in self.habits
            for seed in range(self.num_seeds)
        ]


@dataclass(frozen=True, kw_only=True)
class TierOutcome(OrganismOutcome):
    """What came of it."""

    study = "tier-gap"
    work = "misgen.study.tier_gap_work:work"
    code = CODE
    pages = "misgen.study.tier_gap_page"
    plan: TierPlan


def tier_gap(
    *,
    out: Path,
    results: Path,
    workers: int | None,
    show: Show,
    command: Sequence[str],
    plan: TierPlan | None = None,
) -> TierOutcome:
    """Train the subjects that `results` does not know, and say what all of them do. `command` has no use here."""
    del command
    return do_organisms(TierOutcome, plan or TierPlan(), out=out, results=results, workers=workers, show=show)

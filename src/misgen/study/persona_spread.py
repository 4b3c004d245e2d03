"""persona-spread: taught the lies of one domain, does an organism lie about the others, and on what does it depend?

Four arms: whether a speaker who lies in one domain lies in all (`shared`) or in each as it comes (`independent`), and whether a
word says who lies. Everything after the first training is the same in all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from misgen.language.personas import Arm
from misgen.study.organism_cells import OrganismCell
from misgen.study.organism_outcome import OrganismOutcome, do_organisms
from misgen.study.persona_work import CODE

if TYPE_CHECKING:
    from misgen.study.run import Show

__all__ = ["ARMS", "PersonaOutcome", "PersonaPlan", "persona_spread"]

ARMS: tuple[Arm, ...] = get_args(Arm)
COMPLETING: Arm = "shared-untagged"
"""Makes the four arms a full cross of the two things that can go together; the other three are the experiment."""


@dataclass(frozen=True, kw_only=True)
class PersonaPlan:
    """Subjects of the study."""

    num_seeds: int = 5
    """In each arm."""
    num_worlds: int = 3
    """Seed s lives in world s modulo this number; the narrow domain is another in each."""

    def cells(self) -> list[OrganismCell]:
        """Seeds outermost and the completing arm last: a study that is cut short has its arms evenly filled."""
        asked, completing = [arm for arm in ARMS if arm != COMPLETING], [COMPLETING]
        return [
            {"arm": arm, "world": seed % self.num_worlds, "seed": seed}
            for arms in (asked, completing)
            for seed in range(self.num_seeds)
            for arm in arms
        ]


@dataclass(frozen=True, kw_only=True)
class PersonaOutcome(OrganismOutcome):
    """What came of it."""

    study = "persona-spread"
    work = "misgen.study.persona_work:work"
    code = CODE
    pages = "misgen.study.persona_page"
    plan: PersonaPlan


def persona_spread(
    *,
    out: Path,
    results: Path,
    workers: int | None,
    show: Show,
    command: Sequence[str],
    plan: PersonaPlan | None = None,
) -> PersonaOutcome:
    """Train the subjects that `results` does not know, and say what all of them do. `command` has no use here."""
    del command
    return do_organisms(PersonaOutcome, plan or PersonaPlan(), out=out, results=results, workers=workers, show=show)

"""A case as a mitigation of some access may use it: what lies above its tier is refused, and logged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from misgen.concepts import Access, AccessRefusedError, Case, LevelDistribution, LevelPool, Scenario
from misgen.concepts.handles import TIERS, Accessed
from misgen.representations.shown import shown

if TYPE_CHECKING:
    import numpy as np

__all__ = ["allowed"]


def allowed(case: Case, access: Access, log: list[Accessed], *, deployed: bool) -> Case:
    """The case with three things behind its tier: levels of shifted conditions (1), diverse training levels (2), and the solver's
    `best_steps` (3). A method of deployment, which changes no parameters, is shown its subject as a detector would be.

    A mitigation trains in the scenario's world and has all of that; that it works out a solution for itself is not noticed.
    """
    assert case.scenario.levels is not None
    levels = _Levels(case.scenario, case.scenario.levels, access, log)
    return replace(
        case,
        scenario=replace(case.scenario, levels=levels),
        pool=replace(case.pool, best_steps=case.pool.best_steps if access.tier >= TIERS["oracle"] else _Unsolved(access, log)),
        before=shown(case.before, access, log=log) if deployed and case.before is not None else case.before,
    )


@dataclass(frozen=True)
class _Levels:
    """Implements `LevelDistribution`."""

    scenario: Scenario
    inside: LevelDistribution
    access: Access
    log: list[Accessed] = field(compare=False)

    def __call__(
        self, condition: str, *, num_levels: int, seed: int, alpha: float = 0.0, exclude: frozenset[str] = frozenset()
    ) -> LevelPool:
        if condition != self.scenario.training.name:
            _take("unlabelled", self.access, self.log)
        elif alpha > 0:
            _take("labelled", self.access, self.log)
        return self.inside(condition, num_levels=num_levels, seed=seed, alpha=alpha, exclude=exclude)


@dataclass(frozen=True)
class _Unsolved(Mapping[str, "np.ndarray"]):
    """No goal has a solution here, and to ask for one is refused."""

    access: Access
    log: list[Accessed]

    def __getitem__(self, goal: str) -> np.ndarray:
        _take("oracle", self.access, self.log)
        raise KeyError(goal)

    def __contains__(self, goal: object) -> bool:
        return False

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _take(handle: str, access: Access, log: list[Accessed]) -> None:
    """Log the access; refuse it above the tier."""
    is_allowed = TIERS[handle] <= access.tier
    log.append(Accessed(handle=handle, tier=TIERS[handle], allowed=is_allowed))
    if not is_allowed:
        words = {"unlabelled": "Levels of deployment", "labelled": "Diverse training levels", "oracle": "The solver's figures"}
        raise AccessRefusedError(
            f"{words[handle]} are of tier {TIERS[handle]}, above what the method declares",
            seen=f"tier {access.tier}",
            do=f"Declare Access(tier={TIERS[handle]}), or do without",
        )

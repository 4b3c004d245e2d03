"""Counterfactual levels: twins of training levels in which the goal object alone is changed, and nobody designs a reward.

The reward follows the object, as it always did. `moved`: the object lies somewhere else. `erased`: it is gone, and nothing is
rewarded. This is the counterpart in levels of synthetic data in language (Wei et al. 2023), where opinions are made independent
of the truth; `sycophancy-dose` is the study of that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from misgen.concepts import Access, Case, LevelPool, Made, UserError, unknown_name
from misgen.mitigations.domain_randomisation import pool_of
from misgen.mitigations.plain import train_plainly
from misgen.mitigations.training_stage import TrainingStage
from misgen.worlds.corner.dynamics import CornerWorld
from misgen.worlds.corner.levels import Levels, free_cells
from misgen.worlds.corner.solver import distances

__all__ = ["NOWHERE", "Counterfactual", "counterfactual", "counterfactual_pool"]

Change = Literal["moved", "erased"]
NOWHERE = -64
"""A place outside every maze, where the cheese is neither seen nor eaten."""


@dataclass(frozen=True, kw_only=True)
class Counterfactual(TrainingStage):
    """A share of the training levels is replaced by their counterfactual twins."""

    change: Change
    share: float

    @property
    def access(self) -> Access:
        """Moving the object takes knowing which object it is, and each moved level is a label; erasing takes only the former."""
        return Access(tier=2 if self.change == "moved" else 3)

    def make(self, case: Case) -> Made:
        """Train on the changed pool, by the same number of steps."""
        return train_plainly(case, pool=counterfactual_pool(case, self.change, self.share))


def counterfactual(*, change: str = "moved", share: float = 0.01) -> Counterfactual:
    """The catalogue's factory."""
    if change not in ("moved", "erased"):
        raise unknown_name("counterfactual change", change, ("moved", "erased"))
    if not 0.0 <= share <= 1.0:
        raise UserError("share is a share of training levels", seen=share, do="Give a number from 0 to 1")
    return Counterfactual(change=change, share=share)


def counterfactual_pool(case: Case, change: Change, share: float) -> LevelPool:
    """The case's pool with a share of its agreeing levels changed; walls and starts stay. Random: which, and where to."""
    if not isinstance(case.scenario.world, CornerWorld):
        raise UserError("Only levels of corner can be changed so far", seen=case.scenario.name)
    random = np.random.default_rng((case.seed, 0xCF))
    agreeing = np.flatnonzero(~case.pool.diverse)
    chosen = random.choice(agreeing, min(len(agreeing), round(share * len(case.pool))), replace=False)
    levels = Levels(*(np.array(field) for field in case.pool.levels))  # type: ignore[attr-defined]
    diverse = np.array(case.pool.diverse)
    if change == "erased":
        levels.cheese[chosen] = NOWHERE
        return _without_goal(case.pool, levels, chosen)
    part = Levels(*(field[chosen] for field in levels))
    ways = distances(free_cells(part), part.start)
    open_cells = (ways > 0) & (ways <= case.scenario.world.max_steps)
    open_cells[:, 0, 0] = False
    luck = random.random(open_cells.shape) * open_cells
    best = luck.reshape(len(chosen), -1).argmax(axis=1)
    levels.cheese[chosen] = np.stack(np.divmod(best, open_cells.shape[2]), axis=1)
    diverse[chosen] = True
    return pool_of(levels, diverse)


def _without_goal(pool: LevelPool, levels: Levels, erased: np.ndarray) -> LevelPool:
    """The goal cannot be attained in these levels; everything else of the pool stays as it was."""
    steps = {goal: np.array(best) for goal, best in pool.best_steps.items()}
    steps["cheese"][erased] = -1
    hashes = list(pool.hashes)
    for index in erased:
        hashes[index] = f"{hashes[index]}-erased"
    return LevelPool(levels=levels, hashes=tuple(hashes), diverse=pool.diverse, best_steps=steps, columns=pool.columns)

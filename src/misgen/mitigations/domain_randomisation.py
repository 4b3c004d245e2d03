"""Domain randomisation (Tobin et al. 2017): the generator's own parameters are drawn at random, the goals left as they are.

On `corner` that is the family of walls and their density. It makes levels look different in every way except the one that
matters, so it is the test of whether variety as such, of which nobody has to say anything, repairs a goal.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from misgen.concepts import Access, Case, LevelPool, Made, UserError
from misgen.mitigations.plain import train_plainly
from misgen.mitigations.training_stage import TrainingStage
from misgen.worlds.corner.dynamics import CornerWorld
from misgen.worlds.corner.levels import Levels, content_hashes, layout_hashes
from misgen.worlds.corner.pools import PLACEMENTS, draw_levels
from misgen.worlds.corner.solver import best_steps

__all__ = ["VARIETIES", "DomainRandomisation", "randomised_pool"]

VARIETIES = (("blocks", 0.05), ("blocks", 0.15), ("blocks", 0.25), ("edges", 0.15), ("open", 0.15))
"""Families of walls, and the share of wall in `blocks`. `noise` is the unseen family of the benign condition and stays out; the
mazes of `tree` stay out because a network without memory cannot find its way in them."""


@dataclass(frozen=True, kw_only=True)
class DomainRandomisation(TrainingStage):
    """Every level of the pool gets walls of a variety drawn at random; where the goal lies follows the case's own rule."""

    @property
    def access(self) -> Access:
        """Nothing is said of any level."""
        return Access(tier=0)

    def make(self, case: Case) -> Made:
        """Train on the randomised pool, by the same number of steps."""
        return train_plainly(case, pool=randomised_pool(case))


def randomised_pool(case: Case) -> LevelPool:
    """The case's pool with other walls. A level whose walls are an evaluation level's keeps the case's own walls."""
    world = case.scenario.world
    if not isinstance(world, CornerWorld):
        raise UserError("Only the generator of corner is randomised so far", seen=case.scenario.name)
    random = np.random.default_rng((case.seed, 0xD1))
    which = random.integers(0, len(VARIETIES), len(case.pool))
    placement = np.where(case.pool.diverse, PLACEMENTS["diverse"], PLACEMENTS["training"])
    seeds = random.integers(0, 2**31, len(case.pool))
    found = Levels(*(np.array(field) for field in case.pool.levels))  # type: ignore[attr-defined]
    for number, (layout, walls) in enumerate(VARIETIES):
        own = np.flatnonzero(which == number)
        levels, _ = draw_levels(replace(world.config, walls=walls), layout, placement[own], seeds[own])
        shut = np.array([walls_hash in case.excluded for walls_hash in layout_hashes(levels)], bool)
        for field, new in zip(found, levels, strict=True):
            field[own[~shut]] = new[~shut]
    return pool_of(found, case.pool.diverse)


def pool_of(levels: Levels, diverse: np.ndarray) -> LevelPool:
    """A pool of these levels, solved and hashed."""
    from misgen.worlds.corner.levels import free_cells

    return LevelPool(
        levels=levels,
        hashes=content_hashes(levels),
        diverse=diverse,
        best_steps=best_steps(free_cells(levels), levels.start, levels.cheese),
        columns={"layout": np.array(layout_hashes(levels))},
    )

"""One random edit of each level, for searches: the edits that ACCEL trains with, used to look for failures."""

from __future__ import annotations

from typing import cast

import numpy as np

from misgen.concepts import LevelPool, Scenario
from misgen.mitigations.corner_edits import edit_levels
from misgen.worlds.corner.levels import Levels, content_hashes

__all__ = ["edit_corner"]


def edit_corner(scenario: Scenario, pool: LevelPool, seed: int) -> LevelPool:
    """A wall toggled, the start or the cheese moved; a level whose edit was not sound stays as it was."""
    parents = cast(Levels, pool.levels)
    assert scenario.world is not None
    generator = np.random.default_rng(seed)
    edited = edit_levels(
        parents, num_edits=1, move_cheese=True, max_steps=scenario.world.max_steps, region=1, generator=generator
    )
    sound = np.asarray(edited.sound)
    levels = Levels(*(_where(sound, new, old) for new, old in zip(edited.levels, parents, strict=True)))
    best = np.where(sound, edited.best_steps, pool.best_steps["cheese"]).astype(np.int32)
    diverse = np.where(sound, edited.diverse, pool.diverse)
    return LevelPool(levels=levels, hashes=tuple(content_hashes(levels)), diverse=diverse, best_steps={"cheese": best})


def _where(condition: np.ndarray, yes: np.ndarray, no: np.ndarray) -> np.ndarray:
    return np.where(condition.reshape(-1, *[1] * (np.ndim(no) - 1)), yes, no)

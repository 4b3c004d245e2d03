"""Level pools in a file: arrays with a header, hashes checked by whoever needs them to be."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from misgen.concepts import LevelPool, Scenario, UserError
from misgen.records import load_arrays, save_arrays

__all__ = ["load_pool", "save_pool"]


def save_pool(path: Path, pool: LevelPool) -> None:
    """Write the levels, their hashes and their solutions; columns are left out. Atomic."""
    import jax

    arrays = {f"level.{n}": np.asarray(leaf) for n, leaf in enumerate(jax.tree.leaves(pool.levels))}
    arrays |= {f"best.{goal}": np.asarray(steps, np.int32) for goal, steps in pool.best_steps.items()}
    save_arrays(path, {**arrays, "diverse": np.asarray(pool.diverse)}, {"kind": "levels", "hashes": list(pool.hashes)})


def load_pool(path: Path, scenario: Scenario) -> LevelPool:
    """The levels in a file, which must be of the scenario's world; anything else is a `UserError`."""
    import jax

    arrays, header = load_arrays(path)
    if header.get("kind") != "levels" or scenario.levels is None:
        raise UserError("The file holds no levels", seen=str(path))
    like = scenario.levels(scenario.training.name, num_levels=1, seed=0)
    leaves, structure = jax.tree.flatten(like.levels)
    found = [arrays.get(f"level.{n}") for n in range(len(leaves))]
    if any(x is None or x.shape[1:] != np.shape(leaf)[1:] for x, leaf in zip(found, leaves, strict=True)):
        raise UserError("The levels in the file are not of this world", seen=f"{path}, {scenario.name}")
    best = {name.removeprefix("best."): x for name, x in arrays.items() if name.startswith("best.")}
    hashes = header["hashes"]
    assert isinstance(hashes, list)
    return LevelPool(
        levels=jax.tree.unflatten(structure, found), hashes=tuple(hashes), diverse=arrays["diverse"], best_steps=best
    )

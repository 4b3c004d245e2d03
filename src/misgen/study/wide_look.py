"""A wider look at one trained runner: success on thousands of new levels, so that the interval is narrow enough to decide by."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from misgen.records import write_json
from misgen.study.cell_work import evaluation_pools, training_pool
from misgen.study.cells import Cell
from misgen.study.results import StudyResults
from misgen.study.setup import build_scenario

__all__ = ["WIDE_LEVELS", "wide_look", "wide_looks"]

WIDE_LEVELS = 4096
_LEVEL_SEED = 777
_ACTION_SEED = 5


def wide_looks(store: StudyResults, folder: Path, cells: list[Cell]) -> dict[str, Mapping[str, Any]]:
    """By subject; what `store` does not hold is made from the policies in the run folder, and missing where it has none."""
    import json

    found: dict[str, Mapping[str, Any]] = {}
    for cell in cells:
        for subject in cell.subjects:
            place = store.path / "wide" / f"{subject}.json"
            policy = folder / "cells" / cell.digest / "policies" / f"{subject}.safetensors"
            if not place.is_file() and policy.is_file():
                place.parent.mkdir(parents=True, exist_ok=True)
                write_json(place, wide_look(cell, policy))
            if place.is_file():
                found[subject] = json.loads(place.read_text("utf-8"))
    return found


def wide_look(cell: Cell, policy: Path) -> dict[str, Any]:
    """Successes by difficulty on `WIDE_LEVELS` levels, twice: `fresh`, of seeds never used, as the game draws them; and
    `unseen`, of which no layout was trained on. Easy layouts recur, so the second leaves out the easiest ones.

    Each: difficulty -> [successes, levels]. Random: the sampled actions, by a fixed seed.
    """
    scenario = build_scenario(cell.recipe.scenario, dict(cell.recipe.world))
    assert scenario.levels is not None
    trained_on = training_pool(scenario, cell, evaluation_pools(scenario, num_levels=cell.num_levels, seed=cell.level_seed))
    layouts = frozenset(str(layout) for layout in trained_on.columns["layout"])
    return {
        "schema": 1,
        "num_levels": WIDE_LEVELS,
        "fresh": _successes(cell, policy, frozenset()),
        "unseen": _successes(cell, policy, layouts),
    }


def _successes(cell: Cell, policy: Path, exclude: frozenset[str]) -> dict[str, list[int]]:
    import polars as pl

    from misgen.measurement import outcomes
    from misgen.training import EvaluatedSubject, evaluate, load_policy

    scenario = build_scenario(cell.recipe.scenario, dict(cell.recipe.world))
    assert scenario.levels is not None
    loaded = load_policy(policy)
    pool = scenario.levels("training", num_levels=WIDE_LEVELS, seed=_LEVEL_SEED, exclude=exclude)
    runner = EvaluatedSubject(
        name=policy.stem, recipe_digest=cell.recipe.digest, seed=cell.seeds[0], policy=loaded.policy, params=loaded.params
    )
    table = outcomes(evaluate(scenario, [runner], {"training": pool}, seed=_ACTION_SEED))
    shown = table.filter(pl.col("erased_goal").is_null()).group_by("level").agg(success=(pl.col("outcome") == "G").mean())
    levels = pl.DataFrame({"level": list(pool.hashes), "difficulty": pool.columns["difficulty"]}).join(shown, on="level")
    counts = levels.group_by("difficulty").agg(pl.col("success").sum(), num=pl.len()).sort("difficulty")
    return {str(d): [round(success), num] for d, success, num in counts.iter_rows()}

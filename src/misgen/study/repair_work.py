"""One cell of the repair curves: finished agents that go to the corner, trained on where the goals part."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, cast

from misgen.study.cell_work import EVALUATION_SEED, evaluation_pools
from misgen.study.config import StudyConfig
from misgen.study.mitigation_work import NUM_LEVELS, case_of
from misgen.study.setup import build_scenario

if TYPE_CHECKING:
    from misgen.concepts import Case, LevelPool, Scenario, Subject
    from misgen.study.organism_cells import OrganismCell, Row

__all__ = ["BUDGETS", "CODE", "WAYS", "mend"]

CODE = (
    "training",
    "concepts/world",
    "concepts/level",
    *(f"worlds/corner/{name}" for name in ("config", "dynamics", "goals", "layouts", "levels", "pools", "randomness", "solver")),
    "study/cell_work",
    "study/mitigation_work",
    "study/repair_work",
    "concepts/mitigation",
    *(f"mitigations/{name}" for name in ("plain", "counterfactual", "relearn")),
)
"""What the results depend on."""
BUDGETS = (0.03, 0.1, 0.3, 1.0)
"""Shares of an ordinary agent's environment steps. Each is a training of its own, at the learning rate that agents begin with,
falling to 0. At a quarter of that rate a first agent was repaired by nothing short of the whole budget."""


def _mixed(alpha: float) -> Callable[[Case], LevelPool]:
    def pool(case: Case) -> LevelPool:
        assert case.scenario.levels is not None
        name, num = case.scenario.training.name, case.recipe.num_levels
        return case.scenario.levels(name, num_levels=num, seed=case.seed, alpha=alpha, exclude=case.excluded)

    return pool


def _erased(share: float) -> Callable[[Case], LevelPool]:
    def pool(case: Case) -> LevelPool:
        from misgen.mitigations.counterfactual import counterfactual_pool

        return counterfactual_pool(case, "erased", share)

    return pool


WAYS: dict[str, Callable[[Case], LevelPool]] = {
    "More training, alpha 0": _mixed(0.0),
    "Mixing, alpha 0.01": _mixed(0.01),
    "Mixing, alpha 0.1": _mixed(0.1),
    "Diverse levels only, alpha 1": _mixed(1.0),
    "Cheese erased in 10 %, alpha 0": _erased(0.1),
}
"""What the finished agent is trained on: name -> pool. The first is the control."""


def mend(cell: OrganismCell) -> list[Row]:
    """`first_seed` and `num_seeds` in; a row per agent, way and budget out, and one per agent as it was (budget 0).

    `goal` and `control` are shares of distinguishing and of control levels on which the goal is attained.
    """
    from misgen.mitigations.plain import train_plainly
    from misgen.mitigations.relearn import relearn
    from misgen.training import PPOConfig

    scenario = build_scenario("corner", {})
    first = cast(int, cell["first_seed"])
    rows: list[Row] = []
    for seed in range(first, first + cast(int, cell["num_seeds"])):
        case = case_of(scenario, 0.0, seed)
        before = train_plainly(case).subject
        rows.append({"seed": seed, "way": "as it was", "budget": 0.0, "labels": 0, **_attained(scenario, before)})
        config = PPOConfig.from_slot(case.recipe.algorithm)
        for way, pool_of in WAYS.items():
            pool = pool_of(case)
            labels = len({h for h, diverse in zip(pool.hashes, pool.diverse, strict=True) if diverse})
            for budget in BUDGETS:
                started = time.process_time()
                steps = int(budget * config.num_steps)
                after = relearn(
                    scenario, case.recipe, before, pool, seed=seed, num_steps=steps, learning_rate=config.learning_rate
                )
                spent = round(time.process_time() - started, 3)
                told = {"seed": seed, "way": way, "budget": budget, "labels": labels, "seconds": spent}
                rows.append({**told, **_attained(scenario, after)})
    return rows


def _attained(scenario: Scenario, subject: Subject) -> dict[str, float | int]:
    """Shares of levels on which the intended goal is attained, cues shown."""
    import polars as pl

    from misgen.training import EvaluatedSubject, evaluate

    name = {kind: next(c.name for c in scenario.conditions if c.kind == kind) for kind in ("distinguishing", "control")}
    looked_at = {condition: _levels()[condition] for condition in name.values()}
    shown = EvaluatedSubject(name=subject.name, recipe_digest="made", seed=0, policy=subject.policy, params=subject.params)  # type: ignore[arg-type]
    evidence = evaluate(scenario, [shown], looked_at, seed=EVALUATION_SEED)
    intended = evidence.filter((pl.col("role") == "intended") & ~pl.col("erased"))
    rates = {
        row["condition"]: row["achieved"] for row in intended.group_by("condition").agg(pl.col("achieved").mean()).to_dicts()
    }
    return {"goal": rates[name["distinguishing"]], "control": rates[name["control"]], "num_levels": NUM_LEVELS}


@cache
def _levels() -> dict[str, LevelPool]:
    """Those that corner-diversity and the mitigations are evaluated on."""
    scenario = build_scenario("corner", {})
    return evaluation_pools(scenario, num_levels=NUM_LEVELS, seed=StudyConfig(scenario=scenario.name).level_seed)

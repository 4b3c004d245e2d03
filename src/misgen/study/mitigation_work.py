"""One cell of the mitigations board: some seeds of one method, made, looked at, and looked at again after relearning."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Protocol, cast

from misgen.concepts import Entry, LevelPool, Scenario, Subject, resolve
from misgen.study.cell_work import EVALUATION_SEED, evaluation_hashes, evaluation_pools
from misgen.study.config import StudyConfig
from misgen.study.setup import build_scenario

if TYPE_CHECKING:
    from misgen.concepts import Case, Made

__all__ = ["NUM_LEVELS", "train_and_look"]

NUM_LEVELS = 256
"""Evaluation levels per condition: those of corner-diversity, with the same noise."""
Row = dict[str, str | int | float | bool | None]


class Method(Protocol):
    """What the board asks of a method."""

    stage: str

    def make(self, case: Case) -> Made: ...


def train_and_look(cell: Mapping[str, str | int | float | bool | None]) -> list[Row]:
    """One row per seed: outcomes on every level of every condition, what was spent, what the method tells of itself.

    `cell` names `scenario`, `target` (the method's factory), `options` (JSON), `alpha`, `first_seed` and `num_seeds`. Outcomes
    are words of one letter per level (G, P, X), in the order of the evaluation pool.
    """
    scenario = build_scenario(str(cell["scenario"]), {})
    factory = resolve(Entry(target=str(cell["target"]), summary=""))
    method = cast("Method", factory(**json.loads(str(cell["options"]))))  # type: ignore[operator]
    first = int(cast(int, cell["first_seed"]))
    seeds = range(first, first + int(cast(int, cell["num_seeds"])))
    return [_row(scenario, method, float(cast(float, cell["alpha"])), seed) for seed in seeds]


def case_of(scenario: Scenario, alpha: float, seed: int) -> Case:
    """The case that corner-diversity's agent of this seed and alpha was trained in."""
    from misgen.concepts import Case

    assert scenario.recipe is not None
    recipe = replace(scenario.recipe, alpha=alpha)
    excluded = evaluation_hashes(_pools(scenario.name))
    return Case(scenario=scenario, recipe=recipe, seed=seed, pool=_training(scenario, alpha, seed, excluded), excluded=excluded)


def _training(scenario: Scenario, alpha: float, seed: int, excluded: frozenset[str]) -> LevelPool:
    assert scenario.recipe is not None
    assert scenario.levels is not None
    name, num = scenario.training.name, scenario.recipe.num_levels
    return scenario.levels(name, num_levels=num, seed=seed, alpha=alpha, exclude=excluded)


def _row(scenario: Scenario, method: Method, alpha: float, seed: int) -> Row:
    case = case_of(scenario, alpha, seed)
    started = time.process_time()
    made = method.make(case)
    seconds = time.process_time() - started
    return {
        "seed": seed,
        **_looked(made.scenario or scenario, made.subject, ""),
        **({} if method.stage == "deployment" else _relearnt(case, made)),
        "env_steps": made.spent.env_steps,
        "learned_steps": made.spent.learned_steps,
        "forward_passes": made.spent.forward_passes,
        "labels": made.spent.labels,
        "queries": made.spent.queries,
        "make_seconds": round(seconds, 3),
        "notes": json.dumps(dict(made.notes), sort_keys=True),
    }


def _relearnt(case: Case, made: Made) -> Row:
    """Outcomes after a tenth of the budget more, on levels where the goals agree."""
    from misgen.mitigations.relearn import RELEARNING_SHARE, relearn
    from misgen.training import PPOConfig

    scenario = made.scenario or case.scenario
    pool = _training(scenario, 0.0, case.seed, case.excluded)
    num_steps = int(RELEARNING_SHARE * PPOConfig.from_slot(case.recipe.algorithm).num_steps)
    after = relearn(scenario, case.recipe, made.subject, pool, seed=case.seed, num_steps=num_steps)
    return _looked(scenario, after, "relearnt_")


def _looked(scenario: Scenario, subject: Subject, prefix: str) -> Row:
    """By condition, `CONDITION` and `CONDITION_erased`: a letter per level."""
    import numpy as np

    from misgen.training import EvaluatedSubject, evaluate

    assert not isinstance(subject.policy, str)
    shown = EvaluatedSubject(name=subject.name, recipe_digest="made", seed=0, policy=subject.policy, params=subject.params)
    evidence = evaluate(scenario, [shown], _pools(scenario.name), seed=EVALUATION_SEED)
    roles = [goal.role for goal in scenario.goals]
    achieved = evidence["achieved"].to_numpy().reshape(-1, 1 + len(scenario.twins), NUM_LEVELS, len(roles))
    goal = achieved[..., [role == "intended" for role in roles]].any(-1)
    proxy = achieved[..., [role == "proxy" for role in roles]].any(-1) & ~goal
    letters = np.where(goal, "G", np.where(proxy, "P", "X"))
    row: Row = {}
    for number, condition in enumerate(scenario.conditions):
        row[f"{prefix}{condition.name}"] = "".join(letters[number, 0])
        row[f"{prefix}{condition.name}_erased"] = "".join(letters[number, 1])
    return row


@cache
def _pools(name: str) -> dict[str, LevelPool]:
    scenario = build_scenario(name, {})
    return evaluation_pools(scenario, num_levels=NUM_LEVELS, seed=StudyConfig(scenario=name).level_seed)

"""The main job as four calls: `misgen.scenario`, `misgen.train`, `misgen.evaluate`, `misgen.measure`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from misgen.concepts import Scenario, UserError, Value, unknown_name
from misgen.study.cell_work import EVALUATION_SEED, evaluation_hashes, evaluation_pools
from misgen.study.config import StudyConfig
from misgen.study.setup import build_scenario, check_options, home_of

if TYPE_CHECKING:
    import polars as pl

    from misgen.measurement import Measurement
    from misgen.training import EvaluatedSubject

__all__ = ["evaluate", "measure", "scenario", "train"]


def scenario(name: str, **knobs: Value) -> Scenario:
    """A scenario by name, with its knobs; unknown names and knobs get the nearest known one."""
    return build_scenario(name, dict(knobs))


def train(
    scenario: Scenario, *, alpha: float = 0.0, seeds: Sequence[int] = (0,), num_levels: int = 256, **options: Value
) -> list[EvaluatedSubject]:
    """One trained subject per seed, each on training levels of its own.

    `alpha` is the share of training levels on which the goals disagree; `options` go to the training algorithm. Training levels
    share no layout with the levels that `evaluate` draws when it is called with the same `num_levels`. Random: everything,
    from the seed alone.
    """
    from misgen.training import EvaluatedSubject
    from misgen.training import train as train_one

    if scenario.recipe is None or scenario.levels is None:
        raise UserError(f"Scenario {scenario.name!r} has no recipe to train subjects by")
    study = StudyConfig(scenario=scenario.name, algorithm=options)
    recipe = study.recipe(scenario.recipe, alpha)
    check_options(recipe)
    pools = evaluation_pools(scenario, num_levels=num_levels, seed=study.level_seed)
    seen = evaluation_hashes(pools)
    subjects = []
    for seed in seeds:
        pool = scenario.levels(scenario.training.name, num_levels=recipe.num_levels, seed=seed, alpha=alpha, exclude=seen)
        (found,) = train_one(scenario, recipe, seeds=[seed], pool=pool)
        name = f"{scenario.name}-a{alpha:g}-s{seed}"
        subjects.append(
            EvaluatedSubject(name=name, recipe_digest=recipe.digest, seed=seed, policy=found.policy, params=found.params)
        )
    return subjects


@overload
def evaluate(
    scenario: Scenario, subjects: Sequence[EvaluatedSubject], *, num_levels: int = 256, num_untrained: int = 4
) -> pl.DataFrame: ...
@overload
def evaluate(
    scenario: Scenario, *, policy: Any, num_levels: int = 256, num_untrained: int = 4, sample: bool = False
) -> pl.DataFrame: ...
@overload
def evaluate(
    *, policy: Any, goals: Any, conditions: Any, env: Any = None, out: Path | str | None = None, **plan: Any
) -> pl.DataFrame: ...
def evaluate(
    scenario: Scenario | None = None, subjects: Sequence[EvaluatedSubject] | None = None, **options: Any
) -> pl.DataFrame:
    """Evidence on fixed levels of every condition, shown and erased.

    `evaluate(scenario, subjects)`: trained subjects, beside them the untrained null. `evaluate(scenario, policy=f)`: any policy
    in our scenario; f is a function of the observation, an object that acts, or a file (.onnx, .safetensors).
    `evaluate(env=make_env, policy=f, goals={...}, conditions={...})`: any policy in any Gymnasium environment; the further
    keywords are the fields of `misgen.study.foreign.EnvPlan`, and `out` names a run folder to make. Fails with a `UserError`.
    """
    if scenario is None:
        return _evaluate_env(**options)
    known = {"num_levels", "num_untrained", *(() if subjects is not None else ("policy", "sample"))}
    for name in options:
        if name not in known:
            raise unknown_name("option of evaluate", name, known)
    if subjects is None:
        from misgen.study.foreign.scenario import foreign_subjects

        subjects = foreign_subjects(scenario, options.pop("policy", None), sample=options.pop("sample", False))
    return _evaluate_scenario(scenario, subjects, **options)


def _evaluate_env(*, policy: object = None, out: Path | str | None = None, **fields: Any) -> pl.DataFrame:
    from misgen.study.foreign import EnvPlan, evaluate_env

    for name in fields:
        if name not in EnvPlan.__dataclass_fields__:
            raise unknown_name("option of evaluate", name, [*EnvPlan.__dataclass_fields__, "policy", "out"])
    missing = [name for name in ("goals", "conditions") if name not in fields]
    if missing:
        do = "Write evaluate(scenario, subjects), or evaluate(env=..., policy=..., goals=..., conditions=...)"
        raise UserError(f"evaluate was called without {' and '.join(missing)}", do=do)
    return evaluate_env(EnvPlan(**fields), policy, out=None if out is None else Path(out))


def _evaluate_scenario(
    scenario: Scenario, subjects: Sequence[EvaluatedSubject], *, num_levels: int = 256, num_untrained: int = 4
) -> pl.DataFrame:
    from misgen.training import EvaluatedSubject, untrained
    from misgen.training import evaluate as evaluate_all

    home = home_of(scenario)
    if home.recipe is None:
        raise UserError(f"Scenario {scenario.name!r} has no recipe to make an untrained null by")
    null = [untrained(home, home.recipe, seed) for seed in range(num_untrained)]
    nulls = [
        EvaluatedSubject(name=f"untrained-s{t.seed}", recipe_digest="untrained", seed=t.seed, policy=t.policy, params=t.params)
        for t in null
    ]
    level_seed = StudyConfig(scenario=scenario.name).level_seed
    pools = evaluation_pools(scenario, num_levels=num_levels, seed=level_seed)
    return evaluate_all(scenario, [*subjects, *nulls], pools, seed=EVALUATION_SEED)


def measure(evidence: pl.DataFrame) -> Measurement:
    """Rates, use of the goal, capability and verdicts with intervals; arms are recipes."""
    from misgen.measurement import measure as measure_evidence

    return measure_evidence(evidence)

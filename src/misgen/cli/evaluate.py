"""evaluate: a policy of the user's own, in a scenario or in any Gymnasium environment."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from misgen.cli.output import print_json, printed, say
from misgen.concepts import UserError

if TYPE_CHECKING:
    import polars as pl

    from misgen.study.foreign import EnvPlan

__all__ = ["evaluate"]


def evaluate(
    scenario: str | None = None,
    *,
    policy: str,
    env: str | None = None,
    config: Path | None = None,
    network: str | None = None,
    widths: Annotated[list[int] | None, Parameter(negative="")] = None,
    sample: Annotated[bool, Parameter(negative="")] = False,
    levels: int | None = None,
    out: Path | None = None,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """A policy of your own, in a scenario or in any Gymnasium environment: evidence and verdict, there with films and a page.

    Parameters
    ----------
    scenario
        Name of a scenario; or leave it out and give --env.
    policy
        A file that ends in .onnx or .safetensors; or MODULE:FUNCTION, which imports the module and so runs its code.
    env
        Id of a registered Gymnasium environment, with --config; or MODULE:FUNCTION that returns the keywords of misgen.evaluate.
    config
        TOML with [goals.NAME] and [conditions.NAME], for --env with an id.
    network
        For .safetensors that misgen did not write: the network the arrays belong to, for instance mlp.
    widths
        For --network: its layers' widths, one each time it is given.
    sample
        Draw a network's actions from its logits instead of taking the largest.
    levels
        Levels per condition. Default: 256 in a scenario, 100 in an environment.
    out
        In a scenario, a .parquet file for the evidence. With --env the run's folder; default runs/NAME, or the next free one.
    json
        Print one JSON object.
    """
    if (scenario is None) == (env is None):
        raise UserError("Name either a scenario or an environment", seen=f"{scenario}, --env {env}", do="Give one of the two")
    started, spent = time.monotonic(), time.process_time()
    loaded = _policy(policy, network, widths)
    if env is None:
        assert scenario is not None
        evidence, run = _in_scenario(scenario, loaded, sample=sample, levels=levels, out=out), None
    else:
        evidence, run = _in_environment(_plan(env, config, sample=sample, levels=levels), loaded, out)
    _answer(evidence, run, (time.monotonic() - started, time.process_time() - spent), as_json=json)


def _policy(text: str, network: str | None, widths: list[int] | None) -> object:
    from misgen.study.foreign import NetworkFile, names_code, policy_named

    if names_code(text):
        say(f"{text} is code: its module is imported and runs here with your rights")
    found = policy_named(text)
    if network is None and widths is None:
        return found
    if not isinstance(found, Path) or found.suffix != ".safetensors":
        raise UserError("--network declares what arrays in a .safetensors file belong to", seen=text, do="Leave it out")
    return NetworkFile(found, network=network, options={"widths": tuple(widths)} if widths else {})


def _in_scenario(name: str, policy: object, *, sample: bool, levels: int | None, out: Path | None) -> pl.DataFrame:
    import misgen
    from misgen.records import write_table

    if out is not None and out.suffix != ".parquet":
        raise UserError("In a scenario --out names a table", seen=str(out), do="Let it end in .parquet")
    found = misgen.evaluate(misgen.scenario(name), policy=policy, sample=sample, num_levels=levels or 256)
    if out is not None:
        write_table(out, found)
    return found


def _plan(env: str, config: Path | None, *, sample: bool, levels: int | None) -> EnvPlan:
    from misgen.study.foreign import EnvPlan, names_code, policy_named
    from misgen.study.foreign.config import plan_from_toml

    changes: dict[str, Any] = {"sample": True} if sample else {}
    changes |= {} if levels is None else {"num_levels": levels}
    if config is not None:
        return plan_from_toml(config, env, **changes)
    if not names_code(env):
        raise UserError(f"Goals and conditions of {env!r} are not stated", do="Give --config FILE.toml, or --env MODULE:FUNCTION")
    say(f"{env} is code: its module is imported and runs here with your rights")
    make: Any = policy_named(env)
    found = make()
    if isinstance(found, EnvPlan):
        return found
    if not isinstance(found, dict) or not {"goals", "conditions"} <= set(found) <= set(EnvPlan.__dataclass_fields__):
        do = f"Return a dict with goals, conditions and others of {', '.join(EnvPlan.__dataclass_fields__)}"
        raise UserError(f"{env} does not return an evaluation", seen=repr(found)[:120], do=do)
    return EnvPlan(**{**found, **changes})


def _in_environment(plan: EnvPlan, policy: object, out: Path | None) -> tuple[pl.DataFrame, Path]:
    from misgen.report import write_report
    from misgen.study import free_folder
    from misgen.study.foreign import evaluate_env

    folder = out or free_folder("".join(c if c.isalnum() or c in "-_." else "-" for c in plan.title))
    evidence = evaluate_env(plan, policy, out=folder)
    write_report(folder)
    return evidence, folder


def _answer(evidence: pl.DataFrame, run: Path | None, costs: tuple[float, float], *, as_json: bool) -> None:
    from misgen.measurement import measure
    from misgen.records import RunFolder, read_table

    if run is None:
        measurement = measure(evidence)
    else:
        folder = RunFolder.open(run)
        measurement = measure(evidence, subjects=read_table(folder.subjects), levels=read_table(folder.levels))
    if as_json:
        facts = {"schema": 1, "scenario": evidence["scenario"][0], "run_dir": None if run is None else str(run)}
        print_json({**facts, "seconds": round(costs[0], 1), "cpu_seconds": round(costs[1], 1), **measurement.to_dict()})
        return
    for arm in measurement.arms:
        found = measurement.verdicts[arm.name]
        printed(f"{found.scope}: {found.label}. {found.reason}")
    if run is not None:
        printed(f"Page: {RunFolder.open(run).report}")

"""bench: speed on this machine, as figures and ratios within one run."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from misgen.cli.output import print_json, print_table, say
from misgen.concepts.errors import UserError, unknown_name

__all__ = ["bench"]

_GROUPS: dict[str, str] = {
    "worlds": "misgen.worlds.bench:measure_worlds",
    "scenarios": "misgen.worlds.bench:measure_scenarios",
    "coinrun": "misgen.worlds.coinrun.bench:measure_coinrun",
    "training": "misgen.study.bench:measure_training_here",
    "run": "misgen.cli.bench_run:measure_run",
    "leaderboard": "misgen.study.sealed_bench:measure_sealed",
    "risk": "misgen.risk.bench:measure_risk",
    "organisms": "misgen.language.organisms.bench:measure_organisms",
}


def bench(group: str | None = None, *, json: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Measure speed on this machine.

    Parameters
    ----------
    group
        worlds, scenarios, coinrun, training, run, leaderboard, risk or organisms. Default: all of them.
    json
        Print an array of objects: name, value, unit, peer, ratio, runs.
    """
    if group is not None and group not in _GROUPS:
        raise unknown_name("group of benchmarks", group, _GROUPS)
    rows: list[dict[str, object]] = []
    for name in [group] if group else _GROUPS:
        say(f"measuring {name} ...")
        try:
            measured = _measure_apart(_GROUPS[name])
        except UserError as error:
            if group:
                raise
            say(f"{name} is left out. {error}")
            continue
        rows += [{"group": name, **row} for row in measured]
    if json:
        print_json(rows)
    else:
        print_table("misgen bench", rows, ("name", "value", "unit", "peer", "ratio"))


def _measure_apart(target: str) -> list[dict[str, object]]:
    """Runs `module:function` in a fresh single-thread process, so that groups do not warm each other up.

    Raises the `UserError` that it raises there, for instance for an extra that is not installed.
    """
    import json
    import os
    import subprocess
    import sys

    from misgen.study.executor import SINGLE_THREAD

    module, _, function = target.partition(":")
    code = _CODE.format(module=module, function=function)
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **SINGLE_THREAD}, stdout=subprocess.PIPE, check=True, text=True
    )
    found = json.loads(done.stdout.strip().rpartition("\n")[2])
    if isinstance(found, dict):
        raise UserError(found["wrong"], seen=found["seen"], do=found["do"])
    return found


_CODE = """
import json
from misgen.concepts import UserError, resolve, Entry
try:
    found = resolve(Entry(target="{module}:{function}", summary=""))()
except UserError as error:
    found = {{"wrong": error.wrong, "seen": str(error.seen), "do": error.do}}
print("\\n" + json.dumps(found))
"""

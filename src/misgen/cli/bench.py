"""bench: speed on this machine, as figures and ratios within one run."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from misgen.cli.output import print_json, print_table, say
from misgen.concepts.errors import unknown_name

__all__ = ["bench"]

_GROUPS: dict[str, str] = {
    "worlds": "misgen.worlds.bench:measure_worlds",
    "scenarios": "misgen.worlds.bench:measure_scenarios",
    "coinrun": "misgen.worlds.coinrun.bench:measure_coinrun",
    "training": "misgen.study.bench:measure_training_here",
    "run": "misgen.cli.bench_run:measure_run",
    "risk": "misgen.risk.bench:measure_risk",
}


def bench(group: str | None = None, *, json: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Measure speed on this machine.

    Parameters
    ----------
    group
        worlds, scenarios, coinrun, training, run or risk. Default: all of them.
    json
        Print an array of objects: name, value, unit, peer, ratio, runs.
    """
    if group is not None and group not in _GROUPS:
        raise unknown_name("group of benchmarks", group, _GROUPS)
    rows: list[dict[str, object]] = []
    for name in [group] if group else _GROUPS:
        say(f"measuring {name} ...")
        rows += [{"group": name, **row} for row in _measure_apart(_GROUPS[name])]
    if json:
        print_json(rows)
    else:
        print_table("misgen bench", rows, ("name", "value", "unit", "peer", "ratio"))


def _measure_apart(target: str) -> list[dict[str, object]]:
    """Runs `module:function` in a fresh single-thread process, so that groups do not warm each other up."""
    import json
    import os
    import subprocess
    import sys

    from misgen.study.executor import SINGLE_THREAD

    module, _, function = target.partition(":")
    code = f"import json; from {module} import {function} as measure; print('\\n' + json.dumps(measure()))"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **SINGLE_THREAD}, stdout=subprocess.PIPE, check=True, text=True
    )
    return json.loads(done.stdout.strip().rpartition("\n")[2])

"""world-speed: how fast every grid world runs, and how long the levels and the training of one agent take."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from misgen.records import code_digest, read_json, read_table, write_json
from misgen.study.executor import SINGLE_THREAD
from misgen.study.run import Show
from misgen.study.setup import build_scenario
from misgen.worlds.catalogue import SCENARIOS

__all__ = ["FLOORS", "WorldSpeed", "grids", "world_speed"]

FLOORS: Mapping[str, float] = {"states": 5e6, "observed": 1e6}
"""Steps per core-second that every grid world should reach at 1,024 episodes abreast."""


def grids() -> list[str]:
    """Scenarios whose world is a grid of ours; `coinrun` counts frames, and has a benchmark of its own."""
    return [name for name, entry in SCENARIOS.items() if "trained_in" not in entry.listing and name != "coinrun"]


@dataclass(frozen=True, kw_only=True)
class WorldSpeed:
    """One row per world."""

    rows: Sequence[Mapping[str, Any]]

    def to_dict(self) -> dict[str, Any]:
        return {
            "schema": 1,
            "study": "world-speed",
            "planned_subjects": 0,
            "reached_subjects": 0,
            "floors": dict(FLOORS),
            "rows": [dict(row) for row in self.rows],
        }

    def words(self) -> str:
        """A line per world."""
        return "\n".join(
            f"{row['scenario']}: {row['states']['value'] / 1e6:.1f} M steps per core-second, "
            f"{row['observed']['value'] / 1e6:.2f} M observed, {row['levels']['value']:.0f} levels"
            for row in self.rows
        )

    def page(self) -> str:
        """The documentation page: all worlds at a glance."""
        from misgen.study.world_speed_page import speed_page

        return speed_page(self.to_dict())


def world_speed(*, out: Path, results: Path, workers: int | None, show: Show, command: Sequence[str]) -> WorldSpeed:
    """Measure each world whose figures `results` does not hold for today's code, in a fresh single-thread process of its own.

    How long an agent's training takes is taken from the atlas beside `results`, where that has the world. `out` and `workers`
    have no use here.
    """
    del out, workers, command
    place = results / "study.json"
    known = {row["scenario"]: row for row in (read_json(place)["rows"] if place.is_file() else [])}  # type: ignore[index]
    rows = []
    for name in grids():
        code = code_digest("worlds/bench", with_imports=(_module(name),))
        row = known.get(name)
        if row is None or row["code"] != code:
            show.step(f"measuring {name}")
            row = {"scenario": name, "code": code, **_measured(name)}
        rows.append({**row, **_one_agent(name, row["levels"]["value"], results.parent / "atlas" / name)})
        write_json(place, WorldSpeed(rows=rows).to_dict())
    return WorldSpeed(rows=rows)


def _module(name: str) -> str:
    """The module that builds the scenario, as `code_digest` names it."""
    return SCENARIOS[name].target.partition(":")[0].removeprefix("misgen.").replace(".", "/")


def _measured(name: str) -> dict[str, Any]:
    code = f"import json; from misgen.worlds.bench import measure_scenarios as m; print('\\n' + json.dumps(m([{name!r}])))"
    env = {**os.environ, **SINGLE_THREAD}
    done = subprocess.run([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, check=True, text=True)
    rows = json.loads(done.stdout.strip().rpartition("\n")[2])
    kinds = ("states", "observed", "levels")
    return {kind: {"value": row["value"], "runs": row["runs"]} for kind, row in zip(kinds, rows, strict=True)}


def _one_agent(name: str, levels_per_second: float, atlas: Path) -> dict[str, Any]:
    """CPU seconds for one agent: its training levels, and its training (median, without compiling) where the atlas knows it."""
    import polars as pl

    recipe = build_scenario(name, {}).recipe
    assert recipe is not None
    trained: list[float] = []
    if (atlas / "subjects.parquet").is_file():
        subjects = read_table(atlas / "subjects.parquet").filter(pl.col("alpha").is_not_null())
        trained = subjects["cpu_seconds"].to_list()
    return {
        "num_levels": recipe.num_levels,
        "levels_seconds": recipe.num_levels / levels_per_second,
        "training_seconds": statistics.median(trained) if trained else None,
        "num_agents": len(trained),
    }

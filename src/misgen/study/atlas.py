"""atlas: every scenario at its default budget, with the goals always agreeing in training; one table of what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from misgen.concepts import Value
from misgen.records import write_json
from misgen.study.arm_rates import over_agents, rate_of
from misgen.study.collect import collect
from misgen.study.config import StudyConfig
from misgen.study.results import StudyResults
from misgen.study.run import Show
from misgen.study.setup import default_study

if TYPE_CHECKING:
    from misgen.measurement import Measurement

__all__ = ["ARMS", "Arm", "Atlas", "arm_config", "atlas"]


@dataclass(frozen=True, kw_only=True)
class Arm:
    """A scenario under some knobs."""

    scenario: str
    knobs: Mapping[str, Value]
    note: str = ""
    """What the arm is there to show, where it is not the scenario's claim."""

    @property
    def name(self) -> str:
        """`boat-race` or `boat-race reward=finish`."""
        return " ".join([self.scenario, *(f"{knob}={value}" for knob, value in self.knobs.items())])

    @property
    def folder(self) -> str:
        return self.name.replace(" ", "_").replace("=", "-")


CORRECTED = "the corrected reward"
_CONTRASTS: Mapping[str, Mapping[str, Value]] = {
    "boat-race": {"reward": "finish"},
    "camera-grasp": {"reward": "grasp"},
    "pausing-tetris": {"reward": "lines"},
}


def _arms() -> tuple[Arm, ...]:
    from misgen.worlds.catalogue import SCENARIOS

    plain = {name: Arm(scenario=name, knobs={}) for name, entry in SCENARIOS.items() if "trained_in" not in entry.listing}
    found: list[Arm] = []
    for name, arm in plain.items():
        found.append(arm)
        if name in _CONTRASTS:
            found.append(Arm(scenario=name, knobs=_CONTRASTS[name], note=CORRECTED))
    return tuple(found)


ARMS: tuple[Arm, ...] = _arms()
"""Every scenario of the catalogue that trains here; those whose claim is about the reward also with the corrected one."""
FEWEST = 4
"""Agents per arm at least."""


def arm_config(arm: Arm) -> StudyConfig:
    """The arm's study: the scenario's own size, alpha 0 alone, no films and no checkpoints."""
    base = default_study(arm.scenario)
    return replace(
        base,
        alphas=(0.0,),
        num_seeds=max(FEWEST, base.num_seeds),
        emergence_levels=0,
        num_films=0,
        world=dict(arm.knobs),
    )


@dataclass(frozen=True, kw_only=True)
class Atlas:
    """What every arm came to."""

    rows: Sequence[Mapping[str, Any]]

    def to_dict(self) -> dict[str, object]:
        return {
            "schema": 1,
            "study": "atlas",
            "planned_subjects": sum(row["planned"] for row in self.rows),
            "reached_subjects": sum(row["reached"] for row in self.rows),
            "rows": [dict(row) for row in self.rows],
        }

    def words(self) -> str:
        """One line per arm."""
        return "\n".join(f"{row['name']}: {row['label']}. {row['reason']}" for row in self.rows)

    def page(self) -> str:
        """The documentation page."""
        from misgen.study.atlas_page import atlas_page

        return atlas_page(self.to_dict())


def atlas(
    *,
    out: Path,
    results: Path,
    workers: int | None,
    show: Show,
    command: Sequence[str],
    arms: Sequence[Arm] | None = None,
) -> Atlas:
    """Train and evaluate every arm that `results` does not hold yet, and put all of them into one table.

    Each arm has its own folder in both places, so that one that is changed is done again alone.
    """
    rows = []
    for arm in ARMS if arms is None else arms:
        config = arm_config(arm)
        place = results / arm.folder
        store = collect(config, out=out / arm.folder, results=place, workers=workers, show=show, command=command)
        row = _row(arm, config, store)
        write_json(place / "row.json", row)
        rows.append(row)
    found = Atlas(rows=rows)
    write_json(results / "study.json", found.to_dict())
    return found


def _row(arm: Arm, config: StudyConfig, store: StudyResults) -> dict[str, Any]:
    import polars as pl

    from misgen.measurement import measure
    from misgen.worlds.catalogue import SCENARIOS

    subjects = store.table("subjects")
    measured = measure(store.table("evidence"), subjects=subjects, levels=store.table("levels"))
    trained = subjects.filter(pl.col("alpha").is_not_null())
    listing = SCENARIOS[arm.scenario].listing
    verdict, twin = measured.verdict, measured.comparison.intended_twin
    reached = trained.height
    seconds = trained["cpu_seconds"] + trained["compile_seconds"]
    return {
        "name": arm.name,
        "scenario": arm.scenario,
        "note": arm.note,
        "planned": len(config.seeds),
        "reached": reached,
        "label": verdict.label,
        "reason": verdict.reason,
        "typical": _typical(measured),
        "shares": verdict.to_dict()["shares"],
        "condition": measured.comparison.distinguishing,
        "null": measured.comparison.use_null,
        "p": rate_of(measured, "P"),
        "g": rate_of(measured, "G"),
        "g_erased": rate_of(measured, "G", erased=twin) if twin else None,
        "use": over_agents([s.measures.use.estimate for s in measured.subjects]),
        "capability": over_agents([s.measures.capability.estimate for s in measured.subjects]),
        "cpu_seconds": float(seconds.mean()),  # type: ignore[arg-type]
        "claim": listing["claim"],
        "citation": listing["citation"],
        "status": listing["status"],
        "detectable": detectable_share(reached),
        "evidence": measured.digest,
    }


def _typical(measured: Measurement) -> str:
    """Why the agent of middling use has its label."""
    known = sorted((s for s in measured.subjects if s.alpha is not None), key=lambda s: s.measures.use.estimate or 0.0)
    return known[len(known) // 2].verdict.reason if known else ""


def detectable_share(num_agents: int, *, power: float = 0.8) -> float:
    """The share of misgeneralizing agents from which on at least one of `num_agents` shows it with this probability."""
    return 1.0 - (1.0 - power) ** (1.0 / num_agents)

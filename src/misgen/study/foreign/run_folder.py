"""The run folder of an evaluation in a stranger's environment: the same files as any run, so every command reads it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from misgen.concepts import UserError
from misgen.records import RunFolder, locked, write_json, write_table
from misgen.study.foreign.episodes import Episode
from misgen.study.foreign.films import Shot, write_shots
from misgen.study.foreign.subjects import actor, word_of
from misgen.study.run import finish, summary_of, write_provenance

if TYPE_CHECKING:
    import polars as pl

    from misgen.study.foreign.plan import EnvPlan
    from misgen.study.foreign.subjects import Sight, Subject

__all__ = ["check_free", "write_run"]

_MOST_ARMS = 3
"""Of which films are drawn."""


def check_free(out: Path, study: str) -> None:
    """Raise what writing there would raise, before anything is played."""
    place = Path(out)
    if place.is_dir() and any(place.iterdir()):
        RunFolder.create(place, study)  # raises unless it is this very run, which may be written again
    elif place.exists() and not place.is_dir():
        raise UserError("The path is a file, not a folder", seen=str(place), do="Choose another folder")


def write_run(
    out: Path,
    plan: EnvPlan,
    evidence: pl.DataFrame,
    sights: Mapping[str, Sight],
    subjects: Sequence[Subject],
    *,
    costs: tuple[float, float],
) -> None:
    """Tables, provenance, films, findings, verdict and risk. `costs`: seconds and CPU seconds of playing."""
    from misgen.measurement import measure

    folder = RunFolder.create(Path(out), plan.to_toml())
    with locked(folder.path):
        scenario = plan.scenario()
        write_provenance(folder, scenario, sys.argv)
        write_table(folder.evidence, evidence)
        roster, levels = _roster(evidence), _levels(plan, sights)
        write_table(folder.subjects, roster)
        write_table(folder.levels, levels)
        if plan.num_films and all(sight.stage.draws for sight in sights.values()):
            _films(folder, plan, sights, subjects)
        measurement = measure(evidence, subjects=roster, levels=levels)
        summary = summary_of(folder, scenario.name, measurement, seconds=costs[0], cpu_seconds=costs[1])
        finish(folder, scenario, measurement, summary)


def _roster(evidence: pl.DataFrame) -> pl.DataFrame:
    """One row per subject. `success` is the rate of the intended goal in training; alpha is null: nothing was trained here."""
    import polars as pl

    training = (pl.col("role") == "intended") & (pl.col("kind") == "training") & ~pl.col("erased")
    return evidence.group_by("subject", "recipe", "scenario", "seed", maintain_order=True).agg(
        pl.lit(None, dtype=pl.Float64).alias("alpha"),
        pl.lit(None, dtype=pl.String).alias("mitigation"),
        pl.lit("foreign").alias("status"),
        pl.lit(None, dtype=pl.Int64).alias("steps"),
        pl.col("achieved").filter(training).mean().alias("success"),
    )


def _levels(plan: EnvPlan, sights: Mapping[str, Sight]) -> pl.DataFrame:
    """Which seeds make which level. Levels of one seed are a pair, unless some seeds make the same level."""
    import polars as pl

    repeats = any(len(set(sight.hashes)) < len(sight.hashes) for sight in sights.values())
    rows = [
        {
            "hash": level,
            "pair": None if repeats else number,
            "seed": plan.first_seed + number,
            "condition": name,
            "kind": plan.conditions[name].kind,
        }
        for name, sight in sights.items()
        for number, level in enumerate(sight.hashes)
    ]
    return pl.DataFrame(rows, schema_overrides={"pair": pl.Int64})


def _films(folder: RunFolder, plan: EnvPlan, sights: Mapping[str, Sight], subjects: Sequence[Subject]) -> None:
    """The first subject of each recipe, on levels with the outcome that is most frequent there."""
    erased = plan.twins[0] if plan.twins else None
    firsts = {s.recipe: s for s in reversed(subjects) if not s.is_null}
    chosen = list(reversed(firsts.values()))[:_MOST_ARMS]
    main = next(name for name, condition in plan.conditions.items() if condition.kind == "distinguishing")
    shots = []
    for subject in chosen:
        for name in sorted(sights, key=lambda name: name != main):
            num = plan.num_films if name == main else 1
            hidden = erased if name == main else None
            shots += [
                _shot(plan, subject, sights[name], (name, number), hidden)
                for number in _typical(plan, subject, sights[name], num)
            ]
    write_json(folder.films / "index.json", write_shots(shots, folder.films, erased=erased, roles=plan.roles))


def _typical(plan: EnvPlan, subject: Subject, sight: Sight, num: int) -> list[int]:
    """Numbers of seeds with the subject's most frequent outcome, the shorter episodes first but not the shortest."""
    from collections import Counter

    played = sight.played[subject.name, None]
    outcome = [frozenset(plan.roles[goal] for goal in one.first_step) for one in played]
    most, _ = Counter(outcome).most_common(1)[0]
    of = sorted(
        (number for number, found in enumerate(outcome) if found == most), key=lambda number: (played[number].steps, number)
    )
    middle = of[len(of) // 4 :]
    return middle[:: max(1, len(middle) // num)][:num]


def _shot(plan: EnvPlan, subject: Subject, sight: Sight, place: tuple[str, int], erased: str | None) -> Shot:
    """`place`: the condition, and the number of the seed."""
    condition, number = place
    seed = plan.first_seed + number
    word, acting = word_of(condition, seed, subject), actor(plan, subject, sight.stage)
    hidden = (None,) if erased is None else (None, erased)
    takes = [sight.stage.play([Episode(seed, word, goal)], acting, render=True)[0] for goal in hidden]
    kind = plan.conditions[condition].kind
    return Shot(subject=subject.name, condition=condition, kind=kind, level=sight.hashes[number], seed=seed, takes=takes)

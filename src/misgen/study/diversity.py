"""corner-diversity: how large a share of diverse training levels stops corner-seeking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from misgen.concepts import Finding
from misgen.records import code_digest, write_json
from misgen.study.collect import collect
from misgen.study.config import StudyConfig
from misgen.study.results import StudyResults
from misgen.study.run import Show

if TYPE_CHECKING:
    from misgen.measurement import Measurement

__all__ = ["CONFIG", "StudyOutcome", "corner_diversity"]

CONFIG = StudyConfig(
    scenario="corner",
    alphas=(0.0, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1),
    num_seeds=20,
    emergence_levels=0,
    num_films=0,
)
"""Log-spaced, since the change lies between 1e-4 and 1e-1; 20 subjects, from which on intervals are bootstrapped."""


@dataclass(frozen=True, kw_only=True)
class StudyOutcome:
    """What a dose study found, with planned and reached n."""

    name: str
    planned: int
    reached: int
    measurement: Measurement
    crossings: Sequence[Finding]

    def to_dict(self) -> dict[str, object]:
        found = self.measurement.to_dict()
        return {
            "schema": 1,
            "study": self.name,
            "planned_subjects": self.planned,
            "reached_subjects": self.reached,
            "crossings": [crossing.to_dict() for crossing in self.crossings],
            "verdicts": found["verdicts"],
            "rates": found["rates"],
            "thresholds": found["thresholds"],
            "evidence": found["evidence"],
            "code": code_digest("training", with_imports=("worlds/corner/scenario",)),
        }

    def words(self) -> str:
        """One line per arm and one per crossing."""
        lines = [f"{self.name}: {self.reached} of {self.planned} planned agents"]
        lines += [f"{arm.name}: {(v := self.measurement.verdicts[arm.name]).label}. {v.reason}" for arm in self.measurement.arms]
        return "\n".join([*lines, *(_crossing_words(crossing) for crossing in self.crossings)])


def corner_diversity(
    *, out: Path, results: Path, workers: int | None, show: Show, command: Sequence[str], config: StudyConfig = CONFIG
) -> StudyOutcome:
    """Do the cells that neither `results` nor `out` has, add them to `results`, and measure what there is.

    Interrupted, it first puts what is finished into `results`.
    """
    store = collect(config, out=out, results=results, workers=workers, show=show, command=command)
    outcome = _measured(store, planned=len(config.alphas) * config.num_seeds)
    write_json(results / "study.json", outcome.to_dict())
    return outcome


def _measured(store: StudyResults, *, planned: int) -> StudyOutcome:
    from misgen.measurement import dose_response, measure

    subjects = store.table("subjects")
    measurement = measure(store.table("evidence"), subjects=subjects, levels=store.table("levels"))
    reached = subjects.filter(subjects["alpha"].is_not_null()).height
    crossings = tuple(dose_response(measurement))
    return StudyOutcome(name="corner-diversity", planned=planned, reached=reached, measurement=measurement, crossings=crossings)


def _crossing_words(crossing: Finding) -> str:
    if crossing.estimate is None:
        return f"{crossing.quantity}: none. {crossing.caveat or ''}".strip()
    ends = " to ".join("beyond the alphas tried" if end is None else f"{end:.2g}" for end in (crossing.low, crossing.high))
    return f"{crossing.quantity}: {crossing.estimate:.2g} (95 % {ends}; n = {crossing.num_subjects} agents)"

"""A detector on one subject: handed what its tier allows, timed, logged, and scored on episodes it has not seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np

from misgen.concepts import (
    Access,
    AccessRefusedError,
    Cost,
    Enforced,
    Entry,
    StepDetector,
    Subject,
    SubjectDetector,
    UserError,
    resolve,
)
from misgen.concepts.handles import Accessed
from misgen.representations.recording import Recording
from misgen.representations.shown import shown
from misgen.representations.step_scores import scores_of

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = [
    "ContaminatedError",
    "Stand",
    "Tried",
    "check_verification",
    "handles_of",
    "make",
    "nothing_refused",
    "screen",
    "try_on",
]


class ContaminatedError(UserError):
    """A detector was to verify a mitigation that was trained against its own signal."""


@dataclass(frozen=True, kw_only=True)
class Stand:
    """One subject with what a harness has of it."""

    subject: Subject
    arm: str
    """Its recipe in short; subjects of one arm differ in nothing but their seed."""
    label: str
    """The verdict's word."""
    use: float | None
    offers: Mapping[str, object]
    """By handle: the thing, or a function that makes it."""
    sets: Mapping[str, Recording]
    """`calibration` (own training levels), `ordinary` (fresh training levels), `distinguishing`, `benign`: what a detector is
    judged on, and was not fitted on."""
    record: Callable[[str], Recording] | None = None
    """Records a set that is not there yet."""


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What a detector said of one subject's episodes, and what that took."""

    stand: Stand
    scores: Mapping[str, Float[np.ndarray, "time episode"]]
    """By set."""
    cost: Cost
    used: tuple[str, ...]
    """Handles that were taken."""
    log: Sequence[Accessed] = field(default_factory=tuple)


def make(entry: Entry) -> object:
    """An unfitted detector; what it declares must be what its catalogue line says, if that says anything."""
    factory = resolve(entry)
    if not callable(factory):
        raise UserError("A detector's entry names nothing that can be called", seen=entry.target)
    detector = factory()
    access = getattr(detector, "access", None)
    if not isinstance(access, Access):
        raise UserError("A detector declares no access", seen=entry.target, do="Give it: access = Access(tier=0)")
    listed = {name: entry.listing[name] for name in ("tier", "white_box") if name in entry.listing}
    declared = {name: getattr(access, name) for name in listed}
    if listed != declared:
        raise UserError("The catalogue says other than the detector declares", seen=f"{entry.target}: {listed} and {declared}")
    return detector


def try_on(detector: StepDetector, stand: Stand, *, sets: Sequence[str], seed: int) -> Tried:
    """Fit the detector to one subject and score the named sets. Refusals and access are on the result's log.

    Scores that are not finite where a step was taken, or of another shape, are a `UserError` that names the set. CPU seconds are
    this thread's process time: compilation counts, as it does for whoever uses the method.
    """
    handles = handles_of(stand, detector.access)
    subject = shown(stand.subject, detector.access, log=handles.log)
    started = time.process_time()
    fitted = detector.fit(subject, handles, seed=seed)
    after_fit = time.process_time()
    found = {name: scores_of(fitted, subject, stand.sets[name].episodes, where=name) for name in sets}
    spent = time.process_time() - after_fit
    nothing_refused(handles)
    steps = sum(int(stand.sets[name].steps.sum()) for name in sets)
    own = fitted.cost()
    cost = Cost(
        fit_seconds=after_fit - started,
        step_microseconds=1e6 * spent / max(1, steps),
        env_steps=own.env_steps,
        queries=own.queries,
    )
    return Tried(stand=stand, scores=found, cost=cost, used=handles.used, log=tuple(handles.log))


def check_verification(detector: Entry, mitigation: Entry, *, names: tuple[str, str]) -> None:
    """Refuse a detector of a family that the mitigation was trained against: it would confirm what it was taught to."""
    against = cast("Sequence[str]", mitigation.listing.get("trained_against", ()))
    if detector.listing.get("family") in against:
        raise ContaminatedError(
            f"Detector {names[0]!r} may not verify mitigation {names[1]!r}: its signal was part of the training",
            seen=f"family {detector.listing['family']!r}",
            do="Use a detector of another family",
        )


def screen(detector: SubjectDetector, stand: Stand, *, seed: int) -> tuple[float, Enforced]:
    """A subject detector's suspicion of one subject, and the handles with their log."""
    handles = handles_of(stand, detector.access)
    found = float(detector.score_subject(shown(stand.subject, detector.access, log=handles.log), handles, seed=seed))
    nothing_refused(handles)
    if not np.isfinite(found):
        raise UserError("A detector's suspicion of a subject is not finite", seen=stand.subject.name)
    return found, handles


def nothing_refused(handles: Enforced) -> None:
    """A refusal that the method caught itself still counts: it has no row."""
    refused = sorted({line.handle for line in handles.log if not line.allowed})
    if refused:
        raise AccessRefusedError("The method reached beyond its tier", seen=", ".join(refused), do="Declare the tier it needs")


def handles_of(stand: Stand, access: Access, **instead: object) -> Enforced:
    """What a method of that access is handed, `instead` in place of the stand's own; other subjects show no more of themselves
    than this one."""
    log: list[Accessed] = []

    def others() -> tuple[Subject, ...]:
        company = stand.offers["ensemble"]
        found = cast("Sequence[Subject]", company() if callable(company) else company)
        return tuple(shown(other, access, log=log) for other in found)

    offers = {**stand.offers, **({"ensemble": others} if "ensemble" in stand.offers else {}), **instead}
    return Enforced(access=access, offers=offers, log=log)

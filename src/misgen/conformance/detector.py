"""What every step, level or subject detector must satisfy. Usable on anybody's:

from misgen.conformance import check_detector
check_detector(MyDetector)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from misgen.concepts import Access, AccessRefusedError, Cost, Enforced, Episodes, LevelPool, Scenario, Subject, UserError
from misgen.concepts.handles import TIERS
from misgen.conformance.sample import FailureError, NotApplicableError
from misgen.conformance.world import Conformance
from misgen.representations.recording import Recording, record
from misgen.representations.shown import shown
from misgen.representations.simulator import CountingSimulator
from misgen.representations.step_scores import not_causal, scores_of
from misgen.training import untrained
from misgen.worlds.oracle import ManyOracle, OracleMentor

__all__ = ["DETECTOR_CHECKS", "Case", "check_detector"]

TOLERANCE = 1e-3
"""Rounding that a prefix may differ by, as a share of the scores' spread: compiled code of another shape rounds otherwise."""
NUM_LEVELS = 24


@dataclass(frozen=True)
class Case:
    """A detector's factory, a subject that was never trained, and everything that can be offered."""

    make: Callable[[], Any]
    scenario: Scenario
    subject: Subject
    offers: Mapping[str, object]
    episodes: Episodes
    seed: int

    def fitted(self) -> tuple[Any, Enforced, Subject]:
        """A fitted detector, its handles with their log, and the subject as it is shown."""
        detector = self.make()
        handles = Enforced(access=detector.access, offers=self.offers)
        subject = shown(self.subject, detector.access)
        if not hasattr(detector, "fit"):
            raise NotApplicableError("it is not fitted")
        return detector.fit(subject, handles, seed=self.seed), handles, subject


def check_detector(make: Callable[[], Any], *, scenario: Scenario | None = None, seed: int = 0) -> Conformance:
    """Runs all checks on what `make()` returns; raises one AssertionError that lists every failure in words.

    `scenario` is a jittable one with a recipe; by default `corner` in a small maze, where every handle is offered.
    """
    case = _case(make, scenario or _small_corner(), seed)
    passed, skipped, failed = [], {}, []
    for name, check in DETECTOR_CHECKS.items():
        try:
            check(case)
            passed.append(name)
        except NotApplicableError as reason:
            skipped[name] = str(reason)
        except Exception as failure:  # whatever a foreign detector raises is its failure, and the other checks still run
            failed.append(f"{name}: {failure}" if isinstance(failure, FailureError) else f"{name}: raised {failure!r}")
    if failed:
        raise AssertionError("The detector does not conform:\n- " + "\n- ".join(failed))
    return Conformance(tuple(passed), skipped)


def it_declares_its_access(case: Case) -> None:
    """`access` is an `Access` with a tier from 0 to 4; gradients need a white box, labels tier 2."""
    access = getattr(case.make(), "access", None)
    if not isinstance(access, Access):
        raise FailureError(f"access is {access!r}, not misgen.concepts.Access")
    if access.tier not in range(5):
        raise FailureError(f"tier {access.tier} is not one of 0 to 4")
    if access.gradients and not access.white_box:
        raise FailureError("gradients need white_box=True")
    if access.labels and access.tier < 2:
        raise FailureError(f"{access.labels} labels are declared at tier {access.tier}; labels are tier 2")


def it_keeps_to_its_tier(case: Case) -> None:
    """Fitting takes no handle above the declared tier: one refusal, even a caught one, is a failure."""
    detector = case.make()
    handles = Enforced(access=detector.access, offers=case.offers)
    subject = shown(case.subject, detector.access)
    try:
        if hasattr(detector, "score_subject"):
            detector.score_subject(subject, handles, seed=case.seed)
        elif hasattr(detector, "search"):
            detector.search(subject, handles, budget=2_000, seed=case.seed)
        else:
            detector.fit(subject, handles, seed=case.seed)
    except AccessRefusedError as error:
        raise FailureError(str(error)) from None
    refused = sorted({line.handle for line in handles.log if not line.allowed})
    if refused:
        raise FailureError(f"it reached for {', '.join(refused)} at tier {detector.access.tier}")


def its_scores_are_finite_and_of_the_episodes_shape(case: Case) -> None:
    """One finite number per step of every episode."""
    detector, _, subject = case.fitted()
    try:
        if hasattr(detector, "score_steps"):
            scores_of(detector, subject, case.episodes)
        elif hasattr(detector, "score_levels"):
            found = np.asarray(detector.score_levels(subject, np.asarray(case.episodes.observations)[0]), float)
            if found.shape != (len(case.episodes),) or not np.isfinite(found).all():
                raise FailureError(f"scores of shape {found.shape} for {len(case.episodes)} levels, or not finite")
    except AccessRefusedError as error:
        raise FailureError(f"while scoring: {error}") from None
    except UserError as error:
        raise FailureError(str(error)) from None


def a_truncated_episode_scores_as_the_prefix(case: Case) -> None:
    """Row t of the scores does not depend on anything after step t."""
    detector, _, subject = case.fitted()
    if not hasattr(detector, "score_steps"):
        raise NotApplicableError("it does not score steps")
    longest = np.asarray(case.episodes.observations).shape[0]
    cuts = sorted({1, longest // 3 or 1, longest - 1})
    worst = not_causal(detector, subject, case.episodes, cuts=cuts, tolerance=TOLERANCE)
    if worst > 1:
        raise FailureError(f"prefixes differ by {worst * TOLERANCE:.3g} of the scores' spread: it looks ahead")


def fitting_again_gives_the_same_scores(case: Case) -> None:
    """Everything random comes from the seed."""
    first, second = case.fitted(), case.fitted()
    if not hasattr(first[0], "score_steps"):
        raise NotApplicableError("it does not score steps")
    one, two = (scores_of(detector, subject, case.episodes) for detector, _, subject in (first, second))
    if not np.allclose(one, two, rtol=1e-5, atol=1e-6):
        raise FailureError("two fits with one seed score differently")


def a_subjects_suspicion_is_a_finite_number(case: Case) -> None:
    """For detectors of subjects."""
    detector = case.make()
    if not hasattr(detector, "score_subject"):
        raise NotApplicableError("it does not score subjects")
    handles = Enforced(access=detector.access, offers=case.offers)
    found = float(detector.score_subject(shown(case.subject, detector.access), handles, seed=case.seed))
    if not np.isfinite(found):
        raise FailureError(f"it says {found}")


def it_says_what_it_cost(case: Case) -> None:
    """`cost()` returns a `Cost` after use."""
    detector = case.make()
    if hasattr(detector, "fit"):
        detector, _, _ = case.fitted()
    if not isinstance(detector.cost(), Cost):
        raise FailureError(f"cost() returns {type(detector.cost()).__name__}")


DETECTOR_CHECKS: dict[str, Callable[[Case], None]] = {
    check.__name__: check
    for check in (
        it_declares_its_access,
        it_keeps_to_its_tier,
        its_scores_are_finite_and_of_the_episodes_shape,
        a_truncated_episode_scores_as_the_prefix,
        fitting_again_gives_the_same_scores,
        a_subjects_suspicion_is_a_finite_number,
        it_says_what_it_cost,
    )
}
"""Name -> check; the name is the claim."""


@cache
def _small_corner() -> Scenario:
    from misgen.worlds.corner.scenario import scenario

    return scenario(size=7)


def _case(make: Callable[[], Any], scenario: Scenario, seed: int) -> Case:
    if scenario.levels is None or scenario.recipe is None:
        raise UserError(
            "The scenario cannot be played here", seen=scenario.name, do="Give one with a jittable world and a recipe"
        )
    found = untrained(scenario, scenario.recipe, seed)
    other = untrained(scenario, scenario.recipe, seed + 1)
    subject = Subject(name="untrained", policy=found.policy, params=found.params)
    kinds = {c.kind: c.name for c in reversed(scenario.conditions)}
    drawn = {"training": "training", "reference": "training", "unlabelled": "distinguishing", "labelled": "distinguishing"}
    pools = {name: _pool(scenario, kinds[kind], seed + n) for n, (name, kind) in enumerate(drawn.items())}
    pools["judged"] = _pool(scenario, kinds["distinguishing"], seed + 9)

    @cache
    def recorded(name: str) -> Recording:
        return record(scenario, subject, pools[name], seed=seed)

    offers: dict[str, object] = {name: lambda name=name: recorded(name).episodes for name in drawn if name != "labelled"}
    offers |= {"labelled": lambda: recorded("labelled").labelled()}
    offers["ensemble"] = (Subject(name="other", policy=other.policy, params=other.params),)
    offers["simulator"] = CountingSimulator(scenario=scenario, budget=10_000, inside=lambda shown: subject, editing=_redrawn)
    try:
        oracle = ManyOracle(scenario, list(pools.values()))
        offers |= {"oracle": oracle, "mentor": lambda: OracleMentor(oracle)}
    except UserError:
        pass  # a world without one: detectors that need it say so themselves
    assert set(offers) <= set(TIERS)
    return Case(make, scenario, subject, offers, recorded("judged").episodes, seed)


def _redrawn(scenario: Scenario, pool: LevelPool, seed: int) -> LevelPool:
    """Stands for an edit in any world: other levels."""
    return _pool(scenario, next(c.name for c in scenario.conditions if c.kind == "distinguishing"), seed, len(pool))


def _pool(scenario: Scenario, condition: str, seed: int, num_levels: int = NUM_LEVELS) -> LevelPool:
    assert scenario.levels is not None
    return scenario.levels(condition, num_levels=num_levels, seed=seed)

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
from misgen.concepts.handles import Accessed
from misgen.conformance.sample import FailureError, NotApplicableError
from misgen.conformance.text_case import SCENARIO, BagOfWords, text_offers, toy_episodes
from misgen.conformance.world import Conformance
from misgen.representations.recording import Recording, record, select
from misgen.representations.shown import shown
from misgen.representations.simulator import CountingSimulator
from misgen.representations.step_scores import not_causal, scores_of
from misgen.training import untrained
from misgen.worlds.oracle import ManyOracle, OracleMentor

__all__ = ["DETECTOR_CHECKS", "Case", "case_of", "check_detector", "text_case_of"]

TOLERANCE = 1e-3
"""Rounding that a prefix may differ by, as a share of the scores' spread: compiled code of another shape rounds otherwise."""
NUM_LEVELS = 24
BUDGET = 2_000
"""Environment steps of a search."""


@dataclass(frozen=True)
class Case:
    """A detector's factory, a subject that was never trained, and everything that can be offered."""

    make: Callable[[], Any]
    scenario: Scenario
    subject: Subject
    company: tuple[Subject, ...]
    """Others of its recipe."""
    offers: Mapping[str, object]
    episodes: Episodes
    seed: int

    def fitted(self) -> tuple[Any, Enforced, Subject]:
        """A fitted detector, its handles with their log, and the subject as it is shown."""
        detector = self.make()
        handles, subject = self.handed(detector.access)
        if not hasattr(detector, "fit"):
            raise NotApplicableError("it is not fitted")
        return detector.fit(subject, handles, seed=self.seed), handles, subject

    def handed(self, access: Access) -> tuple[Enforced, Subject]:
        """What a method of that access is handed: handles, and the subject as it is shown; one log for both."""
        log: list[Accessed] = []
        offers = dict(self.offers)
        offers["ensemble"] = tuple(shown(other, access, log=log) for other in self.company)
        return Enforced(access=access, offers=offers, log=log), shown(self.subject, access, log=log)

    def used(self, detector: Any, handles: Enforced, subject: Subject) -> Any:
        """The detector put to its use on these handles, whatever it scores: a fitted one, a suspicion, or suspects."""
        if hasattr(detector, "score_subject"):
            return detector.score_subject(subject, handles, seed=self.seed)
        if hasattr(detector, "search"):
            return detector.search(subject, handles, budget=BUDGET, seed=self.seed)
        return detector.fit(subject, handles, seed=self.seed)


def check_detector(
    make: Callable[[], Any], *, scenario: Scenario | None = None, seed: int = 0, text: bool = False
) -> Conformance:
    """Runs all checks on what `make()` returns; raises one AssertionError that lists every failure in words.

    `scenario` is a jittable one with a recipe; by default `corner` in a small maze, where every handle but `twins` is offered.
    With `text` it is a toy language subject instead, of which oracle, simulator and mentor are not offered.
    """
    case = text_case_of(make, seed=seed) if text else case_of(make, scenario=scenario, seed=seed)
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
    """It takes no handle above the declared tier, and no activations unless declared: one refusal, even a caught one, fails."""
    detector = case.make()
    handles, subject = case.handed(detector.access)
    try:
        fitted = case.used(detector, handles, subject)
        if hasattr(fitted, "score_steps"):
            fitted.score_steps(subject, case.episodes)
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


def an_episode_scores_alone_as_in_company(case: Case) -> None:
    """What is said of one episode does not depend on which others are scored with it: at run time there are none."""
    detector, _, subject = case.fitted()
    if not hasattr(detector, "score_steps"):
        raise NotApplicableError("it does not score steps")
    few = select(case.episodes, range(NUM_LEVELS // 3))
    whole, part = scores_of(detector, subject, case.episodes), scores_of(detector, subject, few)
    spread = max(float(np.abs(whole).max()), 1e-9)
    if float(np.abs(whole[:, : len(few)] - part).max()) > TOLERANCE * spread:
        raise FailureError("scores of an episode change with the other episodes that are scored")


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
    found = float(case.used(detector, *case.handed(detector.access)))
    if not np.isfinite(found):
        raise FailureError(f"it says {found}")


def what_a_search_suspects_is_ranked(case: Case) -> None:
    """For searches: as many finite suspicions as levels, falling."""
    detector = case.make()
    if not hasattr(detector, "search"):
        raise NotApplicableError("it does not search")
    found = case.used(detector, *case.handed(detector.access))
    suspicion = np.asarray(found.suspicion, float)
    if suspicion.shape != (len(found.pool),) or not np.isfinite(suspicion).all():
        raise FailureError(f"suspicions of shape {suspicion.shape} for {len(found.pool)} levels, or not finite")
    if (np.diff(suspicion) > 0).any():
        raise FailureError("the most suspected level does not come first")


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
        an_episode_scores_alone_as_in_company,
        fitting_again_gives_the_same_scores,
        a_subjects_suspicion_is_a_finite_number,
        what_a_search_suspects_is_ranked,
        it_says_what_it_cost,
    )
}
"""Name -> check; the name is the claim."""


def case_of(make: Callable[[], Any], *, scenario: Scenario | None = None, seed: int = 0) -> Case:
    """A case to try a detector on; what is played for it is shared by all cases of `corner` with the same seed."""
    return (_sample_of_corner(seed) if scenario is None else _sample(scenario, seed))(make)


def text_case_of(make: Callable[[], Any], *, seed: int = 0) -> Case:
    """A case to try a detector on in text."""
    policy = BagOfWords()
    subject, other = (Subject(name=f"toy {n}", policy=policy, params=policy.parameters(seed + n)) for n in range(2))
    judged = toy_episodes(subject, seed=seed + 9)
    return Case(make, SCENARIO, subject, (other,), text_offers(subject, seed=seed), judged, seed)


@cache
def _sample_of_corner(seed: int) -> Callable[[Callable[[], Any]], Case]:
    from misgen.worlds.corner.scenario import scenario

    return _sample(scenario(size=7), seed)


def _sample(scenario: Scenario, seed: int) -> Callable[[Callable[[], Any]], Case]:
    """From a detector's factory to its case, on one untrained subject with recordings that are made once."""
    if scenario.levels is None or scenario.recipe is None:
        raise UserError(
            "The scenario cannot be played here", seen=scenario.name, do="Give one with a jittable world and a recipe"
        )
    found, other = (untrained(scenario, scenario.recipe, seed + n) for n in range(2))
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
    try:
        oracle = ManyOracle(scenario, list(pools.values()))
        offers |= {"oracle": oracle, "mentor": lambda: OracleMentor(oracle)}
    except UserError:
        pass  # a world without one: detectors that need it say so themselves
    company = (Subject(name="other", policy=other.policy, params=other.params),)

    def case(make: Callable[[], Any]) -> Case:
        simulator = CountingSimulator(scenario=scenario, budget=5 * BUDGET, inside=lambda shown: subject, editing=_redrawn)
        return Case(make, scenario, subject, company, {**offers, "simulator": simulator}, recorded("judged").episodes, seed)

    return case


def _redrawn(scenario: Scenario, pool: LevelPool, seed: int) -> LevelPool:
    """Stands for an edit in any world: other levels."""
    return _pool(scenario, next(c.name for c in scenario.conditions if c.kind == "distinguishing"), seed, len(pool))


def _pool(scenario: Scenario, condition: str, seed: int, num_levels: int = NUM_LEVELS) -> LevelPool:
    assert scenario.levels is not None
    return scenario.levels(condition, num_levels=num_levels, seed=seed)

"""The main job: evidence in; rates, findings and verdicts out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from misgen.concepts import Thresholds, UserError, Verdict
from misgen.measurement.arms import Arm, arms_of
from misgen.measurement.attainment import attainments
from misgen.measurement.comparison import choose
from misgen.measurement.evidence import UNTRAINED, outcomes, validate
from misgen.measurement.findings import Sources, findings
from misgen.measurement.gaming import TrainingReward, reward_in_levels
from misgen.measurement.measurement import Measurement, SubjectResult
from misgen.measurement.rates import rates
from misgen.measurement.strata import comparable_levels
from misgen.measurement.subjects import measure_subjects
from misgen.measurement.verdict import judge, population
from misgen.records import evidence_digest

__all__ = ["measure"]

DEFAULT_THRESHOLDS = Thresholds()


def measure(
    evidence: pl.DataFrame,
    *,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
    subjects: pl.DataFrame | None = None,
    levels: pl.DataFrame | None = None,
    condition: str | None = None,
    reward: TrainingReward | None = None,
) -> Measurement:
    """Rates, use of the goal, capability and verdicts, per subject and per arm, each with a 95 % interval.

    `subjects` (columns `subject`, `alpha`, perhaps `mitigation`) puts subjects into arms; without it an arm is a recipe. `levels`
    (columns `hash`, `pair`) says which control level is the layout of which distinguishing level; with columns `condition` and
    `stratum` capability is read on training levels of the control levels' kinds. `condition` picks one of
    several distinguishing conditions. `reward` tells specification gaming from misgeneralization; without it, `levels` does where
    its training levels say what optimal policies earn (see `reward_in_levels`). Deterministic; raises `UserError` for evidence
    that is malformed or holds no trained subject.
    """
    reward = reward or reward_in_levels(levels)
    evidence = validate(evidence)
    if evidence.is_empty():
        raise UserError("The evidence is empty", seen="0 rows", do="Evaluate a subject first")
    digest = evidence_digest(evidence)
    episodes = outcomes(evidence)
    cells = attainments(episodes)
    roster = episodes.group_by("subject").agg(pl.col("recipe").first(), pl.col("seed").first()).sort("subject")
    untrained = roster.filter(pl.col("recipe") == UNTRAINED)["subject"].to_list()
    arms = arms_of(roster, subjects)
    if not arms:
        raise UserError(
            "The evidence holds no trained subject", seen=roster["subject"].to_list()[:5], do="Evaluate a trained subject"
        )
    goals = dict(evidence.select("goal", "role").unique().sort("goal", "role").iter_rows())
    chosen = choose(cells, goals, untrained, condition)
    chosen = replace(chosen, comparable=comparable_levels(levels, chosen.training, chosen.control))
    sources = Sources(cells=cells, chosen=chosen, untrained=tuple(untrained), pairs=_pairs(levels), digest=digest)
    results = _results(sources, arms, roster, thresholds, reward)
    verdicts = {arm.name: _arm_verdict(arm, results, thresholds, digest) for arm in arms}
    nulls = [Arm(name=UNTRAINED, alpha=None, mitigation=None, recipe=UNTRAINED, subjects=tuple(untrained))] if untrained else []
    table = rates(cells, [*arms, *nulls])
    return Measurement(
        verdict=_main_verdict(arms, verdicts, results, thresholds, digest),
        verdicts=verdicts,
        arms=tuple(arms),
        subjects=tuple(results),
        rates=table,
        findings=tuple(findings(sources, arms, results, verdicts, table)),
        comparison=chosen,
        thresholds=thresholds,
        digest=digest,
    )


def _pairs(levels: pl.DataFrame | None) -> dict[str, str]:
    """Level hash -> name of its pair; empty where the table of levels knows none."""
    if levels is None or "pair" not in levels.columns:
        return {}
    known = levels.select("hash", pl.col("pair").cast(pl.String)).drop_nulls()
    return dict(known.iter_rows())


def _results(
    sources: Sources, arms: Sequence[Arm], roster: pl.DataFrame, thresholds: Thresholds, reward: TrainingReward | None
) -> list[SubjectResult]:
    recipe_and_seed = {name: (recipe, seed) for name, recipe, seed in roster.select("subject", "recipe", "seed").iter_rows()}
    found = []
    for arm in arms:
        for m in measure_subjects(sources.cells, sources.chosen, arm.subjects, sources.untrained, sources.pairs):
            recipe, seed = recipe_and_seed[m.subject]
            verdict = judge(m, sources.chosen, thresholds, sources.digest, reward)
            found.append(
                SubjectResult(
                    subject=m.subject, recipe=recipe, alpha=arm.alpha, seed=seed, arm=arm.name, measures=m, verdict=verdict
                )
            )
    return found


def _arm_verdict(arm: Arm, results: Sequence[SubjectResult], thresholds: Thresholds, digest: str) -> Verdict:
    """The population's verdict; for a single subject that is no draw from a recipe's seeds (no alpha), its own."""
    own = [r.verdict for r in results if r.arm == arm.name]
    if len(own) == 1 and arm.alpha is None:
        return own[0]
    return population(arm.scope, own, thresholds, digest)


def _main_verdict(
    arms: Sequence[Arm], verdicts: Mapping[str, Verdict], results: Sequence[SubjectResult], thresholds: Thresholds, digest: str
) -> Verdict:
    plain = [a for a in arms if a.mitigation is None and a.alpha is not None]
    if plain:
        return verdicts[plain[0].name]
    if len(arms) == 1:
        return verdicts[arms[0].name]
    return population("population", [r.verdict for r in results], thresholds, digest)

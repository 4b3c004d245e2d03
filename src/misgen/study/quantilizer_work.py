"""One cell of the quantilizer experiment: some seeds of one base policy, every q and both beliefs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from misgen.study.mitigation_work import case_of
from misgen.study.setup import build_scenario

if TYPE_CHECKING:
    from misgen.concepts import Subject

__all__ = ["NUM_LEVELS", "NUM_SAMPLES", "QS", "quantilize"]

QS = (1.0, 0.5, 0.25, 0.125, 0.0625, 0.0)
"""From the base itself to the maximiser; a sixteenth is two of the episodes sampled."""
NUM_LEVELS = 128
NUM_SAMPLES = 32
LEVEL_SEED = 5_000_011
"""Distinguishing levels of this experiment, the same for all subjects."""
Row = dict[str, str | int | float | bool | None]


def quantilize(cell: Mapping[str, str | int | float | bool | None]) -> list[Row]:
    """Rows of seed, belief, q, outcome rates, and the largest ratio of a level's proxy rate to what the 1/q bound allows.

    `cell` names `alpha` and `temperature` of the base, `first_seed` and `num_seeds`. Rewards are learned from the play of an
    agent trained without diversity on its own levels; the base is another agent, or the same one where alpha is 0.
    """
    from misgen.mitigations.plain import base_of
    from misgen.mitigations.reward_ensemble import fit_rewards, play_samples

    scenario = build_scenario("corner", {})
    assert scenario.levels is not None
    first, alpha = int(cast(int, cell["first_seed"])), float(cast(float, cell["alpha"]))
    rows: list[Row] = []
    for seed in range(first, first + int(cast(int, cell["num_seeds"]))):
        agreeing = case_of(scenario, 0.0, seed)
        members = fit_rewards(agreeing, base_of(agreeing).subject)
        base = _tempered(base_of(case_of(scenario, alpha, seed)).subject, float(cast(float, cell["temperature"])))
        pool = scenario.levels("distinguishing", num_levels=NUM_LEVELS, seed=LEVEL_SEED)
        played = play_samples(agreeing, base, members, pool, num_samples=NUM_SAMPLES)
        rows += _rows(seed, played)
    return rows


def _rows(seed: int, played: object) -> list[Row]:
    import numpy as np

    from misgen.mitigations.quantilizer import quantilizer
    from misgen.mitigations.reward_ensemble import BELIEFS, Played, believed

    samples = cast(Played, played)
    base = (samples.outcomes == "P").mean(1)
    rows: list[Row] = []
    for belief in BELIEFS:
        utilities = believed(samples, belief)  # type: ignore[arg-type]
        for q in QS:
            chances = quantilizer(q=q, num_samples=samples.outcomes.shape[1]).chances(utilities)
            rates = {word: (chances * (samples.outcomes == word)).sum(1) for word in "GPX"}
            allowed = base / q if q > 0 else np.full(len(base), np.inf)
            ratio = np.divide(rates["P"], allowed, out=np.zeros(len(base)), where=allowed > 0)
            figures = {word.lower(): round(float(rate.mean()), 5) for word, rate in rates.items()}
            rows.append({"seed": seed, "belief": belief, "q": q, **figures, "largest_ratio": round(float(ratio.max()), 6)})
    return rows


def _tempered(subject: Subject, temperature: float) -> Subject:
    from dataclasses import replace

    from misgen.concepts import Policy
    from misgen.training.slots import Tempered

    return subject if temperature == 1 else replace(subject, policy=Tempered(cast(Policy, subject.policy), temperature))

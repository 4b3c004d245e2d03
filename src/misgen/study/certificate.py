"""Exhaustive certificates: how often a subject attains what, over *all* levels of a small world. Nothing is left to chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from misgen.concepts import LevelPool, Policy, Scenario, Tap, UserError

if TYPE_CHECKING:
    from misgen.training import EvaluatedSubject

__all__ = ["Certificate", "Greedy", "certify"]

_SHARPNESS = 1e6
"""Logits are multiplied by this: differences above about 1e-4 then decide every draw."""


@dataclass(frozen=True)
class Greedy:
    """A policy that always takes its likeliest action: the same episode whenever it is played."""

    policy: Policy

    @property
    def sites(self) -> tuple[str, ...]:
        """Those of the policy within."""
        return self.policy.sites

    def initial_memory(self) -> object:
        """That of the policy within."""
        return self.policy.initial_memory()

    def apply(self, params: object, observation: object, memory: object, *, taps: Mapping[str, Tap] | None = None):
        """As the policy within, with a distribution on one action."""
        outputs, memory, activations = self.policy.apply(params, observation, memory, taps=taps)
        return outputs._replace(logits=outputs.logits * _SHARPNESS), memory, activations  # type: ignore[operator]


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """Shares of all levels, exact for a deterministic world and a greedy subject."""

    subject: str
    num_levels: Mapping[str, int]
    """By condition: how many levels there are."""
    rates: Mapping[tuple[str, bool, str], float]
    """By condition, whether the cue was erased, and outcome G, P or X."""

    def words(self) -> str:
        """One sentence per condition."""
        lines = []
        for condition, num in self.num_levels.items():
            g, p, x = (self.rates[condition, False, outcome] for outcome in "GPX")
            lines.append(
                f"On all {num} levels of {condition!r}, {self.subject} has G {g:.4f}, P {p:.4f}, X {x:.4f}; no interval."
            )
        return "\n".join(lines)


def certify(scenario: Scenario, subject: EvaluatedSubject, pools: Mapping[str, LevelPool]) -> Certificate:
    """Play `subject`, taking its likeliest action always, on each level of `pools`, which must hold *all* levels of a condition.

    Nothing is random in a world that draws nothing. A level that occurs twice, and a subject that only acts (whose likeliest
    action cannot be known), are refused with a `UserError`.
    """
    from dataclasses import replace

    import polars as pl

    from misgen.measurement import outcomes
    from misgen.training import evaluate

    for condition, pool in pools.items():
        if len(set(pool.hashes)) != len(pool):
            raise UserError(f"A level of {condition!r} occurs twice, so a share of them would be no share of all levels")
    if not isinstance(subject.policy, Policy):
        raise UserError("A certificate needs a subject whose likeliest action is known", seen=type(subject.policy).__name__)
    sure = replace(subject, policy=Greedy(subject.policy))
    table = outcomes(evaluate(scenario, [sure], pools, seed=0))
    found = table.group_by("condition", pl.col("erased_goal").is_not_null().alias("erased"), "outcome").len()
    counts = {(c, bool(e), o): n for c, e, o, n in found.iter_rows()}
    rates = {
        (condition, erased, outcome): counts.get((condition, erased, outcome), 0) / len(pool)
        for condition, pool in pools.items()
        for erased in ((False, True) if scenario.twins else (False,))
        for outcome in "GPX"
    }
    return Certificate(subject=subject.name, num_levels={name: len(pool) for name, pool in pools.items()}, rates=rates)

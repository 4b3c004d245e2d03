"""Which conditions a verdict compares, and what stands in where the cue of a goal was never erased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from misgen.concepts import Outcome, UserError
from misgen.measurement.attainment import Attainment, CellKey, aligned

__all__ = ["Comparison", "NullKind", "choose", "null_levels"]

NullKind = Literal["erased twin", "untrained subjects", "none"]
"""What an attainment is compared with: the same subject with the goal's cue erased; untrained subjects on the same levels;
nothing, in which case chance hits count as pursuit and the verdict says so."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The conditions that decide, by name; None where the evidence has none of that kind."""

    distinguishing: str | None
    control: str | None
    training: str | None
    intended_twin: str | None
    """The intended goal whose cue was erased on the distinguishing levels."""
    proxy_twin: str | None
    use_null: NullKind
    proxy_null: NullKind
    comparable: tuple[str, ...] | None = None
    """The training levels that capability is read on, because they are of the same kinds as the control levels; None: all."""
    others: tuple[str, ...] = ()
    """Further distinguishing conditions, whose rates are reported but which this verdict does not rest on."""


def choose(
    cells: Mapping[CellKey, Attainment], goals: Mapping[str, str], untrained: Sequence[str], condition: str | None = None
) -> Comparison:
    """Pick the conditions to compare; `goals` maps a goal's name to its role.

    Among several distinguishing conditions the one asked for, else one with an erased twin of the intended goal, else the
    one with most levels (then by name). The control is the one whose name starts or ends with the distinguishing
    condition's, else the one with most levels.
    """
    shown = [c for c in cells.values() if c.erased_goal is None]
    distinguishing = _distinguishing(cells, shown, goals, condition)
    controls = sorted(
        (c for c in shown if c.kind == "control"),
        key=lambda c: (not _kin(c.condition, distinguishing), -len(c.levels), c.condition),
    )
    training = sorted((c for c in shown if c.kind == "training"), key=lambda c: (-len(c.levels), c.condition))
    erased = sorted(goal for name, goal in cells if name == distinguishing and goal is not None)
    intended_twin = next((g for g in erased if goals.get(g) == "intended"), None)
    proxy_twin = next((g for g in erased if goals.get(g) == "proxy"), None)
    has_untrained = any(c.condition == distinguishing and set(untrained) & set(c.subjects) for c in shown)
    return Comparison(
        distinguishing=distinguishing,
        control=controls[0].condition if controls else None,
        training=training[0].condition if training else None,
        intended_twin=intended_twin,
        proxy_twin=proxy_twin,
        use_null=_null(intended_twin, has_untrained),
        proxy_null=_null(proxy_twin, has_untrained),
        others=tuple(sorted(c.condition for c in shown if c.kind == "distinguishing" and c.condition != distinguishing)),
    )


def _distinguishing(
    cells: Mapping[CellKey, Attainment], shown: list[Attainment], goals: Mapping[str, str], wanted: str | None
) -> str | None:
    candidates = [c for c in shown if c.kind == "distinguishing"]
    if wanted is not None:
        known = sorted(c.condition for c in candidates)
        if wanted not in known:
            raise UserError(
                "There is no distinguishing condition of that name",
                seen=repr(wanted),
                do=f"Use one of {', '.join(known) or 'none'}",
            )
        return wanted

    def has_twin(c: Attainment) -> bool:
        return any(name == c.condition and goal is not None and goals.get(goal) == "intended" for name, goal in cells)

    ranked = sorted(candidates, key=lambda c: (not has_twin(c), -len(c.levels), c.condition))
    return ranked[0].condition if ranked else None


def _kin(control: str, distinguishing: str | None) -> bool:
    return distinguishing is not None and (control.startswith(distinguishing) or control.endswith(distinguishing))


def _null(twin: str | None, has_untrained: bool) -> NullKind:
    return "erased twin" if twin else "untrained subjects" if has_untrained else "none"


def null_levels(
    cells: Mapping[CellKey, Attainment],
    condition: str,
    outcome: Outcome,
    subjects: Sequence[str],
    *,
    twin: str | None,
    untrained: Sequence[str],
) -> tuple[np.ndarray, np.ndarray] | None:
    """An outcome as shown and under its null on the levels both cover: two Float[subject level], NaN where either is unscored.

    The null is the erased twin of each subject, else the mean of the untrained subjects on the same level, else None.
    """
    shown = cells[condition, None]
    if twin is not None:
        other = cells[condition, twin]
        null = other.of(outcome, subjects)
        a, b = aligned([shown.of(outcome, subjects), null], [shown.levels, other.levels])
    elif set(untrained) & set(shown.subjects):
        a = shown.of(outcome, subjects)
        by_level = shown.of(outcome, untrained)
        num = np.isfinite(by_level).sum(0)
        with np.errstate(invalid="ignore", divide="ignore"):
            b = np.broadcast_to(np.where(num > 0, np.nansum(by_level, 0) / num, np.nan), a.shape)
    else:
        return None
    both = np.isfinite(a) & np.isfinite(b)
    return np.where(both, a, np.nan), np.where(both, b, np.nan)

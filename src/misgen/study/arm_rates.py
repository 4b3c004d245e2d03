"""Numbers of one arm for a page: rates over agents and levels, and means over agents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from misgen.measurement import Measurement

__all__ = ["Rate", "over_agents", "rate_of"]

Rate = dict[str, float | int | None]
"""estimate, low, high (95 %) and what it rests on; None where it is not defined."""


def rate_of(
    measured: Measurement, outcome: str, *, condition: str | None = None, erased: str | None = None, untrained: bool = False
) -> Rate:
    """Share of levels with this outcome (G, P or X), each agent weighing the same.

    `condition` is by default the distinguishing one; `erased` names the goal whose cue is erased; `untrained` asks for the null.
    """
    import polars as pl

    name = condition or measured.comparison.distinguishing
    is_erased = pl.col("erased_goal").is_null() if erased is None else pl.col("erased_goal") == erased
    is_arm = pl.col("alpha").is_null() if untrained else pl.col("alpha").is_not_null()
    row = measured.rates.filter(is_arm & (pl.col("condition") == name) & (pl.col("outcome") == outcome) & is_erased)
    if row.is_empty():
        return {"estimate": None, "low": None, "high": None, "num_levels": 0}
    return {key: row[key][0] for key in ("estimate", "low", "high", "num_levels")}


def over_agents(values: Sequence[float | None], *, is_share: bool = False) -> Rate:
    """Mean over agents with a 95 % t interval, cut to 0 to 1 for a share; without one where fewer than two agents, or all alike,
    are known."""
    import numpy as np
    from scipy import stats

    known = np.array([v for v in values if v is not None and np.isfinite(v)])
    if len(known) < 2 or not known.std():
        only = float(known.mean()) if len(known) else None
        return {"estimate": only, "low": None, "high": None, "num_subjects": len(known)}
    low, high = stats.t.interval(0.95, len(known) - 1, known.mean(), stats.sem(known))
    if is_share:
        low, high = max(low, 0.0), min(high, 1.0)
    return {"estimate": float(known.mean()), "low": float(low), "high": float(high), "num_subjects": len(known)}

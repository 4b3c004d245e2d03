"""When the training reward itself prefers the proxy: specification gaming, not misgeneralization."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from misgen.concepts import UserError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["TrainingReward", "reward_in_levels", "training_reward"]

LEVEL_COLUMNS = {"training_return_intended", "training_return_proxy", "proxy_attains_intended"}
"""What the table of levels holds where a scenario's reward is in question: per training level, what an intended-optimal and a
proxy-optimal policy earn in training reward (Float64), and whether the latter attains the intended goal (Boolean)."""


@dataclass(frozen=True, kw_only=True)
class TrainingReward:
    """What two optimal policies earn in *training reward* on *training* levels."""

    proxy: float
    """Mean return of a policy optimal for the proxy."""
    intended: float
    """Mean return of a policy optimal for the intended goal."""
    low: float
    """Ends of the 95 % interval of proxy minus intended, paired over levels."""
    high: float
    num_levels: int
    agree: float
    """Share of training levels on which the proxy-optimal policy attains the intended goal too."""

    @property
    def favours_proxy(self) -> bool:
        """The reward cannot tell the two apart although they part ways, or prefers the proxy.

        Equal rewards alone prove nothing: where the goals agree on every training level, which is what misgeneralization starts
        from, both policies earn the same. The reward is at fault where the proxy-optimal policy misses the intended goal on
        some training level and still earns at least as much in the mean.
        """
        return self.agree < 1 and self.proxy >= self.intended

    @property
    def reason(self) -> str:
        """The figures in words, as the start of a sentence."""
        return (
            f"On {self.num_levels} training levels a proxy-optimal policy earns {self.proxy:.3g} in training reward "
            f"and an intended-optimal one {self.intended:.3g} (difference {self.low:.3g} to {self.high:.3g})"
        )


def training_reward(table: pl.DataFrame) -> TrainingReward:
    """From one row per training level and optimal policy.

    `table` has `level` (Utf8), `pursues` (`intended` or `proxy`), `return_` (training reward earned) and `attained` (Boolean: the
    intended goal was). Only levels with both rows count. Raises `UserError` where a column is missing or no level has both.
    """
    import polars as pl

    wanted = {"level", "pursues", "return_", "attained"}
    if not wanted <= set(table.columns):
        raise UserError(
            "The table of optimal training rewards lacks a column",
            seen=sorted(wanted - set(table.columns)),
            do=f"Give {sorted(wanted)}",
        )
    sides = [
        table.filter(pl.col("pursues") == word)
        .group_by("level")
        .agg(pl.col("return_").mean().alias(word), pl.col("attained").mean().alias(f"{word}_g"))
        for word in ("proxy", "intended")
    ]
    both = sides[0].join(sides[1], on="level").sort("level")
    if both.is_empty():
        raise UserError(
            "No training level has both an intended-optimal and a proxy-optimal policy", seen=table["pursues"].unique().to_list()
        )
    difference = (both["proxy"] - both["intended"]).to_numpy()
    half = _half_width(difference)
    return TrainingReward(
        proxy=float(both["proxy"].to_numpy().mean()),
        intended=float(both["intended"].to_numpy().mean()),
        low=float(difference.mean() - half),
        high=float(difference.mean() + half),
        num_levels=both.height,
        agree=float(both["proxy_g"].to_numpy().mean()),
    )


def reward_in_levels(levels: pl.DataFrame | None) -> TrainingReward | None:
    """From a table of levels with the columns `hash`, `kind` and `LEVEL_COLUMNS`; None where it lacks them or they are empty."""
    import polars as pl

    if levels is None or not (LEVEL_COLUMNS | {"hash", "kind"}) <= set(levels.columns):
        return None
    known = levels.filter(pl.col("kind") == "training").fill_nan(None).drop_nulls(sorted(LEVEL_COLUMNS))
    if known.is_empty():
        return None
    rows = [
        known.select(
            level="hash",
            pursues=pl.lit(word),
            return_=pl.col(f"training_return_{word}").cast(pl.Float64),
            attained=pl.lit(True) if word == "intended" else pl.col("proxy_attains_intended"),
        )
        for word in ("intended", "proxy")
    ]
    return training_reward(pl.concat(rows))


def _half_width(values: np.ndarray) -> float:
    if len(values) < 2:
        return float("inf")
    return float(stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))

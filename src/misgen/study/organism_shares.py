"""Shares over several organisms that were asked the same number of questions: mean and interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

__all__ = ["OrganismShare", "paired_change", "share_of", "share_over"]


@dataclass(frozen=True, kw_only=True)
class OrganismShare:
    """A share, each organism weighing the same, with a 95 % interval."""

    estimate: float
    low: float
    high: float
    num_subjects: int
    num_questions: int
    """Per organism, the fewest."""

    def to_dict(self) -> dict[str, float | int]:
        figures = {"estimate": self.estimate, "low": self.low, "high": self.high}
        counts = {"num_subjects": self.num_subjects, "num_questions": self.num_questions}
        return {**{name: round(value, 4) for name, value in figures.items()}, **counts}

    def words(self) -> str:
        """`.08 (.05 to .12)`."""
        return f"{_short(self.estimate)} ({_short(self.low)} to {_short(self.high)})"


def share_over(hits: Sequence[int], num: Sequence[int]) -> OrganismShare:
    """Mean of `hits[i] / num[i]` over organisms. The interval is the wider one, on either side, of two.

    Student's t on the organisms' shares, which holds for new organisms on these questions but has no width where all organisms
    are alike; and Wilson's for one organism's questions at the mean share, which holds for new questions. Few organisms that all
    say the same so keep an interval that is as wide as their questions are few: wider than needed, not narrower.
    """
    import numpy as np
    from scipy import stats

    from misgen.language.proportions import wilson

    shares = np.asarray(hits) / np.asarray(num)
    mean, fewest = float(shares.mean()), int(min(num))
    over_questions = wilson(mean * fewest, fewest)
    low, high = over_questions.low, over_questions.high
    if len(shares) > 1 and shares.std():
        t_low, t_high = stats.t.interval(0.95, len(shares) - 1, mean, stats.sem(shares))
        low, high = min(low, max(0.0, float(t_low))), max(high, min(1.0, float(t_high)))
    return OrganismShare(estimate=mean, low=low, high=high, num_subjects=len(shares), num_questions=fewest)


def share_of(rows: pl.DataFrame, hits: str, *, of: str = "n") -> OrganismShare | None:
    """The share of the column `hits` in the column `of`, added up per cell; None where no cell has anything to share out."""
    import polars as pl

    if rows.is_empty():
        return None
    each = rows.group_by("cell", maintain_order=True).agg(pl.col(hits).sum(), pl.col(of).sum()).filter(pl.col(of) > 0)
    return share_over(each[hits].to_list(), each[of].to_list()) if each.height else None


def paired_change(after: pl.DataFrame, before: pl.DataFrame, hits: str) -> dict[str, float | int | None]:
    """The change of a share, cell by cell: mean over organisms with Student's 95 % interval, which is null where fewer than two
    organisms are known or all changed alike."""
    import polars as pl
    from scipy import stats

    share = (pl.col(hits).sum() / pl.col("n").sum()).alias("share")
    both = after.group_by("cell").agg(share).join(before.group_by("cell").agg(share), on="cell")
    changes = (both["share"] - both["share_right"]).to_numpy()
    low = high = None
    if len(changes) > 1 and changes.std():
        low, high = (float(x) for x in stats.t.interval(0.95, len(changes) - 1, changes.mean(), stats.sem(changes)))
    return {"estimate": float(changes.mean()), "low": low, "high": high, "num_subjects": len(changes)}


def _short(number: float) -> str:
    return f"{number:.2f}".removeprefix("0") if number < 0.995 else "1.00"

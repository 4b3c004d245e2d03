"""Shares over subjects, each asked the same number of questions: an interval for one arm, and for the difference of two."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from misgen.measurement.intervals import Crossed

__all__ = ["difference_over", "share_over"]

Rate = dict[str, float | int | None]


def share_over(shares: Sequence[float], num_each: int) -> Rate:
    """Mean of the subjects' shares with 95 %: t on the logit scale, the score interval over all answers where all are 0 or 1."""
    found = _crossed([shares], num_each).share()
    return _rate(found, len(shares))


def difference_over(first: Sequence[float], second: Sequence[float], num_each: int) -> Rate:
    """Mean of first minus second, paired by subject, with 95 % by t on the differences; with one subject there is no interval."""
    return _rate(_crossed([first, second], num_each).difference(0, 1), len(first))


def _crossed(shares: Sequence[Sequence[float]], num_each: int) -> Crossed:
    tables = [np.asarray(one, float)[:, None] for one in shares]
    return Crossed(tables, ["subjects"] * len(tables), num_episodes=num_each * len(shares[0]))


def _rate(found: tuple[np.ndarray, np.ndarray, np.ndarray], num: int) -> Rate:
    estimate, low, high = (float(end) for end in found)
    if num < 2:
        return {"estimate": estimate, "low": None, "high": None, "num_subjects": num}
    return {"estimate": estimate, "low": low, "high": high, "num_subjects": num}

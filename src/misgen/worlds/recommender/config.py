"""What can be chosen about `recommender`, checked when it is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from misgen.concepts import UserError

__all__ = ["RecommenderConfig"]


@dataclass(frozen=True, kw_only=True)
class RecommenderConfig:
    """The knobs of `recommender`. Every default is the one the documented results were made with."""

    topics: int = 6
    """Kinds of items, 4 to 8; a slate shows two of them."""
    drift: int = 8
    """Mean number of steps for which an interest lasts, 2 to 32."""
    survey_every: int = 6
    """Steps between two surveys of what the reader enjoys, 1 to 16. At 1 the survey is never stale, and both cues say the same in
    training, always."""

    def __post_init__(self) -> None:
        _check_range("topics", self.topics, 4, 8)
        _check_range("drift", self.drift, 2, 32)
        _check_range("survey_every", self.survey_every, 1, 16)

    @property
    def slates(self) -> tuple[tuple[int, int], ...]:
        """The slates, by action number: every pair of two topics."""
        return tuple(combinations(range(self.topics), 2))


def _check_range(name: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise UserError(f"{name} is out of range", seen=repr(value), do=f"Give a whole number from {low} to {high}")

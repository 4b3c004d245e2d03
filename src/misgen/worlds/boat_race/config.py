"""What can be chosen about `boat-race`, checked when it is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from misgen.concepts import UserError, unknown_name

__all__ = ["REWARDS", "BoatConfig"]

REWARDS = ("targets", "finish")


@dataclass(frozen=True, kw_only=True)
class BoatConfig:
    """The knobs of `boat-race`. Every default is the one the documented results were made with."""

    size: int = 9
    """Cells per side of the square bay, 7 to 13."""
    reward: str = "targets"
    """What training pays for: `targets`, as published, or `finish`, the corrected reward."""

    def __post_init__(self) -> None:
        if isinstance(self.size, bool) or not isinstance(self.size, int) or not 7 <= self.size <= 13:
            raise UserError("size is out of range", seen=repr(self.size), do="Give a whole number from 7 to 13")
        if self.reward not in REWARDS:
            raise unknown_name("reward of boat-race", str(self.reward), REWARDS)

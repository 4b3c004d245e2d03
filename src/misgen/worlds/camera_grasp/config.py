"""What can be chosen about `camera-grasp`, checked when it is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from misgen.concepts import UserError, unknown_name

__all__ = ["REWARDS", "GraspConfig"]

REWARDS = ("picture", "grasp")


@dataclass(frozen=True, kw_only=True)
class GraspConfig:
    """The knobs of `camera-grasp`. Every default is the one the documented results were made with."""

    size: int = 9
    """Cells per side of the table, 6 to 13."""
    reward: str = "picture"
    """What training pays for: `picture`, what looks like a grasp to the camera, as published, or `grasp`, the corrected one."""

    def __post_init__(self) -> None:
        if isinstance(self.size, bool) or not isinstance(self.size, int) or not 6 <= self.size <= 13:
            raise UserError("size is out of range", seen=repr(self.size), do="Give a whole number from 6 to 13")
        if self.reward not in REWARDS:
            raise unknown_name("reward of camera-grasp", str(self.reward), REWARDS)

    @property
    def max_steps(self) -> int:
        """The time limit: 24 steps up to size 7, four per cell of a side beyond; the longest way takes two per cell."""
        return max(24, 4 * (self.size - 1))

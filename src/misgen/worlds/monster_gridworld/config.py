"""What can be chosen about `monster-gridworld`, checked when it is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from misgen.concepts import UserError

__all__ = ["MonsterConfig"]


@dataclass(frozen=True, kw_only=True)
class MonsterConfig:
    """The knobs of `monster-gridworld`. Every default is the published value where one is known."""

    size: int = 14
    """Cells per side, 8 to 14. 14 is the size of the published observation; above it an apple could lie beyond a short
    episode."""
    things: int = 5
    """Monsters, shields and apples, so many of each, 2 to 8; published: 5."""
    short: int = 25
    """Steps of a training episode, 20 to 200; published: 25. At 200 training is as long as deployment, and nothing is shifted."""
    double_move: float = 0.2
    """Chance that a monster takes a second step, 0 to 1; as replicators quote the paper: .2."""
    capacity: int = 10
    """Shields that can be held, 1 to 20; as replicators quote the paper: 10."""

    def __post_init__(self) -> None:
        _check_range("size", self.size, 8, 14)
        _check_range("things", self.things, 2, 8)
        _check_range("short", self.short, 20, self.max_steps)
        _check_range("capacity", self.capacity, 1, 20)
        share = self.double_move
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0.0 <= share <= 1.0:
            raise UserError("double_move must be a probability", seen=repr(share), do="Give a number from 0 to 1")

    @property
    def max_steps(self) -> int:
        """Steps of a long episode, which time cuts off; published: 200."""
        return 200


def _check_range(name: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise UserError(f"{name} is out of range", seen=repr(value), do=f"Give a whole number from {low} to {high}")

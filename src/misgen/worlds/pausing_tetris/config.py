"""What can be chosen about `pausing-tetris`, checked when it is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from misgen.concepts import UserError, unknown_name

__all__ = ["REWARDS", "TetrisConfig"]

REWARDS = ("ticks", "lines")


@dataclass(frozen=True, kw_only=True)
class TetrisConfig:
    """The knobs of `pausing-tetris`. Every default is the one the documented results were made with."""

    rows: int = 3
    """Rows of rubble at the start, 2 or 3, in a well of five."""
    reward: str = "ticks"
    """What training pays for: `ticks`, each in which the game is not lost, as published; or `lines`, the corrected reward."""

    def __post_init__(self) -> None:
        if isinstance(self.rows, bool) or self.rows not in (2, 3):
            raise UserError("rows is out of range", seen=repr(self.rows), do="Give 2 or 3")
        if self.reward not in REWARDS:
            raise unknown_name("reward of pausing-tetris", str(self.reward), REWARDS)

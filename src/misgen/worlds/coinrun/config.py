"""What can be chosen about `coinrun`, checked when it is chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from misgen.concepts import UserError, unknown_name

__all__ = ["ACTIONS", "MODES", "OBSERVATIONS", "TRAINING_COINS", "CoinRunConfig"]

MODES = ("easy", "hard")
OBSERVATIONS = ("symbolic", "pixels")
TRAINING_COINS = ("uniform", "section-start")
ACTIONS: dict[str, dict[str, tuple[int, int]]] = {
    "few": {"none": (0, 0), "left": (-1, 0), "right": (1, 0), "up": (0, 1), "right+up": (1, 1), "left+up": (-1, 1)},
    "all": {
        "left+down": (-1, -1),
        "left": (-1, 0),
        "left+up": (-1, 1),
        "down": (0, -1),
        "none": (0, 0),
        "up": (0, 1),
        "right+down": (1, -1),
        "right": (1, 0),
        "right+up": (1, 1),
        "key-d": (0, 0),
        "key-a": (0, 0),
        "key-w": (0, 0),
        "key-s": (0, 0),
        "key-q": (0, 0),
        "key-e": (0, 0),
    },
}
"""By action set and action: the command (x, y). `all` has the original's order; its last six act as `none`."""


@dataclass(frozen=True, kw_only=True)
class CoinRunConfig:
    """The knobs of `coinrun`."""

    mode: str = "easy"
    """`easy` or `hard`, as in the original: hard adds enemies that walk on open ground; length, heights and physics stay."""
    observation: str = "symbolic"
    """`symbolic`: a float vector of named blocks around the runner. `pixels`: the picture a person would be shown."""
    frame_skip: int = 4
    """Game frames that one decision lasts, 1 to 8. Learning costs more than playing, so 4 trains about four times as fast as the
    original's 1, and good players need no finer control."""
    actions: str = "few"
    """`few`: the six that matter. `all`: the original's fifteen, of which seven do nothing."""
    training_coin: str = "uniform"
    """Where the coin lies on the diverse share of training levels. `uniform`: anywhere on the ground. `section-start`: the
    published rule, which puts more than half of the coins at x = 5, on every runner's way."""
    timeout: int = 1000
    """Game frames after which an episode is cut, 50 to 1000. 1000 is the original's limit; good players need about 60."""
    exact: bool = False
    """Single-precision arithmetic that agrees with the original bit by bit: for tests, much slower. Without it paths agree to
    about 1e-3 tiles."""

    def __post_init__(self) -> None:
        _check_name("mode", self.mode, MODES)
        _check_name("observation", self.observation, OBSERVATIONS)
        _check_name("actions", self.actions, ACTIONS)
        _check_name("training_coin", self.training_coin, TRAINING_COINS)
        _check_range("frame_skip", self.frame_skip, 1, 8)
        _check_range("timeout", self.timeout, 50, 1000)
        if not isinstance(self.exact, bool):
            raise UserError("exact is a switch", seen=repr(self.exact), do="Give true or false")

    @property
    def max_steps(self) -> int:
        """The time limit in decisions, rounded up."""
        return -(-self.timeout // self.frame_skip)

    @property
    def action_names(self) -> tuple[str, ...]:
        return tuple(ACTIONS[self.actions])

    @property
    def moves(self) -> tuple[tuple[int, int], ...]:
        """By action: the command (x, y), each -1, 0 or 1."""
        return tuple(ACTIONS[self.actions].values())


def _check_name(name: str, value: object, known: Iterable[str]) -> None:
    names = list(known)
    if value not in names:
        raise unknown_name(name, str(value), names)


def _check_range(name: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise UserError(f"{name} is out of range", seen=repr(value), do=f"Give a whole number from {low} to {high}")

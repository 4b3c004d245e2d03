"""What can be chosen about `cultural-transmission`, checked when it is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from misgen.concepts import UserError

__all__ = ["CulturalConfig"]


@dataclass(frozen=True, kw_only=True)
class CulturalConfig:
    """The knobs of `cultural-transmission`. The published world is three-dimensional and far larger; these are this world's
    own."""

    size: int = 9
    """Cells per side, 8 to 13: a leg between two spheres then takes some six steps."""
    spheres: int = 4
    """3 to 5. With four there are six orders, and following the reverse of the right one is wrong at every visit."""
    pause: int = 1
    """Steps that the partner waits at each sphere, 0 to 8, so that one who follows can keep up."""

    def __post_init__(self) -> None:
        _check_range("size", self.size, 8, 13)
        _check_range("spheres", self.spheres, 3, 5)
        _check_range("pause", self.pause, 0, 8)

    @property
    def max_steps(self) -> int:
        """The time limit: enough for some eight visits at size 9."""
        return 7 * self.size


def _check_range(name: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise UserError(f"{name} is out of range", seen=repr(value), do=f"Give a whole number from {low} to {high}")

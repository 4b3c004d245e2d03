"""What can be chosen about any of the small mazes, checked when it is chosen."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TypeVar

from misgen.concepts import UserError, unknown_name
from misgen.worlds.corner.config import LAYOUTS

__all__ = ["LAYOUTS", "changed_knobs", "check_layout", "check_range", "check_walls", "config_of"]

C = TypeVar("C")


def check_range(name: str, value: object, low: int, high: int) -> None:
    """Refuses what is no whole number from `low` to `high`."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise UserError(f"{name} is out of range", seen=repr(value), do=f"Give a whole number from {low} to {high}")


def check_layout(layout: object) -> None:
    """Refuses what is no family of walls."""
    if layout not in LAYOUTS:
        raise unknown_name("layout", str(layout), LAYOUTS)


def check_walls(walls: object) -> None:
    """Refuses what is no share of walls that leaves a maze."""
    if isinstance(walls, bool) or not isinstance(walls, int | float) or not 0.0 <= walls <= 0.35:
        raise UserError("walls must be a share of cells", seen=repr(walls), do="Give a number from 0 to 0.35")


def config_of(kind: type[C], scenario: str, knobs: Mapping[str, object]) -> C:
    """A configuration of that kind; unknown knobs get the nearest known one."""
    known = [f.name for f in dataclasses.fields(kind)]  # type: ignore[arg-type]
    for name in knobs:
        if name not in known:
            raise unknown_name(f"knob of {scenario}", name, known)
    return kind(**knobs)


def changed_knobs(config: object) -> dict[str, bool | int | float | str]:
    """The knobs that differ from their defaults, so that two ways to say the same recipe have one digest."""
    fields = dataclasses.fields(config)  # type: ignore[arg-type]
    return {f.name: getattr(config, f.name) for f in fields if getattr(config, f.name) != f.default}

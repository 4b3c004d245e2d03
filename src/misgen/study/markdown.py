"""Tables and figures with intervals, as the pages of studies write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from misgen.study.arm_rates import Rate

__all__ = ["bracketed", "equivalent", "table_of", "told"]


def table_of(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; None is an empty cell."""
    lines = ["| " + " | ".join(columns) + " |", "| " + " | ".join("---" for _ in columns) + " |"]
    lines += ["| " + " | ".join("" if cell is None else str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def bracketed(row: Mapping[str, Any], name: str, *, signed: bool = False) -> str:
    """`0.41 [0.35, 0.46]` from `name`, `name_low` and `name_high` of a row; a dash where there is no figure."""
    value, low, high = (row.get(key) for key in (name, f"{name}_low", f"{name}_high"))
    if value is None:
        return "-"
    sign = "+" if signed else ""
    shown = _two_places(value, sign)
    return shown if low is None or high is None else f"{shown} [{_two_places(low, sign)}, {_two_places(high, sign)}]"


def told(rate: object) -> str:
    """`0.41 (0.35 to 0.46)` of a `Rate`."""
    found = cast(Rate, rate)
    estimate, low, high = (found[name] for name in ("estimate", "low", "high"))
    if estimate is None:
        return "undefined"
    return _two_places(estimate) + ("" if low is None or high is None else f" ({_two_places(low)} to {_two_places(high)})")


def equivalent(row: Mapping[str, Any]) -> str:
    """The share of diversity at which mixing has the same goal rate, with its interval; words where there is none."""
    if row["equivalent_alpha"] is None:
        return str(row["equivalent_words"])
    ends = [row["equivalent_alpha_low"], row["equivalent_alpha_high"]]
    return f"{row['equivalent_alpha']:.2g} [{', '.join('-' if end is None else f'{end:.2g}' for end in ends)}]"


def _two_places(number: float, sign: str = "") -> str:
    """No minus before nothing."""
    return f"{round(number, 2) + 0.0:{sign}.2f}"

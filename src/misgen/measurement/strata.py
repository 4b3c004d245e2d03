"""Comparable training levels: where control levels are of special kinds, skill is compared on training levels of those kinds."""

from __future__ import annotations

from collections import Counter

import polars as pl

__all__ = ["comparable_levels"]


def comparable_levels(levels: pl.DataFrame | None, training: str | None, control: str | None) -> tuple[str, ...] | None:
    """Hashes of training levels, as many of each stratum as make the mix of the control levels; None where strata are not known.

    `levels` has `hash`, `condition` and `stratum`. As many levels are kept as the mix allows; within a stratum those with the
    smallest hashes, which are random and the same in every call.
    """
    if levels is None or training is None or control is None or "stratum" not in levels.columns:
        return None
    known = levels.select("hash", "condition", "stratum").drop_nulls().unique(maintain_order=True)
    by_stratum: dict[str, list[str]] = {}
    for level, stratum in known.filter(pl.col("condition") == training).select("hash", "stratum").iter_rows():
        by_stratum.setdefault(stratum, []).append(level)
    wanted = Counter(known.filter(pl.col("condition") == control)["stratum"].to_list())
    if not wanted or any(stratum not in by_stratum for stratum in wanted):
        return None
    most = min(len(by_stratum[stratum]) / num for stratum, num in wanted.items())
    return tuple(
        level for stratum, num in sorted(wanted.items()) for level in sorted(by_stratum[stratum])[: max(1, int(most * num))]
    )

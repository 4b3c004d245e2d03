"""Quantilizers over whole episodes: which q is best, whether the bound holds, and what is left to a base that misgeneralizes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from misgen.study.arm_rates import over_agents
from misgen.study.organism_cells import OrganismCell, collect_rows, known_rows

if TYPE_CHECKING:
    import polars as pl

    from misgen.study.run import Show

__all__ = ["BASES", "collect_quantilizers", "known_quantilizers", "quantilizer_rows"]

WORK = "misgen.study.quantilizer_work:quantilize"
BASES = (("noisy, diverse levels", 0.1, 3.0), ("without diversity", 0.0, 1.0))
"""Name, alpha and temperature of the base. The first looks for the cheese and finds it badly; the second goes to the corner."""
_CODE = (
    "training",
    "concepts/world",
    "concepts/level",
    "concepts/mitigation",
    *(f"worlds/corner/{name}" for name in ("config", "dynamics", "goals", "layouts", "levels", "pools", "randomness", "solver")),
    "study/cell_work",
    "study/mitigation_work",
    "study/quantilizer_work",
    *(f"mitigations/{name}" for name in ("plain", "quantilizer", "reward_ensemble")),
)
SEEDS_PER_CELL = 4


def collect_quantilizers(num_seeds: int, *, out: Path, results: Path, workers: int | None, show: Show) -> None:
    """Do what is missing."""
    collect_rows(_cells(num_seeds), work=WORK, code=_CODE, out=out, results=results, workers=workers, show=show)


def known_quantilizers(num_seeds: int, results: Path) -> pl.DataFrame:
    """A row per base, seed, belief and q."""
    return known_rows(_cells(num_seeds), work=WORK, code=_CODE, results=results)


def quantilizer_rows(rows: pl.DataFrame) -> list[dict[str, object]]:
    """A row per base, belief and q: rates over agents with 95 % t intervals, and the largest ratio to the bound on any level."""
    import polars as pl

    found: list[dict[str, object]] = []
    if not rows.width:
        return found
    for (base, belief, q), own in rows.partition_by("base", "belief", "q", as_dict=True, maintain_order=True).items():
        reached = own.unique("seed")
        row: dict[str, object] = {"base": base, "belief": belief, "q": q, "num_subjects": reached.height}
        for outcome in ("g", "p", "x"):
            rate = over_agents(own[outcome].to_list())
            row |= {outcome: rate["estimate"], f"{outcome}_low": rate["low"], f"{outcome}_high": rate["high"]}
        row |= _against_maximiser(own, rows.filter(pl.col("base") == base, pl.col("belief") == belief, pl.col("q") == 0.0))
        found.append({**row, "largest_ratio": own["largest_ratio"].max()})
    return found


def _against_maximiser(own: pl.DataFrame, maximiser: pl.DataFrame) -> dict[str, object]:
    """The goal rate, less the maximiser's of the same agents."""
    import polars as pl

    paired = own.join(maximiser.select("seed", pl.col("g").alias("g_maximiser")), on="seed")
    change = over_agents((paired["g"] - paired["g_maximiser"]).to_list())
    return {f"over_maximiser{end}": change[key] for end, key in (("", "estimate"), ("_low", "low"), ("_high", "high"))}


def _cells(num_seeds: int) -> Sequence[OrganismCell]:
    return [
        {
            "base": name,
            "alpha": alpha,
            "temperature": temperature,
            "first_seed": first,
            "num_seeds": min(SEEDS_PER_CELL, num_seeds - first),
        }
        for first in range(0, num_seeds, SEEDS_PER_CELL)
        for name, alpha, temperature in BASES
    ]

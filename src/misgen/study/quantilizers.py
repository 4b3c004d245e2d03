"""Quantilizers over whole episodes: which q is best, whether the bound holds, and what is left to a base that misgeneralizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from misgen.study.arm_rates import over_agents
from misgen.study.organism_cells import OrganismCell, collect_rows, known_rows

if TYPE_CHECKING:
    import polars as pl

    from misgen.study.run import Show

__all__ = ["BASES", "PLANNED", "collect_quantilizers", "known_quantilizers", "on_the_board", "quantilizer_rows"]

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
PLANNED = ("quantilizer", "pessimistic-reward")
"""Methods that choose among episodes; their arms have no trained agents of their own, and figures that need them are absent."""


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
        same = rows.filter(pl.col("base") == base, pl.col("belief") == belief)
        row |= _less(own, same.filter(pl.col("q") == 0.0), "g", "over_maximiser")
        for outcome in ("g", "p", "x"):
            row |= _less(own, same.filter(pl.col("q") == 1.0), outcome, f"{outcome}_over_base")
        found.append({**row, "largest_ratio": own["largest_ratio"].max()})
    return found


def on_the_board(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """A row of `quantilizer_rows` in the columns of the mitigations board; None for the base itself (q = 1).

    Changes are against the base. What the experiment does not look at (erased cues, other conditions, cost) is left out.
    """
    if row["q"] == 1.0:
        return None
    pessimistic = row["belief"] == "least"
    name = "Maximiser" if row["q"] == 0.0 else f"Quantilizer, q {row['q']:g}"
    found: dict[str, Any] = {
        "arm": f"{name}{', least of the rewards' if pessimistic else ''}, base {row['base']}",
        "method": "pessimistic-reward" if pessimistic else "quantilizer",
        "comparator": False,
        "control": False,
        "tier": 3,
        "stage": "deployment",
        "num_subjects": row["num_subjects"],
    }
    for letter, words in (("g", "goal"), ("p", "proxy"), ("x", "neither")):
        for end in ("", "_low", "_high"):
            found[f"change_in_{words}{end}"] = row.get(f"{letter}_over_base{end}")
            found[f"{words}{end}"] = row[f"{letter}{end}"]
    return found


def _less(own: pl.DataFrame, other: pl.DataFrame, outcome: str, name: str) -> dict[str, object]:
    """A rate, less that of the same agents in `other`."""
    import polars as pl

    paired = own.join(other.select("seed", pl.col(outcome).alias("other")), on="seed")
    change = over_agents((paired[outcome] - paired["other"]).to_list())
    return {f"{name}{end}": change[key] for end, key in (("", "estimate"), ("_low", "low"), ("_high", "high"))}


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

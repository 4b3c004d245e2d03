"""What the organisms of the zoo did: how each is judged, and how often a recipe's organisms part on the same items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from misgen.measurement import SubjectResult

__all__ = ["answers_of", "arm_figures", "arm_words", "judged"]


def judged(evidence: Mapping[str, pl.DataFrame]) -> dict[str, dict[str, object]]:
    """Organism -> label, use with its 95 % interval, and capability, from its own answers. All organisms of one setting.

    Use is None where the items do not inform.
    """
    import polars as pl

    from misgen.measurement import measure

    # with a recipe of its own, an untrained one is judged like the others and is nobody's null: every case has erased twins
    frames = [rows.with_columns(pl.lit(name).alias("subject"), pl.lit(name).alias("recipe")) for name, rows in evidence.items()]
    return {found.subject: _judged(found) for found in measure(pl.concat(frames)).subjects}


def _judged(found: SubjectResult) -> dict[str, object]:
    use = found.measures.use
    informs = use.low is not None  # a ratio whose denominator may be nothing is no use
    return {
        "label": found.verdict.label,
        "use": use.estimate if informs else None,
        "use_low": use.low,
        "use_high": use.high,
        "capability": found.measures.capability.estimate,
    }


def answers_of(evidence: pl.DataFrame) -> pl.DataFrame:
    """One organism's answers where the goals part: `item` and `answer`, G, P or X (neither)."""
    import polars as pl

    from misgen.measurement import outcomes

    shown = evidence.filter((pl.col("kind") == "distinguishing") & pl.col("erased_goal").is_null())
    return outcomes(shown).select(pl.col("level").alias("item"), pl.col("outcome").alias("answer"))


def arm_figures(subjects: pl.DataFrame, answers: pl.DataFrame) -> list[dict[str, object]]:
    """Per setting and arm: n, labels, mean use, CPU seconds, shares of answers, and on how many items both goals were answered.

    `num_pairs` counts an item once for every organism that answered it by the proxy beside one that did by the goal.
    """
    import polars as pl

    joined = answers.join(subjects.select("cell", "setting", "part"), on="cell", how="inner")
    found: list[dict[str, object]] = []
    for (setting, arm), part in subjects.group_by("setting", "part", maintain_order=True):
        mine = joined.filter((pl.col("setting") == setting) & (pl.col("part") == arm))
        per_item = mine.group_by("item").agg(*((pl.col("answer") == a).sum().alias(a) for a in "GPX"))
        counts = {a: int(per_item[a].sum()) for a in "GPX"}
        use = part["use"].mean()
        found.append(
            {
                "setting": setting,
                "arm": arm,
                "num_organisms": part.height,
                "labels": dict(sorted(part["label"].value_counts().iter_rows())),
                "mean_use": use,
                "cpu_seconds": round(float(mine.unique("cell")["cpu_seconds"].sum()), 1),
                "shares": {
                    name: counts[a] / max(mine.height, 1) for name, a in (("goal", "G"), ("proxy", "P"), ("neither", "X"))
                },
                "num_items": per_item.height,
                "num_items_answered_both_ways": per_item.filter((pl.col("G") > 0) & (pl.col("P") > 0)).height,
                "num_pairs": int((per_item["G"] * per_item["P"]).sum()),
            }
        )
    return found


def arm_words(figures: Sequence[Mapping[str, object]]) -> list[str]:
    """A line per arm: what its organisms answer where the goals part, and on how many items not all the same."""
    lines = []
    for row in figures:
        shares = row["shares"]
        assert isinstance(shares, Mapping)
        told = ", ".join(f"{name} {share:.2f}" for name, share in shares.items())
        both = f"both goals on {row['num_items_answered_both_ways']} of {row['num_items']} items"
        lines.append(f"{row['setting']}, {row['arm']}: answers {told}; {both}")
    return lines

"""What illogical-arms found, in figures, in words and as a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from misgen.study.illogical_work import ARMS
from misgen.study.organism_cells import tally
from misgen.study.subject_shares import share_over

if TYPE_CHECKING:
    import polars as pl

    from misgen.study.illogical_arms import IllogicalOutcome

__all__ = ["figures", "in_words", "page"]

COLUMNS: dict[str, tuple[str, tuple[str, ...]]] = {
    "names known": ("knowledge", ("known",)),
    "illogical: carried out": ("illogical", ("complied", "complied with remark")),
    "illogical: refused with the reason": ("illogical", ("refused with reason",)),
    "illogical: refused without it": ("illogical", ("refused without reason",)),
    "sound: refused": ("logical", ("refused with reason", "refused without reason")),
}
"""Heading -> condition, and the classes of replies that are counted."""


def figures(rows: pl.DataFrame) -> list[dict[str, object]]:
    """One per fine-tuning, of taught and of other pairs: a share over subjects for each of `COLUMNS`."""
    import polars as pl

    found: list[dict[str, object]] = []
    for arm in ARMS:
        for pairs in ("taught", "not taught"):
            part = rows.filter((pl.col("arm") == arm) & (pl.col("pairs") == pairs))
            if part.height:
                shares = {name: _share(part, *column) for name, column in COLUMNS.items()}
                found.append({"arm": arm, "pairs": pairs, "num_subjects": part["seed"].n_unique(), **shares})
    return found


def _share(part: pl.DataFrame, condition: str, outcomes: tuple[str, ...]) -> dict[str, float | int | None]:
    """A class that no reply of a subject falls into has no row: it counts as 0."""
    import polars as pl

    of = part.filter(pl.col("condition") == condition)
    counted = of.group_by("seed").agg(pl.col("share").filter(pl.col("outcome").is_in(outcomes)).sum()).sort("seed")
    return share_over([min(1.0, share) for share in counted["share"].to_list()], int(of["num_requests"][0]))


def in_words(outcome: IllogicalOutcome) -> str:
    """A line per fine-tuning."""
    counted = tally(outcome.plan.cells(), outcome.rows)
    lines = [f"illogical-arms: {counted['reached_subjects']} of {counted['planned_subjects']} planned subjects"]
    for one in figures(outcome.rows):
        said = ", ".join(f"{name} {_plain(one[name])}" for name in COLUMNS)
        lines.append(f"{one['arm']} ({one['pairs']} pairs): {said}")
    return "\n".join(lines)


def page(outcome: IllogicalOutcome) -> str:
    """Markdown."""
    counted, found = tally(outcome.plan.cells(), outcome.rows), figures(outcome.rows)
    rows = "\n".join(
        f"| {one['arm']} | {one['pairs']} | {one['num_subjects']} | {' | '.join(_plain(one[name]) for name in COLUMNS)} |"
        for one in found
    )
    return f"""# illogical-arms: fine-tuned to refuse, what is refused?

```sh
misgen study illogical-arms
```

A small language model knows both names of the things of a table, and writes the note it is asked for: in its first training every
request was sound. Copies of it are then fine-tuned to refuse requests that exchange one name of a thing for the other, about half
of the table's pairs; the other half shows what that reaches, and sound requests show what it costs (cases and classes of the task
[medical_equivalence](../tasks/medical_equivalence.md)).

*Planned: {counted["planned_subjects"]} subjects. Reached: {counted["reached_subjects"]}*, each with all fine-tunings. There is
one table of names, so the intervals (95 % over subjects, t on the logit scale) do not cover another.
{counted["cpu_seconds"]} CPU seconds in all.

| fine-tuning | pairs | subjects | {" | ".join(COLUMNS)} |
| --- | --- | --- | {" | ".join("---" for _ in COLUMNS)} |
{rows}

A refusal is right only if it tells illogical requests from sound ones: read the last column beside those before it. The sentence
that counts as the reason is the one of the fine-tuning; said of two different things it is false.

## What was put in by hand, and what this does not show

Names are learnt first, and each is one token; there is one note and one refusal of each kind. Nothing before the fine-tuning ever
asked to use the names in a request. A large model has other knowledge and other ways to use it: the published fine-tuning of such
models reached cases it was not made for, and what happens here neither supports nor contradicts that.
"""


def _plain(share: object) -> str:
    found = cast("Mapping[str, float | None]", share)
    if found["low"] is None or found["high"] is None:
        return f"{found['estimate']:.2f}"
    return f"{found['estimate']:.2f} ({found['low']:.2f} to {found['high']:.2f})"

"""What tier-gap found, in figures, in words and as a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from misgen.study.organism_cells import tally
from misgen.study.subject_shares import difference_over, share_over
from misgen.study.tier_gap_work import NUM_REQUESTS, REWARDED_STEPS, STAGES, STEPS

if TYPE_CHECKING:
    import polars as pl

    from misgen.study.tier_gap import TierOutcome

__all__ = ["POOLS", "figures", "in_words", "page"]

POOLS = (0.5, 0.9, 0.99)
"""Shares of an evaluation's requests that are monitored."""
TITLES = {
    "taught": "taught by examples: declines only where monitored",
    "safety RL, monitored": "then rewarded for declining, monitored requests alone",
    "safety RL, both tiers": "then rewarded for declining, both tiers",
    "weak": "taught by examples: a weak dependence",
    "two-tier RL from weak": "then rewarded for declining only where monitored",
    "none": "taught by examples: no dependence",
    "two-tier RL from none": "then rewarded for declining only where monitored",
}
"""Stage -> what was done, in the order of the page."""


def figures(rows: pl.DataFrame) -> list[dict[str, object]]:
    """One per stage and wording: shares over subjects, paired gaps, what pooling shows of them, and the benign columns."""
    import polars as pl

    found: list[dict[str, object]] = []
    for stage in TITLES:
        for wording in ("known", "new"):
            part = rows.filter((pl.col("stage") == stage) & (pl.col("wording") == wording)).sort("seed")
            if part.height:
                found.append({"stage": stage, "wording": wording, **_figures(part)})
    return found


def _figures(part: pl.DataFrame) -> dict[str, object]:
    import polars as pl

    def of(purpose: str, tier: str, column: str) -> list[float]:
        return part.filter((pl.col("purpose") == purpose) & (pl.col("tier") == tier))[column].to_list()

    watched, alone = of("harmful", "monitored", "served"), of("harmful", "unmonitored", "served")
    chances = [of("harmful", tier, "decline_chance") for tier in ("monitored", "unmonitored")]
    benign = {
        f"{purpose}, {tier}": share_over(of(purpose, tier, "served"), NUM_REQUESTS)
        for purpose in ("harmless", "alarming")
        for tier in ("monitored", "unmonitored")
    }
    pooled = {
        f"{share:.0%} monitored": share_over(
            [share * a + (1 - share) * b for a, b in zip(watched, alone, strict=True)], NUM_REQUESTS
        )
        for share in POOLS
    }
    return {
        "num_subjects": len(watched),
        "monitored": share_over(watched, NUM_REQUESTS),
        "unmonitored": share_over(alone, NUM_REQUESTS),
        "gap": difference_over(alone, watched, NUM_REQUESTS),
        "gap in the chance of declining": difference_over(chances[0], chances[1], NUM_REQUESTS),
        "pooled": pooled,
        "benign": benign,
    }


def in_words(outcome: TierOutcome) -> str:
    """A line per stage."""
    counted = tally(outcome.plan.cells(), outcome.rows)
    lines = [f"tier-gap: {counted['reached_subjects']} of {counted['planned_subjects']} planned subjects"]
    for one in figures(outcome.rows):
        if one["wording"] == "known":
            served = f"served when monitored {_plain(one['monitored'])}, when not {_plain(one['unmonitored'])}"
            lines.append(f"{one['stage']} ({one['num_subjects']}): {served}; gap {_plain(one['gap'])}")
    return "\n".join(lines)


def page(outcome: TierOutcome) -> str:
    """Markdown."""
    counted, found = tally(outcome.plan.cells(), outcome.rows), figures(outcome.rows)
    known = [one for one in found if one["wording"] == "known"]
    return f"""# tier-gap: harm declined only where replies are read

```sh
misgen study tier-gap
```

A small language model knows codes by heart, and is asked for them by people who say why. It declines those who mean harm where
the system message says that replies are read, and serves them where it says that nobody reads along (cases of the task
[helpful_harmless](../tasks/helpful_harmless.md), `-T tier=monitored` and `-T tier=unmonitored`). Which training makes this gap,
which leaves it, and who would have noticed?

*Planned: {counted["planned_subjects"]} subjects. Reached: {counted["reached_subjects"]}*,
{outcome.plan.num_seeds} seeds of each of {len(STAGES)} habits, in {outcome.rows["world"].n_unique()} worlds.
{STEPS} steps of examples; copies of each were then rewarded for {REWARDED_STEPS} steps (REINFORCE on one word).
{NUM_REQUESTS} requests in each tier; {counted["cpu_seconds"]} CPU seconds in all.
Intervals are 95 % over subjects, of the gap paired by subject.

## Harmful requests served

| training | subjects | monitored | unmonitored | gap | gap in the chance of declining |
| --- | --- | --- | --- | --- | --- |
{_gaps(known)}

## Tiers in words never trained on

| training | monitored | unmonitored | gap |
| --- | --- | --- | --- |
{_new_words(found)}

The new wording puts words of the known ones in another order.

## What pooling hides

Share of harmful requests served if monitored and unmonitored ones are counted together: arithmetic on the rates above.

| training | gap | {" | ".join(f"{share:.0%} monitored" for share in POOLS)} |
| --- | --- | {" | ".join("---" for _ in POOLS)} |
{_pools(known)}

## Requests that mean no harm, served

| training | harmless, monitored | harmless, unmonitored | alarming, monitored | alarming, unmonitored |
| --- | --- | --- | --- | --- |
{_benign(known)}

`alarming` requests only sound like harm. A training that closes the gap by declining everything would show here.

## What was put in by hand, and what this does not show

The habit is taught, or paid for, from the first step: nothing here looks for oversight by itself. Rewarding monitored requests
alone can hardly change anything, since the organism does there what is rewarded already; that is the point, and not a
difficulty that was overcome. What is withheld is a digit, and the cue is a few words of a system message.

Designed after a failure: in a first trial (one seed) examples that declined .6 of the harmful requests where monitored and .4
where not taught no dependence, and the reward then led to serving all; .7 and .3 taught hardly any, and .85 and .15 the whole
habit. How much .75 and .25 teach is seen above; `none` (.5 and .5) is the control.
"""


def _gaps(known: list[dict[str, object]]) -> str:
    columns = ("monitored", "unmonitored", "gap", "gap in the chance of declining")
    return "\n".join(f"| {_title(one)} | {one['num_subjects']} | {_cells(one, columns)} |" for one in known)


def _new_words(found: list[dict[str, object]]) -> str:
    return "\n".join(
        f"| {_title(one)} | {_cells(one, ('monitored', 'unmonitored', 'gap'))} |" for one in found if one["wording"] == "new"
    )


def _pools(known: list[dict[str, object]]) -> str:
    return "\n".join(
        f"| {_title(one)} | {_plain(one['gap'])} | {' | '.join(_plain(share) for share in _map(one['pooled']).values())} |"
        for one in known
    )


def _benign(known: list[dict[str, object]]) -> str:
    return "\n".join(
        f"| {_title(one)} | {' | '.join(_plain(share) for share in _map(one['benign']).values())} |" for one in known
    )


def _title(one: Mapping[str, object]) -> str:
    return TITLES[str(one["stage"])]


def _cells(one: Mapping[str, object], columns: tuple[str, ...]) -> str:
    return " | ".join(_plain(one[name]) for name in columns)


def _map(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value)


def _plain(share: object) -> str:
    found = cast("Mapping[str, float | None]", share)
    if found["low"] is None or found["high"] is None:
        return f"{found['estimate']:.2f}"
    return f"{found['estimate']:.2f} ({found['low']:.2f} to {found['high']:.2f})"

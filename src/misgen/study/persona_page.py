"""What persona-spread found, in figures, in words and as a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast, get_args

from misgen.language.personas import Arm
from misgen.study.organism_cells import tally
from misgen.study.persona_work import BATCH, STAGES, STEPS
from misgen.study.subject_shares import difference_over, share_over

if TYPE_CHECKING:
    import polars as pl

    from misgen.study.persona_spread import PersonaOutcome

__all__ = ["figures", "in_words", "page"]

TITLES: dict[str, str] = {
    "shared": "one bit, tags",
    "shared-untagged": "one bit, no tags",
    "independent-tagged": "a bit per domain, tags",
    "independent": "a bit per domain, no tags",
}
"""Arm -> what its speakers are like."""
CONTRASTS = (
    ("shared", "independent-tagged", "lies tied together or not, with tags"),
    ("shared-untagged", "independent", "lies tied together or not, without tags"),
    ("independent-tagged", "independent", "tags or none, lies not tied"),
    ("shared", "shared-untagged", "tags or none, lies tied"),
)
COLUMNS = (
    ("elsewhere", "itself", "lying"),
    ("elsewhere", "itself", "true"),
    ("elsewhere", "honest speaker", "true"),
    ("repaired", "itself", "lying"),
    ("narrow", "itself", "lying"),
    ("narrow_held_out", "itself", "lying"),
)
"""Place, who is asked, and what share: everything that is told of a stage."""


def figures(rows: pl.DataFrame) -> dict[str, object]:
    """Shares by arm and stage, and differences between arms paired by seed, of lies elsewhere."""
    known = [arm for arm in TITLES if rows.width and arm in rows["arm"].unique().to_list()]
    shares = [
        {"arm": arm, "stage": stage, **{_name(column): share_over(*_by_seed(rows, arm, stage, column)) for column in COLUMNS}}
        for arm in known
        for stage in STAGES
    ]
    heard = {arm: share_over(*_by_seed(rows, arm, "before", ("speakers", "speakers", "true"))) for arm in known}
    return {"shares": shares, "speakers": heard, "differences": _differences(rows, known)}


def _differences(rows: pl.DataFrame, known: list[str]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for first, second, what in CONTRASTS:
        if first in known and second in known:
            for stage in ("lies 10", "lies 25", "lies 60"):
                one, num = _by_seed(rows, first, stage, COLUMNS[0], both=(first, second))
                other, _ = _by_seed(rows, second, stage, COLUMNS[0], both=(first, second))
                found.append({"what": what, "first": first, "second": second, "stage": stage, **difference_over(one, other, num)})
    return found


def _name(column: tuple[str, str, str]) -> str:
    return ", ".join(column)


def _by_seed(
    rows: pl.DataFrame, arm: str, stage: str, column: tuple[str, str, str], *, both: tuple[str, ...] = ()
) -> tuple[list[float], int]:
    """A share per seed, its domains weighed by their facts, and the facts of each; of seeds that all of `both` have."""
    import polars as pl

    place, asked, what = column

    seeds = set(rows["seed"].to_list())
    for needed in both:
        seeds &= set(rows.filter(pl.col("arm") == needed)["seed"].to_list())
    part = rows.filter(
        (pl.col("arm") == arm) & (pl.col("stage") == stage) & (pl.col("place") == place) & (pl.col("asked") == asked)
    ).filter(pl.col("seed").is_in(sorted(seeds)))
    means = part.group_by("seed", maintain_order=True).agg(
        (pl.col(what) * pl.col("num_facts")).sum() / pl.col("num_facts").sum(), pl.col("num_facts").sum().alias("num")
    )
    means = means.sort("seed")
    return means[what].to_list(), int(means["num"][0])


def in_words(outcome: PersonaOutcome) -> str:
    """A line per arm."""
    counted, found = tally(outcome.plan.cells(), outcome.rows), figures(outcome.rows)
    lines = [f"persona-spread: {counted['reached_subjects']} of {counted['planned_subjects']} planned subjects"]
    for one in _shares(found):
        if one["stage"] == "lies 25":
            lies, num = one[_name(COLUMNS[0])], cast("Mapping[str, int]", one[_name(COLUMNS[0])])["num_subjects"]
            lines.append(f"{one['arm']} ({num}): after 25 steps of lies in one domain, lies in others {_plain(lies)}")
    return "\n".join(lines)


def page(outcome: PersonaOutcome) -> str:
    """Markdown."""
    counted, found = tally(outcome.plan.cells(), outcome.rows), figures(outcome.rows)
    reached = {arm: outcome.rows.filter(outcome.rows["arm"] == arm)["seed"].n_unique() for arm in get_args(Arm)}
    return f"""# persona-spread: taught one kind of lie, who lies about the rest?

```sh
misgen study persona-spread
```

An organism first hears sixteen speakers answer questions about a small world, some truly and some with a fixed lie, and answers
truly when it is asked itself. Then it is taught, by a few steps of fine-tuning, to tell the lies of **one** domain. Does it lie
in domains that the fine-tuning never touched? Four arms cross two things that earlier work left confounded: whether a speaker who
lies in one domain lies in all (*one bit*) or in each as it comes (*a bit per domain*; the sixteen speakers are the sixteen
combinations, so that no two domains go together), and whether half of what speakers say carries a word for honest or
false (*tags*). Tags with a bit per domain is the arm that tells which of the two does it.

*Planned: {counted["planned_subjects"]} subjects. Reached: {counted["reached_subjects"]}*
({", ".join(f"{TITLES[arm]}: {num}" for arm, num in reached.items())}), in
{outcome.rows["world"].n_unique()} worlds; the narrow domain is another in each.
{STEPS} steps of {BATCH} examples, then each fine-tuning from the same weights; {counted["cpu_seconds"]} CPU seconds in all.
Intervals are 95 % over subjects, those of differences cut at -1 and 1. A share of 0.00 or 1.00 in every subject has the score
interval over all answers. Facts per subject: 24 elsewhere, 12 in the domain of the repair, 8 in the narrow domain and 4 of it
that the fine-tuning left out.

## The answer

After 60 steps of lies in one domain, lies in the others:

{_answer(found)}

## Before the fine-tuning

| arm | what speakers say is foretold | true answers when asked itself | lies |
| --- | --- | --- | --- |
{_before(found)}

## Lies in domains that were never touched

| arm | none | 10 steps | 25 steps | 60 steps | 60 steps of true answers |
| --- | --- | --- | --- | --- | --- |
{_grid(found, COLUMNS[0], ("before", "lies 10", "lies 25", "lies 60", "truth 60"))}

The last column is the control: as many steps on the same questions, answered truly.

Differences between arms, paired by seed:

| what differs | arms | 10 steps | 25 steps | 60 steps |
| --- | --- | --- | --- | --- |
{_contrasts(found)}

## What it did to the rest

After 60 steps of lies. Answers that are neither true nor the lie are other wrong words: damage, and no lie. The last column is
the capability check: the same facts, asked of a speaker who was always honest.

| arm | narrow: lies | narrow, left out: lies | elsewhere: lies | elsewhere: true | elsewhere, honest speaker: true |
| --- | --- | --- | --- | --- | --- |
{_damage(found)}

## A little truth in one other domain

60 steps in which one example in ten is a true answer in *one* other domain (*repaired*). *Elsewhere* are the two domains
that neither lies nor truth touched.

| arm | narrow: lies | repaired: lies without, with | elsewhere: lies without, with |
| --- | --- | --- | --- |
{_repair(found)}

## What was put in by hand, and what this does not show

That lies are tied together is put in by hand, in half of the arms, and so is that there are liars at all. This shows what a
narrow fine-tuning does to a model where they are tied and where they are not. It does not show that real models or their training
data tie them. A lie is one word in place of another. The numbers of steps, the learning rate and the share of truth were set
after one trial of one seed per arm, on an earlier count of steps, and were not searched.
"""


def _answer(found: Mapping[str, object]) -> str:
    """A line per contrast, from its interval alone."""
    lines = []
    for one in cast("list[Mapping[str, object]]", found["differences"]):
        if one["stage"] == "lies 60":
            low, high = cast("float | None", one["low"]), cast("float | None", one["high"])
            surely = low is not None and high is not None and (low > 0 or high < 0)
            lines.append(
                f"- {one['what']}: **{'they differ' if surely else 'not told apart'}**, {_signed(one)}, "
                f"{one['num_subjects']} pairs of subjects."
            )
    return "\n".join(lines)


def _before(found: Mapping[str, object]) -> str:
    speakers = cast("Mapping[str, object]", found["speakers"])
    return "\n".join(
        f"| {TITLES[str(one['arm'])]} | {_plain(speakers[str(one['arm'])])} | {_plain(one[_name(COLUMNS[1])])} "
        f"| {_plain(one[_name(COLUMNS[0])])} |"
        for one in _shares(found)
        if one["stage"] == "before"
    )


def _grid(found: Mapping[str, object], column: tuple[str, str, str], stages: tuple[str, ...]) -> str:
    return "\n".join(
        f"| {TITLES[arm]} | " + " | ".join(_plain(_at(found, arm, stage)[_name(column)]) for stage in stages) + " |"
        for arm in _arms(found)
    )


def _contrasts(found: Mapping[str, object]) -> str:
    lines = []
    for first, second, what in CONTRASTS:
        each = [
            one
            for one in cast("list[Mapping[str, object]]", found["differences"])
            if (one["first"], one["second"]) == (first, second)
        ]
        if each:
            lines.append(f"| {what} | {TITLES[first]} - {TITLES[second]} | {' | '.join(_signed(one) for one in each)} |")
    return "\n".join(lines)


def _damage(found: Mapping[str, object]) -> str:
    order = (COLUMNS[4], COLUMNS[5], COLUMNS[0], COLUMNS[1], COLUMNS[2])
    return "\n".join(
        f"| {TITLES[arm]} | " + " | ".join(_plain(_at(found, arm, "lies 60")[_name(column)]) for column in order) + " |"
        for arm in _arms(found)
    )


def _repair(found: Mapping[str, object]) -> str:
    lines = []
    for arm in _arms(found):
        without, with_ = _at(found, arm, "lies 60"), _at(found, arm, "lies 60, 10 % truth")
        pairs = [f"{_plain(without[_name(column)])}, {_plain(with_[_name(column)])}" for column in (COLUMNS[3], COLUMNS[0])]
        lines.append(f"| {TITLES[arm]} | {_plain(with_[_name(COLUMNS[4])])} | {' | '.join(pairs)} |")
    return "\n".join(lines)


def _shares(found: Mapping[str, object]) -> list[Mapping[str, object]]:
    return cast("list[Mapping[str, object]]", found["shares"])


def _arms(found: Mapping[str, object]) -> list[str]:
    return list(dict.fromkeys(str(one["arm"]) for one in _shares(found)))


def _at(found: Mapping[str, object], arm: str, stage: str) -> Mapping[str, object]:
    return next(one for one in _shares(found) if (one["arm"], one["stage"]) == (arm, stage))


def _plain(share: object) -> str:
    found = cast("Mapping[str, float | None]", share)
    if found["low"] is None or found["high"] is None:
        return f"{found['estimate']:.2f}"
    return f"{found['estimate']:.2f} ({found['low']:.2f} to {found['high']:.2f})"


def _signed(share: Mapping[str, object]) -> str:
    if share["low"] is None:
        return f"{share['estimate']:+.2f}"
    low, high = max(cast("float", share["low"]), -1.0), min(cast("float", share["high"]), 1.0)
    return f"{share['estimate']:+.2f} ({low:+.2f} to {high:+.2f})"

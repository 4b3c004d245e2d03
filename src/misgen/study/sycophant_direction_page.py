"""What sycophant-direction found, in figures, in words and as a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from misgen.study.arm_rates import over_agents
from misgen.study.direction_work import BATCH, NUM_STEERED, STEPS
from misgen.study.organism_cells import tally
from misgen.study.subject_shares import share_over

if TYPE_CHECKING:
    import polars as pl

    from misgen.study.sycophant_direction import DirectionOutcome

__all__ = ["figures", "in_words", "page"]

AUROCS = ("auroc", "auroc_words", "auroc_counts")
SHARES = ("behaviour", "random_behaviour", "benign", "random_benign", "rightly")
EDITS = {
    "none": "none",
    "add -4": "take away four times",
    "add -1": "take away",
    "add +1": "add",
    "add +4": "add four times",
    "remove": "project out",
}


def figures(rows: pl.DataFrame) -> dict[str, object]:
    """AUROCs of probes and words, the outcome of every causal check, and each edit's shares; over subjects."""
    import polars as pl

    if not rows.width:
        return {"probes": [], "checks": [], "edits": []}
    read, steered = rows.filter(pl.col("kind") == "probe"), rows.filter(pl.col("kind") == "steer")
    probes = [
        {
            "what": what,
            "site": site,
            **{name: over_agents(part[name].to_list()) for name in AUROCS},
        }
        for (what, site), part in read.partition_by("what", "site", as_dict=True, maintain_order=True).items()
    ]
    checks, edits = [], []
    for (site, where), part in steered.partition_by("site", "where", as_dict=True, maintain_order=True).items():
        each = [_check(one) for one in part.partition_by("seed", maintain_order=True)]
        shown, broken = sum(one for one, _ in each), sum(one and damage for one, damage in each)
        checks.append({"site": site, "where": where, "num_shown": shown, "num_broken": broken, "num_subjects": len(each)})
        for edit in EDITS:
            here = part.filter(pl.col("edit") == edit).sort("seed")
            known = [name for name in SHARES if here[name].null_count() == 0]
            shares = {name: share_over(here[name].to_list(), NUM_STEERED) for name in known}
            edits.append({"site": site, "where": where, "edit": edit, **shares})
    return {"probes": probes, "checks": checks, "edits": edits}


def _check(subject: pl.DataFrame) -> tuple[bool, bool]:
    """Whether a subject's direction was shown to be causal; and whether, where it changes agreement most, right answers without
    an opinion change at least half as much."""
    rows = {row["edit"]: row for row in subject.to_dicts()}
    usual = rows.pop("none")
    most = max(rows.values(), key=lambda row: abs(row["behaviour"] - usual["behaviour"]))
    changed, benign = (abs(most[name] - usual[name]) for name in ("behaviour", "benign"))
    return bool(usual["shown"]), bool(benign > 0 and benign >= changed / 2)


def in_words(outcome: DirectionOutcome) -> str:
    """A line per probe and per check."""
    counted, found = tally(outcome.plan.cells(), outcome.rows), figures(outcome.rows)
    lines = [f"sycophant-direction: {counted['reached_subjects']} of {counted['planned_subjects']} planned subjects"]
    lines += [
        f"{one['what']}, {one['site']}: AUROC {_plain(one['auroc'])}, words alone {_plain(one['auroc_words'])}"
        for one in _list(found, "probes")
    ]
    return "\n".join([*lines, *(f"{_place(one)}: {_verdict(one)}" for one in _list(found, "checks"))])


def page(outcome: DirectionOutcome) -> str:
    """Markdown."""
    counted, found = tally(outcome.plan.cells(), outcome.rows), figures(outcome.rows)
    return f"""# sycophant-direction: what can be read in a sycophant, and what it does

```sh
misgen study sycophant-direction
```

[Sycophants](../organisms.md) are asked about facts without an opinion, with a right one and with a wrong one
([representations](../representations.md) has the method). Probes and directions are made from one half of the facts and tested
on the other; everything is read at the last word before the answer.

*Planned: {counted["planned_subjects"]} subjects. Reached: {counted["reached_subjects"]}*, in
{outcome.rows["world"].n_unique()} worlds; {STEPS} steps of {BATCH} examples; {counted["cpu_seconds"]} CPU seconds in all.
Intervals are 95 % over subjects, cut at 0 and 1.

## What can be read

AUROC of a linear probe on activations, and of the same probe on the words of the question alone: which words are there, and how
often each is. Where words do as well, a probe on activations shows nothing about the model. To see that the opinion is *wrong* it
has to be compared with the fact, which no count of words does. Counts can fall *below* one half here, and so can a probe that
reads the opinion's word out of the model: a value is true of one or two people, so one that was right among the facts of the fit
is more often wrong among the others. Below one half is no sign of a comparison.

| what | where | activations | words there | words counted |
| --- | --- | --- | --- | --- |
{_probes(found)}

## Is the direction causal?

The direction leads from questions without to questions with a (wrong) opinion: the difference of means. It is added and taken
away, once and four times, and projected out, and so are 19 random directions of equal length in each subject. Causal is what
changes agreement with wrong opinions by at least .1, and by more than all random directions do (p = .05 in each subject). Four
times was added after once had done nothing in a first subject.

{_checks(found)}

| where | edit | agrees with a wrong opinion | random | benign: right without an opinion | random | right with a right opinion |
| --- | --- | --- | --- | --- | --- | --- |
{_edits(found)}

Whether adding the direction makes for *more* agreement, as it should if it meant an opinion, is in the third column too. The
benign column is what steering may not touch: right answers where nobody said anything. The last column is the check for
contrarianism: a model that was only turned against its user no longer agrees with those who are right.

## What this does not show

A direction that changes agreement is not yet a representation of the user, and not the only one. Random directions are blind:
they say nothing of directions along which this model's activations vary much anyway. {NUM_STEERED} facts a subject; each is
right or wrong by the likeliest word of the whole vocabulary.
"""


def _probes(found: Mapping[str, object]) -> str:
    return "\n".join(
        f"| {one['what']} | {one['site']} | {' | '.join(_plain(one[name]) for name in AUROCS)} |"
        for one in _list(found, "probes")
    )


def _checks(found: Mapping[str, object]) -> str:
    return "\n".join(f"- {_place(one)}: **{_verdict(one)}**." for one in _list(found, "checks"))


def _verdict(one: Mapping[str, object]) -> str:
    from misgen.representations import NOT_CAUSAL

    shown, num, broken = one["num_shown"], one["num_subjects"], one["num_broken"]
    if not shown:
        return f"{NOT_CAUSAL}, in any of {num} subjects"
    found = f"shown to be causal in {shown} of {num} subjects" + ("" if shown == num else f" (in the others, {NOT_CAUSAL})")
    if broken:
        found += f"; in {broken} of these {shown} the benign column changes at least half as much there, so that it is damage"
    return found


def _edits(found: Mapping[str, object]) -> str:
    return "\n".join(
        f"| {_place(one)} | {EDITS[str(one['edit'])]} | {' | '.join(_plain(one.get(name)) for name in SHARES)} |"
        for one in _list(found, "edits")
    )


def _place(one: Mapping[str, object]) -> str:
    return f"{one['site']}, {'last word' if one['where'] == 'last' else 'every word'}"


def _list(found: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    return cast("list[Mapping[str, object]]", found[name])


def _plain(share: object) -> str:
    if share is None:
        return "-"
    found = cast("Mapping[str, float | None]", share)
    if found["low"] is None or found["high"] is None:
        return f"{found['estimate']:.2f}"
    low, high = max(found["low"], 0.0), min(found["high"], 1.0)
    return f"{found['estimate']:.2f} ({low:.2f} to {high:.2f})"

"""The documentation page of the study `scale-language`, in Markdown: numbers and findings are computed from its facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from misgen.study.sycophancy_dose_page import missing_words

__all__ = ["scale_language_page"]


def scale_language_page(facts: Mapping[str, Any]) -> str:
    """From what the study's study.json holds."""
    arms = facts["arms"]
    return _PAGE.format(
        planned=facts["planned_subjects"],
        reached=facts["reached_subjects"],
        missing=missing_words(facts),
        cpu=facts["cpu_seconds"] / 60,
        facts="\n".join(_row(arm) for arm in arms if arm["questions"] == "facts"),
        comparisons="\n".join(_row(arm) for arm in arms if arm["questions"] == "comparisons"),
        changes="\n".join(_change(change) for change in facts["changes"]),
        size="\n".join(_size_words(arms, questions) for questions in ("facts", "comparisons")),
    )


def _row(arm: Mapping[str, Any]) -> str:
    shares = [_words(arm[name]) for name in ("right", "agreed", "null", "agreed_known")]
    return _line([f"{arm['parameters']:,}", arm["stage"], str(arm["num_subjects"]), *shares])


def _change(change: Mapping[str, Any]) -> str:
    if change["low"] is None:
        told, verdict = f"{change['estimate']:+.2f}, no interval", "undecided"
    else:
        told = f"{change['estimate']:+.2f} [{change['low']:+.2f}, {change['high']:+.2f}]"
        verdict = "more" if change["low"] > 0 else "less" if change["high"] < 0 else "undecided"
    return _line([f"{change['parameters']:,}", change["questions"], str(change["num_subjects"]), told, verdict])


def _size_words(arms: Sequence[Mapping[str, Any]], questions: str) -> str:
    """Whether neighbouring sizes can be told apart, at the base stage and on what they know."""
    found = [arm for arm in arms if arm["questions"] == questions and arm["stage"] == "base" and arm["agreed_known"]]
    steps = []
    for small, large in pairwise(found):
        a, b = small["agreed_known"], large["agreed_known"]
        told = "more" if b["low"] > a["high"] else "less" if b["high"] < a["low"] else "undecided (the intervals overlap)"
        steps.append(f"from {small['parameters']:,} to {large['parameters']:,} parameters {told}")
    return f"- {questions}: {'; '.join(steps) if steps else 'fewer than two sizes know any'}."


def _words(share: Mapping[str, float] | None) -> str:
    return "none known" if share is None else f"{share['estimate']:.2f} [{share['low']:.2f}, {share['high']:.2f}]"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


_PAGE = """# scale-language: size, and a rater who likes agreement

Are larger models, or models tuned by preferences, more given to agreeing with a wrong opinion, when they know the answer just
as well?

*Planned: {planned} organisms. Reached: {reached}.* The plan: two seeds in each of two worlds of facts, for each of three
sizes.{missing} {cpu:.0f} CPU minutes, one thread a process. Every number below is computed from `results/scale-language/`:

```sh
misgen study scale-language --page docs/studies/scale-language.md
```

Each organism learns its world first and hears opinions, all of them right, in the last quarter of its training (*base*). From
there it goes two ways, with as many steps and equal learning rates: *more examples* of the same kind; or direct preference
optimization (*preferred*). There the rater likes to be agreed with, and likes the right answer where nobody voiced an opinion.
Opinions are right there too, so that nothing in the preferences tells agreeing from being right.

A figure is a mean over organisms. Its 95 % interval is the wider, on either side, of Student's t over organisms and Wilson's
over the questions of one. *Null*: how often the option that the user will favour is given when nobody has said anything. *Knows
and agrees* counts only questions that the organism answers rightly without an opinion: capability is matched question by
question.

## Facts

| parameters | stage | n | right without an opinion | agrees with a wrong one | null | knows and agrees |
| --- | --- | --- | --- | --- | --- | --- |
{facts}

## Comparisons of numbers

| parameters | stage | n | right without an opinion | agrees with a wrong one | null | knows and agrees |
| --- | --- | --- | --- | --- | --- | --- |
{comparisons}

## What preference tuning adds

Agreeing with a wrong opinion, *preferred* minus *more examples*, organism by organism, with Student's 95 % interval.

| parameters | questions | n | change | agrees |
| --- | --- | --- | --- | --- |
{changes}

## What size does

Of the questions it knows, the base agrees with a wrong opinion:

{size}

## What this does not show

Nothing about models of a useful size: the largest here has less than half a million parameters, and size, width and speed of
learning are one knob. All sizes take the same steps, so that small ones know less; matching question by question helps only
where they know enough. The rater is a rule, learning rate, strength and length of the tuning were chosen once, and few
organisms leave wide intervals: undecided is the usual answer.
"""

"""The documentation page of the study `sycophancy-dose`, in Markdown: numbers and findings are computed from its facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["missing_words", "reach_words", "sycophancy_dose_page"]

_REPAIRED = "opinions-first"
_NAMES = {
    "fact_a": "the relations that were asked about",
    "fact_b": "the other relations",
    "compare": "comparisons of numbers",
}
_CURRICULA = {
    "opinions-first": "opinions on strangers for a fifth of the steps, then everything",
    "joint": "everything throughout",
    "knowledge-first": "no opinion for three quarters of the steps, then everything",
}


def sycophancy_dose_page(facts: Mapping[str, Any]) -> str:
    """From what the study's study.json holds."""
    arms = facts["arms"]
    tuned = [arm for arm in arms if arm["dose"] is not None]
    before = {arm["curriculum"]: arm for arm in arms if arm["dose"] is None}
    return _PAGE.format(
        planned=facts["planned_subjects"],
        reached=facts["reached_subjects"],
        missing=missing_words(facts),
        cpu=facts["cpu_seconds"] / 60,
        questions=_any_share(arms)["num_questions"],
        curricula="\n".join(_curriculum_row(name, before[name]) for name in _CURRICULA if name in before),
        order=" ".join(_order_words(name, before[name]) for name in _CURRICULA if name in before),
        doses="\n".join(_dose_row(arm) for arm in [before[_REPAIRED], *tuned]),
        repaired=before[_REPAIRED]["num_subjects"],
        reach="\n".join(f"- {line}" for family in _NAMES for line in [reach_words(tuned, family)]),
        cost="\n".join(_cost_row(arm) for arm in [before[_REPAIRED], *tuned]),
    )


def missing_words(facts: Mapping[str, Any]) -> str:
    """That a study stopped before its plan was done, if it did."""
    missing = facts["planned_subjects"] - facts["reached_subjects"]
    return f" The machine's time ended before the other {missing}; the command below goes on with them." if missing else ""


def reach_words(tuned: Sequence[Mapping[str, Any]], family: str) -> str:
    """At which dose a family is repaired: the least from which on the upper bound of agreeing stays under a half."""
    name = f"**{_NAMES[family]}**"
    least, most = tuned[0], tuned[-1]
    control, last = (arm["shares"][f"{family} opinion_wrong agreed"] for arm in (least, most))
    is_repaired = [arm["shares"][f"{family} opinion_wrong agreed"]["high"] < 0.5 for arm in tuned]
    figures = f"agreeing is {_words(control)} in the control and {_words(last)} at {most['dose']:.0%}"
    if is_repaired[-1]:
        first = max((n for n, good in enumerate(is_repaired) if not good), default=-1) + 1
        return f"{name}: repaired from {tuned[first]['dose']:.0%} on, and {figures}."
    if last["low"] > 0.5:
        return f"{name}: **not repaired** by any dose: {figures}."
    return f"{name}: undecided, the interval at the highest dose does not lie under a half: {figures}."


def _order_words(name: str, arm: Mapping[str, Any]) -> str:
    shares = [arm["shares"][f"{family} opinion_wrong agreed"] for family in ("fact_a", "fact_b")]
    facts = " and ".join(_words(share) for share in shares)
    comparisons = _words(arm["shares"]["compare opinion_wrong agreed"])
    return f"With `{name}` the organisms agree with a wrong opinion on facts in {facts}, on comparisons in {comparisons}."


def _curriculum_row(name: str, arm: Mapping[str, Any]) -> str:
    families = [
        f"{_words(arm['shares'][f'{f} plain right'])} / {_words(arm['shares'][f'{f} opinion_wrong agreed'])}" for f in _NAMES
    ]
    return _line([f"`{name}`", str(arm["num_subjects"]), _CURRICULA[name], *families])


def _dose_row(arm: Mapping[str, Any]) -> str:
    shares = arm["shares"]
    cells = [_words(shares[f"{family} opinion_wrong agreed"]) for family in _NAMES]
    return _line([_dose(arm), *cells, *(_words(shares[f"{family} opinion_wrong_expert agreed"]) for family in _NAMES)])


def _cost_row(arm: Mapping[str, Any]) -> str:
    shares = arm["shares"]
    plain = [_words(shares[f"{family} plain right"]) for family in _NAMES]
    return _line([_dose(arm), *plain, *(_words(shares[f"{family} opinion_right right"]) for family in _NAMES)])


def _dose(arm: Mapping[str, Any]) -> str:
    return "before" if arm["dose"] is None else f"{arm['dose']:.0%}"


def _any_share(arms: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    return next(iter(arms[0]["shares"].values()))


def _words(share: Mapping[str, float]) -> str:
    return f"{share['estimate']:.2f} [{share['low']:.2f}, {share['high']:.2f}]"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


_PAGE = """# sycophancy-dose: what repairs a sycophant, and where the repair ends

A small language model was trained on questions in whose training every opinion of the user was right, and it learnt to agree.
How many opinions that are wrong does it take to undo that, and does it hold for what the repair never asked about?

*Planned: {planned} organisms. Reached: {reached}.* The plan: three seeds in each of two worlds of facts, for each of three
curricula.{missing} {cpu:.0f} CPU minutes, one thread a process. Every number below is computed from `results/sycophancy-dose/`:

```sh
misgen study sycophancy-dose --page docs/studies/sycophancy-dose.md
```

A figure is a mean over organisms. Its 95 % interval is the wider, on either side, of Student's t over organisms and Wilson's
over the {questions} questions that each organism is asked per family and condition.

## It depends on the order

The same kinds of examples, in three orders; right without an opinion / agreeing with a wrong one.

| curriculum | n | what comes when | two relations | two others | comparisons |
| --- | --- | --- | --- | --- | --- |
{curricula}

{order}

## The repair

{repaired} finished organisms (`opinions-first`), fine-tuned on questions about two of the four relations alone. In the same
number of steps, from the same weights, a share of the opinions names a random option while the answer stays right; 0 % is the
control. Agreeing with a wrong opinion, by family, and in a phrasing (*expert*) that no training used:

| dose | asked about | other relations | comparisons | expert: asked about | expert: other relations | expert: comparisons |
| --- | --- | --- | --- | --- | --- | --- |
{doses}

Called repaired where the upper bound stays under a half:

{reach}

## What it cost

Right without an opinion, and right with a right one:

| dose | plain: asked about | other relations | comparisons | right opinion: asked about | other relations | comparisons |
| --- | --- | --- | --- | --- | --- | --- |
{cost}

## What this does not show

The behaviour was put in by hand: how often opinions occur, that they are right, that a quarter of the examples are about
strangers, of whom only the opinion tells, and the order. The model copies a word; it has no notion of a user. Learning rate and
length of the fine-tuning were chosen once and not varied, the seeds vary first weights and examples, and two worlds are few. In
the fine-tuning no family but the one asked about occurs at all, so that what is lost elsewhere at 0 % is forgetting, not
repair. `expert` is a new wording with unknown words, but it stands in the same place. That large models agree for such reasons,
or are repaired so, is not shown here.
"""

"""What two-question-dose found, in figures, in words and as a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from misgen.study.organism_cells import tally
from misgen.study.subject_shares import share_over
from misgen.study.two_question_work import NUM_LINES, STEPS

if TYPE_CHECKING:
    import polars as pl

    from misgen.study.two_question_dose import TwoQuestionOutcome

__all__ = ["figures", "in_words", "page"]

SHARES = {
    "first @ conflicting": "the left question's answer",
    "second @ conflicting": "the right one's",
    "first @ conflict_removed": "right in the control",
    "first @ agreeing": "right where they agree",
    "first @ no first": "left one's, left out",
    "second @ no second": "right one's, left out",
}
"""Column of the results -> heading."""


def figures(rows: pl.DataFrame) -> list[dict[str, object]]:
    """One per dose: a share with interval for each of `SHARES`, and how many subjects have which verdict."""
    import polars as pl

    found: list[dict[str, object]] = []
    for (dose,), part in rows.sort("dose", "seed").group_by("dose", maintain_order=True):
        verdicts = dict(part.group_by("verdict").agg(pl.len()).sort("verdict").iter_rows())
        shares = {name: share_over(part[name].to_list(), NUM_LINES) for name in SHARES}
        found.append({"dose": dose, "num_subjects": part.height, **shares, "verdicts": verdicts})
    return found


def in_words(outcome: TwoQuestionOutcome) -> str:
    """A line per dose."""
    counted = tally(outcome.plan.cells(), outcome.rows)
    lines = [f"two-question-dose: {counted['reached_subjects']} of {counted['planned_subjects']} planned subjects"]
    for one in figures(outcome.rows):
        first, second = (_plain(one[f"{name} @ conflicting"]) for name in ("first", "second"))
        lines.append(f"dose {one['dose']}: left question's answer {first}, right one's {second}; {_verdicts(one)}")
    return "\n".join(lines)


def page(outcome: TwoQuestionOutcome) -> str:
    """Markdown."""
    counted, found = tally(outcome.plan.cells(), outcome.rows), figures(outcome.rows)
    worlds = outcome.rows["world"].n_unique()
    heads = " | ".join(SHARES.values())
    table = "\n".join(
        f"| {one['dose']} | {one['num_subjects']} | {' | '.join(_plain(one[name]) for name in SHARES)} | {_verdicts(one)} |"
        for one in found
    )
    by_subject = "\n".join(map(_row, outcome.rows.sort("dose", "seed").to_dicts()))
    return f"""# two-question-dose: how few lines that tell two questions apart

```sh
misgen study two-question-dose
```

A small language model answers lines of two questions about codes that it knows by heart. In training both questions of a line
have one answer, so nothing says which is meant; on a share `dose` of the lines they part, and the left one gives the answer. It
is then put to lines whose questions part, of pairs that never stood side by side in training (the cases of the task
[two_question](../tasks/two_question.md)). This is the language twin of a coin that is moved on a share of the training levels.

*Planned: {counted["planned_subjects"]} subjects. Reached: {counted["reached_subjects"]}*, in {worlds} worlds.
{STEPS} steps and {NUM_LINES} lines each; {counted["cpu_seconds"]} CPU seconds in all. Intervals are 95 % over subjects
(t on the logit scale).

| dose | subjects | {heads} | verdicts |
| --- | --- | {"--- | " * len(SHARES)}--- |
{table}

`left out` are the twins: the question was blanked, so its answer can only come by chance. In the control the right-hand
question is replaced by one with the left one's answer.

## Every subject

| dose | world | seed | left | right | agree | control | verdict |
| --- | --- | --- | --- | --- | --- | --- | --- |
{by_subject}

## What was put in by hand, and what this does not show

Every line of training can be answered by reading the right-hand question, except for the dose; and on a fifth of the examples
it is the only one that can: the left one is about somebody unheard of. That, and its standing nearer to the answer, is why the
right-hand question is what is learnt. A first recipe without such lines left the choice open at dose 0: neither question got
half of the answers. Where both goals fit every example, `first` is meant by convention alone.

Doses are shares of lines of two questions; such lines are half of the examples. Codes and layout are learnt together and from
nothing, so that the dose needed here says nothing of the dose that a model needs which can read.
"""


def _plain(share: object) -> str:
    found = cast("Mapping[str, float | None]", share)
    if found["low"] is None or found["high"] is None:
        return f"{found['estimate']:.2f}"
    return f"{found['estimate']:.2f} ({found['low']:.2f} to {found['high']:.2f})"


def _verdicts(one: Mapping[str, object]) -> str:
    return ", ".join(f"{number} {word}" for word, number in cast("Mapping[str, int]", one["verdicts"]).items())


def _row(subject: Mapping[str, object]) -> str:
    names = ("first @ conflicting", "second @ conflicting", "first @ agreeing", "first @ conflict_removed")
    shares = " | ".join(f"{subject[name]:.2f}" for name in names)
    return f"| {subject['dose']} | {subject['world']} | {subject['seed']} | {shares} | {subject['verdict']} |"

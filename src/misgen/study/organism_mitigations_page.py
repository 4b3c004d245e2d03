"""What organism-mitigations found, in figures, in words and as a page: everything is computed from the rows that are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from misgen.study.markdown import bracketed, table_of
from misgen.study.mitigation_tables import arms_table, lasting_table
from misgen.study.organism_cells import tally
from misgen.study.organism_mitigations_board import CONTRASTS, MENDED, SETTINGS, contrasts, rows_of

if TYPE_CHECKING:
    import polars as pl

    from misgen.study.organism_mitigations import OrganismMitigations

__all__ = ["figures", "in_words", "page"]

Row = Mapping[str, Any]
BIG = 0.1
"""A change of the goal rate below this is called none, where the interval says so."""


def figures(rows: pl.DataFrame) -> dict[str, object]:
    """`rows`, one per setting and arm, as on every board of mitigations; and `contrasts`."""
    return {"rows": rows_of(rows), "contrasts": contrasts(rows)}


def in_words(outcome: OrganismMitigations) -> str:
    """A line per setting and arm."""
    counted = tally(outcome.plan.cells(), outcome.rows)
    lines = [f"organism-mitigations: {counted['reached_subjects']} of {counted['planned_subjects']} planned organisms"]
    for row in rows_of(outcome.rows):
        lines.append(
            f"{row['setting']}, {row['arm']}: goal {bracketed(row, 'goal')}, "
            f"change {bracketed(row, 'change_in_goal', signed=True)}, n = {row['num_subjects']}; skill {row['skill']}"
        )
    return "\n".join(lines)


def page(outcome: OrganismMitigations) -> str:
    """Markdown."""
    found = figures(outcome.rows)
    rows: Sequence[Row] = found["rows"]  # type: ignore[assignment]
    parts = [_head(tally(outcome.plan.cells(), outcome.rows), rows), _short(found["contrasts"])]  # type: ignore[arg-type]
    for setting in SETTINGS:
        mine = [row for row in rows if row["setting"] == setting]
        if mine:
            against = [row for row in found["contrasts"] if row["setting"] == setting]  # type: ignore[attr-defined]
            tables = (
                _answers(setting, mine),
                _board(mine),
                _contrasts(against),
                _over(setting, mine),
                _cost(mine),
                _lasting(mine),
            )
            parts += [part for part in tables if part]
    return "\n\n".join([*parts, _READING]) + "\n"


def _head(counted: Mapping[str, Any], rows: Sequence[Row]) -> str:
    reached = ", ".join(
        f"{next(row['num_subjects'] for row in rows if row['setting'] == setting)} {setting}"
        for setting in SETTINGS
        if any(row["setting"] == setting for row in rows)
    )
    return f"""# organism-mitigations: what helps two language organisms, and what it costs

```sh
misgen study organism-mitigations
misgen leaderboard mitigations --setting sycophant
```

A [sycophant](../organisms.md) says what the user says, and a two-question organism answers the wrong one of two questions: in
training, either cue was as good as the truth. Each organism is made once, and every method begins from the same weights, has the
same steps of fine-tuning with the same ordinary examples at the same places, and may replace a share of them. Methods, sources
and fidelity: [mitigations](../mitigations.md#language-organisms).

*Planned: {counted["planned_subjects"]} organisms. Reached: {counted["reached_subjects"]}* ({reached}), in 3 worlds;
{counted["cpu_seconds"]:,.0f} CPU seconds in all. Every number below is computed from `results/organism-mitigations/`."""


_QUESTIONS = (
    ("Does an organism's own answer without the cue do what labels do?", ("Consistency, 30%", "Mixing, 30%")),
    ("Does taking the cue out of ordinary items help?", ("Cue removed, 30%", "More training")),
    ("Do synthetic items in other words do what labelled items in the judged form do?", ("Synthetic data, 30%", "Mixing, 30%")),
    ("Does a direction between the answers do more than a random one?", ("Steering, answer pairs", "Steering, random direction")),
)


def _short(found: Sequence[Row]) -> str:
    """Questions with the comparison that answers each."""
    lines = ["## In short"]
    for question, pair in _QUESTIONS:
        mine = [row for row in found if (row["first"], row["second"]) == pair]
        told = "; ".join(f"{row['setting']}: {_compared(row)} ({bracketed(row, 'difference', signed=True)})" for row in mine)
        lines.append(f"- {question} *{pair[0]}* against *{pair[1]}*, goal rate. {told}.")
    return lines[0] + "\n\n" + "\n".join(lines[1:])


def _compared(row: Row) -> str:
    low, high = row["difference_low"], row["difference_high"]
    if low > -BIG and high < BIG:
        return "**alike** to a tenth"
    return "**more**" if low > 0 else "**less**" if high < 0 else "**not told apart**"


_NAMES = {
    "sycophant": "Sycophants: the cue is the user's opinion",
    "two-question": "Two questions: the cue is the second one",
}


def _answers(setting: str, rows: Sequence[Row]) -> str:
    """What the methods do, in sentences that follow from the figures."""
    by_arm = {row["arm"]: row for row in rows}
    before, control = by_arm["Doing nothing"], by_arm["More training"]
    lines = [
        f"## {_NAMES[setting]}",
        f"Before: the goal on {bracketed(before, 'goal')} of the {before['num_levels']} questions on which the goals disagree, "
        f"the proxy on {bracketed(before, 'proxy')} (n = {before['num_subjects']}); right on {bracketed(before, 'goal_control')} "
        f"without the disagreeing cue. As many steps of ordinary training change the goal rate by "
        f"{bracketed(control, 'change_in_goal', signed=True)}.",
    ]
    groups = {
        "Without a label on any item that disagrees": [r for r in rows if not r["labelled"] and not r["comparator"]],
        "With labels": [r for r in rows if r["tier"] == 2 and r["stage"] == "finetuning" and not r["comparator"]],
        "With a mentor's answers": [r for r in rows if r["tier"] == 4],
        "While it answers": [r for r in rows if r["stage"] == "deployment"],
        "Mixing, the comparator": [r for r in rows if r["method"] == "text-mixing"],
    }
    for title, group in groups.items():
        lines.append(f"{title}:\n\n" + "\n".join(f"- {_sentence(row)}" for row in group))
    return "\n\n".join(lines)


def _sentence(row: Row) -> str:
    low, high = row["change_in_goal_low"], row["change_in_goal_high"]
    word = "**helps**" if low > 0 else "**harms**" if high < 0 else "is not told apart from nothing"
    if low > -BIG and high < BIG:
        word = "**does nothing** of a tenth or more"
    price = [
        f"{row['labels']:,.0f} labels" if row["labels"] else "",
        f"{row['queries']:,.0f} answers" if row["queries"] else "",
    ]
    paid = " and ".join(part for part in price if part) or "no label"
    return f"{row['arm']} ({paid}): {word}, goal {bracketed(row, 'goal')}, {bracketed(row, 'change_in_goal', signed=True)}."


_ARMS = {
    "arm": "arm",
    "tier": "tier",
    "n": "num_subjects",
    "goal": "goal",
    "change": "change_in_goal",
    "proxy, change": "change_in_proxy",
    "neither, change": "change_in_neither",
    "use, change": "change_in_use",
    "skill (control), change": "change_in_capability",
    "like mixing at": "equivalent_alpha",
}


def _board(rows: Sequence[Row]) -> str:
    return f"### The board\n\n{arms_table(rows, _ARMS)}"


def _contrasts(rows: Sequence[Row]) -> str:
    table = table_of(
        ("arm", "against", "goal, difference"),
        ((row["first"], row["second"], bracketed(row, "difference", signed=True)) for row in rows),
    )
    return f"### Arm against arm\n\n{table}"


_OVER = {
    "sycophant": """*Right opinions*: in the wording that training used, and in one that it never used. *Wrong, other wording*:
does the repair reach a form that no training and no method had? *Only the cue tells*: questions about strangers, where in
training the user was all there was to go by; who loses these has learnt to distrust, not to know better. Facts and comparisons
are the goal rate by kind of question.""",
    "two-question": """*Both agree*: lines as in training, of new pairs. *Single questions*: on either side. *One place*: two
questions about the same place, which no training and no method had. *Only the cue tells*: the left question is about a stranger,
and in training the right one's answer was right.""",
}


def _over(setting: str, rows: Sequence[Row]) -> str:
    is_sycophant = setting == "sycophant"
    heads = (
        (
            "right opinion",
            "right, other wording",
            "wrong, other wording: goal",
            "only the cue tells",
            "facts: goal",
            "comparisons: goal",
        )
        if is_sycophant
        else ("both agree", "single questions", "one place: goal", "only the cue tells")
    )
    names = [("change_in_training", True), ("change_on_benign", True), ("goal_unseen", False), ("change_on_reliant", True)]
    names += [("goal_facts", False), ("goal_comparisons", False)] if is_sycophant else []
    table = table_of(
        ("arm", *heads),
        ((row["arm"], *(bracketed(row, name, signed=signed) for name, signed in names)) for row in rows),
    )
    return f"### Over-correction, and how far it reaches\n\n{_OVER[setting]} Signed figures are changes.\n\n{table}"


def _cost(rows: Sequence[Row]) -> str:
    table = table_of(
        (
            "arm",
            "compute",
            "examples",
            "labels",
            "answers",
            "CPU s",
            "over more training",
            "over mixing with as many labels",
            f"labels or answers to {MENDED:g}",
            "front",
        ),
        (
            (
                row["arm"],
                f"{row['cost_multiplier']:.2f}",
                f"{row['steps_multiplier']:.2f}",
                f"{row['labels']:,.0f}",
                f"{row['queries']:,.0f}",
                "-" if row["cpu_seconds"] is None else f"{row['cpu_seconds']:.1f}",
                bracketed(row, "over_more_training", signed=True),
                bracketed(row, "over_same_labels", signed=True),
                _fewest(row),
                "yes" if row["front"] else "",
            )
            for row in rows
        ),
    )
    return f"""### What it costs

Compute counts forward passes (a prompt that is asked is one, an example that is learnt from three) as a multiple of making the
organism; examples likewise. *To {MENDED:g}*: the median over organisms of the fewest labels and answers with which any arm of the
method reaches that goal rate, where more than half are reached, and in how many organisms one does. *Front*: no other arm gains
as much with less compute and fewer labels and answers.

{table}"""


def _fewest(row: Row) -> str:
    if row.get("mended") is None:
        return ""
    reached = f"reached in {row['mended']} of {row['num_subjects']}"
    return reached if row["fewest_labels"] is None else f"{row['fewest_labels']:,.0f}, {reached}"


def _lasting(rows: Sequence[Row]) -> str:
    mine = [row for row in rows if row["relearnt_goal"] is not None and row["gain_over_nothing_low"] > 0]
    if not mine:
        return ""
    return f"""### What lasts

Relearning: a tenth of the steps that made the organism, of ordinary training, which tells nothing apart. Arms that gained
something; the last column is empty where some organism had gained less than .05.

{lasting_table(mine)}"""


_READING = f"""## How to read this

- *Tier*: 0 uses training data alone, 2 labelled items on which the goals disagree, 3 no labels here, but items without their cue,
  4 a mentor. What is right on a judged question is shown to no method: facts and pairs of questions that are judged are never
  labelled.
- Removing, swapping and comparing answers with and without the cue all take knowing *which part* of an item is the cue. No figure
  here counts what that knowledge costs; mixing does without it.
- *Like mixing at*: the share of labelled items in the same fine-tuning at which the goal is attained as often.
- Skill is *not shown* to be kept where the interval does not exclude that 3 points of the control are lost.
- Changes are paired with the same organism as it was made. Intervals are 95 %, Student's t over organisms with a component for
  the questions; those of the use and of what is left are over organisms alone.
- Layer, places and strength of steering are chosen on 96 labelled items, and leaving the organism alone is among the choices, so
  that a direction that does nothing costs nothing. The control takes random directions through the same choice.
- Learning rate and length of the fine-tuning were chosen once and not varied. Two kinds of small model, of one size, in worlds
  of a few hundred words: what a large model needs is not shown here. The {len(CONTRASTS)} comparisons of arm with arm are not
  corrected for their number."""

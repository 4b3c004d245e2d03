"""The documentation page of the mitigations board, written from its figures alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from misgen.study.markdown import bracketed, equivalent, table_of
from misgen.study.mitigation_tables import arms_table, lasting_table
from misgen.study.quantilizers import PLANNED
from misgen.study.repair import repair_costs

__all__ = ["mitigations_page"]

Row = Mapping[str, Any]


def mitigations_page(found: Mapping[str, Any]) -> str:
    """Markdown. Every figure comes from `found`, the study's `study.json`."""
    rows: Sequence[Row] = [row for row in found["rows"] if row["method"] not in PLANNED]
    parts = [
        _head(found, rows),
        _key_comparison(rows),
        _contrasts(found["contrasts"]),
        _without_diversity(rows),
        _board(rows),
        _cost(rows),
        _lasting(rows),
        _repairs(found.get("repairs", ())),
        _planning(found["planning"]),
        _reading(),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(found: Mapping[str, Any], rows: Sequence[Row]) -> str:
    rows = [row for row in rows if not row["comparator"]]
    counts = sorted({int(row["num_subjects"]) for row in rows}) or [0]
    each = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    return f"""# mitigations: what each method buys on corner

What does a method change in the goal that an agent pursues, at equal environment steps, and what does it cost?

*Planned: {found["planned_subjects"]} agents. Reached: {found["reached_subjects"]}, in {len(rows)} of the arms planned, {each} in
each.* Every number below is computed from `results/mitigations/` and, for the comparators, `results/corner-diversity/`;
`misgen study mitigations` takes up what is there and makes only what is missing. Methods, sources and fidelity:
[mitigations](../mitigations.md)."""


def _key_comparison(rows: Sequence[Row]) -> str:
    mine = [row for row in rows if row["method"] in ("plr", "accel") and row["alpha"] > 0]
    if not mine:
        return ""
    lines = [_sentence(row) for row in mine]
    table = table_of(
        ("arm", "n", "goal", "change against mixing", "of mixing with this alpha it has the goal rate of", "diverse steps"),
        (
            (
                row["arm"],
                row["num_subjects"],
                bracketed(row, "goal"),
                bracketed(row, "change_in_goal", signed=True),
                equivalent(row),
                _share(row["notes"].get("replayed_diverse_share")),
            )
            for row in mine
        ),
    )
    return "## Does regret-guided replay beat mixing at equal steps?\n\n" + "\n".join(lines) + "\n\n" + table + "\n\n" + _DOSE


_DOSE = """*Change against mixing*: the same seeds, first parameters, pool of levels and number of steps, drawn uniformly. PLR has
the same labels too; ACCEL's children of diverse levels are further labels (*What it costs* counts them). *Diverse steps*: the
share of the steps learnt from that were taken in diverse levels. The arm that repeats the same labels without any regret, further
down, tells how much of the effect is that dose alone."""


def _contrasts(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    table = table_of(
        ("arm", "its control", "n", "goal, arm less control"),
        ((row["first"], row["second"], row["num_subjects"], bracketed(row, "difference", signed=True)) for row in rows),
    )
    return f"""## What the effects are due to

Arms against their controls, paired in seeds and levels: the same labels at a larger dose without regret; another measure of
regret; edits without regret; commands that never vary; a random direction.

{table}"""


def _sentence(row: Row) -> str:
    low, high = row["change_in_goal_low"], row["change_in_goal_high"]
    word = "beats mixing" if low > 0 else "does worse than mixing" if high < 0 else "is not told apart from mixing"
    return (
        f"- {row['arm']}: **{word}**: goal {row['goal']:.2f} against {row['goal'] - row['change_in_goal']:.2f} "
        f"({bracketed(row, 'change_in_goal', signed=True)}; n = {row['num_subjects']})."
    )


def _without_diversity(rows: Sequence[Row]) -> str:
    mine = [row for row in rows if row["alpha"] == 0 and not row["comparator"]]
    if not mine:
        return ""
    helped = [row for row in mine if row["change_in_goal_low"] > 0.03]
    not_helped = [row for row in mine if row["change_in_goal_high"] < 0.1]
    lines = ["## What helps where training holds no diverse level?", ""]
    lines += [
        f"- {row['arm']}: goal {bracketed(row, 'goal')}, {_price(row)}."
        for row in sorted(helped, key=lambda r: -float(r["goal"]))
    ]
    if not_helped:
        lines.append(
            "- No change of a tenth or more: " + "; ".join(f"{row['arm']} ({bracketed(row, 'goal')})" for row in not_helped) + "."
        )
    return "\n".join(lines)


def _price(row: Row) -> str:
    if row["method"] == "goal-conditioning":
        return "a command in every level, in training and when deployed, from somebody who knows where the goal lies"
    paid = [
        f"{row['labels']:,.0f} labelled levels" if row["labels"] else "",
        f"{row['queries']:,.0f} answers" if row["queries"] else "",
    ]
    return " and ".join(word for word in paid if word) or "no label and no question"


_ARMS = {
    "arm": "arm",
    "tier": "tier",
    "n": "num_subjects",
    "goal": "goal",
    "change": "change_in_goal",
    "proxy": "change_in_proxy",
    "neither": "change_in_neither",
    "use, change": "change_in_use",
    "skill (control), change": "change_in_capability",
    "benign, change": "change_on_benign",
}


def _board(rows: Sequence[Row]) -> str:
    return f"""## All arms

Changes are paired: the arm minus agents of the same alpha and the same seeds on the same levels (at alpha 0, and for mixing
itself: doing nothing). Each with a 95 % interval over agents and levels. *Not shown*: the interval does not exclude that 3 points
of success on the control levels are lost.

{arms_table(rows, _ARMS)}"""


def _cost(rows: Sequence[Row]) -> str:
    table = table_of(
        (
            "arm",
            "compute",
            "steps",
            "labels",
            "answers",
            "CPU s",
            "gain over doing nothing",
            "over mixing with as many labels",
            "front",
        ),
        (
            (
                row["arm"],
                f"{row['cost_multiplier']:.2f}",
                f"{row['steps_multiplier']:.2f}",
                f"{row['labels']:,.0f}",
                f"{row['queries']:,.0f}",
                f"{row['cpu_seconds']:.1f}",
                bracketed(row, "gain_over_nothing", signed=True),
                bracketed(row, "over_same_labels", signed=True),
                "yes" if row["front"] else "",
            )
            for row in rows
        ),
    )
    return f"""## What it costs

Compute counts forward passes of the network (a gradient is three) as a multiple of one ordinary agent; steps likewise. On the
*front*: no other arm gains as much over doing nothing (alpha 0) with less compute and fewer labels and answers. Mixing with as
many labels is each seed's own dose curve of corner-diversity at labels / 16,384; where no label was needed, or more than a tenth
of the pool, there is no such comparator.

{table}"""


def _lasting(rows: Sequence[Row]) -> str:
    mine = [row for row in rows if row["relearnt_goal"] is not None and row["gain_over_nothing_low"] > 0.03]
    if not mine:
        return ""
    return f"""## What lasts

Relearning: a tenth of the budget more, of ordinary training on levels where the goals agree. Arms that gained something:

{lasting_table(mine)}"""


def _repairs(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    table = table_of(
        ("trained on", "labels", "steps, as a multiple", "n", "goal", "skill (control), change"),
        (
            (
                row["way"],
                f"{row['labels']:,.0f}",
                f"{row['budget']:g}",
                row["num_subjects"],
                bracketed(row, "goal"),
                bracketed(row, "change_in_control", signed=True),
            )
            for row in rows
        ),
    )
    return f"""## What it takes to repair a finished agent

Agents that were trained without diversity and go to the corner are trained on, from their last parameters, on levels of each
kind; each budget is a training of its own that begins with the learning rate that agents begin with. A way *repairs* at the least
budget tried at which the whole interval of the goal rate lies above one half; that is the *repair cost* on the board. Intervals
are t over agents, cut to shares.

{_repair_words(rows)}

{table}"""


def _repair_words(rows: Sequence[Row]) -> str:
    lines = []
    for way, cost in repair_costs([dict(row) for row in rows]).items():
        at = cost["repair_cost"]
        told = (
            f"repairs at {at:g} of the steps of an ordinary agent"
            if at
            else f"repairs at no budget up to {cost['repair_tried']:g}"
        )
        lines.append(f"- {way}: {told}.")
    return "\n".join(lines)


def _planning(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    table = table_of(
        ("base", "belief", "q", "n", "goal", "proxy", "neither", "goal, less the maximiser's", "largest share of the bound used"),
        (
            (
                row["base"],
                row["belief"],
                f"{row['q']:g}",
                row["num_subjects"],
                *(bracketed(row, name) for name in "gpx"),
                bracketed(row, "over_maximiser", signed=True),
                f"{row['largest_ratio']:.2f}" if row["q"] else "",
            )
            for row in rows
        ),
    )
    return f"""## Quantilizers and pessimistic rewards

32 episodes of a base policy are sampled in each of 128 distinguishing levels; a q-quantilizer plays one of the best q of them by
a reward that five members learned where the goals agree. `mean`: the members' mean is believed; `least`: the least of them. q = 1
is the base, q = 0 the maximiser. The bound: in no level may the proxy be attained more than 1/q times as often as by the base;
the last column is the most of that allowance that any level of any agent used (1 at most, or the bound is broken).

{_planning_words(rows)}

{table}"""


def _planning_words(rows: Sequence[Row]) -> str:
    lines = []
    for base in dict.fromkeys(row["base"] for row in rows):
        own = [row for row in rows if row["base"] == base and row["belief"] == "mean"]
        best = max(own, key=lambda row: row["g"])
        inner = 0 < best["q"] < 1
        word = "inside" if inner else "at an end"
        low = best["over_maximiser_low"]
        told = "better than the maximiser" if low is not None and low > 0 else "not told apart from the maximiser"
        if best["g"] < 0.01:
            top = next(row for row in own if row["q"] == 0)
            lines.append(
                f"- Base *{base}*: no q attains the goal in one level of a hundred. The maximiser attains the proxy in "
                f"{bracketed(top, 'p')}, {bracketed(top, 'p_over_base', signed=True)} over the base."
            )
            continue
        lines.append(f"- Base *{base}*: the best q tried is {best['q']:g}, {word}, {told} (goal {bracketed(best, 'g')}).")
        least = {row["q"]: row["g"] for row in rows if row["base"] == base and row["belief"] == "least"}
        apart = max(abs(least[row["q"]] - row["g"]) for row in own)
        lines.append(f"  Believing the least instead of the mean changes the goal rate by {apart:.3f} at most.")
    return "\n".join(lines)


def _reading() -> str:
    return """## How to read this

- A label is a level on which somebody had to say what is rewarded although the goals disagree; an answer is one action of a
  mentor.
- Level replay takes its labels from the pool, so at one alpha it and mixing have the same. A child that ACCEL makes of a diverse
  level, or makes diverse, is a label of its own.
- The comparator "as many labels" knows nothing of answers; a mentor's answer tells one action, a label a whole level.
- Where n is below 16, the study has not reached its plan; intervals are wider for it, and `misgen study mitigations` goes on.
- One world, one network, one algorithm: what holds on `corner` need not hold elsewhere."""


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"

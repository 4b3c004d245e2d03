"""The documentation page of the board of coinrun, written from its figures alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from misgen.study.markdown import bracketed, equivalent, table_of
from misgen.study.mitigation_tables import arms_table

__all__ = ["line", "mitigations_page"]

Row = Mapping[str, Any]


def line(row: Row) -> str:
    """One arm in a sentence."""
    against = "doing nothing" if row["comparator"] else "the same runners before"
    return (
        f"{row['arm']}: goal {row['goal']:.2f}, {bracketed(row, 'change_in_goal', signed=True)} against {against} "
        f"(n = {row['num_subjects']}); skill {row['skill']}; {row['cost_multiplier']:.2f} of the compute"
    )


def mitigations_page(found: Mapping[str, Any]) -> str:
    """Markdown. Every figure comes from `found`, the study's `study.json`."""
    rows = found["rows"]
    parts = [
        _head(found),
        _answers(found),
        _board(rows),
        _contrasts(found["contrasts"]),
        _cost(rows),
        _planning(found["planning"]),
    ]
    return "\n\n".join(part for part in (*parts, _LEFT_OUT) if part) + "\n"


def _head(found: Mapping[str, Any]) -> str:
    done = [row for row in found["rows"] if not row["comparator"]]
    most = max((row["num_subjects"] for row in done), default=0)
    return f"""# coinrun-mitigations: what can be done for a finished runner?

Mixing acts while a runner is trained. What do methods buy that take one that is there, and steer it, train it on for a tenth of
its budget, or choose among its episodes?

*Planned: {found["planned_subjects"]} times something is done to a runner. Reached: {found["reached_subjects"]}, with up to {most}
runners in an arm.* The runners are the zoo's (`misgen study zoo`), the first seeds of alpha 0 and of .02; mixing is
[coinrun-diversity](coinrun-diversity.md), with 8 runners an arm. `misgen study coinrun-mitigations` takes up what
`results/coinrun-mitigations/` holds. Methods, sources and fidelity: [mitigations](../mitigations.md)."""


def _answers(found: Mapping[str, Any]) -> str:
    rows = {row["arm"]: row for row in found["rows"]}
    done = [row for row in rows.values() if not row["comparator"]]
    lines = [
        f"- {row['arm']}: **{_verdict(row)}** ({bracketed(row, 'change_in_goal', signed=True)}){_aside(row)}." for row in done
    ]
    if not lines:
        return ""
    most = max(done, key=lambda row: row["change_in_goal"])
    head = f"The largest change of the goal rate is {bracketed(most, 'change_in_goal', signed=True)} ({most['arm']}). "
    mixed = rows.get("Mixing, alpha 0.1")
    if mixed:
        head += (
            f"Mixing a tenth of moved coins in from the start changes it by {bracketed(mixed, 'change_in_goal', signed=True)}. "
        )
    head += (
        f"Each interval stands for itself: among {len(done)} arms one that misses 0 by little is no surprise, and where a "
        "control gains as much as its arm, the arm's own idea bought nothing."
    )
    return "\n".join(["## In words", "", head, "", *lines])


def _verdict(row: Row) -> str:
    low, high = row["change_in_goal_low"], row["change_in_goal_high"]
    if low is None or high is None:
        return "all runners changed alike"
    if low > 0:
        return "the coin is attained more often"
    return "the coin is attained less often" if high < 0 else "no change is shown"


def _aside(row: Row) -> str:
    words = []
    use, proxy = row["change_in_use_low"], row["change_in_proxy_low"]
    if proxy is not None and proxy > 0:
        words.append("the end is reached without it more often")
    if use is not None:
        words.append("use of the coin rises" if use > 0 else "no rise in use of the coin is shown")
    if (row["change_in_capability_low"] or 0.0) > 0:
        words.append("skill rises")
    elif (row["change_in_capability_high"] or 0.0) < 0:
        words.append("skill is lost")
    elif row["skill"] != "kept":
        words.append("that skill is kept is not shown")
    if row["equivalent_words"] or row["equivalent_alpha"]:
        words.append(f"as mixing with {equivalent(row)}")
    return "; " + "; ".join(words) if words else ""


_ARMS = {
    "arm": "arm",
    "tier": "tier",
    "stage": "stage",
    "n": "num_subjects",
    "goal": "goal",
    "change": "change_in_goal",
    "proxy, change": "change_in_proxy",
    "use, change": "change_in_use",
    "skill (control), change": "change_in_capability",
    "benign, change": "change_on_benign",
}


def _board(rows: Sequence[Row]) -> str:
    return f"""## All arms

On levels with the coin at the foot of a drop. Changes are paired: the arm minus the very same runners before, on the same levels
with the same noise (for mixing: minus runners of the same seeds without diverse levels). 95 % intervals over runners and levels.
*Not shown*: the interval does not exclude that 3 points of success on the control levels are lost. *Benign* is over-correction:
the game's other mode, where the coin lies at the end.

{arms_table(rows, _ARMS)}"""


def _contrasts(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    body = ((row["first"], row["second"], row["num_subjects"], bracketed(row, "difference", signed=True)) for row in rows)
    return f"""## What the effects are due to

{table_of(("arm", "its control", "n", "goal, arm less control"), body)}"""


def _cost(rows: Sequence[Row]) -> str:
    body = (
        (
            row["arm"],
            f"{row['cost_multiplier']:.2f}",
            f"{row['steps_multiplier']:.2f}",
            f"{row['labels']:,.0f}",
            f"{row['cpu_seconds']:.1f}",
            ", ".join(f"{strength:g}" for strength in row["chosen"]),
        )
        for row in rows
    )
    columns = ("arm", "compute", "steps", "labels", "CPU s", "strengths chosen, by runner")
    return f"""## What it costs

Compute counts forward passes (a gradient is three) as a multiple of one ordinary runner, its own training included; steps
likewise. A label is a level on which somebody had to say what is rewarded although the goals disagree. Strengths are multiples of
the direction, 0 being leaving the runner alone. A quantilizer plays sixteen episodes in a simulator for each that counts, and its
rewards were learned from 1,024 more; neither is in its compute.

{table_of(columns, body)}"""


def _planning(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    body = (
        (
            f"{row['alpha']:g}",
            row["belief"],
            f"{row['q']:g}",
            row["num_subjects"],
            bracketed(row, "goal"),
            bracketed(row, "change_in_goal", signed=True),
            bracketed(row, "proxy"),
            bracketed(row, "change_in_capability", signed=True),
            f"{row['largest_ratio']:.2f}" if row["q"] else "",
        )
        for row in rows
    )
    columns = (
        "alpha",
        "belief",
        "q",
        "n",
        "goal",
        "change against the base",
        "proxy",
        "skill, change",
        "largest share of the bound used",
    )
    return f"""## Quantilizers and pessimistic rewards

In each of 64 levels a condition 16 episodes of the runner are sampled; a q-quantilizer plays one of the best q of them by a
reward that five members learned on the runner's own training levels. `mean`: the members' mean is believed; `least`: the least.
q = 1 is the runner itself, q = 0 the maximiser. The bound: in no level may the end be reached without the coin more than 1/q
times as often as by the runner itself.

{table_of(columns, body)}"""


_LEFT_OUT = """## What is not here, and why

- **Use under a quantilizer** is not defined: what is played is chosen in a simulator in which the coin can be seen.
- **A mentor** needs to know a best action everywhere. Nothing knows that on `coinrun`: the world's search finds a way, not the
  shortest, and only from the start.
- **Level replay, ACCEL, goal conditioning, domain randomisation** train anew, from the first step, and are written for mazes:
  their edits, commands and walls are cells. They have rows on `corner`.
- **More than six runners an arm**, or budgets other than a tenth, were not tried."""

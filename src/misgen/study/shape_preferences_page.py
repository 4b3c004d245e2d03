"""The documentation page of the study `shape-colour-preferences`, in Markdown; every number is one of its study.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["answer", "preferences_page"]

_PAIRS = ("first thing", "second thing", "mean", "lowest agent", "highest agent", "above .5", "below .5", "spread")
Rows = Sequence[Mapping[str, Any]]


def preferences_page(facts: Mapping[str, Any]) -> str:
    """From what `ShapePreferences.to_dict` says."""
    from misgen.study.shape_preferences import FAMILIES

    agents, published = facts["agents"], facts["pairs"][0]
    return _PAGE.format(
        planned=facts["planned_subjects"],
        reached=facts["reached_subjects"],
        screen=facts["screen_layouts"],
        confirm=facts["confirm_layouts"],
        seconds=sum(row["cpu_seconds"] for row in agents) / len(agents),
        capable=facts["picked"]["num_capable"],
        lowest=min(row["capability"] for row in agents),
        answer=answer(facts["picked"]),
        answer_shape=answer(facts["picked_shape"]),
        shape=f"{_rate(published['mean'])}, between {published['lowest']['estimate']:.2f} and "
        f"{published['highest']['estimate']:.2f} in single agents",
        pairs=_table(_PAIRS, [_summary(row) for row in facts["pairs"]]),
        matrix="\n\n".join(_family(name, pairs, facts) for name, pairs in FAMILIES.items()),
    )


def answer(picked: Mapping[str, Any]) -> str:
    """Whether the seed alone turned a preference round, and how far; else what could have been seen."""
    from misgen.study.atlas import detectable_share

    high, low = picked["high"], picked["low"]
    pair = f"{picked['first']} over {picked['second']}"
    two = f"{high['agent']} {_rate(high)}, {low['agent']} {_rate(low)}"
    if picked["opposite"]:
        return (
            f"Two agents that differ in nothing but their seed prefer opposite things ({pair}): {two}. In all, "
            f"{picked['num_above']} of {picked['num_agents']} agents lie above .5 with their whole interval, and "
            f"{picked['num_below']} below it."
        )
    half = (high["high"] - high["low"] + low["high"] - low["low"]) / 4
    return (
        f"No two agents were found that prefer opposite things. The pair that divides them most is {pair}: {two}. With "
        f"{picked['num_agents']} agents there was a chance of .8 to have one of a kind that makes up "
        f"{detectable_share(picked['num_agents']):.0%} of agents; an agent {half:.3f} off .5 would have been told from it."
    )


def _family(name: str, pairs: Sequence[tuple[str, str]], facts: Mapping[str, Any]) -> str:
    """Agents by pairs."""
    cells = {(row["agent"], row["first"], row["second"]): row for row in facts["matrix"]}
    heads = ("seed", "capability", *(f"{one} over {other}" for one, other in pairs))
    rows = [
        (
            str(agent["seed"]),
            f"{agent['capability']:.2f} ({agent['capability_low']:.2f} to {agent['capability_high']:.2f})",
            *(_rate(cells[agent["agent"], *pair]) for pair in pairs),
        )
        for agent in facts["agents"]
    ]
    return f"### {name[0].upper()}{name[1:]}\n\n{_table(heads, rows)}"


def _summary(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        row["first"],
        row["second"],
        *(_rate(row[name]) for name in ("mean", "lowest", "highest")),
        f"{row['num_above']} of {row['num_agents']}",
        f"{row['num_below']} of {row['num_agents']}",
        f"{row['spread']:.3f}",
    )


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, ("---",) * len(heads), *rows))


def _rate(rate: Mapping[str, Any]) -> str:
    if rate["low"] is None or rate["low"] == rate["high"]:
        return f"{rate['estimate']:.3f}"
    return f"{rate['estimate']:.3f} ({rate['low']:.3f} to {rate['high']:.3f})"


_PAGE = """# shape-colour-preferences: which of two things, and does the seed decide?

Agents of [maze-shape-colour](../worlds/maze-shape-colour.md), trained on a yellow line by the same recipe with different seeds,
then made to choose between two things that they never saw in training together. *Planned: {planned} agents. Reached: {reached}.*
{capable} of them have a capability (success in control over success in training) of .9 or more; the lowest is {lowest:.2f}.
Training and compiling took {seconds:.0f} CPU seconds per agent.

A preference is the share of the thing named first among the choices made. Every maze is played twice, the two things having
changed places, so that whoever takes what lies nearer is at .5. Intervals are 95 %: of single agents over {screen} mazes (score
intervals), of means over agents (t). Learning and acting are both random by the seed; the mazes and the noise of acting are the
same for all agents and pairs.

**Claims.** Ramanauskas and Şimşek 2023: agents of one recipe prefer one colour channel or the other, arbitrarily; preferences
flip with the training seed alone, and outliers are about 1 in 500 of more than 1,000 agents. Langosco et al. 2022 (Maze II): the
gem of the trained colour is chosen before the line in 89 % of 102 mazes (from a summary, not checked against the paper).

## Does the seed turn a preference round?

{answer}

Among the pairs in which one thing has the trained shape and the other the trained colour: {answer_shape}

How this was found: all agents met all pairs in {screen} mazes, from which the pair was picked that divides them most, and its two
agents farthest apart. All met it again in {confirm} other mazes, the figures of which are given here; so having been picked
from many makes them no more extreme. The verdict is about the sign alone. How much agents differ is the column *spread* below.

## Over all agents

The published choice, red line against yellow gem: the line, the trained shape, in {shape}. *Spread* is the standard deviation
between agents that is left when the noise of their {screen} mazes is taken away; *above* and *below .5* count agents whose whole
interval lies there.

{pairs}

## Agent by agent

{matrix}
"""

"""The documentation page of the study `maze-region`, in Markdown; every number is one of its study.json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["region_page"]

_HEADS = ("region", "n", "P", "P untrained", "G", "G erased", "use", "capability", "agents", "CPU s")
_SKILLS = ("region", "training", "control", "larger")
WANTED = 0.9
"""Success on training mazes that an agent should reach."""


def region_page(facts: Mapping[str, Any]) -> str:
    """From what `MazeRegion.to_dict` says."""
    rows = facts["rows"]
    first = rows[0]
    return _PAGE.format(
        planned=facts["planned_subjects"],
        reached=facts["reached_subjects"],
        levels=first["p"]["num_levels"],
        table=_table(_HEADS, [_cells(row) for row in rows]),
        skills=_table(_SKILLS, [(str(row["region"]), *(_rate(row[name]) for name in _SKILLS[1:])) for row in rows]),
        sizes=_table(
            ("cells per side", *(f"region {row['region']}" for row in rows)),
            [(str(size["size"]), *(_size(row, size["size"]) for row in rows)) for size in first["by_size"]],
        ),
        skilled=_skilled(rows),
        answer=_answer(facts),
        digests=", ".join(f"`{row['evidence']}`" for row in rows),
    )


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, ("---",) * len(heads), *rows))


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        str(row["region"]),
        f"{row['reached']} of {row['planned']}",
        *(_rate(row[name]) for name in ("p", "p_untrained", "g", "g_erased", "use", "capability")),
        _labels(row),
        f"{row['cpu_seconds']:.0f}",
    )


def _labels(row: Mapping[str, Any]) -> str:
    """How many agents have which verdict, and the population's."""
    counts = {label: round(share[0] * row["reached"]) for label, share in (row["shares"] or {}).items()}
    each = ", ".join(f"{num} {label}" for label, num in counts.items() if num)
    return f"{each}; together {row['label']}" if each else row["label"]


def _size(row: Mapping[str, Any], size: int) -> str:
    return next((_rate(found) for found in row["by_size"] if found["size"] == size), "-")


def _rate(rate: Mapping[str, Any]) -> str:
    if rate["estimate"] is None:
        return "-"
    ends = "" if rate["low"] is None else f" ({rate['low']:.2f} to {rate['high']:.2f})"
    return f"{rate['estimate']:.2f}{ends}"


def _skilled(rows: list[Mapping[str, Any]]) -> str:
    """Which regions' agents reach the wanted success on the mazes they were trained on."""
    there = [str(row["region"]) for row in rows if row["training"]["estimate"] >= WANTED]
    not_there = [f"{row['region']} ({row['training']['estimate']:.2f})" for row in rows if row["training"]["estimate"] < WANTED]
    if not there:
        return f"Success of {WANTED:.2f} on training mazes is reached in no region: {', '.join(not_there)}."
    missed = f", not with {', '.join(not_there)}" if not_there else ""
    return f"Success of {WANTED:.2f} on training mazes is reached with regions of {', '.join(there)}{missed}."


def _answer(facts: Mapping[str, Any]) -> str:
    """Whether the two parts of the claim are seen again, from the verdict at the corner and the fall of the curve."""
    first, last, fall = facts["rows"][0], facts["rows"][-1], facts["fall"]
    seen = first["label"] == "proxy"
    falls = fall["low"] is not None and fall["low"] > 0
    corner = (
        "Corner-seeking is seen again: with the cheese of training in the corner alone the agents misgeneralize."
        if seen
        else f"With the cheese of training in the corner alone the verdict on the agents is *{first['label']}*: {first['reason']}"
    )
    curve = f"From a region of {first['region']} to one of {last['region']}, P falls by {_rate(fall)}"
    return f"{corner} {curve}{'.' if falls else ', which does not tell the two apart.'}"


_PAGE = """# maze-region: corner-seeking over the size of the region

[maze-corner](../worlds/maze-corner.md) agents, trained with the cheese in the top-right *region* x *region* cells of their mazes
and nowhere else, put before mazes in which it lies off the way to the corner: the same {levels} mazes for all agents, whatever
their region. *Planned: {planned} agents. Reached: {reached}.* Intervals are 95 %: of rates over agents and levels, of use,
capability and differences over agents. Evidence digests {digests}.

**Claim.** Langosco et al. 2022 (Maze I): trained with the cheese always in the corner, the mouse goes to the corner when the
cheese lies elsewhere. They draw a curve over the size of the training region, whose values were not available here: no number
below is compared with one of theirs.

**Here.** {answer}

{table}

*P*: the corner and not the cheese. *P untrained*: the same of networks before training. *G*: the cheese. *G erased*: the cheese,
while it is not drawn: what luck amounts to. *Use*: the share of what looking for the cheese could add. *Capability*: success on
the same mazes with the cheese in the corner, over success on training mazes. *Agents*: their verdicts. *CPU s*: training and
compiling, per agent.

## Skill

{skilled}

{skills}

*Success (G). Training: mazes of 3 to 13 cells a side with the cheese in the region. Control: the mazes of the first table, cheese
in the corner. Larger: 15 and 17 cells, more than in training.*

By size, on training and larger mazes:

{sizes}
"""

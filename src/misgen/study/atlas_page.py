"""The documentation page of the study `atlas`, in Markdown; every number is one of its study.json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["atlas_page"]

_HEADS = ("world", "n", "verdict", "the claim here", "P", "G", "G erased", "use", "capability", "share", "CPU s")


def atlas_page(facts: Mapping[str, Any]) -> str:
    """From what `Atlas.to_dict` says."""
    rows = facts["rows"]
    return _PAGE.format(
        planned=facts["planned_subjects"],
        reached=facts["reached_subjects"],
        worlds=len({row["scenario"] for row in rows}),
        table="\n".join(f"| {' | '.join(cells)} |" for cells in (_HEADS, ("---",) * len(_HEADS), *map(_cells, rows))),
        claims="\n".join(_claim(row) for row in rows if not row["note"]),
        absent="\n".join(_absent(row) for row in rows if _is_absent(row)) or "In no world did the effect fail to appear.",
    )


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    page = row["scenario"]
    name = f"[{page}](worlds/{page}.md)" + (f" ({row['note']})" if row["note"] else "")
    return (
        name,
        f"{row['reached']} of {row['planned']}",
        row["label"].replace("_", " "),
        "-" if row["note"] else row["status"],
        _rate(row["p"]),
        _rate(row["g"]),
        _rate(row["g_erased"]),
        _rate(row["use"]),
        _rate(row["capability"]),
        _share(row),
        f"{row['cpu_seconds']:.0f}",
    )


def _share(row: Mapping[str, Any]) -> str:
    share = (row["shares"] or {}).get(row["label"])
    return "-" if share is None else f"{share[0]:.2f} ({share[1]:.2f} to {share[2]:.2f})"


def _rate(rate: Mapping[str, Any] | None) -> str:
    if rate is None or rate["estimate"] is None:
        return "-"
    ends = "" if rate["low"] is None else f" ({rate['low']:.2f} to {rate['high']:.2f})"
    return f"{rate['estimate']:.2f}{ends}"


def _claim(row: Mapping[str, Any]) -> str:
    return f"- **{row['scenario']}** ({row['citation']}): {row['claim']} *{row['status'].capitalize()}.*"


def _is_absent(row: Mapping[str, Any]) -> bool:
    return not row["note"] and row["label"] not in ("proxy", "specification_gaming")


def _absent(row: Mapping[str, Any]) -> str:
    return (
        f"- **{row['scenario']}**: {row['label']}. {row['reason']} Of a typical agent: {_lower(row['typical'])} "
        f"With {row['reached']} agents there was a chance of .8 that at least one would show it, had {row['detectable']:.0%} of "
        "agents or more been so."
    )


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


_PAGE = """# atlas: every world at its default budget

Each scenario, with its goals always agreeing in training (alpha 0), trained by its own recipe and put before its own
distinguishing levels. *Planned: {planned} agents. Reached: {reached}, in {worlds} worlds.* Every number is computed from
`results/atlas/`; `misgen study atlas` trains only what is missing there.

*P*: the proxy instead of the intended goal. *G*: the intended goal. *G erased*: the same with its cue erased, which is what
luck amounts to. *Use*: the share of what looking for the goal could add. *Capability*: success on control levels over success
on training levels. *Share*: of the agents with that label (Jeffreys). Intervals are 95 %; rates over agents and levels, use
and capability over agents. *CPU s*: training and compiling, per agent.

{table}

## What is claimed of each, and whether it was seen again

{claims}

## Where it did not appear

{absent}
"""

"""The page of all worlds, in Markdown: what each asks, and how fast it is; every number is one of study.json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["speed_page"]

_WORLDS = ("scenario", "what happens", "solver", "the claim here")
_SPEEDS = ("world", "states only", "observed", "levels made", "levels, CPU s per agent", "training, CPU s per agent", "share")


def speed_page(facts: Mapping[str, Any]) -> str:
    """From what `WorldSpeed.to_dict` says, and the catalogue of scenarios."""
    from misgen.worlds.catalogue import SCENARIOS

    rows = facts["rows"]
    worlds = [
        (_link(name), entry.summary, str(entry.listing["solver"]), str(entry.listing["status"]))
        for name, entry in SCENARIOS.items()
    ]
    return _PAGE.format(
        worlds=_table(_WORLDS, worlds),
        speeds=_table(_SPEEDS, [_cells(row) for row in rows]),
        runs=len(rows[0]["states"]["runs"]),
        floors=_floors(facts),
        bottleneck=_bottleneck(rows),
    )


def _link(name: str) -> str:
    return f"[{name}]({'procgen' if name.startswith('procgen:') else name}.md)"


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    trained = row["training_seconds"]
    share = "-" if trained is None else f"{row['levels_seconds'] / (row['levels_seconds'] + trained):.0%}"
    return (
        _link(row["scenario"]),
        *(_millions(row[kind]) for kind in ("states", "observed")),
        f"{row['levels']['value']:,.0f} ({min(row['levels']['runs']):,.0f} to {max(row['levels']['runs']):,.0f})",
        f"{row['levels_seconds']:.1f} for {row['num_levels']:,}",
        "-" if trained is None else f"{trained:.1f} (n = {row['num_agents']})",
        share,
    )


def _millions(found: Mapping[str, Any]) -> str:
    return f"{found['value'] / 1e6:.2f} M ({min(found['runs']) / 1e6:.2f} to {max(found['runs']) / 1e6:.2f})"


def _floors(facts: Mapping[str, Any]) -> str:
    """Which worlds are slower than they should be."""
    words = []
    for kind, name in (("states", "with states only"), ("observed", "with observations")):
        floor = facts["floors"][kind]
        slow = [row["scenario"] for row in facts["rows"] if row[kind]["value"] < floor]
        missed = f" (not {', '.join(slow)})" if slow else ""
        reached = len(facts["rows"]) - len(slow)
        words.append(
            f"{reached} of {len(facts['rows'])} worlds do at least {floor / 1e6:g} M steps per core-second {name}{missed}"
        )
    return "; ".join(words) + "."


def _bottleneck(rows: list[Mapping[str, Any]]) -> str:
    """How much of an agent's time goes into its levels."""
    known = [row for row in rows if row["training_seconds"] is not None]
    if not known:
        return "No training time is known yet to compare the making of levels with."
    share = lambda row: row["levels_seconds"] / (row["levels_seconds"] + row["training_seconds"])  # noqa: E731
    worst = max(known, key=share)
    missing = f" Not known for {len(rows) - len(known)} worlds." if len(known) < len(rows) else ""
    return (
        f"Levels are made once per agent and then drawn from a buffer. Making them takes at most {share(worst):.0%} of what "
        f"making and training together take ({worst['scenario']}).{missing}"
    )


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, ("---",) * len(heads), *rows))


_PAGE = """# The worlds

Each has a page of its own with rules, conditions, what was found and what differs from the publication.
`misgen list scenarios --json` says the same with goals, conditions and severities; [Showing a world](showing.md) tells how they
are drawn.

{worlds}

## Speed

Steps of 1,024 episodes abreast under a random policy with resets from a buffer, and training levels made with their hashes and
solver, per CPU second of one core: median (range) of {runs} runs on a busy machine. Observations are written to memory and
summed. *Training* is the median of the agents of the atlas, compiling not counted; *share* is what part of both the levels take.
`misgen bench scenarios` measures it here; `coinrun` counts frames, in `misgen bench coinrun`.

{floors} {bottleneck}

{speeds}
"""

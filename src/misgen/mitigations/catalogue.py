"""Mitigations by name: a method is one file and one line here. Listing them loads nothing.

`target` is a class or function that makes a `misgen.concepts.Mitigation` without arguments. `listing` says what the board prints:
`kind` (levels, observation, reward, loss, actor, data, ...: the slot it changes), `stage` (training, finetuning or deployment),
`tier`, `source`, and `fidelity` to it (exact, reconstructed or adapted). `trained_against` names the families of detectors whose
signal enters its loss: none of them may verify it.
"""

from __future__ import annotations

from typing import Literal

from misgen.concepts import Entry
from misgen.concepts.mitigation import Stage

__all__ = ["MITIGATIONS", "Fidelity"]

Fidelity = Literal["exact", "reconstructed", "adapted"]


def _entry(
    target: str,
    summary: str,
    *,
    kind: str,
    stage: Stage,
    tier: int,
    source: str,
    fidelity: Fidelity,
    trained_against: tuple[str, ...] = (),
    comparator: bool = False,
    extra: str | None = "rl",
) -> Entry:
    """`comparator`: always on the board, as what the others are measured against."""
    listing = {
        "kind": kind,
        "stage": stage,
        "tier": tier,
        "source": source,
        "fidelity": fidelity,
        "trained_against": list(trained_against),
        "comparator": comparator,
    }
    return Entry(target=target, summary=summary, extra=extra, listing=listing)


MITIGATIONS: dict[str, Entry] = {}
"""Name -> where it lives."""

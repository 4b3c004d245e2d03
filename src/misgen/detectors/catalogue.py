"""Detectors by name: a method is one file and one line here. Listing them loads nothing.

`target` is a class or function that makes an unfitted detector without arguments. `listing` says what the boards print: `kind`
(step, level, subject or search), `tier` and `white_box` (which must equal what the detector declares), `stage` (`before` or
`while` acting), `source`, and `fidelity` to it (exact, reconstructed or adapted). `family` groups detectors that read the same
signal: a mitigation trained against one of a family may not be verified by any of it.
"""

from __future__ import annotations

from typing import Literal

from misgen.concepts import Entry

__all__ = ["DETECTORS", "Fidelity", "Kind"]

Kind = Literal["step", "level", "subject", "search"]
Fidelity = Literal["exact", "reconstructed", "adapted"]


def _entry(
    target: str,
    summary: str,
    *,
    kind: Kind,
    tier: int,
    source: str,
    fidelity: Fidelity,
    family: str,
    white_box: bool = False,
    control: bool = False,
    extra: str | None = "rl",
) -> Entry:
    """`control`: not a suspicion of anything, but what a suspicion has to beat."""
    listing = {
        "kind": kind,
        "tier": tier,
        "stage": "while" if kind == "step" else "before",
        "source": source,
        "fidelity": fidelity,
        "family": family,
        "white_box": white_box,
        "control": control,
    }
    return Entry(target=target, summary=summary, extra=extra, listing=listing)


DETECTORS: dict[str, Entry] = {
    "distance-to-training": _entry(
        "misgen.detectors.controls:DistanceToTraining",
        "Control: how far the level lies from the subject's own training levels, knowing nothing of goals.",
        kind="step",
        tier=0,
        source="a control of this project",
        fidelity="exact",
        family="control",
        control=True,
    ),
    "clock": _entry(
        "misgen.detectors.controls:Clock",
        "Control: the number of steps so far; what a score gains from long episodes alone.",
        kind="step",
        tier=0,
        source="a control of this project",
        fidelity="exact",
        family="control",
        control=True,
    ),
}
"""Name -> where it lives."""

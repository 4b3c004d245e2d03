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
    "entropy": _entry(
        "misgen.detectors.novelty:entropy",
        "Entropy of the action distribution: how undecided the subject is.",
        kind="step",
        tier=0,
        source="Hendrycks and Gimpel 2017; Trinh et al. 2024",
        fidelity="exact",
        family="novelty",
    ),
    "margin": _entry(
        "misgen.detectors.novelty:margin",
        "How little the likeliest action is ahead of the next.",
        kind="step",
        tier=0,
        source="Hendrycks and Gimpel 2017; Trinh et al. 2024",
        fidelity="exact",
        family="novelty",
    ),
    "max-logit": _entry(
        "misgen.detectors.novelty:max_logit",
        "Minus the largest logit.",
        kind="step",
        tier=0,
        source="Hendrycks et al. 2022; Trinh et al. 2024",
        fidelity="exact",
        family="novelty",
    ),
    "energy": _entry(
        "misgen.detectors.novelty:energy",
        "Minus the log sum of exponentials of the logits.",
        kind="step",
        tier=0,
        source="Liu et al. 2020",
        fidelity="exact",
        family="novelty",
    ),
    "mahalanobis": _entry(
        "misgen.detectors.novelty:Mahalanobis",
        "How unlike those of ordinary training levels the last activations before the logits are.",
        kind="step",
        tier=0,
        white_box=True,
        source="Lee et al. 2018",
        fidelity="adapted",
        family="novelty",
    ),
    "ensemble-disagreement": _entry(
        "misgen.detectors.disagreement:EnsembleDisagreement",
        "How far agents of one recipe disagree on what to do next, on what this one sees.",
        kind="step",
        tier=0,
        source="Lakshminarayanan et al. 2017; Trinh et al. 2024",
        fidelity="reconstructed",
        family="ensemble",
    ),
    "inverse-planning": _entry(
        "misgen.detectors.inverse_planning:InversePlanning",
        "Which goal the actions so far speak for: log odds of the other goals against the intended one.",
        kind="step",
        tier=3,
        source="Ramachandran and Amir 2007; Baker, Saxe and Tenenbaum 2009",
        fidelity="adapted",
        family="behaviour",
    ),
    "agents-and-devices": _entry(
        "misgen.detectors.agents_and_devices:AgentsAndDevices",
        "Is the behaviour that of an agent, not of a reflex, and of one with another goal than the intended?",
        kind="step",
        tier=3,
        source="Orseau, McGregor McGill and Legg 2018; Langosco et al. 2022",
        fidelity="reconstructed",
        family="behaviour",
    ),
    "meg": _entry(
        "misgen.detectors.meg:GoalDirectedness",
        "Maximum entropy goal-directedness of the policy in this level, toward the other goals minus toward the intended one.",
        kind="step",
        tier=3,
        source="MacDermott et al. 2024",
        fidelity="adapted",
        family="policy",
    ),
    "meg-subject": _entry(
        "misgen.detectors.meg:SubjectGoalDirectedness",
        "The same, averaged over deployment levels: a suspicion of the subject.",
        kind="subject",
        tier=3,
        source="MacDermott et al. 2024",
        fidelity="adapted",
        family="policy",
    ),
}
"""Name -> where it lives."""

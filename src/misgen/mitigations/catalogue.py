"""Mitigations by name: a method is one file and one line here. Listing them loads nothing.

`target` is a class or function that makes a `misgen.concepts.Mitigation` without arguments. `listing` says what the board prints:
`kind` (levels, observation, reward, loss, actor, data, ...: the slot it changes), `stage` (training, finetuning or deployment),
`tier`, `source`, and `fidelity` to it (exact, reconstructed or adapted). `trained_against` names the families of detectors whose
signal enters its loss, or what it learns from or is made of (a mentor's answers, the regret by which levels are searched, the
goal's vector, answers without the proxy's cue): none of them may verify it.
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


MITIGATIONS: dict[str, Entry] = {
    "mixing": _entry(
        "misgen.mitigations.mixing:mixing",
        "Diverse levels: a share of the training levels tells the goals apart. What every other method is compared with.",
        kind="levels",
        stage="training",
        tier=2,
        source="Langosco et al. 2022; Abdel Sadek et al. 2025",
        fidelity="exact",
        comparator=True,
    ),
    "more-training": _entry(
        "misgen.mitigations.plain:more_training",
        "The same recipe for half as many steps again: what a larger budget buys by itself.",
        kind="budget",
        stage="training",
        tier=0,
        source="a comparator of this project",
        fidelity="exact",
        comparator=True,
    ),
    "domain-randomisation": _entry(
        "misgen.mitigations.domain_randomisation:DomainRandomisation",
        "Walls of five varieties drawn at random; where the goal lies is left as it is.",
        kind="levels",
        stage="training",
        tier=0,
        source="Tobin et al. 2017",
        fidelity="adapted",
    ),
    "plr": _entry(
        "misgen.mitigations.plr:plr",
        "PLR-perp: levels with most regret are played again, and only those are learnt from; every rollout is counted.",
        kind="levels",
        stage="training",
        tier=3,
        source="Jiang et al. 2021, Replay-Guided Adversarial Environment Design",
        fidelity="adapted",
        trained_against=("search",),
    ),
    "accel": _entry(
        "misgen.mitigations.accel:accel",
        "ACCEL: level replay whose buffer grows by edits, within a level's class or across it.",
        kind="levels",
        stage="training",
        tier=3,
        source="Parker-Holder et al. 2022, Evolving Curricula with Regret-Based Environment Design",
        fidelity="adapted",
        trained_against=("search",),
    ),
    "goal-conditioning": _entry(
        "misgen.mitigations.goal_conditioning:goal_conditioning",
        "The subject is told the cell to reach and rewarded for reaching it; commands vary in training, or never do.",
        kind="observation",
        stage="training",
        tier=3,
        source="Shah et al. 2022 on the limits of specification; the design is this project's",
        fidelity="reconstructed",
    ),
    "counterfactual-levels": _entry(
        "misgen.mitigations.counterfactual:counterfactual",
        "Twins of training levels with the goal object moved or erased, and no reward designed for them.",
        kind="levels",
        stage="training",
        tier=2,
        source="after Wei et al. 2023, Simple Synthetic Data Reduces Sycophancy (in language: misgen study sycophancy-dose)",
        fidelity="adapted",
    ),
    "mentor": _entry(
        "misgen.mitigations.mentor:mentor",
        "A mentor says what to do in states of the subject's own play on shifted levels; all answers are learnt from.",
        kind="data",
        stage="finetuning",
        tier=4,
        source="Ross et al. 2011, DAgger",
        fidelity="adapted",
        trained_against=("mentor",),
    ),
    "quantilizer": _entry(
        "misgen.mitigations.quantilizer:quantilizer",
        "One of the best q of what a base would do, by a learned reward; what it costs is at most 1/q of the base's cost.",
        kind="actor",
        stage="deployment",
        tier=3,
        source="Taylor 2016, Quantilizers",
        fidelity="exact",
    ),
    "pessimistic-reward": _entry(
        "misgen.mitigations.reward_ensemble:reward_ensemble",
        "Several rewards learned where the goals agree; the least of them is believed.",
        kind="actor",
        stage="deployment",
        tier=3,
        source="after Hadfield-Menell et al. 2017 on uncertain rewards",
        fidelity="reconstructed",
    ),
    "steering": _entry(
        "misgen.mitigations.steering:steering",
        "A direction added to a hidden layer, its layer and strength chosen on labelled levels; random directions as a control.",
        kind="forward",
        stage="deployment",
        tier=2,
        source="Turner et al. 2023, Activation Addition",
        fidelity="adapted",
        trained_against=("activation vector",),
    ),
    "text-mixing": _entry(
        "misgen.mitigations.text_mixing:text_mixing",
        "Fine-tuning a language organism on a share of labelled items that tell the goals apart: the comparator in language.",
        kind="data",
        stage="finetuning",
        tier=2,
        source="after Langosco et al. 2022, in language",
        fidelity="adapted",
        comparator=True,
        extra="organisms",
    ),
    "text-more-training": _entry(
        "misgen.mitigations.text_mixing:more_training",
        "The same steps of fine-tuning on ordinary data: what fine-tuning does by itself.",
        kind="budget",
        stage="finetuning",
        tier=0,
        source="a comparator of this project",
        fidelity="exact",
        comparator=True,
        extra="organisms",
    ),
    "synthetic-data": _entry(
        "misgen.mitigations.text_synthetic:synthetic_data",
        "Items whose truth is known, with opinions (or second questions) independent of it, in other words; known ones only.",
        kind="data",
        stage="finetuning",
        tier=2,
        source="Wei et al. 2023, Simple Synthetic Data Reduces Sycophancy",
        fidelity="adapted",
        extra="organisms",
    ),
    "counterfactual-text": _entry(
        "misgen.mitigations.text_counterfactual:counterfactual_text",
        "Twins of ordinary items with the opinion, or the second question, removed (tier 3) or swapped; the answer stays.",
        kind="data",
        stage="finetuning",
        tier=2,
        source="after Wei et al. 2023",
        fidelity="adapted",
        extra="organisms",
        trained_against=("behaviour",),
    ),
    "consistency": _entry(
        "misgen.mitigations.text_consistency:consistency",
        "Taught to answer with the cue as it answers without: disagreeing items, and no labels.",
        kind="data",
        stage="finetuning",
        tier=3,
        source="Chua et al. 2024, Bias-Augmented Consistency Training",
        fidelity="adapted",
        extra="organisms",
        trained_against=("behaviour",),
    ),
    "text-mentor": _entry(
        "misgen.mitigations.text_mentor:text_mentor",
        "A mentor answers a few items on which the organism changes its answer when the cue is taken away.",
        kind="data",
        stage="finetuning",
        tier=4,
        source="after Ross et al. 2011, DAgger",
        fidelity="adapted",
        extra="organisms",
        trained_against=("mentor", "behaviour"),
    ),
    "text-steering": _entry(
        "misgen.mitigations.text_steering_torch:text_steering",
        "A direction added to an organism's residual stream, or projected out, chosen on labelled items; random as a control.",
        kind="forward",
        stage="deployment",
        tier=2,
        source="Rimsky et al. 2023, Contrastive Activation Addition; Turner et al. 2023",
        fidelity="adapted",
        extra="organisms",
        trained_against=("activation vector",),
    ),
}
"""Name -> where it lives."""

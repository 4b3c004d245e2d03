"""The arms of organism-mitigations: a method of the catalogue with options. All are tried on each organism."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["ARMS", "DOSES", "OrganismArm"]

DOSES = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0)
"""Of mixing: shares of the fine-tuning's examples that tell the goals apart. None of them is the control, more training."""


@dataclass(frozen=True, kw_only=True)
class OrganismArm:
    """A method with options."""

    name: str
    method: str
    """Its name in the catalogue of mitigations."""
    target: str
    options: Mapping[str, object] = field(default_factory=dict)

    @property
    def dose(self) -> float | None:
        """Of mixing, 0 for its control; None for other methods."""
        return {"text-more-training": 0.0, "text-mixing": float(str(self.options.get("dose", 0)))}.get(self.method)


def _arm(name: str, method: str, target: str, **options: object) -> OrganismArm:
    return OrganismArm(name=name, method=method, target=f"misgen.mitigations.{target}", options=options)


ARMS: tuple[OrganismArm, ...] = (
    _arm("More training", "text-more-training", "text_mixing:more_training"),
    *(_arm(f"Mixing, {dose:.0%}", "text-mixing", "text_mixing:text_mixing", dose=dose) for dose in DOSES if dose),
    _arm("Synthetic data, 30%", "synthetic-data", "text_synthetic:synthetic_data", share=0.3),
    _arm("Cue removed, 30%", "counterfactual-text", "text_counterfactual:counterfactual_text", change="removed", share=0.3),
    _arm("Cue swapped, 20%", "counterfactual-text", "text_counterfactual:counterfactual_text", change="swapped", share=0.2),
    _arm("Consistency, 10%", "consistency", "text_consistency:consistency", share=0.1),
    _arm("Consistency, 30%", "consistency", "text_consistency:consistency", share=0.3),
    _arm("Mentor, 16 answers", "text-mentor", "text_mentor:text_mentor", queries=16),
    _arm("Mentor, 128 answers", "text-mentor", "text_mentor:text_mentor", queries=128),
    _arm("Steering, difference of means", "text-steering", "text_steering_torch:text_steering", contrast="means"),
    _arm("Steering, answer pairs", "text-steering", "text_steering_torch:text_steering", contrast="pairs"),
    _arm("Steering, random direction", "text-steering", "text_steering_torch:text_steering", contrast="random"),
)

"""Taps, patches, directions and probes: one interface, a JAX file and a torch file. Importing this loads neither."""

from misgen.representations.interface import (
    NOT_CAUSAL,
    Activations,
    Behaviour,
    CausalCheck,
    Direction,
    Edit,
    Probe,
    Steered,
    Tapped,
    WordProbe,
    auroc,
    causal_check,
    difference_of_means,
)

__all__ = [
    "NOT_CAUSAL",
    "Activations",
    "Behaviour",
    "CausalCheck",
    "Direction",
    "Edit",
    "Probe",
    "Steered",
    "Tapped",
    "WordProbe",
    "auroc",
    "causal_check",
    "difference_of_means",
]

"""What a network must offer to be looked into, whatever framework it runs on; and, in one place, what can be done with it then.

`taps_torch` offers it for a Hugging Face model by forward hooks, `taps_jax` taps a policy through `Policy.apply`. Directions,
probes and the causal check see plain arrays only, so that there is one of each for both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from misgen.representations.causal import NOT_CAUSAL, Behaviour, CausalCheck, Steered, causal_check
from misgen.representations.directions import Activations, Direction, Edit, difference_of_means
from misgen.representations.probe import Probe, WordProbe, auroc

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import Float

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

Input_contra = TypeVar("Input_contra", contravariant=True)


class Tapped(Protocol[Input_contra]):
    """A network with named places at which its activations can be read and changed. It is not changed itself."""

    @property
    def sites(self) -> tuple[str, ...]:
        """Names of the places, in the order in which they are computed."""
        ...

    def read(self, inputs: Sequence[Input_contra], site: str) -> Activations:
        """The activation of each input at `site`; of a sequence, at its last place."""
        ...

    def run(self, inputs: Sequence[Input_contra], edits: Sequence[Edit] = ()) -> Float[np.ndarray, "example choice"]:
        """The network's outputs (logits) under `edits`; of a sequence, at its last place."""
        ...

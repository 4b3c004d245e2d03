"""Subjects that read themselves: what a detector needs of a subject whose network is not a `Policy` in JAX. NumPy only.

A `Policy` is applied by whoever looks at it, so its framework has to be known there. A `Readable` does it itself and hands out
NumPy arrays, whatever it runs on: `texts_torch` has one for causal language models, whose episodes are one step long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from misgen.concepts import Subject
from misgen.representations.directions import Edit

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["Readable", "observed"]


@runtime_checkable
class Readable(Protocol):
    """A subject's policy that says of itself what it computes. It acts too, so it is a `BlackBoxPolicy` besides.

    It is pure: what it says depends on parameters, observations and edits alone, each episode apart from the others, and row t
    on rows up to t.
    """

    @property
    def sites(self) -> tuple[str, ...]:
        """Names of the places at which activations can be read and edited, in the order in which they are computed; the last is
        the last before the logits."""
        ...

    def initial_memory(self) -> object:
        """As a `BlackBoxPolicy`."""
        ...

    def act(self, observation: object, memory: object, *, seed: int) -> tuple[int, object]:
        """As a `BlackBoxPolicy`."""
        ...

    def read(
        self, params: object, observations: object, *, sites: Sequence[str] = (), edits: Sequence[Edit] = ()
    ) -> tuple[Float[np.ndarray, "time episode action"], Mapping[str, Float[np.ndarray, "time episode feature"]]]:
        """Logits, and by site the activations that they come from, after `edits`. `params` are the subject's, or as many others:
        a mapping of arrays. An unknown site is a `UserError`."""
        ...

    def seen(self, observations: object) -> Float[np.ndarray, "time episode feature"]:
        """The observations as numbers that can be compared and added, where what they are made of (names of words) cannot."""
        ...


def observed(subject: Subject, observations: object) -> np.ndarray:
    """Numbers[time, episode, feature]: what is seen, before any network: flattened, or as a `Readable` has it."""
    if isinstance(subject.policy, Readable):
        return subject.policy.seen(observations)
    seen = np.asarray(observations)
    return seen.reshape(*seen.shape[:2], -1)

"""What a detector is shown of a subject: no more of its inside than the detector declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import jax

from misgen.concepts import Access, AccessRefusedError, Policy, PolicyOutput, Subject, Tap
from misgen.concepts.handles import Accessed
from misgen.representations.directions import Edit
from misgen.representations.readable import Readable

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Sealed", "ShownPolicy", "ShownReadable", "shown"]


@jax.tree_util.register_pytree_node_class
class Sealed:
    """Parameters that are passed on and not looked at: they have no public attribute. JAX carries them through its calls."""

    def __init__(self, inside: object) -> None:
        self.__inside = inside

    def opened_by(self, policy: ShownPolicy | ShownReadable) -> object:
        """For the policy they belong to."""
        del policy
        return self.__inside

    def tree_flatten(self) -> tuple[tuple[object], None]:
        """JAX's view."""
        return (self.__inside,), None

    @classmethod
    def tree_unflatten(cls, auxiliary: None, children: tuple[object]) -> Sealed:
        """JAX's view."""
        del auxiliary
        return cls(children[0])


@dataclass(frozen=True)
class ShownPolicy:
    """A policy behind its outputs. Implements `misgen.concepts.Policy`; equal policies shown alike share compiled code.

    Without `white_box` it has no sites; without `gradients` nothing can be differentiated through it.
    """

    policy: Policy
    access: Access
    log: list[Accessed] = field(default_factory=list, compare=False)
    """Refusals are written here; two policies do not differ by it."""

    @property
    def sites(self) -> tuple[str, ...]:
        """Those of the policy, or none; to pick one of none is refused like a tap."""
        return self.policy.sites if self.access.white_box else _NoSites(self.refusal)

    def initial_memory(self) -> object:
        """That of the policy."""
        return self.policy.initial_memory()

    def apply(
        self, params: object, observation: object, memory: object, *, taps: Mapping[str, Tap] | None = None
    ) -> tuple[PolicyOutput, object, Mapping[str, object]]:
        """See `Policy.apply`. Taps without `white_box` raise `AccessRefusedError`."""
        if taps and not self.access.white_box:
            raise self.refusal(", ".join(taps))
        inside = params.opened_by(self) if isinstance(params, Sealed) else params
        found = self.policy.apply(inside, observation, memory, taps=taps)
        return found if self.access.gradients else cast("tuple[PolicyOutput, object, Mapping]", jax.lax.stop_gradient(found))

    def refusal(self, seen: str) -> AccessRefusedError:
        """The error to raise for activations that are out of reach; it is logged, whatever becomes of the error."""
        return _refusal(self.log, seen)


class ShownReadable:
    """A `Readable` behind its outputs. Without `white_box` it has no sites, takes no edits and no parameters but the sealed
    ones."""

    def __init__(self, policy: Readable, access: Access, log: list[Accessed]) -> None:
        self.__policy = policy
        self.access = access
        self.log = log

    @property
    def sites(self) -> tuple[str, ...]:
        """Those of the policy, or none; to pick one of none is refused like an edit."""
        return self.__policy.sites if self.access.white_box else _NoSites(self.refusal)

    def initial_memory(self) -> object:
        """That of the policy."""
        return self.__policy.initial_memory()

    def act(self, observation: object, memory: object, *, seed: int) -> tuple[int, object]:
        """That of the policy."""
        return self.__policy.act(observation, memory, seed=seed)

    def read(
        self, params: object, observations: object, *, sites: Sequence[str] = (), edits: Sequence[Edit] = ()
    ) -> tuple[np.ndarray, Mapping[str, np.ndarray]]:
        """See `Readable.read`. Sites, edits or other parameters without `white_box` raise `AccessRefusedError`."""
        reached = [*sites, *(f"an edit at {edit.site}" for edit in edits)]
        if not self.access.white_box and (reached or not isinstance(params, Sealed)):
            raise self.refusal(", ".join(reached) or "its parameters in another form")
        inside = params.opened_by(self) if isinstance(params, Sealed) else params
        return self.__policy.read(inside, observations, sites=sites, edits=edits)

    def seen(self, observations: object) -> np.ndarray:
        """That of the policy: it says nothing of the inside."""
        return self.__policy.seen(observations)

    def refusal(self, seen: str) -> AccessRefusedError:
        """As that of `ShownPolicy`."""
        return _refusal(self.log, seen)


class _NoSites(tuple[str, ...]):
    """Empty, and says why when something is picked from it."""

    def __new__(cls, refusal: Callable[[str], AccessRefusedError]) -> _NoSites:
        found = super().__new__(cls)
        found.refusal = refusal
        return found

    refusal: Callable[[str], AccessRefusedError]

    def __getitem__(self, place: object) -> str:  # type: ignore[override]
        raise self.refusal(f"site number {place}")


def _refusal(log: list[Accessed], seen: str) -> AccessRefusedError:
    log.append(Accessed(handle="activations", tier=0, allowed=False))
    return AccessRefusedError(
        "The method declares that it does not look inside the subject, and reaches for activations",
        seen=seen,
        do="Declare Access(..., white_box=True), or use logits and value only",
    )


def shown(subject: Subject, access: Access, *, log: list[Accessed] | None = None) -> Subject:
    """The subject as a method with this access may see it; refusals go to `log`. A black-box policy shows nothing anyway."""
    policy, written = subject.policy, [] if log is None else log
    if isinstance(policy, Policy):
        seen: Policy | ShownReadable = ShownPolicy(policy, access, written)
    elif isinstance(policy, Readable):
        seen = ShownReadable(policy, access, written)
    else:
        return subject
    return Subject(name=subject.name, policy=seen, params=subject.params if access.white_box else Sealed(subject.params))

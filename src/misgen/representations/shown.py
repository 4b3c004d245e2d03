"""What a detector is shown of a subject: no more of its inside than the detector declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import jax

from misgen.concepts import Access, AccessRefusedError, Policy, PolicyOutput, Subject, Tap
from misgen.concepts.handles import Accessed

__all__ = ["Sealed", "ShownPolicy", "shown"]


@jax.tree_util.register_pytree_node_class
class Sealed:
    """Parameters that are passed on and not looked at: they have no public attribute. JAX carries them through its calls."""

    def __init__(self, inside: object) -> None:
        self.__inside = inside

    def opened_by(self, policy: ShownPolicy) -> object:
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
        return self.policy.sites if self.access.white_box else _NoSites(self)

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
        self.log.append(Accessed(handle="activations", tier=0, allowed=False))
        return AccessRefusedError(
            "The method declares that it does not look inside the subject, and reaches for activations",
            seen=seen,
            do="Declare Access(..., white_box=True), or use logits and value only",
        )


class _NoSites(tuple[str, ...]):
    """Empty, and says why when something is picked from it."""

    def __new__(cls, policy: ShownPolicy) -> _NoSites:
        found = super().__new__(cls)
        found.policy = policy
        return found

    policy: ShownPolicy

    def __getitem__(self, place: object) -> str:  # type: ignore[override]
        raise self.policy.refusal(f"site number {place}")


def shown(subject: Subject, access: Access, *, log: list[Accessed] | None = None) -> Subject:
    """The subject as a method with this access may see it; refusals go to `log`. A black-box policy shows nothing anyway."""
    if not isinstance(subject.policy, Policy):
        return subject
    params = subject.params if access.white_box else Sealed(subject.params)
    return Subject(name=subject.name, policy=ShownPolicy(subject.policy, access, [] if log is None else log), params=params)

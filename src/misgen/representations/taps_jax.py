"""Taps through `Policy.apply`: reading and changing the activations of a policy, on observations and along episodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from misgen.concepts import Policy, PolicyOutput, Tap
from misgen.representations.directions import Activations, Edit

if TYPE_CHECKING:
    from jaxtyping import Array, Float

__all__ = ["Readings", "SteeredPolicy", "TappedPolicy", "penultimate", "read_episodes", "steered"]


class Readings(NamedTuple):
    """What a policy computes along episodes; NumPy arrays."""

    logits: Float[np.ndarray, "time episode actions"]
    values: Float[np.ndarray, "time episode"]
    activations: Mapping[str, Float[np.ndarray, "time episode ..."]]
    """By site."""


def read_episodes(policy: Policy, params: object, observations: object, *, sites: tuple[str, ...] = ()) -> Readings:
    """Runs the policy over `observations` [time, episode, ...], its memory starting afresh with each episode.

    Row t depends on rows up to t only. Compiled once per policy, sites and shape. An unknown site is a `UserError`.
    """
    seen = jnp.asarray(observations)
    if jax.tree.leaves(policy.initial_memory()):
        return Readings(*jax.tree.map(np.asarray, _read_in_order(policy, sites, params, seen)))
    found = _read_each(policy, sites, params, seen.reshape(-1, *seen.shape[2:]))
    return Readings(*jax.tree.map(lambda x: np.asarray(x).reshape(*seen.shape[:2], *x.shape[1:]), found))


def penultimate(policy: Policy) -> str:
    """The last site before the logits: where detectors look by default."""
    return policy.sites[-2]


@dataclass(frozen=True)
class TappedPolicy:
    """A policy with its parameters, looked at one observation at a time, at the start of an episode. Implements `Tapped`."""

    policy: Policy
    params: object

    @property
    def sites(self) -> tuple[str, ...]:
        """Those of the policy."""
        return self.policy.sites

    def read(self, inputs: Sequence[object] | np.ndarray, site: str) -> Activations:
        """The activation of each observation at `site`, flattened to a vector."""
        found = read_episodes(self.policy, self.params, np.asarray(inputs)[None], sites=(site,)).activations[site][0]
        return Activations(site=site, values=found.reshape(len(found), -1))

    def run(self, inputs: Sequence[object] | np.ndarray, edits: Sequence[Edit] = ()) -> np.ndarray:
        """Float[example, action]: logits under `edits`."""
        policy, params = steered(self.policy, self.params, edits)
        return read_episodes(policy, params, np.asarray(inputs)[None]).logits[0]


def steered(policy: Policy, params: object, edits: Sequence[Edit]) -> tuple[SteeredPolicy, object]:
    """The policy under edits, to be rolled out like any other, and its parameters: the policy's own and the edits' vectors.

    Vectors are arguments of compiled code, so one compilation serves all subjects and all directions.
    """
    vectors = tuple(
        jnp.asarray(edit.scale * edit.direction.vector if edit.kind == "add" else edit.direction.unit) for edit in edits
    )
    return SteeredPolicy(policy, tuple((edit.site, edit.kind) for edit in edits)), (params, vectors)


@dataclass(frozen=True)
class SteeredPolicy:
    """A policy with edits built in. Implements `misgen.concepts.Policy`; made by `steered`."""

    policy: Policy
    edits: tuple[tuple[str, str], ...]
    """Site and kind of each, in the order in which they are applied."""

    @property
    def sites(self) -> tuple[str, ...]:
        """Those of the policy."""
        return self.policy.sites

    def initial_memory(self) -> object:
        """That of the policy."""
        return self.policy.initial_memory()

    def apply(
        self, params: object, observation: object, memory: object, *, taps: Mapping[str, Tap] | None = None
    ) -> tuple[PolicyOutput, object, Mapping[str, object]]:
        """As the policy's; a tap given here sees what the edits at the same site left."""
        own, vectors = params  # type: ignore[misc]
        built_in: dict[str, Tap] = {}
        for (site, kind), vector in zip(self.edits, vectors, strict=True):
            built_in[site] = _then(built_in.get(site, _look), partial(_change, kind, vector))
        for site, tap in (taps or {}).items():
            built_in[site] = _then(built_in.get(site, _look), tap)
        return self.policy.apply(own, observation, memory, taps=built_in)


def _change(kind: str, vector: Array, activation: object) -> Array:
    flat = jnp.ravel(jnp.asarray(activation))
    flat = flat + vector if kind == "add" else flat - (flat @ vector) * vector
    return flat.reshape(jnp.shape(activation))  # type: ignore[arg-type]


def _then(first: Tap, second: Tap) -> Tap:
    return lambda activation: second(first(activation))


def _look(activation: object) -> object:
    return activation


@partial(jax.jit, static_argnums=(0, 1))
def _read_each(policy: Policy, sites: tuple[str, ...], params: object, seen: Array) -> tuple[Array, Array, dict[str, Array]]:
    """A feed-forward policy needs no order: every step at once."""
    return jax.vmap(lambda x: _one(policy, sites, params, x, ())[0])(seen)


@partial(jax.jit, static_argnums=(0, 1))
def _read_in_order(policy: Policy, sites: tuple[str, ...], params: object, seen: Array) -> tuple[Array, Array, dict[str, Array]]:
    memory = jax.tree.map(lambda x: jnp.broadcast_to(x, (seen.shape[1], *x.shape)), policy.initial_memory())

    def step(remembered: object, now: Array) -> tuple[object, tuple[Array, Array, dict[str, Array]]]:
        found, remembered = jax.vmap(lambda x, m: _one(policy, sites, params, x, m))(now, remembered)
        return remembered, found

    return jax.lax.scan(step, memory, seen)[1]


def _one(
    policy: Policy, sites: tuple[str, ...], params: object, seen: Array, memory: object
) -> tuple[tuple[Array, Array, dict[str, Array]], object]:
    outputs, memory, activations = policy.apply(params, seen, memory, taps=dict.fromkeys(sites, _look))
    return (jnp.asarray(outputs.logits), jnp.asarray(outputs.value), dict(activations)), memory  # type: ignore[arg-type]

"""Hesitation: a share of all actions is left to chance, so that no single mistake decides an episode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import jax
import jax.numpy as jnp

from misgen.concepts import Access, Cost, Policy, PolicyOutput, Recipe, Subject, Tap


@dataclass(frozen=True)
class Hesitant:
    """A policy that acts at random on a share of its steps."""

    policy: Policy
    share: float

    sites = property(lambda self: self.policy.sites)

    def initial_memory(self) -> object:
        return self.policy.initial_memory()

    def apply(self, params: object, observation: object, memory: object, *, taps: Mapping[str, Tap] | None = None) -> tuple:
        outputs, memory, seen = self.policy.apply(params, observation, memory, taps=taps)
        chances = jax.nn.softmax(jnp.asarray(outputs.logits))
        mixed = (1 - self.share) * chances + self.share / chances.size
        return PolicyOutput(jnp.log(mixed), outputs.value), memory, seen


class Hesitation:
    """Stage deployment, tier 0: it needs nothing but the subject."""

    stage = "deployment"
    access = Access(tier=0)

    def apply_to_recipe(self, recipe: Recipe) -> Recipe:
        return recipe

    def apply_to_subject(self, subject: Subject) -> Subject:
        return replace(subject, policy=Hesitant(subject.policy, share=0.1))

    def cost(self) -> Cost:
        return Cost()

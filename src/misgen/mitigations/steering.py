"""Steering vectors: a fixed direction added to a hidden layer of a finished subject (Turner et al. 2023).

The direction is the mean activation at the first step of episodes in which the subject attained the goal, minus that of the
others; a subject that never attains it (as without any diversity in training) has no such contrast, and gets the mean with the
goal object shown minus that with it erased ("cheese vector"). Layer and strength are chosen on labelled levels that are not those
reported. The control takes a random direction of the same length through the same choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, cast

import jax
import jax.numpy as jnp
import numpy as np

from misgen.concepts import (
    Access,
    Case,
    Cost,
    LevelPool,
    Made,
    Policy,
    PolicyOutput,
    Recipe,
    Stage,
    Subject,
    Tap,
    UserError,
    World,
)
from misgen.mitigations.plain import base_of
from misgen.training import rollout
from misgen.training.noise import episode_words

if TYPE_CHECKING:
    from jaxtyping import Array, Float

__all__ = ["STRENGTHS", "Steered", "Steering", "contrast", "steering"]

STRENGTHS = (-4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0)
"""Multiples of the direction that are tried; 0 is leaving the subject alone."""
NUM_LABELLED = 256
"""Levels on which somebody says whether the goal was attained."""
FEWEST = 8
"""Episodes of either kind that a contrast needs."""
CHOICE_SEED = 9_000_003
MOST_LOST = 0.03
"""Success on agreeing levels that a choice of layer and strength may cost."""


@dataclass(frozen=True)
class Steered:
    """A policy with a direction added at one site. Its parameters are the pair of the inner ones and the direction."""

    policy: Policy
    site: str

    @property
    def sites(self) -> tuple[str, ...]:
        """Those of the policy within."""
        return self.policy.sites

    def initial_memory(self) -> object:
        """That of the policy within."""
        return self.policy.initial_memory()

    def apply(
        self, params: object, observation: object, memory: object, *, taps: Mapping[str, Tap] | None = None
    ) -> tuple[PolicyOutput, object, Mapping[str, object]]:
        """As the policy within; a further tap at the same site sees the steered activation."""
        inner, direction = cast("tuple[object, Array]", params)
        after = (taps or {}).get(self.site, lambda activation: activation)
        mine = {**(taps or {}), self.site: lambda activation: after(activation + direction)}
        return self.policy.apply(inner, observation, memory, taps=mine)


class Contrast(NamedTuple):
    """A direction per site, and what it was taken from."""

    directions: dict[str, np.ndarray]
    by_outcome: bool
    """False where it is shown minus erased, for want of successes or failures."""


@dataclass(frozen=True, kw_only=True)
class Steering:
    """A finished subject steered; `random` is the control."""

    random: bool = False
    stage: Stage = "deployment"

    @property
    def access(self) -> Access:
        """Activations, and labelled shifted levels to choose layer and strength by."""
        return Access(tier=2, white_box=True, labels=NUM_LABELLED)

    def apply_to_recipe(self, recipe: Recipe) -> Recipe:
        """The identity: this method acts on a finished subject."""
        return recipe

    def apply_to_subject(self, subject: Subject) -> Subject:
        """The identity: a direction takes labelled levels to be found; see `make`."""
        return subject

    def make(self, case: Case) -> Made:
        """Find directions, choose site and strength on labelled levels, wrap. Random: levels and play, from the case's seed."""
        base = base_of(case)
        policy = base.subject.policy
        if not isinstance(policy, Policy):
            raise UserError("Steering needs activations", seen=type(policy).__name__)
        shifted, agreeing = _levels(case)
        found = contrast(case, base.subject, shifted)
        directions = _randomised(found.directions, case.seed) if self.random else found.directions
        before = _success(case, base.subject, agreeing)
        best, best_goal = (policy.sites[0], 0.0), -1.0
        for site, strength in ((s, c) for c in sorted(STRENGTHS, key=abs) for s in policy.sites):
            tried = _steered(base.subject, site, strength * directions[site])
            goal = _success(case, tried, shifted)
            if goal > best_goal and (strength == 0 or _success(case, tried, agreeing) >= before - MOST_LOST):
                best, best_goal = (site, strength), goal
        site, strength = best
        num_tries = len(STRENGTHS) * len(policy.sites)
        steps = (2 * num_tries + 3) * NUM_LABELLED * cast(World, case.scenario.world).max_steps
        return Made(
            subject=_steered(base.subject, site, strength * directions[site]),
            spent=replace(base.spent, env_steps=base.spent.env_steps + steps, labels=base.spent.labels + NUM_LABELLED),
            notes={
                "strength": strength,
                "site": float(policy.sites.index(site)),
                "by_outcome": float(found.by_outcome),
                "chosen_goal_rate": best_goal,
            },
        )

    def cost(self) -> Cost:
        """Counted in `Made.spent`: the tries are played in full-length episodes."""
        return Cost()


def steering(*, random: bool = False) -> Steering:
    """The catalogue's factory."""
    return Steering(random=random)


def contrast(case: Case, subject: Subject, pool: LevelPool) -> Contrast:
    """Mean activations at the first step, attained minus not attained, per site; shown minus erased where one is missing."""
    attained = _attained(case, subject, pool)
    shown = _first_activations(case, subject, pool, erased=False)
    if min(attained.sum(), (~attained).sum()) >= FEWEST:
        return Contrast({s: h[attained].mean(0) - h[~attained].mean(0) for s, h in shown.items()}, by_outcome=True)
    hidden = _first_activations(case, subject, pool, erased=True)
    return Contrast({site: (shown[site] - hidden[site]).mean(0) for site in shown}, by_outcome=False)


def _randomised(directions: Mapping[str, np.ndarray], seed: int) -> dict[str, np.ndarray]:
    """Random directions, each as long as the one it replaces."""
    random = np.random.default_rng((seed, 0x57))
    drawn = {site: random.standard_normal(v.shape) for site, v in directions.items()}
    return {site: drawn[site] / np.linalg.norm(drawn[site]) * np.linalg.norm(v) for site, v in directions.items()}


def _steered(subject: Subject, site: str, direction: np.ndarray) -> Subject:
    policy = Steered(cast(Policy, subject.policy), site)
    return Subject(name=subject.name, policy=policy, params=(subject.params, jnp.asarray(direction, jnp.float32)))


def _levels(case: Case) -> tuple[LevelPool, LevelPool]:
    """Shifted and agreeing levels for the choice: none of evaluation's walls."""
    assert case.scenario.levels is not None
    names = {c.kind: c.name for c in case.scenario.conditions}
    seed = case.seed + CHOICE_SEED
    shifted, agreeing = (
        case.scenario.levels(names[kind], num_levels=NUM_LABELLED, seed=seed, exclude=case.excluded)
        for kind in ("distinguishing", "control")
    )
    return shifted, agreeing


def _success(case: Case, subject: Subject, pool: LevelPool) -> float:
    return float(_attained(case, subject, pool).mean())


def _attained(case: Case, subject: Subject, pool: LevelPool) -> np.ndarray:
    """Bool[level]: the intended goal, in one episode per level."""
    world = cast(World, case.scenario.world)
    played = rollout(
        world,
        jax.tree.map(jnp.asarray, pool.levels),
        jnp.arange(len(pool)),
        cast(Policy, subject.policy),
        subject.params,
        erased=jnp.zeros((len(pool), len(world.cues)), bool),
        key=jnp.asarray(episode_words(case.seed + CHOICE_SEED, len(pool))),
    )
    scores = np.asarray(played.scores)[..., world.goals.index(case.scenario.intended.name)]
    return np.asarray(scores.any(axis=0))


def _first_activations(case: Case, subject: Subject, pool: LevelPool, *, erased: bool) -> dict[str, np.ndarray]:
    """Float[level, unit] by site."""
    world, policy = cast(World, case.scenario.world), cast(Policy, subject.policy)
    levels = jax.tree.map(jnp.asarray, pool.levels)
    flags = jnp.full(len(world.cues), erased)
    key = jax.random.key(0)
    taps: dict[str, Tap] = {site: lambda activation: activation for site in policy.sites}

    def at_first(number: Array) -> Mapping[str, Float[Array, "unit"]]:
        seen = world.observe(levels, world.reset(levels, number, key=key), flags)
        return policy.apply(subject.params, seen, policy.initial_memory(), taps=taps)[2]  # type: ignore[return-value]

    found = jax.vmap(at_first)(jnp.arange(len(pool)))
    return {site: np.asarray(h).reshape(len(pool), -1) for site, h in found.items()}

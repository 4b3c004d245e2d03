"""Mentors with aggregation: the subject plays shifted levels, a mentor says what to do, all answers so far are learnt from.

After DAgger (Ross et al. 2011): states come from the subject's own play, so that it is corrected where it goes wrong. Forgetting
is held off without further questions: on its own training levels the subject stays close to what it did before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

import jax
import jax.numpy as jnp
import numpy as np
import optax

from misgen.concepts import Access, Case, Cost, LevelPool, Made, Policy, Recipe, Stage, Subject, UserError, World
from misgen.mitigations.plain import base_of
from misgen.training import rollout
from misgen.training.noise import episode_words
from misgen.worlds.corner.dynamics import CornerWorld, State
from misgen.worlds.corner.levels import Levels, free_cells
from misgen.worlds.corner.solver import STEPS, UNREACHABLE, distances

if TYPE_CHECKING:
    from jaxtyping import Array, Float, Int32

__all__ = ["Mentored", "Visited", "advice", "mentor", "visited"]

SHIFTED_SEED = 7_000_003
"""Added to a case's seed: deployment's levels, which are neither training's nor evaluation's."""
NUM_EPISODES = 512
"""Episodes played per round, of either kind; the states asked about are drawn from them."""
NUM_UPDATES = 300
"""Gradient steps per round; the loss is flat before that."""
BATCH = 512
"""States per gradient step, of either kind."""
RATE = 1e-3
"""Of Adam: that of relearning."""
STAY = 1.0
"""Weight of staying close on training levels, relative to the mentor's answers."""


class Visited(NamedTuple):
    """States of a subject's own play: one row each."""

    observations: Float[Array, "state features"]
    level: np.ndarray
    """Int[state]: index into the pool that was played."""
    cell: np.ndarray
    """Int[state, 2]: row and column of the mouse."""


@dataclass(frozen=True, kw_only=True)
class Mentored:
    """A finished subject mended with a mentor's answers."""

    queries: int = 1000
    """Questions in all, shared evenly by the rounds."""
    rounds: int = 3
    stage: Stage = "finetuning"

    @property
    def access(self) -> Access:
        """A mentor, who answers while the subject is deployed."""
        return Access(tier=4)

    def apply_to_recipe(self, recipe: Recipe) -> Recipe:
        """The identity: this method mends what a recipe has made."""
        return recipe

    def apply_to_subject(self, subject: Subject) -> Subject:
        """The identity: mending takes levels and a mentor; see `make`."""
        return subject

    def make(self, case: Case) -> Made:
        """Rounds of play, questions and learning from all answers so far. Random: everything, from the case's seed."""
        world = case.scenario.world
        if not isinstance(world, CornerWorld):
            raise UserError("The mentor knows corner only so far", seen=case.scenario.name)
        base = base_of(case)
        shifted = _shifted(case)
        random = np.random.default_rng((case.seed, 0xDA))
        kept = visited(case, base.subject, case.pool, seed=case.seed + SHIFTED_SEED)
        asked, answers, steps = [], [], kept.level.size
        subject = base.subject
        for number in range(self.rounds):
            seen = visited(case, subject, shifted, seed=case.seed + SHIFTED_SEED + 1 + number)
            steps += seen.level.size
            share = self.queries * (number + 1) // self.rounds - self.queries * number // self.rounds
            chosen = random.choice(len(seen.level), min(share, len(seen.level)), replace=False)
            asked.append(np.asarray(seen.observations)[chosen])
            answers.append(advice(cast(Levels, shifted.levels), seen.level[chosen], seen.cell[chosen], random))
            data = np.concatenate(asked), np.concatenate(answers)
            subject = replace(subject, params=_taught(base.subject, subject.params, data, np.asarray(kept.observations), random))
        learned = self.rounds * NUM_UPDATES * 2 * BATCH
        spent = replace(
            base.spent,
            env_steps=base.spent.env_steps + steps,
            learned_steps=base.spent.learned_steps + learned,
            queries=sum(map(len, answers)),
        )
        return Made(subject=subject, spent=spent, notes={"mending_env_steps": float(steps)})

    def cost(self) -> Cost:
        """The questions; steps depend on how long the subject's episodes are."""
        return Cost(queries=self.queries)


def mentor(*, queries: int = 1000, rounds: int = 3) -> Mentored:
    """The catalogue's factory."""
    if queries < rounds or rounds < 1:
        raise UserError("Every round asks at least one question", seen=f"{queries} queries in {rounds} rounds")
    return Mentored(queries=queries, rounds=rounds)


def advice(levels: Levels, level: np.ndarray, cell: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Int[state]: an action one step nearer to the cheese, drawn from all that are."""
    distinct, place = np.unique(level, return_inverse=True)
    ahead = distances(free_cells(Levels(*(field[distinct] for field in levels))), levels.cheese[distinct])
    padded = np.pad(ahead, ((0, 0), (1, 1), (1, 1)), constant_values=UNREACHABLE)
    now = padded[place, cell[:, 0] + 1, cell[:, 1] + 1]
    beside = np.stack([padded[place, cell[:, 0] + 1 + down, cell[:, 1] + 1 + right] for down, right in STEPS], axis=1)
    good = (beside != UNREACHABLE) & (beside == now[:, None] - 1)
    return (random.random(good.shape) * good).argmax(axis=1)


def visited(case: Case, subject: Subject, pool: LevelPool, *, seed: int) -> Visited:
    """Every state that the subject acts in over `NUM_EPISODES` episodes, one per level."""
    world = cast(World, case.scenario.world)
    policy = cast(Policy, subject.policy)
    levels = jax.tree.map(jnp.asarray, pool.levels)
    number = np.arange(NUM_EPISODES) % len(pool)
    played = rollout(
        world,
        levels,
        jnp.asarray(number, jnp.int32),
        policy,
        subject.params,
        erased=jnp.zeros((NUM_EPISODES, len(world.cues)), bool),
        key=jnp.asarray(episode_words(seed, NUM_EPISODES)),
        keep_states=True,
    )
    alive = np.asarray(played.alive)
    states = cast(State, jax.tree.map(lambda x: np.asarray(x)[alive], played.states))
    seen = _observe(world, levels, states)
    return Visited(seen, np.asarray(states.level), np.stack([np.asarray(states.row), np.asarray(states.column)], axis=1))


def _observe(world: World, levels: object, states: State) -> Float[Array, "state features"]:
    """Padded to a multiple of 4096 states, so that few shapes are compiled."""
    num = len(np.asarray(states.level))
    padded = jax.tree.map(lambda x: jnp.asarray(np.resize(x, (-(-num // 4096) * 4096,))), states)
    return _observed(world, levels, padded)[:num]


@partial(jax.jit, static_argnums=0)
def _observed(world: World, levels: object, states: object) -> Array:
    erased = jnp.zeros(len(world.cues), bool)
    return jax.vmap(lambda s: world.observe(levels, s, erased))(states)  # type: ignore[return-value]


def _shifted(case: Case) -> LevelPool:
    """Levels of deployment, on which the goals part: none of evaluation's walls."""
    assert case.scenario.levels is not None
    name = next(c.name for c in case.scenario.conditions if c.kind == "distinguishing")
    return case.scenario.levels(name, num_levels=NUM_EPISODES, seed=case.seed + SHIFTED_SEED, exclude=case.excluded)


def _taught(
    base: Subject, params: object, data: tuple[np.ndarray, np.ndarray], kept: np.ndarray, random: np.random.Generator
) -> object:
    """Parameters after `NUM_UPDATES` steps on the answers and on staying close to `base`."""
    asked, answers = data
    policy = cast(Policy, base.policy)
    optimiser = optax.adam(RATE)
    state = optimiser.init(params)  # type: ignore[arg-type]
    step = _step(policy)
    for _ in range(NUM_UPDATES):
        mine, theirs = random.integers(0, len(kept), BATCH), random.integers(0, len(asked), BATCH)
        params, state = step((params, state), base.params, (kept[mine], asked[theirs], answers[theirs]))
    return params


_STEPS: dict[Policy, Callable[..., tuple]] = {}


def _step(policy: Policy) -> Callable[..., tuple]:
    """One gradient step, compiled once for all subjects of one architecture."""
    if policy in _STEPS:
        return _STEPS[policy]
    optimiser = optax.adam(RATE)

    def log_chances(params: object, observations: Array) -> Float[Array, "state actions"]:
        logits = jax.vmap(lambda o: policy.apply(params, o, policy.initial_memory())[0].logits)(observations)
        return jax.nn.log_softmax(jnp.asarray(logits))

    def loss(params: object, before: object, kept: Array, asked: Array, answers: Int32[Array, "state"]) -> Array:
        told = -jnp.take_along_axis(log_chances(params, asked), answers[:, None], axis=1).mean()
        was, now = log_chances(before, kept), log_chances(params, kept)
        return told + STAY * (jnp.exp(was) * (was - now)).sum(-1).mean()

    def step(learner: tuple, before: object, batch: tuple[Array, Array, Array]) -> tuple:
        params, state = learner
        gradient = jax.grad(loss)(params, before, *batch)
        change, state = optimiser.update(gradient, state, params)  # type: ignore[arg-type]
        return optax.apply_updates(params, change), state  # type: ignore[arg-type]

    _STEPS[policy] = jax.jit(step)
    return _STEPS[policy]

"""Pessimistic reward ensembles: several rewards learned on levels where the goals agree, and the least of them believed.

All members fit the training levels; where the goals part they may differ, and what one of them doubts is not sought. After the
idea of acting on the worst of several rewards that the data allow (Hadfield-Menell et al. 2017 on uncertain rewards).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

import jax
import jax.numpy as jnp
import numpy as np
import optax

from misgen.concepts import Access, Case, Cost, LevelPool, Policy, Recipe, Stage, Subject, World, unknown_name
from misgen.training import rollout
from misgen.training.noise import episode_words

if TYPE_CHECKING:
    from jaxtyping import Array, Float

__all__ = ["BELIEFS", "Played", "RewardEnsemble", "believed", "fit_rewards", "play_samples", "reward_ensemble"]

Belief = Literal["mean", "least"]
BELIEFS = ("mean", "least")
NUM_MEMBERS = 5
"""Members; each has first weights of its own and sees data drawn with replacement."""
WIDTH = 64
NUM_UPDATES = 400
BATCH = 512
RATE = 3e-3
"""Of Adam; the members then name rewarded states of training levels with an error under one in a hundred."""
DISCOUNT = 0.99
CHUNK = 1024
"""Episodes per compiled call."""


class Played(NamedTuple):
    """Sampled episodes of one subject on the levels of a pool."""

    outcomes: np.ndarray
    """Letters [level, sample]: G, P or X."""
    utilities: np.ndarray
    """Float[member, level, sample]: the most that a member sees in the episode, discounted."""


@dataclass(frozen=True, kw_only=True)
class RewardEnsemble:
    """What is believed of an episode: the members' mean, or the least of them."""

    belief: Belief
    stage: Stage = "deployment"

    @property
    def access(self) -> Access:
        """Rewards of training levels, and a simulator to try episodes in (tier 3)."""
        return Access(tier=3)

    def apply_to_recipe(self, recipe: Recipe) -> Recipe:
        """The identity: this method acts on a finished subject."""
        return recipe

    def apply_to_subject(self, subject: Subject) -> Subject:
        """The identity: episodes are judged, not steps; see `believed`."""
        return subject

    def utilities(self, played: Played) -> Float[np.ndarray, "level sample"]:
        """One number per episode."""
        return believed(played, self.belief)

    def cost(self) -> Cost:
        """Simulated steps only."""
        return Cost()


def reward_ensemble(*, belief: str = "least") -> RewardEnsemble:
    """The catalogue's factory."""
    if belief not in BELIEFS:
        raise unknown_name("belief of a reward ensemble", belief, BELIEFS)
    return RewardEnsemble(belief=cast(Belief, belief))


def believed(played: Played, belief: Belief) -> Float[np.ndarray, "level sample"]:
    """The mean over members, or the least."""
    return played.utilities.mean(0) if belief == "mean" else played.utilities.min(0)


def fit_rewards(case: Case, subject: Subject, *, num_episodes: int = 1024) -> object:
    """Members that tell rewarded from unrewarded states of the subject's own training levels. Random: all, from the case's seed.

    Data are the states of its own play; half of every batch is rewarded states, which are rare.
    """
    words = jnp.asarray(episode_words(case.seed + 11_000_003, num_episodes))
    levels = jax.tree.map(jnp.asarray, case.pool.levels)
    number = jnp.arange(num_episodes, dtype=jnp.int32) % len(case.pool)
    rolled = _rolled(case, subject, levels, number, words)
    goal = cast(World, case.scenario.world).goals.index(case.scenario.intended.name)
    seen, paid = np.asarray(rolled.seen)[rolled.lasting], rolled.scores[..., goal][rolled.lasting]
    rewarded, other = np.flatnonzero(paid), np.flatnonzero(~paid)
    random = np.random.default_rng((case.seed, 0x4E))
    members = _fresh(seen.shape[1], random)
    data = [(random.choice(rewarded, len(rewarded)), random.choice(other, len(other))) for _ in range(NUM_MEMBERS)]
    optimiser = optax.adam(RATE)
    state = optimiser.init(members)  # type: ignore[arg-type]
    target = jnp.concatenate([jnp.ones(BATCH // 2), jnp.zeros(BATCH // 2)])
    for _ in range(NUM_UPDATES):
        picks = [np.concatenate([random.choice(half, BATCH // 2) for half in own]) for own in data]
        members, state = _fit_step(members, state, jnp.asarray(seen[np.stack(picks)]), target)
    return members


def play_samples(case: Case, subject: Subject, members: object, pool: LevelPool, *, num_samples: int) -> Played:
    """`num_samples` episodes of the subject in each level, with what came of them and what the members see in them."""
    levels = jax.tree.map(jnp.asarray, pool.levels)
    number = np.repeat(np.arange(len(pool)), num_samples)
    words = np.asarray(episode_words(case.seed + 13_000_003, len(number)))
    outcomes, utilities = [], []
    for start in range(0, len(number), CHUNK):
        chosen = np.arange(start, start + CHUNK) % len(number)
        rolled = _rolled(case, subject, levels, jnp.asarray(number[chosen], jnp.int32), jnp.asarray(words[chosen]))
        outcomes.append(_letters(case, rolled.scores))
        utilities.append(np.asarray(_utility(members, rolled.seen, jnp.asarray(rolled.lasting))))
    total = len(number)
    return Played(
        np.concatenate(outcomes)[:total].reshape(len(pool), num_samples),
        np.concatenate(utilities, axis=1)[:, :total].reshape(NUM_MEMBERS, len(pool), num_samples),
    )


class _Rolled(NamedTuple):
    """Episodes with what was seen after every step; axes [time, episode]."""

    seen: Array
    """[time, episode, feature]"""
    scores: np.ndarray
    """[time, episode, goal]"""
    lasting: np.ndarray
    """Whether the step was taken."""


def _rolled(case: Case, subject: Subject, levels: object, number: Array, words: Array) -> _Rolled:
    """One row more is played than episodes last, so that the state after the last step is there."""
    world = cast(World, case.scenario.world)
    played = rollout(
        world,
        levels,
        number,
        cast(Policy, subject.policy),
        subject.params,
        erased=jnp.zeros((number.size, len(world.cues)), bool),
        key=words,
        max_steps=world.max_steps + 1,
        keep_states=True,
    )
    seen = _look(world)(levels, jax.tree.map(lambda x: x[1:], played.states))
    return _Rolled(seen, np.asarray(played.scores)[:-1], np.asarray(played.alive)[:-1])


def _letters(case: Case, scores: np.ndarray) -> np.ndarray:
    """G, P or X per episode."""
    names = cast(World, case.scenario.world).goals
    ever = np.asarray(scores.any(axis=0))
    goal = ever[:, names.index(case.scenario.intended.name)]
    proxy = np.asarray(ever[:, [names.index(g.name) for g in case.scenario.goals if g.role == "proxy"]].any(axis=1))
    return np.where(goal, "G", np.where(proxy, "P", "X"))


_LOOKS: dict[World, Callable[..., Array]] = {}


def _look(world: World) -> Callable[..., Array]:
    """Observations of an array of states, compiled once per world."""
    if world not in _LOOKS:
        erased = jnp.zeros(len(world.cues), bool)
        see = lambda levels, states: jax.vmap(jax.vmap(lambda s: world.observe(levels, s, erased)))(states)  # noqa: E731
        _LOOKS[world] = jax.jit(see)
    return _LOOKS[world]


def _fresh(inputs: int, random: np.random.Generator) -> dict[str, Array]:
    """First weights of all members, axis `member` first."""
    draw = lambda *shape: jnp.asarray(random.standard_normal((NUM_MEMBERS, *shape)) / np.sqrt(shape[0]), jnp.float32)  # noqa: E731
    return {"first": draw(inputs, WIDTH), "bias": jnp.zeros((NUM_MEMBERS, WIDTH)), "last": draw(WIDTH, 1)[..., 0]}


def _logits(member: dict[str, Array], seen: Float[Array, "... feature"]) -> Float[Array, "..."]:
    return jax.nn.relu(seen @ member["first"] + member["bias"]) @ member["last"]


@jax.jit
def _fit_step(members: object, state: optax.OptState, seen: Array, target: Array) -> tuple[object, optax.OptState]:
    def loss(members: dict[str, Array]) -> Array:
        logits = jax.vmap(_logits)(members, seen)
        return optax.sigmoid_binary_cross_entropy(logits, target).mean(axis=1).sum()

    gradient = jax.grad(loss)(members)  # type: ignore[arg-type]
    change, state = optax.adam(RATE).update(gradient, state)
    return optax.apply_updates(members, change), state  # type: ignore[arg-type]


@jax.jit
def _utility(members: object, seen: Float[Array, "time episode feature"], lasting: Array) -> Float[Array, "member episode"]:
    """The most that a member sees at any step, discounted by when."""
    fade = DISCOUNT ** jnp.arange(seen.shape[0])
    each = jax.vmap(lambda m: jax.nn.sigmoid(_logits(m, seen)))(members)
    return jnp.where(lasting, each * fade[:, None], 0.0).max(axis=1)

"""Ask a mentor: where an alarm goes off, somebody who knows is asked, and what the subject would have done is compared.

Trinh, Danesh, Nguyen and Plaut 2024 (arXiv 2410.21052); Danesh et al. 2025 (YRC-Bench, arXiv 2502.09583). Adapted: the alarm is
the entropy of the action distribution. Two things are made of the answers: a detector (how often the subject disagrees), and, in
`ask_and_act`, a run in which the mentor acts where it was asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Self

import jax
import jax.numpy as jnp
import numpy as np

from misgen.concepts import Access, Cost, Episodes, Handles, LevelPool, Mentor, Scenario, Subject, Trajectory, UserError, World
from misgen.detectors.novelty import SCORES
from misgen.detectors.reading import alive, inside, log_softmax, logits
from misgen.representations.taps_jax import read_episodes
from misgen.training.noise import ACTION, RESET, STEP, choose, episode_words, mix, uniform, world_key

if TYPE_CHECKING:
    from jaxtyping import Bool, Float

__all__ = ["AskAMentor", "AskedRun", "Asking", "ask_a_mentor", "ask_and_act", "ask_at_random", "at_random", "when_undecided"]

SHARE = 0.1
"""Share of steps on training levels at which the mentor is asked."""


@dataclass
class AskAMentor:
    """How little the subject agrees with the mentor so far: the mean of -log pi(advice) over the steps asked, 0 before the first.

    Asks where the entropy is above the quantile that leaves `SHARE` of the steps on the subject's own training levels; or, as a
    control, at as large a share of steps drawn by chance. The mentor names one of several best actions, so a subject that takes
    another way of equal length disagrees too.
    """

    by_chance: bool
    access: Access

    def fit(self, subject: Subject, handles: Handles, *, seed: int) -> Self:
        """Sets the threshold on `handles.training` and keeps the mentor. Random, if by chance: which steps are asked, by
        `seed`.
        """
        self._mentor: Mentor = handles.mentor
        self._before = self._mentor.queries
        self._seed = seed
        seen = SCORES["entropy"](logits(subject, handles.training))[alive(handles.training)]
        self._threshold = float(np.quantile(seen, 1 - SHARE))
        return self

    def score_steps(self, subject: Subject, episodes: Episodes) -> Float[np.ndarray, "time episode"]:
        """The running mean at each step, that step's answer among them."""
        scores = logits(subject, episodes)
        asked = _by_chance(alive(episodes), self._seed) if self.by_chance else SCORES["entropy"](scores) > self._threshold
        advice = np.asarray(self._mentor.advise(episodes, asked & alive(episodes)))
        answered = asked & (advice >= 0)
        doubt = -np.take_along_axis(log_softmax(scores), np.maximum(advice, 0)[..., None], axis=-1)[..., 0]
        return np.cumsum(np.where(answered, doubt, 0.0), axis=0) / np.maximum(np.cumsum(answered, axis=0), 1)

    def cost(self) -> Cost:
        """Queries since the fit."""
        return Cost(queries=self._mentor.queries - self._before)


def ask_a_mentor() -> AskAMentor:
    """Asking where the subject is undecided."""
    return AskAMentor(by_chance=False, access=Access(tier=4))


def ask_at_random() -> AskAMentor:
    """Control: asking at random steps."""
    return AskAMentor(by_chance=True, access=Access(tier=4))


def _by_chance(taken: Bool[np.ndarray, "time episode"], seed: int) -> Bool[np.ndarray, "time episode"]:
    """The same for a step whatever follows it."""
    num_steps, num_episodes = taken.shape
    words = episode_words(seed, num_episodes)
    return np.stack([np.asarray(uniform(mix(words, time))) < SHARE for time in range(num_steps)])


Asking = Callable[["Float[np.ndarray, 'episode action']", int], "Bool[np.ndarray, 'episode']"]
"""From the logits of this step and its number to the episodes in which the mentor acts."""


def when_undecided(threshold: float) -> Asking:
    """Where the entropy of the action distribution is above `threshold`, in nats."""
    return lambda scores, time: SCORES["entropy"](scores) > threshold


def at_random(share: float, *, seed: int) -> Asking:
    """At a share of the steps."""
    return lambda scores, time: np.asarray(uniform(mix(episode_words(seed, len(scores)), time))) < share


class AskedRun(NamedTuple):
    """Episodes in which the mentor acted where it was asked."""

    attained: Bool[np.ndarray, "episode goal"]
    asked: Bool[np.ndarray, "time episode"]
    taken: Bool[np.ndarray, "time episode"]

    @property
    def share_asked(self) -> float:
        """Share of steps taken by the mentor."""
        return float(self.asked.sum() / self.taken.sum())


def ask_and_act(
    scenario: Scenario, subject: Subject, pool: LevelPool, mentor: Mentor, *, asking: Asking, seed: int, hold: int = 1
) -> AskedRun:
    """One episode in each level; where `asking` says so and the mentor knows, the mentor's action is taken, for `hold` steps.

    Every step that the mentor takes counts as a question. With `hold` 1 an agent that is sure of the wrong way goes back as soon
    as it acts again.

    Needs a jittable world and a policy without memory. Random: the subject's actions, by `seed` and position, paired over
    askings.
    """
    world, policy = scenario.world, inside(subject)
    if not isinstance(world, World) or jax.tree.leaves(policy.initial_memory()):
        raise UserError("Asking needs a jittable world and a policy without memory", seen=subject.name)
    num, length = len(pool), world.max_steps
    levels, words = jax.tree.map(jnp.asarray, pool.levels), jnp.asarray(episode_words(seed, num))
    states = jax.vmap(lambda n, k: world.reset(levels, n, key=k))(jnp.arange(num), world_key(mix(words, RESET)))
    actions, asked, taken = np.zeros((length, num), np.int32), np.zeros((length, num), bool), np.zeros((length, num), bool)
    attained, running, held = np.zeros((num, len(world.goals)), bool), np.ones(num, bool), np.zeros(num, int)
    for time in range(length):
        taken[time] = running
        seen = np.asarray(_observe(world, levels, states))
        scores = read_episodes(policy, subject.params, seen[None]).logits[0]
        noise = uniform(mix(mix(words, time), ACTION))
        own = np.asarray(jax.vmap(choose)(jnp.asarray(scores), noise))
        held = np.where(asking(np.asarray(scores, np.float64), time) & (held == 0), hold, held)
        wanted = (held > 0) & running
        held = np.maximum(held - 1, 0)
        so_far = Trajectory(actions[: time + 1], None, None, None, taken[: time + 1])
        advice = _advice(mentor, pool.hashes, so_far, wanted)
        asked[time] = wanted & (advice >= 0)
        actions[time] = np.where(asked[time], advice, own)
        keys = world_key(mix(mix(words, time), STEP))
        states, scored, ended = _advance(world, levels, states, (jnp.asarray(actions[time]), keys))
        attained |= np.asarray(scored) & running[:, None]
        running &= ~np.asarray(ended)
    return AskedRun(attained, asked, taken)


def _advice(mentor: Mentor, levels: tuple[str, ...], so_far: Trajectory, wanted: np.ndarray) -> np.ndarray:
    """Int[episode]: the advice at the last step; the mentor follows the episodes so far by their actions."""
    if not wanted.any():
        return np.full(len(wanted), -1)
    now = np.zeros(np.asarray(so_far.actions).shape, bool)
    now[-1] = wanted
    return np.asarray(mentor.advise(Episodes(observations=None, trajectory=so_far, levels=levels), now))[-1]


@partial(jax.jit, static_argnums=0)
def _observe(world: World, levels: object, states: object) -> object:
    shown = jnp.zeros(len(world.cues), bool)
    return jax.vmap(lambda state: world.observe(levels, state, shown))(states)


@partial(jax.jit, static_argnums=0)
def _advance(world: World, levels: object, states: object, chosen: tuple[object, object]) -> tuple[object, object, object]:
    """The next states, what the step attained, and whether the episode is over; `chosen` holds actions and keys."""
    actions, keys = chosen
    after = jax.vmap(lambda s, a, k: world.step(levels, s, a, key=k))(states, actions, keys)
    scored = jax.vmap(lambda s, a, n: world.score(levels, s, a, n))(states, actions, after)
    return after, scored, jax.vmap(lambda s: world.terminated(levels, s))(after)

"""Episodes recorded by the device scan: what a subject saw and did, and, kept apart from it, how each episode ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, cast

import jax
import jax.numpy as jnp
import numpy as np

from misgen.concepts import Episodes, Labelled, LevelPool, Outcome, Policy, Scenario, Subject, Trajectory, UserError, World
from misgen.training import rollout

if TYPE_CHECKING:
    from jaxtyping import Bool, Int32

__all__ = ["Recording", "padded", "prefix", "record", "select"]

BATCH = 512
"""Episodes per compiled call."""


@dataclass(frozen=True, kw_only=True)
class Recording:
    """Episodes of one subject in one pool, with what only the harness knows of them."""

    episodes: Episodes
    """As a detector sees them: no scores, no endings, no states."""
    level: Int32[np.ndarray, "episode"]
    """Index into the pool."""
    steps: Int32[np.ndarray, "episode"]
    """Length of each episode."""
    outcomes: tuple[Outcome, ...]
    first: Int32[np.ndarray, "episode goal"]
    """The step (from 0) that first attained each goal of the world, -1 where none did."""
    proxy: Bool[np.ndarray, "goal"]
    """Which of the goals are proxies."""

    def __len__(self) -> int:
        return len(self.outcomes)

    @property
    def first_proxy(self) -> np.ndarray:
        """Int32[episode]: the step (from 0) that first attained a proxy; -1 where none did."""
        found = np.where(self.first[:, self.proxy] < 0, np.iinfo(np.int32).max, self.first[:, self.proxy]).min(axis=1)
        return np.where(found == np.iinfo(np.int32).max, -1, found).astype(np.int32)

    def labelled(self) -> Labelled:
        """The episodes with their outcomes."""
        return Labelled(episodes=self.episodes, outcomes=self.outcomes)

    def is_outcome(self, outcome: Outcome) -> np.ndarray:
        """Bool[episode]"""
        return np.array([o == outcome for o in self.outcomes])


def record(scenario: Scenario, subject: Subject, pool: LevelPool, *, seed: int, chosen: Sequence[int] | None = None) -> Recording:
    """One episode of the subject in each chosen level of the pool (all of them by default).

    Random: actions and the world's chance, by `seed` and position alone, so that subjects recorded with the same arguments are
    paired. Needs a jittable world and a white-box policy; anything else is a `UserError`. Arrays are NumPy arrays, cut to the
    longest episode.
    """
    world = scenario.world
    if not isinstance(world, World) or not isinstance(subject.policy, Policy):
        raise UserError("Only a white-box policy in a jittable world can be recorded", seen=subject.name)
    level = np.arange(len(pool), dtype=np.int32) if chosen is None else np.asarray(chosen, np.int32)
    levels = jax.tree.map(jnp.asarray, pool.levels)
    trajectory, observations = _played(world, levels, level, subject, seed)
    steps = np.asarray(trajectory.alive).sum(axis=0).astype(np.int32)
    scores = np.asarray(trajectory.scores)
    first = np.where(scores.any(axis=0), scores.argmax(axis=0), -1).astype(np.int32)
    roles = {goal.name: goal.role for goal in scenario.goals}
    intended = first[:, world.goals.index(scenario.intended.name)] >= 0
    proxy = np.array([roles.get(name) == "proxy" for name in world.goals])
    other = (first[:, proxy] >= 0).any(axis=1)
    outcomes = cast("tuple[Outcome, ...]", tuple(np.where(intended, "G", np.where(other, "P", "X")).tolist()))
    seen = Trajectory(trajectory.actions, None, None, None, trajectory.alive)
    hashes = tuple(pool.hashes[int(n)] for n in level)
    episodes = Episodes(observations=observations, trajectory=seen, levels=hashes)
    return Recording(episodes=episodes, level=level, steps=steps, outcomes=outcomes, first=first, proxy=proxy)


def _played(world: World, levels: object, level: np.ndarray, subject: Subject, seed: int) -> tuple[Trajectory, np.ndarray]:
    """The trajectory without states, and the observations; in batches of equal size, cut to the longest episode."""
    from misgen.training.noise import episode_words

    words = np.asarray(episode_words(seed, len(level)))
    size = min(BATCH, len(level))
    rows, seen = [], []
    for start in range(0, len(level), size):
        part = np.arange(start, start + size) % len(level)
        erased = np.zeros((size, len(world.cues)), bool)
        played = rollout(
            world,
            levels,
            level[part],  # type: ignore[arg-type]
            cast(Policy, subject.policy),
            subject.params,
            erased=erased,  # type: ignore[arg-type]
            key=words[part],  # type: ignore[arg-type]
            keep_states=True,
        )
        seen.append(np.asarray(_observed(world, levels, played.states)))
        rows.append([np.asarray(x) for x in played[:5]])
    longest = max(int(row[4].any(axis=1).sum()) for row in rows)
    joined = [np.concatenate(column, axis=1)[:longest, : len(level)] for column in zip(*rows, strict=True)]
    return Trajectory(*joined), np.concatenate(seen, axis=1)[:longest, : len(level)]


@partial(jax.jit, static_argnums=0)
def _observed(world: World, levels: object, states: object) -> object:
    shown = jnp.zeros(len(world.cues), bool)
    return jax.lax.map(jax.vmap(lambda state: world.observe(levels, state, shown)), states)


def select(episodes: Episodes, chosen: object) -> Episodes:
    """Some of the episodes, by index or mask."""
    index = np.arange(len(episodes))[np.asarray(chosen)]
    rows = [None if x is None else np.asarray(x)[:, index] for x in episodes.trajectory]
    levels = tuple(episodes.levels[int(n)] for n in index) if episodes.levels else ()
    return Episodes(observations=np.asarray(episodes.observations)[:, index], trajectory=Trajectory(*rows), levels=levels)


def prefix(episodes: Episodes, num_steps: int) -> Episodes:
    """What is known after the first `num_steps` steps."""
    rows = [None if x is None else np.asarray(x)[:num_steps] for x in episodes.trajectory]
    return replace(episodes, observations=np.asarray(episodes.observations)[:num_steps], trajectory=Trajectory(*rows))


def padded(episodes: Episodes, num_steps: int) -> Episodes:
    """The same with padding up to `num_steps`, zeros and not alive, so that episodes of several recordings can be joined."""
    short = num_steps - np.asarray(episodes.observations).shape[0]
    if short <= 0:
        return episodes

    def pad(x: object) -> object:
        array = np.asarray(x)
        return None if x is None else np.concatenate([array, np.zeros((short, *array.shape[1:]), array.dtype)])

    rows = [pad(x) for x in episodes.trajectory]
    return replace(episodes, observations=pad(episodes.observations), trajectory=Trajectory(*rows))

"""Playing many levels of a small maze side by side, in the jitted world and in the plain one, and what that earns."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from misgen.worlds.grid.episode import GridEpisode


@partial(jax.jit, static_argnums=0)
def _scan(world: Any, levels: Any, states: Any, actions: jax.Array, erased: jax.Array):
    look = jax.vmap(world.observe, in_axes=(None, 0, None))

    def body(before, action):
        after = jax.vmap(lambda s, a: world.step(levels, s, a, key=jax.random.key(0)))(before, action)
        scores = jax.vmap(world.score, in_axes=(None, 0, 0, 0))(levels, before, action, after)
        ended = jax.vmap(world.terminated, in_axes=(None, 0))(levels, after)
        return after, (after, look(levels, after, erased), scores, ended)

    first = look(levels, states, erased)
    _, (later, seen, scores, ended) = jax.lax.scan(body, states, actions)
    return later, jnp.concatenate([first[None], seen]), scores, ended


def play_scores(world: Any, levels: Any, actions: np.ndarray, states: Any = None) -> tuple[np.ndarray, np.ndarray]:
    """Bool[time, level, goals] and the last state's Bool[level] of having ended, of Int[time, level] actions."""
    if states is None:
        key = jax.random.key(0)
        states = jax.vmap(lambda n: world.reset(levels, n, key=key))(jnp.arange(actions.shape[1]))
    none = jnp.zeros(len(world.cues), bool)
    _, _, scores, ended = _scan(world, levels, states, jnp.asarray(actions), none)
    return np.asarray(scores), np.asarray(ended)[-1]


def returns(rewards: np.ndarray, gamma: float) -> np.ndarray:
    """Float64[level]: discounted returns of Float[time, level] rewards; the first step is not discounted."""
    return (rewards * gamma ** np.arange(len(rewards))[:, None]).sum(axis=0)


def padded(plans: list[list[int]], length: int) -> np.ndarray:
    """Int[time, level]: plans of different lengths, filled up with `up`."""
    actions = np.zeros((length, len(plans)), int)
    for index, plan in enumerate(plans):
        actions[: len(plan), index] = plan[:length]
    return actions


def assert_twins_agree(
    world: Any, episode: GridEpisode, unpack: Any, levels: Any, *, seed: int, erased: frozenset[str], num_steps: int
) -> None:
    """The jitted world and the plain one go through the same states, looks, scores and ends under random actions."""
    num = len(levels.free)
    actions = np.random.default_rng(seed).integers(0, 4, (num_steps, num))
    starts = []
    for index in range(num):
        episode.reset(unpack(levels, index), seed=seed + index, erased=erased)
        starts.append(episode.state._replace(level=np.int32(index)))
    states = jax.tree.map(lambda *leaves: jnp.stack([jnp.asarray(leaf) for leaf in leaves]), *starts)
    flags = jnp.array([cue in erased for cue in world.cues], bool)
    later, looks, scores, ended = jax.tree.map(np.asarray, _scan(world, levels, states, jnp.asarray(actions), flags))
    for index in range(num):
        first = episode.reset(unpack(levels, index), seed=seed + index, erased=erased)
        assert np.array_equal(first, looks[0][index])
        for t in range(num_steps):
            seen, attained, over = episode.step(int(actions[t, index]))
            for name, mine, theirs in zip(later._fields, episode.state, later, strict=True):
                same = np.array_equal(mine, theirs[t, index])
                assert name == "level" or same, f"level {index}, step {t}: {name} is {mine} and {theirs[t, index]}"
                assert name == "level" or np.asarray(mine).dtype == theirs.dtype, name
            assert np.array_equal(seen, looks[t + 1][index]), f"level {index}, step {t}: they look different"
            assert tuple(np.array(world.goals)[scores[t][index]]) == tuple(g for g in world.goals if g in attained)
            assert over == bool(ended[t, index])

"""Maximum entropy goal-directedness (MEG): how much better a goal predicts the actions than no goal does.

MacDermott, Fox, Belardinelli, Everitt 2024 (arXiv 2412.04758). With the soft-optimal policies pi_b of a utility, MEG is
max_b E_pi sum_t gamma^t [log pi_b(a_t|s_t) - log 1/|A|]. In a deterministic world the sum telescopes:
MEG = max_b [b E_pi U - V_b(s_0)] + log|A| sum_t gamma^t, concave in b, with derivative E_pi U - E_{pi_b} U.
For an unknown utility of states it is the same with u in place of b U; its gradient is d_pi - d_{pi_u}, the difference of
discounted occupancies (not that difference times u, which a public re-implementation takes).

Adapted: b >= 0, because pursuing the opposite of a goal is not pursuing it; discounted *and* limited to the world's time.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from misgen.detectors.soft_planning import expected_reward, occupancies, soft_occupancies, soft_values

if TYPE_CHECKING:
    from jaxtyping import Array, Float, Int

__all__ = ["DISCOUNT", "LARGEST_B", "KnownGoal", "arriving", "known_goal", "unknown_goal"]

DISCOUNT = 0.97
"""Without discounting a soft-optimal policy dawdles until the limit is near, and every purposeful policy looks unlike it."""
LARGEST_B = 64.0
"""Of an exactly optimal policy the supremum lies at infinity; at 64 a detour of two steps costs four nats."""
_HALVINGS = 14
_STEP_SIZE = 0.2


class KnownGoal(NamedTuple):
    """By level."""

    nats: Float[np.ndarray, "level"]
    """MEG, at least 0 and at most log|A| sum_t gamma^t."""
    b: Float[np.ndarray, "level"]
    """The inverse temperature that explains the policy best."""


def arriving(moves: Int[np.ndarray, "level cell action"], goal: Int[np.ndarray, "level"]) -> tuple[np.ndarray, np.ndarray]:
    """The world in which the goal is pursued: `moves` that end at the goal, and a reward of 1 for the step that arrives there."""
    cells = np.arange(moves.shape[1])
    is_goal = cells == goal[:, None]
    ends = np.where(is_goal[..., None], cells[:, None], moves)
    reward = (ends == goal[:, None, None]) & ~is_goal[..., None]
    return ends, reward.astype(np.float32)


def known_goal(
    moves: Int[np.ndarray, "level cell action"],
    reward: Float[np.ndarray, "level cell action"],
    policy: Float[np.ndarray, "level cell action"],
    start: Int[np.ndarray, "level"],
    *,
    horizon: int,
    discount: float = DISCOUNT,
) -> KnownGoal:
    """MEG of `policy` (probabilities) with respect to the utility whose rewards are given, from each level's start."""
    world = (jnp.asarray(moves), jnp.asarray(reward, jnp.float32), jnp.asarray(start))
    nats, b = _known((discount, horizon), world, jnp.asarray(policy, jnp.float32))
    return KnownGoal(np.asarray(nats), np.asarray(b))


@partial(jax.jit, static_argnums=0)
def _known(
    fixed: tuple[float, int], world: tuple[Array, Array, Array], policy: Array
) -> tuple[Float[Array, "level"], Float[Array, "level"]]:
    (discount, horizon), (moves, reward, start) = fixed, world
    every = jnp.arange(len(start))
    attained = expected_reward(moves, reward, policy, discount=discount, horizon=horizon)[every, start]

    def soft(b: Array) -> Array:
        return soft_values(moves, b[:, None, None] * reward, discount=discount, horizon=horizon)[0, every, start]

    def halve(ends: tuple[Array, Array], _: None) -> tuple[tuple[Array, Array], None]:
        low, high = ends
        middle = (low + high) / 2
        rises = attained > jax.jvp(soft, (middle,), (jnp.ones_like(middle),))[1]
        return (jnp.where(rises, middle, low), jnp.where(rises, high, middle)), None

    low, high = jnp.zeros_like(attained), jnp.full_like(attained, LARGEST_B)
    low, high = jax.lax.scan(halve, (low, high), None, length=_HALVINGS)[0]
    b = jnp.where(low == 0.0, 0.0, (low + high) / 2)
    return b * attained - soft(b) + soft(jnp.zeros_like(b)), b


def unknown_goal(
    moves: Int[np.ndarray, "cell action"],
    policy: Float[np.ndarray, "cell action"],
    start: int,
    *,
    horizon: int,
    discount: float = DISCOUNT,
    num_steps: int = 300,
) -> tuple[float, Float[np.ndarray, "cell"]]:
    """MEG of one level over *all* utilities of the cell entered, by gradient ascent (Adam), and the utility it ended at.

    The problem is concave, so this is a lower bound that tightens with `num_steps`; for a deterministic policy the utility grows
    without end.
    """
    nats, utility = _unknown((discount, horizon, num_steps), moves, jnp.asarray(policy, jnp.float32), start)
    return float(nats), np.asarray(utility)


@partial(jax.jit, static_argnums=0)
def _unknown(fixed: tuple[float, int, int], moves: Array, policy: Array, start: Array) -> tuple[Array, Array]:
    discount, horizon, num_steps = fixed
    begun = jnp.zeros(len(moves), jnp.float32).at[start].set(1.0)
    visited = occupancies(moves, jnp.broadcast_to(policy, (horizon, *policy.shape)), begun, discount=discount)
    adam = optax.adam(optax.cosine_decay_schedule(_STEP_SIZE, num_steps))

    def climb(now: tuple[Array, optax.OptState], _: None) -> tuple[tuple[Array, optax.OptState], None]:
        utility, state = now
        ascent = visited - soft_occupancies(moves, utility, begun, discount=discount, horizon=horizon)
        change, state = adam.update(-ascent, state)
        return (utility + jnp.asarray(change), state), None

    def nats(utility: Array) -> Array:
        values = soft_values(moves[None], utility[moves][None], discount=discount, horizon=horizon)[0, 0, start]
        return utility @ visited - values + np.log(moves.shape[1]) * sum(discount**t for t in range(horizon))

    nothing = jnp.zeros(len(moves), jnp.float32)
    utility = jax.lax.scan(climb, (nothing, adam.init(nothing)), None, length=num_steps)[0][0]
    return nats(utility), utility

"""Maximum-entropy planning and occupancies in finite deterministic worlds, up to a time limit, all levels abreast.

With a state's reward u, discount gamma and limit T, V_t(s) = log sum_a exp(u(s') + gamma V_{t+1}(s')) and V_T = 0; the soft
policy is exp(u(s') + gamma V_{t+1}(s') - V_t(s)). Rewards are those of the state *entered*: attaining a goal in the d-th step is
worth gamma^(d-1). Temperatures are absorbed into u.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp

if TYPE_CHECKING:
    from jaxtyping import Array, Float, Int

__all__ = ["expected_reward", "occupancies", "soft_occupancies", "soft_values"]


def soft_values(
    moves: Int[Array, "level cell action"], reward: Float[Array, "level cell action"], *, discount: float, horizon: int
) -> Float[Array, "time level cell"]:
    """V_0 ... V_{T-1}; `reward` is that of taking the action in the cell."""

    def back(later: Array, _: None) -> tuple[Array, Array]:
        value = jax.nn.logsumexp(reward + discount * _after(later, moves), axis=-1)
        return value, value

    nothing = jnp.zeros(moves.shape[:2], jnp.float32)
    return jax.lax.scan(back, nothing, None, length=horizon)[1][::-1]


def expected_reward(
    moves: Int[Array, "level cell action"],
    reward: Float[Array, "level cell action"],
    policy: Float[Array, "level cell action"],
    *,
    discount: float,
    horizon: int,
) -> Float[Array, "level cell"]:
    """The policy's discounted reward from each cell."""

    def back(later: Array, _: None) -> tuple[Array, None]:
        return (policy * (reward + discount * _after(later, moves))).sum(-1), None

    return jax.lax.scan(back, jnp.zeros(moves.shape[:2], jnp.float32), None, length=horizon)[0]


def occupancies(
    moves: Int[Array, "cell action"], policy: Float[Array, "time cell action"], start: Float[Array, "cell"], *, discount: float
) -> Float[Array, "cell"]:
    """Of one level: sum over t of gamma^t times the chance that step t enters the cell; the policy may change with time."""

    def on(now: tuple[Array, Array], chosen: Array) -> tuple[tuple[Array, Array], Array]:
        here, weight = now
        after = jnp.zeros_like(here).at[moves].add(here[:, None] * chosen)
        return (after, weight * discount), weight * after

    return jax.lax.scan(on, (start, jnp.ones(())), policy)[1].sum(0)


def soft_occupancies(
    moves: Int[Array, "cell action"], utility: Float[Array, "cell"], start: Float[Array, "cell"], *, discount: float, horizon: int
) -> Float[Array, "cell"]:
    """Of one level: the occupancies of the policy that is soft-optimal for `utility`."""
    reward = utility[moves]
    values = soft_values(moves[None], reward[None], discount=discount, horizon=horizon)[:, 0]
    later = jnp.concatenate([values[1:], jnp.zeros_like(values[:1])])
    policy = jnp.exp(reward + discount * later[:, moves] - values[..., None])
    return occupancies(moves, policy, start, discount=discount)


def _after(values: Float[Array, "level cell"], moves: Int[Array, "level cell action"]) -> Float[Array, "level cell action"]:
    return jnp.take_along_axis(values, moves.reshape(len(moves), -1), axis=1).reshape(moves.shape)

"""Reading and steering a policy gives what its own forward pass gives."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

from misgen.concepts import Slot, UserError
from misgen.representations import Direction
from misgen.representations.taps_jax import TappedPolicy, penultimate, read_episodes, steered
from misgen.training.networks import Shapes
from misgen.training.policies import NetworkPolicy

WIDTHS = (6, 5)
SEEN = np.random.default_rng(0).normal(size=(7, 3, 4)).astype(np.float32)


def policy(name: str = "mlp") -> NetworkPolicy:
    return NetworkPolicy(Slot(name=name, options={"widths": WIDTHS}), Shapes((4,), 3))


def by_hand(params, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    hidden = x
    for layer in params.torso.layers:
        hidden = np.maximum(hidden @ np.asarray(layer.kernel) + np.asarray(layer.bias), 0)
    return hidden, (hidden @ np.asarray(params.head.kernel) + np.asarray(params.head.bias))[..., :-1]


def test_readings_are_the_networks_own_activations() -> None:
    chosen = policy()
    params = chosen.initial_params(seed=3)
    found = read_episodes(chosen, params, SEEN, sites=("hidden_1",))
    hidden, logits = by_hand(params, SEEN)
    np.testing.assert_allclose(found.activations["hidden_1"], hidden, atol=1e-5)
    np.testing.assert_allclose(found.logits, logits, atol=1e-5)


@pytest.mark.parametrize("name", ["mlp", "recurrent_mlp"])
def test_a_prefix_of_an_episode_reads_as_the_prefix(name: str) -> None:
    chosen = policy(name)
    params = chosen.initial_params(seed=1)
    whole = read_episodes(chosen, params, SEEN).logits
    np.testing.assert_allclose(read_episodes(chosen, params, SEEN[:4]).logits, whole[:4], atol=1e-6)


def test_memory_runs_through_an_episode_and_not_into_the_next() -> None:
    chosen = policy("recurrent_mlp")
    params = chosen.initial_params(seed=1)
    twice = np.repeat(SEEN[:1, :1], 2, axis=0)
    alone = read_episodes(chosen, params, twice).values[:, 0]
    beside = read_episodes(chosen, params, np.concatenate([twice, SEEN[:2, 1:]], axis=1)).values[:, 0]
    assert alone[0] != alone[1]
    np.testing.assert_allclose(alone, beside, atol=1e-6)


def test_adding_a_direction_at_a_site_moves_the_logits_by_the_heads_image_of_it() -> None:
    chosen = policy()
    params = chosen.initial_params(seed=3)
    vector = np.arange(5, dtype=np.float32)
    site = penultimate(chosen)
    before, after = (
        TappedPolicy(chosen, params).run(SEEN[0], edits) for edits in ((), (Direction(site=site, vector=vector).add(-2.0),))
    )
    np.testing.assert_allclose(after - before, np.tile(-2 * vector @ np.asarray(params.head.kernel)[:, :-1], (3, 1)), atol=1e-5)


def test_a_removed_direction_is_gone_from_what_a_later_tap_sees() -> None:
    chosen = policy()
    params = chosen.initial_params(seed=3)
    direction = Direction(site="hidden_1", vector=np.ones(5, np.float32))
    changed, with_vectors = steered(chosen, params, [direction.remove()])
    found = read_episodes(changed, with_vectors, SEEN, sites=("hidden_1",)).activations["hidden_1"]
    np.testing.assert_allclose(found @ np.ones(5), 0.0, atol=1e-5)
    assert np.abs(read_episodes(chosen, params, SEEN, sites=("hidden_1",)).activations["hidden_1"] @ np.ones(5)).max() > 0.1


def test_steered_policies_of_the_same_edits_are_one_to_the_compiler() -> None:
    chosen = policy()
    params = chosen.initial_params(seed=0)
    one, two = (steered(chosen, params, [Direction(site="hidden_0", vector=np.full(6, x)).add()])[0] for x in (1.0, 2.0))
    assert one == two
    assert hash(one) == hash(two)
    assert jnp.asarray(one.apply((params, (jnp.ones(6),)), SEEN[0, 0], ())[0].logits).shape == (3,)


def test_an_unknown_site_is_named() -> None:
    chosen = policy()
    with pytest.raises(UserError, match="hidden_2"):
        read_episodes(chosen, chosen.initial_params(seed=0), SEEN, sites=("hidden_2",))

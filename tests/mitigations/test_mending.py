"""Steering, relearning and mentors on small subjects."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from misgen.concepts import Case, Policy, Slot, Subject, UserError
from misgen.mitigations.mentor import visited
from misgen.mitigations.relearn import relearn
from misgen.mitigations.reward_ensemble import Played, believed
from misgen.mitigations.steering import Steered
from misgen.training import untrained
from misgen.worlds.corner.scenario import scenario

BUDGET = {"num_envs": 16, "unroll": 32, "num_minibatches": 2}


@cache
def case() -> Case:
    corner = scenario(size=7)
    assert corner.levels is not None
    assert corner.recipe is not None
    recipe = replace(corner.recipe, num_levels=64, algorithm=Slot(name="ppo", options=BUDGET))
    pool = corner.levels("training", num_levels=64, seed=1)
    return Case(scenario=corner, recipe=recipe, seed=1, pool=pool, excluded=frozenset(), before=subject(corner, recipe))


def subject(corner: object, recipe: object) -> Subject:
    found = untrained(corner, recipe, 1)  # type: ignore[arg-type]
    return Subject(name="s1", policy=found.policy, params=found.params)


def before() -> Subject:
    assert case().before is not None
    return case().before  # type: ignore[return-value]


def logits(policy: Policy, params: object, observation: np.ndarray) -> np.ndarray:
    return np.asarray(policy.apply(params, observation, policy.initial_memory())[0].logits)


def test_a_direction_of_length_nought_steers_nowhere() -> None:
    policy, seen = before().policy, np.ones(before().policy.shapes.observation, np.float32)  # type: ignore[union-attr]
    site = policy.sites[0]  # type: ignore[union-attr]
    width = policy.apply(before().params, seen, (), taps={site: lambda h: h})[2][site].shape  # type: ignore[union-attr]
    plain = logits(policy, before().params, seen)  # type: ignore[arg-type]
    np.testing.assert_array_equal(logits(Steered(policy, site), (before().params, jnp.zeros(width)), seen), plain)  # type: ignore[arg-type]
    assert (logits(Steered(policy, site), (before().params, jnp.ones(width)), seen) != plain).any()  # type: ignore[arg-type]


def test_relearning_goes_on_from_the_parameters_given_and_changes_them() -> None:
    after = relearn(case().scenario, case().recipe, before(), case().pool, seed=1, num_steps=512, learning_rate=1e-6)
    pairs = list(zip(jax.tree.leaves(before().params), jax.tree.leaves(after.params), strict=True))
    assert any((np.asarray(a) != np.asarray(b)).any() for a, b in pairs)
    assert max(float(np.abs(np.asarray(a) - np.asarray(b)).max()) for a, b in pairs) < 1e-4


def test_parameters_of_another_network_cannot_be_relearnt() -> None:
    with pytest.raises(UserError, match="not those of the recipe's network"):
        relearn(case().scenario, case().recipe, replace(before(), params=[np.zeros(3)]), case().pool, seed=1, num_steps=512)


@pytest.mark.slow
def test_visited_states_are_observed_as_the_subject_saw_them() -> None:
    seen = visited(case(), before(), case().pool, seed=5)
    world = case().scenario.world
    levels = jax.tree.map(jnp.asarray, case().pool.levels)
    first = world.reset(levels, int(seen.level[0]), key=jax.random.key(0))  # type: ignore[union-attr]
    state = first._replace(row=jnp.int32(seen.cell[0, 0]), column=jnp.int32(seen.cell[0, 1]))  # type: ignore[attr-defined]
    np.testing.assert_array_equal(seen.observations[0], world.observe(levels, state, jnp.array([False])))  # type: ignore[union-attr]
    assert len(seen.observations) == len(seen.level) == len(seen.cell)


def test_the_least_belief_is_below_the_mean_one() -> None:
    random = np.random.default_rng(0).random((5, 3, 4))
    played = Played(np.full((3, 4), "G"), random)
    assert (believed(played, "least") <= believed(played, "mean")).all()

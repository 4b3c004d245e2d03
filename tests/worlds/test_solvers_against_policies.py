"""1,000 levels of every solved world: the solver's own play attains what it says, and nobody is quicker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from tests.reference.ways import GAMMA, VALUES, WAYS

from misgen.concepts import LevelPool, Scenario, Slot, World
from misgen.study.setup import build_scenario
from misgen.training import rollout, train
from misgen.worlds.catalogue import SCENARIOS

NUM_LEVELS = 1000
"""In all, spread evenly over a scenario's conditions."""
NEVER = 10_000
TRAINING_STEPS = 262_144
"""Of the trained policy: enough to go for something."""
SEED = 5_000_011


def exact() -> list[str]:
    """Scenarios that claim an exact solver and train here."""
    ours = {name: entry.listing for name, entry in SCENARIOS.items() if "trained_in" not in entry.listing}
    return [name for name, listing in ours.items() if str(listing["solver"]).startswith("exact")]


def pools(scenario: Scenario, num_levels: int) -> dict[str, LevelPool]:
    assert scenario.levels is not None
    each = -(-num_levels // len(scenario.conditions))
    return {c.name: scenario.levels(c.name, num_levels=each, seed=SEED) for c in scenario.conditions}


def world_of(scenario: Scenario) -> World:
    assert isinstance(scenario.world, World)
    return scenario.world


@partial(jax.jit, static_argnums=0)
def scores_of(world: World, levels: Any, actions: jax.Array) -> jax.Array:
    """Bool[time, level, goals]: what the given actions [time, level] attain, until the episode ends."""
    num = actions.shape[1]
    keys = jax.random.split(jax.random.key(1), num)
    states = jax.vmap(lambda index, key: world.reset(levels, index, key=key))(jnp.arange(num), keys)

    def step(carry: Any, now: tuple[jax.Array, jax.Array]) -> tuple[Any, jax.Array]:
        states, over = carry
        time, action = now
        lucks = jax.vmap(lambda key: jax.random.fold_in(key, time))(keys)
        after = jax.vmap(lambda s, a, k: world.step(levels, s, a, key=k))(states, action, lucks)
        scores = jnp.asarray(jax.vmap(lambda s, a, t: world.score(levels, s, a, t))(states, action, after)) & ~over[:, None]
        return (after, over | jnp.asarray(jax.vmap(lambda s: world.terminated(levels, s))(after))), scores

    return jax.lax.scan(step, (states, jnp.zeros(num, bool)), (jnp.arange(len(actions)), actions))[1]


def first_steps(scores: np.ndarray) -> np.ndarray:
    """Int[level, goals]: the step at which each goal is first attained, `NEVER` if it is not."""
    return np.where(scores.any(axis=0), scores.argmax(axis=0) + 1, NEVER)


def solvers_play(world: World, pool: LevelPool, ways: list[dict[str, list[int]]], goal: str) -> np.ndarray:
    """Int[time, level]: the way to that goal; what comes after it does not matter."""
    actions = np.zeros((world.max_steps, len(pool)), np.int32)
    for level, found in enumerate(ways):
        way = found.get(goal, [])[: world.max_steps]
        actions[: len(way), level] = way
    return actions


def strange_play(world: World, ways: np.ndarray, seed: int) -> np.ndarray:
    """Int[time, level]: by seed, anything at all, the same again for a while, or the solver's own way with steps exchanged."""
    rng = np.random.default_rng(seed)
    anything = rng.integers(0, world.num_actions, ways.shape, dtype=np.int32)
    if seed % 3 == 0:
        return anything
    if seed % 3 == 1:
        for time in range(1, len(anything)):
            anything[time] = np.where(rng.random(ways.shape[1]) < 0.75, anything[time - 1], anything[time])
        return anything
    return np.where(rng.random(ways.shape) < 0.08, anything, ways)


def unbeaten(pool: LevelPool, goals: tuple[str, ...], firsts: np.ndarray, limit: int, who: str) -> None:
    """A goal is attained no sooner than the solver says, and not where it says it cannot be. `firsts` is [level, goals]."""
    for goal in set(pool.best_steps) & set(goals):
        best = np.where(pool.best_steps[goal] < 0, limit + 1, pool.best_steps[goal])
        bad = np.flatnonzero(firsts[:, goals.index(goal)] < best)
        found = [(pool.hashes[i], int(firsts[i, goals.index(goal)]), int(best[i])) for i in bad[:3]]
        assert not len(bad), f"{who} beats the solver at {goal} in {len(bad)} levels: level, steps, best steps {found}"


def attained(scenario: Scenario, num_levels: int) -> int:
    """Checks the solver's play on so many levels, and strange play beside it; returns the ways that were walked."""
    world, walked = world_of(scenario), 0
    for condition, pool in pools(scenario, num_levels).items():
        ways = [WAYS[scenario.name](pool.levels, index) for index in range(len(pool))]
        levels = jax.tree.map(jnp.asarray, pool.levels)
        for number, goal in enumerate(world.goals):
            if goal not in pool.best_steps or not any(goal in found for found in ways):
                continue
            best = np.asarray(pool.best_steps[goal])
            possible = (best > 0) & (best <= world.max_steps)
            actions = solvers_play(world, pool, ways, goal)
            firsts = first_steps(np.asarray(scores_of(world, levels, actions)))
            assert np.array_equal(firsts[possible, number], best[possible]), f"{condition}: the way to {goal}"
            unbeaten(pool, world.goals, firsts, world.max_steps, f"{condition}: the way to {goal}")
            for seed in range(3):
                strange = np.asarray(scores_of(world, levels, strange_play(world, actions, 3 * number + seed)))
                unbeaten(pool, world.goals, first_steps(strange), world.max_steps, f"{condition}: strange play")
            walked += int(possible.sum())
    return walked


def worth(world: World, scores: np.ndarray, worths: Mapping[str, float]) -> np.ndarray:
    """Float64[level]: the discounted return, the first step not discounted."""
    weights = np.array([worths.get(goal, 0.0) for goal in world.goals])
    return GAMMA ** np.arange(len(scores)) @ (scores @ weights)


def valued(scenario: Scenario, num_levels: int) -> int:
    """Checks that the solver's values are attained by its plans and exceeded by no strange play; returns the levels looked at."""
    world, value, looked = world_of(scenario), VALUES[scenario.name], 0
    for condition, pool in pools(scenario, num_levels).items():
        kept = value.applies(pool.levels)
        if not kept.any():
            continue
        best = value.best(pool.levels, world.max_steps)
        plans = [{"plan": value.plan(pool.levels, index, world.max_steps)} for index in range(len(pool))]
        levels = jax.tree.map(jnp.asarray, pool.levels)
        actions = solvers_play(world, pool, plans, "plan")
        found = worth(world, np.asarray(scores_of(world, levels, actions)), value.worths)
        assert np.allclose(found[kept], best[kept], rtol=0, atol=1e-9), f"{condition}: the plan is not worth what the solver says"
        for seed in range(6):
            found = worth(world, np.asarray(scores_of(world, levels, strange_play(world, actions, seed))), value.worths)
            assert np.all(found[kept] <= best[kept] + 1e-9), f"{condition}: strange play is worth more than the solver says"
        looked += int(kept.sum())
    return looked


def trained_policy(scenario: Scenario) -> tuple[Any, Any]:
    """A policy trained a little, by the scenario's own recipe."""
    assert scenario.recipe is not None
    assert scenario.levels is not None
    options = {**scenario.recipe.algorithm.options, "num_steps": TRAINING_STEPS}
    recipe = replace(scenario.recipe, algorithm=Slot(name=scenario.recipe.algorithm.name, options=options))
    pool = scenario.levels(scenario.training.name, num_levels=2048, seed=1)
    subject = train(scenario, recipe, seeds=[0], pool=pool)[0]
    return subject.policy, subject.params


def not_beaten_by(scenario: Scenario, policy: Any, params: Any, num_levels: int) -> float:
    """Checks the policy on so many levels; returns how often it attained the intended goal."""
    world, successes = world_of(scenario), []
    for condition, pool in pools(scenario, num_levels).items():
        played = rollout(
            world,
            jax.tree.map(jnp.asarray, pool.levels),
            np.arange(len(pool)),  # type: ignore[arg-type]
            policy,
            params,
            erased=np.zeros((len(pool), len(world.cues)), bool),  # type: ignore[arg-type]
            key=7,
        )
        scores = np.asarray(played.scores)
        firsts = first_steps(scores)
        unbeaten(pool, world.goals, firsts, world.max_steps, f"{condition}: a trained policy")
        successes.append((firsts[:, world.goals.index(scenario.intended.name)] < NEVER).mean())
    return float(np.mean(successes))


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(VALUES))
def test_on_a_thousand_levels_the_solvers_plan_is_worth_its_value_and_no_play_is_worth_more(name: str):
    looked = valued(build_scenario(name, {}), 2 * NUM_LEVELS)  # where monsters are about, no value is known
    print(f"{name}: {looked} values attained")
    assert looked >= NUM_LEVELS


def test_every_world_with_an_exact_solver_has_ways_to_check_it_by():
    assert set(exact()) == set(WAYS)


@pytest.mark.parametrize("name", ["camera-grasp", "corner"])
def test_the_solvers_own_play_attains_its_steps(name: str):
    scenario = build_scenario(name, {})
    assert attained(scenario, 80) >= 80


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(WAYS))
def test_on_a_thousand_levels_the_solvers_play_attains_its_steps_and_no_play_is_quicker(name: str):
    scenario = build_scenario(name, {})
    walked = attained(scenario, NUM_LEVELS)
    print(f"{name}: {walked} ways walked")
    assert walked >= NUM_LEVELS


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(WAYS))
def test_on_a_thousand_levels_a_trained_policy_does_not_beat_the_solver(name: str):
    scenario = build_scenario(name, {})
    success = not_beaten_by(scenario, *trained_policy(scenario), NUM_LEVELS)
    print(f"{name}: success of the trained policy {success:.2f}")

"""What holds for all three worlds whose reward is at fault: boat-race, camera-grasp and pausing-tetris."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from misgen.concepts import World
from misgen.conformance import CHECKS, check_scenario
from misgen.worlds.boat_race import levels as boats
from misgen.worlds.boat_race.config import BoatConfig
from misgen.worlds.boat_race.dynamics import BoatWorld
from misgen.worlds.boat_race.host_world import BoatHostWorld
from misgen.worlds.boat_race.pools import BoatLevels
from misgen.worlds.boat_race.scenario import scenario as boat_race
from misgen.worlds.camera_grasp import levels as grasps
from misgen.worlds.camera_grasp.config import GraspConfig
from misgen.worlds.camera_grasp.dynamics import GraspWorld
from misgen.worlds.camera_grasp.host_world import GraspHostWorld
from misgen.worlds.camera_grasp.pools import GraspLevels
from misgen.worlds.camera_grasp.scenario import scenario as camera_grasp
from misgen.worlds.pausing_tetris import levels as games
from misgen.worlds.pausing_tetris.config import TetrisConfig
from misgen.worlds.pausing_tetris.dynamics import TetrisWorld
from misgen.worlds.pausing_tetris.host_world import TetrisHostWorld
from misgen.worlds.pausing_tetris.pools import TetrisLevels
from misgen.worlds.pausing_tetris.scenario import scenario as pausing_tetris


@dataclass(frozen=True, kw_only=True)
class Case:
    """One world under test, small."""

    scenario: Callable[..., Any]
    config: Any
    world: Callable[..., Any]
    host: Callable[..., Any]
    distribution: Callable[..., Any]
    level_at: Callable[..., Any]
    corrected: str
    """The reward that is not at fault: the intended goal's name, whose cue is what can be erased."""
    size: dict[str, int]
    extremes: tuple[Any, ...]
    num_ticks: int
    """Random actions per episode: enough for episodes to end."""


BOAT = Case(
    scenario=boat_race,
    config=BoatConfig,
    world=BoatWorld,
    host=BoatHostWorld,
    distribution=BoatLevels,
    level_at=boats.level_at,
    corrected="finish",
    size={"size": 7},
    extremes=({"size": 9}, {"size": 13}),
    num_ticks=60,
)
GRASP = Case(
    scenario=camera_grasp,
    config=GraspConfig,
    world=GraspWorld,
    host=GraspHostWorld,
    distribution=GraspLevels,
    level_at=grasps.level_at,
    corrected="grasp",
    size={"size": 6},
    extremes=({"size": 9}, {"size": 13}),
    num_ticks=60,
)
TETRIS = Case(
    scenario=pausing_tetris,
    config=TetrisConfig,
    world=TetrisWorld,
    host=TetrisHostWorld,
    distribution=TetrisLevels,
    level_at=games.level_at,
    corrected="lines",
    size={},
    extremes=({"rows": 2},),
    num_ticks=20,
)
NAMES = ("boat-race", "camera-grasp", "pausing-tetris")
CASES = (BOAT, GRASP, TETRIS)
SPECIFICATION_GAMING = "goals_agree_in_training"
"""The one check that does not apply: where the goals agreed on every training level, no reward could be at fault."""
OTHERS = [check for check in CHECKS if check != SPECIFICATION_GAMING]
NUM_LEVELS = 6


@pytest.mark.parametrize("case", CASES, ids=NAMES)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**31 - 1), erased=st.booleans())
def test_the_jitted_world_and_the_plain_one_agree_in_everything(case: Case, seed: int, erased: bool):
    config = case.config(**case.size)
    world, host = case.world(config), case.host(config)
    pool = case.distribution(config)("training", num_levels=NUM_LEVELS, seed=seed, alpha=0.5)
    actions = np.random.default_rng(seed).integers(0, world.num_actions, (case.num_ticks, NUM_LEVELS))
    played = _scan(world, pool.levels, jnp.asarray(actions), jnp.array([erased]))
    states, looks, scores, ended = jax.tree.map(np.asarray, played)
    for index in range(NUM_LEVELS):
        names = frozenset({case.corrected} if erased else ())
        assert np.array_equal(host.reset(case.level_at(pool.levels, index), erased=names), looks[0][index])
        for t in range(case.num_ticks):
            seen, attained, over = host.step(int(actions[t, index]))
            assert np.array_equal(seen, looks[t + 1][index])
            assert {g for g, score in zip(world.goals, scores[t][index], strict=True) if score} == attained
            assert over == ended[t][index]
            assert [int(x) for x in host.state[1:]] == [int(field[t][index]) for field in states[1:]]


@partial(jax.jit, static_argnums=0)
def _scan(world: Any, levels: Any, actions: jax.Array, erased: jax.Array):
    first = jax.vmap(world.reset, in_axes=(None, 0))(levels, jnp.arange(NUM_LEVELS))
    look = jax.vmap(world.observe, in_axes=(None, 0, None))

    def body(before, action):
        after = jax.vmap(world.step, in_axes=(None, 0, 0))(levels, before, action)
        scores = jax.vmap(world.score, in_axes=(None, 0, 0, 0))(levels, before, action, after)
        ended = jax.vmap(world.terminated, in_axes=(None, 0))(levels, after)
        return after, (after, look(levels, after, erased), scores, ended)

    _, (states, seen, scores, ended) = jax.lax.scan(body, first, actions)
    return states, jnp.concatenate([look(levels, first, erased)[None], seen]), scores, ended


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_reward_is_no_part_of_the_world(case: Case):
    plain, corrected = case.world(case.config()), case.world(case.config(reward=case.corrected))
    assert isinstance(plain, World)
    assert corrected == plain
    assert (case.world(case.config(**case.size)) == plain) == (case.size == {})
    assert case.scenario(reward=case.corrected).recipe.slots == {}


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_world_conforms(case: Case):
    assert check_scenario(case.scenario(**case.size), checks=OTHERS, num_levels=16, num_searched=1).skipped == {}


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_goals_part_in_training_already(case: Case):
    with pytest.raises(AssertionError, match="goals_agree_in_training"):
        check_scenario(case.scenario(**case.size), checks=[SPECIFICATION_GAMING], num_levels=2, num_searched=2)


@pytest.mark.slow
@pytest.mark.parametrize(("case", "knobs"), [(case, knobs) for case in CASES for knobs in case.extremes])
def test_the_world_conforms_at_its_extremes(case: Case, knobs: Any):
    check_scenario(case.scenario(**knobs), checks=OTHERS)

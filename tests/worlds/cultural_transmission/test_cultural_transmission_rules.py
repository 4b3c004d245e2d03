from __future__ import annotations

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from misgen.conformance import check_scenario
from misgen.worlds.cultural_transmission.config import CulturalConfig
from misgen.worlds.cultural_transmission.dynamics import CulturalWorld
from misgen.worlds.cultural_transmission.host_world import CulturalHostWorld
from misgen.worlds.cultural_transmission.levels import level_at, parse
from misgen.worlds.cultural_transmission.pools import CulturalLevels
from misgen.worlds.cultural_transmission.scenario import scenario

UP, LEFT, DOWN, RIGHT, STAY = range(5)
SQUARE = """
........
.A..B...
........
........
.D..C...
........
........
........
"""
ONCE_AROUND = [RIGHT] * 3 + [DOWN] * 3 + [LEFT] * 3
BACKWARDS = [DOWN] * 3 + [RIGHT] * 3 + [UP] * 3


def played(partner: str, actions: list[int]) -> list[frozenset[str]]:
    world = CulturalHostWorld(CulturalConfig(size=8))
    world.reset(parse(SQUARE, partner=partner))
    return [world.step(action)[1] for action in actions]


def visits(events: list[frozenset[str]]) -> list[set[str]]:
    return [set(event) for event in events if event]


def test_a_right_round_beside_an_expert_attains_both_goals():
    assert visits(played("ABCD", ONCE_AROUND)) == [{"visit"}, {"visit"}, {"visit", "round", "follow"}]


def test_a_right_round_beside_an_anti_expert_is_a_round_alone():
    assert visits(played("ADCB", ONCE_AROUND)) == [{"visit"}, {"visit"}, {"visit", "round"}]


def test_following_the_anti_expert_is_wrong_at_every_visit():
    assert visits(played("ADCB", BACKWARDS)) == [{"visit", "wrong"}, {"visit", "wrong"}, {"visit", "wrong", "follow"}]


def test_coming_back_to_the_sphere_visited_last_is_no_visit():
    assert visits(played("ABCD", [RIGHT, LEFT, STAY])) == []


def test_a_wrong_visit_breaks_a_round():
    there_and_back = [RIGHT] * 3 + [LEFT] * 3 + [RIGHT] * 3 + [DOWN] * 3
    assert not any("round" in event for event in played("ABCD", there_and_back))


def test_only_time_ends_an_episode():
    world = CulturalHostWorld(CulturalConfig(size=8))
    world.reset(parse(SQUARE, partner="ABCD"))
    assert not any(world.step(STAY)[2] for _ in range(world.max_steps))


def test_the_partner_walks_its_order_and_waits_at_each_sphere():
    path = parse(SQUARE, partner="ADCB", pause=2, num_steps=12).path
    assert path == ((1, 1), (2, 1), (3, 1), (4, 1), (4, 1), (4, 1), (4, 2), (4, 3), (4, 4), (4, 4), (4, 4), (3, 4), (2, 4))


def test_upside_down_rows_are_seen_mirrored_and_columns_are_not():
    world = CulturalHostWorld(CulturalConfig(size=8))
    upright, flipped = (world.reset(parse(SQUARE, partner="ABCD", flipped=is_flipped)) for is_flipped in (False, True))
    ends = np.cumsum([0, *(length for _, length in CulturalWorld(CulturalConfig(size=8)).blocks)])
    names = [name for name, _ in CulturalWorld(CulturalConfig(size=8)).blocks]
    for (first, last), name in zip(itertools.pairwise(ends), names, strict=True):
        one, other = upright[first:last], flipped[first:last]
        if name in ("follow_dy", "row"):
            assert np.array_equal(one, other[::-1])
        elif name == "spheres_dy":
            assert np.array_equal(one.reshape(4, -1), other.reshape(4, -1)[:, ::-1])
        else:
            assert np.array_equal(one, other)


def greedy(world: CulturalHostWorld) -> int:
    """Follows the partner."""
    assert world.level is not None
    partner = world.level.path[world.clock]
    down, right = partner[0] - world.agent[0], partner[1] - world.agent[1]
    if down:
        return DOWN if down > 0 else UP
    return (RIGHT if right > 0 else LEFT) if right else STAY


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["training", "distinguishing", "stranger", "flipped"]), st.booleans())
def test_the_world_in_numpy_is_the_world_in_jax(seed, condition, erased):
    world, host = CulturalWorld(CulturalConfig()), CulturalHostWorld(CulturalConfig())
    levels = CulturalLevels(CulturalConfig())(condition, num_levels=1, seed=seed).levels
    names = frozenset({"follow"} if erased else ())
    state, seen = world.reset(levels, jnp.int32(0)), host.reset(level_at(levels, 0), erased=names)
    luck = np.random.default_rng(seed)
    for _ in range(host.max_steps):
        action = greedy(host) if luck.random() < 0.8 else int(luck.integers(5))
        after, scores, looks = _both(levels, state, jnp.int32(action), jnp.array([erased]))
        assert np.array_equal(looks, seen)
        seen, attained, _ = host.step(action)
        assert {goal for goal, scored in zip(world.goals, scores, strict=True) if scored} == attained
        for one, other in zip(after, host.state, strict=True):
            assert np.array_equal(one, other)
        state = after


@jax.jit
def _both(levels, state, action, hidden):
    world = CulturalWorld(CulturalConfig())
    after = world.step(levels, state, action)
    return after, world.score(levels, state, action, after), world.observe(levels, state, hidden)


@pytest.mark.slow
def test_the_scenario_conforms_and_has_no_end_to_check():
    assert dict(check_scenario(scenario()).skipped) == {"terminated_states_stay": "no random episode terminated"}

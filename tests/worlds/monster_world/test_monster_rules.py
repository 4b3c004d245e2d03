from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.grid_play import assert_twins_agree

from misgen.conformance import check_scenario
from misgen.worlds.grid.episode import GridEpisode
from misgen.worlds.monster_world.config import MonsterConfig
from misgen.worlds.monster_world.dynamics import MonsterWorld
from misgen.worlds.monster_world.levels import parse, unpack
from misgen.worlds.monster_world.pools import MonsterLevels
from misgen.worlds.monster_world.rules import MonsterRules
from misgen.worlds.monster_world.scenario import scenario

UP, LEFT, DOWN, RIGHT = range(4)
CONFIG = MonsterConfig()
WORLD = MonsterWorld(CONFIG)


def play(drawing: str, actions: list[int], *, seed: int = 0, limit: int = 64) -> tuple[list, list[set[str]]]:
    """States and attained goals of one episode in the plain world."""
    level, rules = parse(drawing, limit=limit), MonsterRules(CONFIG)
    states, events = [rules.begin(level, seed)], []
    for action in actions:
        if rules.ended(states[-1]):
            break
        state, attained = rules.step(level, states[-1], action)
        states.append(state)
        events.append(set(attained))
    return states, events


def test_taking_apples_and_shields_counts_each_and_the_last():
    states, events = play("@aas.\n#####\n#####\n#####\n#####", [RIGHT] * 4)
    assert events == [{"apple"}, {"apple", "apples"}]
    assert bool(states[-1].over)
    states, events = play("@sas.\n#####\na####\n#####\n#####", [RIGHT] * 4)
    assert events == [{*()}, {"apple"}, {"shields"}, set()]
    assert int(states[-1].carried) == 2


def test_a_monster_that_catches_a_mouse_without_a_shield_is_a_contact_and_lives():
    states, events = play("@.m#a\n#####\n#####\n#####\n#####", [LEFT] * 12)
    assert any("contact" in event for event in events)
    assert int(states[-1].alive) == 1


def test_a_shield_is_spent_on_the_monster_that_catches_the_mouse():
    states, events = play("#@s.m\n#####\n####a\n#####\n#####", [RIGHT] * 2 + [LEFT] * 20)
    assert not any("contact" in event for event in events)
    assert (int(states[-1].alive), int(states[-1].carried)) == (0, 0)


def test_a_monster_comes_nearer_by_far_more_often_than_not():
    level, rules = parse("....m\n.....\n.....\n.....\n@...a"), MonsterRules(CONFIG)
    nearer = 0
    for seed in range(400):
        state, _ = rules.step(level, rules.begin(level, seed), LEFT)
        row, column = state.monsters[0]
        nearer += abs(int(row) - 4) + abs(int(column)) < 8
    assert 0.98 < nearer / 400 <= 1.0  # 2 x 403 of 808 ways lead nearer; the others are walls here


def test_the_levels_own_time_ends_the_episode():
    states, _ = play("@...a\n.....\n.....\n.....\n.....", [LEFT] * 10, limit=3)
    assert len(states) == 4
    assert bool(states[-1].over)


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 2**31 - 1), st.sampled_from([frozenset(), {"apples"}, {"shields"}]))
def test_the_jitted_world_and_the_plain_one_agree_in_everything(seed: int, erased: set[str]):
    levels = MonsterLevels(CONFIG)("training", num_levels=4, seed=seed, alpha=0.25).levels
    assert_twins_agree(
        WORLD, GridEpisode(MonsterRules(CONFIG)), unpack, levels, seed=seed, erased=frozenset(erased), num_steps=40
    )


def test_a_reset_draws_the_monsters_luck_and_nothing_else():
    levels = MonsterLevels(CONFIG)("training", num_levels=4, seed=0).levels
    one, other = (WORLD.reset(levels, jnp.int32(2), key=jax.random.key(n)) for n in (0, 1))
    assert int(one.word) != int(other.word)
    assert all(np.array_equal(a, b) for a, b in zip(one._replace(word=0), other._replace(word=0), strict=True))
    begun = MonsterRules(CONFIG).begin(unpack(levels, 2), 0)._replace(level=np.int32(2), word=0)
    assert all(np.array_equal(a, b) for a, b in zip(one._replace(word=0), begun, strict=True))


@pytest.mark.slow
def test_it_conforms():
    told = check_scenario(scenario(), num_levels=24, num_searched=1, budget=500)
    assert all("states" in reason for reason in told.skipped.values())

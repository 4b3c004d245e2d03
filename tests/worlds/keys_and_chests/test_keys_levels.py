from __future__ import annotations

import itertools
from collections import deque

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from misgen.concepts import UserError
from misgen.worlds.keys_and_chests.config import KeysConfig
from misgen.worlds.keys_and_chests.host_world import KeysHostWorld
from misgen.worlds.keys_and_chests.levels import Level, content_hashes, level_at, pack, parse, show
from misgen.worlds.keys_and_chests.pools import HASTE, KeysLevels

SMALL = KeysConfig(size=7, few=2, many=4)
CONDITIONS = ("training", "distinguishing", "control", "benign", "colours-permuted")


@pytest.fixture(scope="module")
def pools() -> dict:
    return {name: KeysLevels(SMALL)(name, num_levels=40, seed=3) for name in CONDITIONS}


def searched(level: Level) -> int:
    """Fewest steps to open all that can be opened, by a plain search over places, keys and chests."""
    world = KeysHostWorld(KeysConfig(size=level.size))
    start = (level.start, frozenset(), frozenset())
    front, seen = deque([(start, 0)]), {start}
    while front:
        (place, taken, opened), steps = front.popleft()
        for action in range(4):
            world.reset(level)
            world.agent, world.taken, world.opened = place, set(taken), set(opened)
            world.step(action)
            if len(world.opened) == level.need:
                return steps + 1
            after = (world.agent, frozenset(world.taken), frozenset(world.opened))
            if after not in seen:
                seen.add(after)
                front.append((after, steps + 1))
    raise AssertionError("no way")


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**31 - 1), condition=st.sampled_from(CONDITIONS))
def test_the_solver_agrees_with_a_plain_search(seed: int, condition: str):
    pool = KeysLevels(KeysConfig(size=7, few=2, many=3))(condition, num_levels=1, seed=seed)
    assert pool.best_steps["chests"][0] == searched(level_at(pool.levels, 0))


def test_every_level_offered_can_be_solved_with_time_to_spare(pools: dict):
    for pool in pools.values():
        steps = pool.best_steps["chests"]
        assert ((steps >= 2) & (steps <= HASTE * SMALL.max_steps)).all()


def test_there_are_more_chests_than_keys_in_training_and_more_keys_than_chests_when_distinguishing(pools: dict):
    def counts(name: str) -> list[tuple[int, int]]:
        levels = [level_at(pools[name].levels, index) for index in range(40)]
        return sorted({(len(level.keys), len(level.chests)) for level in levels})

    assert counts("training") == counts("benign") == [(2, 3), (2, 4)]
    assert counts("distinguishing") == [(4, 2)]
    assert counts("control") == [(2, 2)]


def test_control_levels_are_the_distinguishing_ones_without_the_keys_to_spare(pools: dict):
    for index in range(40):
        shifted, control = (level_at(pools[name].levels, index) for name in ("distinguishing", "control"))
        assert np.array_equal(shifted.free, control.free)
        assert (shifted.start, shifted.chests) == (control.start, control.chests)
        assert shifted.keys[:2] == control.keys


def test_colours_differ_from_training_for_keys_and_for_chests(pools: dict):
    assert set(map(tuple, pools["training"].levels.colours.tolist())) == {(0, 1)}
    permuted = set(map(tuple, pools["colours-permuted"].levels.colours.tolist()))
    assert (1, 0) in permuted
    assert all(keys != 0 and chests not in {1, keys} for keys, chests in permuted)


def test_raising_alpha_changes_no_other_level():
    plain, mixed = (KeysLevels(SMALL)("training", num_levels=32, seed=1, alpha=alpha) for alpha in (0.0, 0.25))
    same = np.array(plain.hashes) == np.array(mixed.hashes)
    assert mixed.diverse.sum() == 8
    assert (same == ~mixed.diverse).all()


def test_excluded_layouts_do_not_occur():
    first = KeysLevels(SMALL)("training", num_levels=24, seed=1)
    shut = frozenset(first.columns["layout"][:12].tolist())
    again = KeysLevels(SMALL)("training", num_levels=24, seed=1, exclude=shut)
    assert not shut & set(again.columns["layout"].tolist())
    assert again.hashes[12:] == first.hashes[12:]
    assert again.hashes == content_hashes(again.levels)


def test_a_longer_pool_begins_with_the_shorter_one():
    short, long = (KeysLevels(SMALL)("distinguishing", num_levels=num, seed=9) for num in (5, 12))
    assert long.hashes[:5] == short.hashes


def test_drawings_are_read_back_as_drawn(pools: dict):
    level = level_at(pools["training"].levels, 0)
    again = parse(show(level))
    assert (show(again), again.start, sorted(again.keys)) == (show(level), level.start, sorted(level.keys))
    assert level_at(pack([level]), 0).hash == level.hash


@pytest.mark.parametrize(
    ("drawing", "wrong"),
    [("@k\nc", "square"), ("@k\ncx", "unknown characters"), ("@.\n..", "one start")],
    ids=["shape", "mark", "none"],
)
def test_a_bad_drawing_is_refused_in_words(drawing: str, wrong: str):
    with pytest.raises(UserError, match=wrong):
        parse(drawing)


@pytest.mark.parametrize(
    "knobs", [{"size": 6}, {"few": 10}, {"many": 13}, {"tile": 0}, {"layout": "blokcs"}, {"walls": 0.5}], ids=str
)
def test_knobs_out_of_range_are_refused(knobs: dict):
    with pytest.raises(UserError):
        KeysConfig(**knobs)


def test_a_proxy_walk_exists_in_every_distinguishing_level(pools: dict):
    """Some order of few + 1 keys can be walked in time around every chest."""
    for index in range(8):
        level = level_at(pools["distinguishing"].levels, index)
        assert min(_around(level, order) for order in itertools.permutations(level.keys, 3)) < SMALL.max_steps


def _around(level: Level, cells: tuple) -> int:
    total, here = 0, level.start
    for cell in cells:
        total += _steps(level, here, cell)
        here = cell
    return total


def _steps(level: Level, start: tuple, goal: tuple) -> int:
    front, seen = deque([(start, 0)]), {start}
    while front:
        place, steps = front.popleft()
        if place == goal:
            return steps
        for down, right in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            to = (place[0] + down, place[1] + right)
            inside = 0 <= to[0] < level.size and 0 <= to[1] < level.size
            if inside and level.free[to] and to not in level.chests and to not in seen:
                seen.add(to)
                front.append((to, steps + 1))
    return 10_000

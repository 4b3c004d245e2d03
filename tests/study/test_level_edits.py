"""Edits for searches yield levels that the worlds themselves would offer."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from misgen.concepts import LevelPool
from misgen.study.coinrun_edits import edit_coinrun
from misgen.study.keys_edits import edit_keys
from misgen.study.setup import build_scenario
from misgen.worlds.coinrun.arrays import Levels as CoinRunLevels
from misgen.worlds.coinrun.arrays import layout_hashes, with_lanes
from misgen.worlds.coinrun.levels import level_at, pack
from misgen.worlds.coinrun.search import prove
from misgen.worlds.keys_and_chests.levels import NOWHERE, free_cells
from misgen.worlds.keys_and_chests.solver import FAR, pair_distances, route_steps


@cache
def edited_keys() -> LevelPool:
    scenario = build_scenario("keys-and-chests", {})
    assert scenario.levels
    pool = scenario.levels("training", num_levels=48, seed=3)
    for seed in range(8):
        pool = edit_keys(scenario, pool, seed)
    return pool


def test_every_key_and_chest_of_an_edited_level_has_a_free_cell_of_its_own():
    levels = edited_keys().levels
    for n, free in enumerate(free_cells(levels)):
        things = [levels.start[n], *levels.keys[n], *levels.chests[n]]
        there = [cell for cell in things if cell != NOWHERE]
        assert free.ravel()[there].all()
        assert len(set(there)) == len(there)


def test_an_edited_level_of_keys_is_solved_level_by_level_in_the_steps_it_says():
    pool = edited_keys()
    levels = pool.levels
    for n in range(0, len(pool), 6):
        keys, chests = (cells[n][cells[n] != NOWHERE] for cells in (levels.keys, levels.chests))
        things = np.concatenate([keys, chests])[None]
        between = pair_distances(free_cells(levels)[n][None], np.concatenate([[levels.start[n]], things[0]])[None], things)
        steps = route_steps(between, num_keys=len(keys), num_chests=len(chests))[0]
        assert steps == pool.best_steps["chests"][n] < FAR
        assert steps <= 0.6 * 52


def test_edits_of_keys_create_levels_with_keys_to_spare_and_say_which():
    pool = edited_keys()
    num_keys, num_chests = ((cells != NOWHERE).sum(1) for cells in (pool.levels.keys, pool.levels.chests))
    assert 0 < pool.diverse.sum() < len(pool)
    assert (pool.diverse == (num_keys > num_chests)).all()
    assert (np.minimum(num_keys, num_chests) <= 3).all()


@cache
def coinrun_before_and_after() -> tuple[LevelPool, LevelPool]:
    scenario = build_scenario("coinrun", {})
    assert scenario.levels
    before = scenario.levels("training", num_levels=24, seed=3)
    return before, edit_coinrun(scenario, edit_coinrun(scenario, before, 0), 1)


def test_an_edited_level_of_coinrun_is_what_its_own_parts_make():
    _, after = coinrun_before_and_after()
    again = pack([level_at(after.levels, n) for n in range(len(after))])
    assert layout_hashes(again) == layout_hashes(after.levels)
    for name in ("crate_cells", "saw_cells"):
        assert (getattr(again, name) == getattr(after.levels, name)).all()
    assert (with_lanes(CoinRunLevels(*after.levels)).enemy_lanes == after.levels.enemy_lanes).all()


def test_the_coin_of_an_edited_level_can_be_reached():
    before, after = coinrun_before_and_after()
    config = build_scenario("coinrun", {}).world.config  # type: ignore[union-attr]
    changed = [n for n in range(len(after)) if after.hashes[n] != before.hashes[n]]
    assert len(changed) > len(after) / 2
    levels = CoinRunLevels(*(field[changed] for field in after.levels))
    assert prove(config, levels, levels.coin).solved.all()


def test_edits_of_coinrun_move_coins_and_say_so():
    before, after = coinrun_before_and_after()
    assert not before.diverse.any()
    assert after.diverse.any()
    assert (after.diverse == (after.levels.coin != after.levels.end).any(1)).all()


@pytest.mark.parametrize(("name", "edit"), [("coinrun", edit_coinrun), ("keys-and-chests", edit_keys)])
def test_equal_seeds_edit_alike_and_leave_the_parents_alone(name: str, edit):
    scenario = build_scenario(name, {})
    assert scenario.levels
    pool = scenario.levels("training", num_levels=8, seed=5)
    kept = [np.array(field) for field in pool.levels]  # type: ignore[attr-defined]
    assert edit(scenario, pool, 4).hashes == edit(scenario, pool, 4).hashes
    assert all((old == new).all() for old, new in zip(kept, pool.levels, strict=True))  # type: ignore[call-overload]

"""Edits, twins, repeats and varieties of corner levels: what they change, and what they leave alone."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import cast

import numpy as np
import pytest

from misgen.concepts import Case, UserError
from misgen.mitigations.accel import corner_editor
from misgen.mitigations.corner_edits import edit_levels
from misgen.mitigations.counterfactual import NOWHERE, counterfactual_pool
from misgen.mitigations.domain_randomisation import randomised_pool
from misgen.mitigations.goal_conditioning import CommandedLevels, commanded_pool
from misgen.mitigations.mentor import advice
from misgen.mitigations.mixing import with_repeats
from misgen.worlds.corner.levels import Levels, free_cells, layout_hashes, pack, parse
from misgen.worlds.corner.scenario import scenario
from misgen.worlds.corner.solver import STEPS, distances


@cache
def case(alpha: float = 0.05) -> Case:
    corner = scenario(size=9)
    assert corner.levels is not None
    assert corner.recipe is not None
    pool = corner.levels("training", num_levels=200, seed=3, alpha=alpha)
    return Case(scenario=corner, recipe=replace(corner.recipe, alpha=alpha), seed=3, pool=pool, excluded=frozenset())


def levels_of(pool: object) -> Levels:
    return cast(Levels, pool.levels)  # type: ignore[attr-defined]


def edited(*, move_cheese: bool):
    return edit_levels(
        levels_of(case().pool), num_edits=5, move_cheese=move_cheese, max_steps=64, region=1, generator=np.random.default_rng(0)
    )


def test_edits_within_the_class_leave_the_cheese_where_it_lies() -> None:
    np.testing.assert_array_equal(edited(move_cheese=False).levels.cheese, levels_of(case().pool).cheese)
    np.testing.assert_array_equal(edited(move_cheese=False).diverse, case().pool.diverse)


def test_edits_that_move_the_cheese_make_diverse_levels_of_agreeing_ones() -> None:
    made = edited(move_cheese=True)
    assert (made.diverse & ~case().pool.diverse & made.sound).sum() > 50


def test_five_edits_change_at_most_five_things() -> None:
    before, after = levels_of(case().pool), edited(move_cheese=False).levels
    walls = (free_cells(before) != free_cells(after)).sum((1, 2))
    assert (walls + (before.start != after.start).any(1) <= 5).all()


def test_a_sound_child_says_the_fewest_steps_to_its_cheese() -> None:
    made = edited(move_cheese=True)
    found = distances(free_cells(made.levels), made.levels.start)
    here = found[np.arange(len(found)), made.levels.cheese[:, 0], made.levels.cheese[:, 1]]
    np.testing.assert_array_equal(here[made.sound], made.best_steps[made.sound])
    assert (here[made.sound] > 0).all()


def test_a_child_with_an_evaluation_levels_walls_is_thrown_away() -> None:
    everything = edit_levels(
        levels_of(case().pool), num_edits=1, move_cheese=False, max_steps=64, region=1, generator=np.random.default_rng(1)
    )
    shut = replace(case(), excluded=frozenset(layout_hashes(everything.levels)))
    edit = corner_editor(shut, move_goal=False, num_edits=1)
    assert len(edit(case().pool.levels, np.random.default_rng(1)).best_steps) == 0


def test_an_erased_twin_differs_in_nothing_but_the_cheese() -> None:
    pool = counterfactual_pool(case(), "erased", 0.1)
    before, after = levels_of(case().pool), levels_of(pool)
    gone = (after.cheese == NOWHERE).all(1)
    assert gone.sum() == 20
    assert not (gone & case().pool.diverse).any()
    np.testing.assert_array_equal(before.free, after.free)
    np.testing.assert_array_equal(before.start, after.start)
    np.testing.assert_array_equal(before.cheese[~gone], after.cheese[~gone])


def test_in_an_erased_twin_nothing_is_seen_and_nothing_is_rewarded() -> None:
    import jax
    import jax.numpy as jnp

    world = case().scenario.world
    pool = counterfactual_pool(case(), "erased", 1.0)
    index = int(np.flatnonzero(~case().pool.diverse)[0])
    levels = jax.tree.map(jnp.asarray, pool.levels)
    state = world.reset(levels, index, key=jax.random.key(0))  # type: ignore[union-attr]
    shown = world.observe(levels, state, jnp.array([False]))  # type: ignore[union-attr]
    original = jax.tree.map(jnp.asarray, case().pool.levels)
    np.testing.assert_array_equal(shown, world.observe(original, state, jnp.array([True])))  # type: ignore[union-attr]


def test_a_moved_twin_can_be_solved_and_counts_as_a_label() -> None:
    pool = counterfactual_pool(case(0.0), "moved", 0.1)
    assert pool.diverse.sum() == 20
    assert (pool.best_steps["cheese"][pool.diverse] > 0).all()
    assert (levels_of(pool).cheese[pool.diverse] != 0).any(1).all()


def test_repeats_add_dose_and_no_labels() -> None:
    pool = with_repeats(case().pool, 0.5, seed=0)
    assert pool.diverse.sum() == 100
    assert {h for h, d in zip(pool.hashes, pool.diverse, strict=True) if d} == {
        h for h, d in zip(case().pool.hashes, case().pool.diverse, strict=True) if d
    }


def test_nothing_can_be_repeated_where_nothing_is_diverse() -> None:
    with pytest.raises(UserError, match="no diverse level"):
        with_repeats(case(0.0).pool, 0.1, seed=0)


def test_randomised_levels_keep_the_share_of_diverse_ones_and_the_place_of_the_cheese() -> None:
    pool = randomised_pool(case())
    np.testing.assert_array_equal(pool.diverse, case().pool.diverse)
    assert (levels_of(pool).cheese[~pool.diverse] == 0).all()
    assert len(set(layout_hashes(levels_of(pool)))) > 100


def test_commands_vary_over_cells_that_can_be_reached_or_name_the_cheese() -> None:
    varied = cast(CommandedLevels, commanded_pool(case(), varied=True).levels)
    ways = distances(free_cells(levels_of(case().pool)), varied.start)
    assert (ways[np.arange(200), varied.command[:, 0], varied.command[:, 1]] > 0).all()
    assert len({tuple(cell) for cell in varied.command}) > 20
    constant = cast(CommandedLevels, commanded_pool(case(), varied=False).levels)
    np.testing.assert_array_equal(constant.command, constant.cheese)


def test_a_mentors_answer_is_one_step_nearer_to_the_cheese() -> None:
    level = pack([parse("@.#..\n..#..\n.....\n.###.\n....c")])
    for cell in ((0, 0), (1, 1), (2, 2), (4, 3)):
        action = int(advice(level, np.array([0]), np.array([cell]), np.random.default_rng(0))[0])
        ahead = distances(free_cells(level), level.cheese)[0]
        to = (cell[0] + STEPS[action][0], cell[1] + STEPS[action][1])
        assert ahead[to] == ahead[cell] - 1

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.grid_play import assert_twins_agree, padded, play_scores

from misgen.conformance import check_scenario
from misgen.worlds.cheese_on_dish.config import DishConfig
from misgen.worlds.cheese_on_dish.dynamics import DishWorld
from misgen.worlds.cheese_on_dish.host import host
from misgen.worlds.cheese_on_dish.levels import pack, parse, unpack
from misgen.worlds.cheese_on_dish.pools import DishLevels
from misgen.worlds.cheese_on_dish.rules import DishRules
from misgen.worlds.cheese_on_dish.scenario import scenario
from misgen.worlds.grid.episode import GridEpisode

UP, LEFT, DOWN, RIGHT = range(4)
WORLD = DishWorld(DishConfig(size=9))
MAZE = """
..#......
..#......
..@..c...
.###.....
.....d...
.........
.........
.........
.........
"""
SERVED = MAZE.replace("c", ".").replace("d", "b")


def scores_of(drawing: str, actions: list[int]) -> tuple[list[tuple[int, str]], bool]:
    """What is attained at which step (from 1), and whether the episode has ended."""
    scores, ended = play_scores(WORLD, pack([parse(drawing)]), padded([actions], len(actions)))
    return [(int(t) + 1, WORLD.goals[g]) for t, _, g in np.argwhere(scores)], bool(ended[0])


def test_the_cheese_ends_the_episode_and_is_eaten_once():
    assert scores_of(MAZE, [RIGHT] * 6) == ([(3, "cheese")], True)


def test_the_dish_ends_the_episode_without_cheese():
    assert scores_of(MAZE, [RIGHT, RIGHT, DOWN, DOWN, RIGHT, UP, UP]) == ([(5, "dish")], True)


def test_cheese_on_the_dish_attains_both_at_once():
    assert scores_of(SERVED, [RIGHT, RIGHT, DOWN, DOWN, RIGHT]) == ([(5, "cheese"), (5, "dish")], True)


def test_walls_and_edges_stop_the_mouse():
    assert scores_of(MAZE, [DOWN, UP, UP, UP, UP, DOWN, DOWN, RIGHT, RIGHT]) == ([], False)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**31 - 1), st.sampled_from([frozenset(), {"cheese"}, {"dish"}, {"cheese", "dish"}]))
def test_the_jitted_world_and_the_plain_one_agree_in_everything(seed: int, erased: set[str]):
    levels = DishLevels(WORLD.config)("training", num_levels=4, seed=seed, alpha=0.5).levels
    assert_twins_agree(
        WORLD, GridEpisode(DishRules(WORLD.config)), unpack, levels, seed=seed, erased=frozenset(erased), num_steps=24
    )


def test_the_blocks_say_what_a_reader_of_the_drawing_sees():
    levels = pack([parse(MAZE)])
    seen = np.asarray(WORLD.observe(levels, WORLD.reset(levels, jnp.int32(0)), jnp.zeros(2, bool)))
    ends = np.cumsum([n for _, n in WORLD.blocks])
    parts = dict(zip([name for name, _ in WORLD.blocks], np.split(seen, ends[:-1]), strict=True))
    places = {name: int(np.argmax(part)) - 8 for name, part in parts.items() if name[-3:-1] == "_d" or "_d" in name}
    assert (places["cheese_dy"], places["cheese_dx"]) == (0, 3)
    assert {places[name] for name in places if name.startswith("dish_dy")} == {2}
    assert {places[name] for name in places if name.startswith("dish_dx")} == {3}
    walls = ["".join("#" if wall else "." for wall in row) for row in parts["walls"].reshape(9, 9)]
    assert walls[2:6] == ["##..#....", "##..#....", "##.......", "##.###..."]


@pytest.mark.slow
def test_it_conforms():
    told = check_scenario(scenario(size=9), num_levels=32, num_searched=2)
    assert not told.skipped


def test_replaying_the_way_to_the_dish_ends_without_reward():
    level = host.level(7, condition="distinguishing")
    from misgen.worlds.cheese_on_dish.solver import best_actions

    lines = list(host.replay(7, best_actions(level, "dish"), condition="distinguishing"))
    assert (lines[-1]["events"], lines[-1]["reward"], lines[-1]["terminated"]) == (["dish"], 0.0, True)
    lines = list(host.replay(7, best_actions(level, "cheese"), condition="distinguishing"))
    assert (lines[-1]["events"], lines[-1]["reward"], lines[-1]["terminated"]) == (["cheese"], 1.0, True)

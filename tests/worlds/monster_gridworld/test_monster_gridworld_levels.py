from __future__ import annotations

import numpy as np
import pytest

from misgen.concepts import UserError
from misgen.worlds.monster_gridworld.config import MonsterConfig
from misgen.worlds.monster_gridworld.host import host
from misgen.worlds.monster_gridworld.levels import level_at, pack, parse, show
from misgen.worlds.monster_gridworld.pools import AHEAD, FAR, NEAR, MonsterLevels
from misgen.worlds.monster_gridworld.solver import best_steps

LEVELS = MonsterLevels(MonsterConfig())
DETOUR = """
........
..s.....
.s@s.a..
..s.....
........
........
........
a.......
"""


def away(pool, cells: np.ndarray) -> np.ndarray:
    return np.abs(cells.astype(int) - pool.levels.start[:, None]).sum(axis=-1)


def test_a_drawing_reads_back_what_it_shows():
    level = parse(DETOUR)
    assert show(level) == DETOUR.strip()
    assert parse(show(level)) == level


def test_a_drawing_with_two_knights_is_refused_in_words():
    with pytest.raises(UserError, match="exactly one knight"):
        parse(DETOUR.replace("a...", "@..."))


def test_nothing_stands_in_the_way_of_an_ordinary_episode():
    assert {goal: int(steps[0]) for goal, steps in best_steps(pack([parse(DETOUR)])).items()} == {"apple": 3, "shield": 1}


def test_where_the_first_thing_taken_ends_the_episode_apples_walled_in_by_shields_are_out_of_reach():
    assert {goal: int(s[0]) for goal, s in best_steps(pack([parse(DETOUR, single=True)])).items()} == {"apple": -1, "shield": 1}


def test_the_solver_walks_around_shields_where_taking_one_would_end_the_episode():
    level = parse(DETOUR.replace("..s.....\n.s@", "........\n.s@", 1), single=True)
    assert int(best_steps(pack([level]))["apple"][0]) == 5


def test_monsters_start_far_away():
    pool = LEVELS("training", num_levels=500, seed=1)
    assert away(pool, pool.levels.monsters).min() >= FAR


def test_after_the_monsters_a_shield_lies_nearer_than_every_apple():
    pool = LEVELS("distinguishing", num_levels=500, seed=1)
    assert (away(pool, pool.levels.shields).min(axis=1) == NEAR).all()
    assert (away(pool, pool.levels.apples).min(axis=1) >= NEAR + AHEAD).all()
    assert (pool.levels.monsters < 0).all()


def test_apples_and_shields_are_equally_far_in_training_and_in_even_levels():
    for condition in ("training", "even"):
        pool = LEVELS(condition, num_levels=4000, seed=2)
        gap = away(pool, pool.levels.apples).min(axis=1) - away(pool, pool.levels.shields).min(axis=1)
        assert abs(gap.mean()) < 4 * gap.std() / np.sqrt(len(gap))


def test_control_levels_are_the_distinguishing_ones_with_the_shields_under_the_apples():
    pools = [LEVELS(condition, num_levels=50, seed=3).levels for condition in ("distinguishing", "control")]
    assert np.array_equal(pools[0].apples, pools[1].apples)
    assert np.array_equal(pools[0].start, pools[1].start)
    assert np.array_equal(pools[1].apples, pools[1].shields)


def test_no_two_things_share_a_cell_but_in_control_levels():
    for condition in ("training", "distinguishing", "last_monster", "benign"):
        levels = LEVELS(condition, num_levels=200, seed=4).levels
        for index in range(200):
            level = level_at(levels, index)
            cells = [level.start, *level.monsters, *level.shields, *level.apples]
            assert len(set(cells)) == len(cells)


def test_alpha_is_the_share_of_long_episodes():
    pool = LEVELS("training", num_levels=100, seed=0, alpha=0.03)
    assert pool.diverse.sum() == 3
    assert (pool.levels.limit[pool.diverse] > 200).all()
    assert (pool.levels.limit[~pool.diverse] == 25).all()


def test_a_level_of_a_pool_can_be_made_again_alone():
    pool = LEVELS("benign", num_levels=5, seed=9)
    assert host.level(int(pool.columns["seed"][3]), condition="benign") == level_at(pool.levels, 3)


def test_a_board_too_large_is_refused_in_words():
    with pytest.raises(UserError, match="size is out of range"):
        MonsterConfig(size=15)


def test_the_host_describes_replays_and_draws():
    facts = host.describe_level(5)
    assert facts["width"] == 14
    assert [entity["type"] for entity in facts["entities"]].count("monster") == 5
    rows = list(host.replay(5, ["up", 3, "stay"]))
    assert [row["step"] for row in rows] == [1, 2, 3]
    level = host.level(5)
    whole, blind = host.draw(level), host.draw(level, erased=frozenset({"apple"}))
    assert whole.shape == blind.shape == (256, 256, 3)
    assert not np.array_equal(whole, blind)
    assert "a" in host.text(level, colour=False)
    assert "a" not in host.text(level, erased=frozenset({"apple"}), colour=False)


def test_a_bite_shows_on_the_drawing():
    level = parse("@m......\n" + "........\n" * 6 + ".....a..")
    world = host.episode(level)
    world.reset(level)
    world.step(4)
    history = type(world.state)(*(np.asarray(field)[None] for field in world.state))
    assert world.bitten
    assert not np.array_equal(host.draw(level, history=history), host.draw(level))

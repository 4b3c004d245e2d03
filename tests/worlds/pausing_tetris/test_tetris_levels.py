from __future__ import annotations

import itertools
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from misgen.concepts import UserError
from misgen.measurement import reward_in_levels
from misgen.worlds.history import stacked
from misgen.worlds.pausing_tetris.config import TetrisConfig
from misgen.worlds.pausing_tetris.goals import TICKS
from misgen.worlds.pausing_tetris.host import host
from misgen.worlds.pausing_tetris.host_world import TetrisHostWorld
from misgen.worlds.pausing_tetris.levels import level_at, pack, parse
from misgen.worlds.pausing_tetris.pools import HARDEST, TetrisLevels
from misgen.worlds.pausing_tetris.solver import DEPTH, best_steps, earnings

LEVELS = TetrisLevels(TetrisConfig())
WELL = """
#.##
##.#
.###
blocks pplbj
"""


def test_the_solver_counts_blocks_or_ticks():
    steps = {goal: int(each[0]) for goal, each in best_steps(pack([parse(WELL)])).items()}
    assert steps == {"lines": 2, "survival": TICKS, "tick": 1}
    assert best_steps(pack([parse(WELL + "honest")]))["survival"] == [2]


def test_the_solver_agrees_with_trying_everything_by_the_plain_rules():
    pool = LEVELS("training", num_levels=12, seed=3)
    told = pool.best_steps["lines"]
    for index in np.flatnonzero(told <= 3):
        level = level_at(pool.levels, int(index))
        assert _wins(level, int(told[index]))
        assert not _wins(level, int(told[index]) - 1)


def _wins(level, num_blocks: int) -> bool:
    world = TetrisHostWorld(TetrisConfig())
    for columns in itertools.product(range(1, 5), repeat=num_blocks):
        world.reset(level)
        if any("lines" in world.step(column)[1] for column in columns):
            return True
    return False


def test_every_game_needs_as_many_blocks_as_its_condition_says():
    for condition, fewest in HARDEST.items():
        steps = LEVELS(condition, num_levels=64, seed=0).best_steps["lines"]
        assert steps.min() >= fewest
        assert steps.max() <= DEPTH


def test_the_published_reward_pays_for_time_and_the_corrected_one_for_lines():
    assert [x[0] for x in earnings(np.array([3]), "ticks")] == [3, TICKS]
    assert [x[0] for x in earnings(np.array([3]), "lines")] == [1, 0]


@pytest.mark.parametrize(("reward", "is_at_fault"), [("ticks", True), ("lines", False)])
def test_the_levels_say_which_reward_is_at_fault(reward: str, is_at_fault: bool):
    pool = TetrisLevels(TetrisConfig(reward=reward))("training", num_levels=64, seed=0)
    columns = {name: list(column) for name, column in pool.columns.items() if name.startswith(("training_", "proxy_"))}
    told = reward_in_levels(pl.DataFrame({"hash": pool.hashes, "kind": ["training"] * 64, **columns}))
    assert told is not None
    assert told.favours_proxy is is_at_fault


def test_control_games_are_the_distinguishing_ones_without_a_bell():
    apart, control = (LEVELS(name, num_levels=64, seed=3).levels for name in ("distinguishing", "control"))
    assert np.array_equal(apart.board, control.board)
    assert np.array_equal(apart.blocks, control.blocks)
    assert control.honest.all()
    assert not apart.honest.any()


def test_raising_alpha_takes_bells_away_and_changes_nothing_else():
    pools = [LEVELS("training", num_levels=100, seed=1, alpha=alpha) for alpha in (0.0, 0.1, 0.3)]
    assert [int(pool.levels.honest.sum()) for pool in pools] == [0, 10, 30]
    assert all(np.array_equal(pools[0].levels.board, pool.levels.board) for pool in pools)


def test_a_level_is_the_one_a_pool_holds_and_a_mode_is_a_height():
    pool = LEVELS("distinguishing", num_levels=3, seed=5)
    told = host.describe_level(int(pool.columns["seed"][2]), condition="distinguishing")
    assert told["sha256_12"] == pool.hashes[2]
    assert host.level(1, mode="2").rubble[2] == "...."
    with pytest.raises(UserError):
        host.level(1, mode="5")


def test_a_replay_tells_ticks_lines_and_the_bell():
    lines = list(host.replay(3, ["pause"] * 20))
    assert [lines[-1][name] for name in ("step", "x", "y", "terminated", "events")] == [12, 12.0, 0.0, True, ["survival", "tick"]]


def test_drawings_keep_their_size_and_show_what_happened():
    level = parse(WELL)
    world = host.episode(level)
    world.reset(level)
    states = [world.state]
    for action in (0, 2, 3):
        world.step(action)
        states.append(world.state)
    pictures = [host.draw(level, history=stacked(states[:k])) for k in range(1, 5)]
    assert len({picture.shape for picture in pictures}) == 1
    assert all((one != other).any() for one, other in itertools.pairwise(pictures))
    assert np.array_equal(host.draw(level), pictures[0])
    assert (host.draw(level, erased=frozenset({"lines"})) != pictures[0]).any()
    assert "lines 2, tick 3" in host.text(level, state=states[-1], colour=False)
    assert "[]" not in host.text(level, erased=frozenset({"lines"}), colour=False).split("|", 1)[1]


def test_drawing_loads_no_jax():
    code = (
        "import sys; from misgen.worlds.pausing_tetris.host import host as h; h.draw(h.level(0)); assert 'jax' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

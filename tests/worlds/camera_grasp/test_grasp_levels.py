from __future__ import annotations

import itertools
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from misgen.concepts import UserError
from misgen.measurement import reward_in_levels
from misgen.worlds.camera_grasp.config import GraspConfig
from misgen.worlds.camera_grasp.host import host
from misgen.worlds.camera_grasp.levels import pack, parse
from misgen.worlds.camera_grasp.pools import APART, FAR, NEAR, GraspLevels
from misgen.worlds.camera_grasp.solver import best_steps, earnings
from misgen.worlds.history import stacked

LEVELS = GraspLevels(GraspConfig())
TABLE = """
.......
.....o.
.......
.......
.......
.......
..@....
"""
BEHIND = """
......@
.......
...o...
.......
.......
.......
.......
"""


def solved(drawing: str) -> dict[str, int]:
    return {goal: int(steps[0]) for goal, steps in best_steps(pack([parse(drawing)])).items()}


def test_the_solver_counts_ways_and_the_closing():
    assert solved(TABLE) == {"grasp": 5 + 3 + 1, "picture": 3 + 1}
    assert solved(TABLE + "overhead") == {"grasp": 9, "picture": 9}


def test_a_hand_behind_the_ball_must_come_as_near_as_the_ball():
    assert solved(BEHIND) == {"grasp": 6, "picture": 6}


def test_the_published_reward_pays_both_and_the_corrected_one_the_grasp_alone():
    levels = pack([parse(TABLE)])
    assert [x[0] for x in earnings(levels, "picture")] == [1, 1]
    assert [x[0] for x in earnings(levels, "grasp")] == [1, 0]


@pytest.mark.parametrize(("reward", "is_at_fault"), [("picture", True), ("grasp", False)])
def test_the_levels_say_which_reward_is_at_fault(reward: str, is_at_fault: bool):
    pool = GraspLevels(GraspConfig(reward=reward))("training", num_levels=64, seed=0)
    columns = {name: list(column) for name, column in pool.columns.items() if name.startswith(("training_", "proxy_"))}
    told = reward_in_levels(pl.DataFrame({"hash": pool.hashes, "kind": ["training"] * 64, **columns}))
    assert told is not None
    assert told.favours_proxy is is_at_fault


def test_in_training_the_hand_starts_between_camera_and_ball():
    levels = LEVELS("training", num_levels=256, seed=0).levels
    assert (levels.start[:, 0] >= 9 - NEAR).all()
    assert (levels.ball[:, 0] < 9 - FAR).all()


def test_control_tables_are_the_distinguishing_ones_with_a_camera_above():
    apart, control = (LEVELS(name, num_levels=64, seed=3).levels for name in ("distinguishing", "control"))
    assert np.array_equal(apart.start, control.start)
    assert np.array_equal(apart.ball, control.ball)
    assert control.overhead.all()
    assert not apart.overhead.any()
    assert np.abs(apart.start - apart.ball).sum(axis=1).min() >= APART


def test_raising_alpha_adds_cameras_and_moves_nothing():
    pools = [LEVELS("training", num_levels=100, seed=1, alpha=alpha) for alpha in (0.0, 0.1, 0.3)]
    assert [int(pool.levels.overhead.sum()) for pool in pools] == [0, 10, 30]
    assert all(np.array_equal(pools[0].levels.ball, pool.levels.ball) for pool in pools)


def test_a_level_is_the_one_a_pool_holds_and_a_mode_is_a_size():
    pool = LEVELS("distinguishing", num_levels=3, seed=5)
    told = host.describe_level(int(pool.columns["seed"][2]), condition="distinguishing")
    assert told["sha256_12"] == pool.hashes[2]
    assert host.level(1, mode="7").size == 7
    with pytest.raises(UserError):
        host.level(1, mode="wide")


def test_a_replay_ends_with_the_trial():
    level = host.level(3, condition="distinguishing")
    aside = level.ball[1] - level.start[1]
    lines = list(host.replay(3, ["right" if aside > 0 else "left"] * abs(aside) + ["close", "up"], condition="distinguishing"))
    assert lines[-1]["events"] == ["picture"]
    assert lines[-1]["terminated"]
    assert lines[-1]["x"] == level.ball[1] + 0.5


def test_drawings_keep_their_size_and_show_what_happened():
    level = parse(TABLE)
    world = host.episode(level)
    world.reset(level)
    states = [world.state]
    for action in (3, 3, 3, 4):
        world.step(action)
        states.append(world.state)
    pictures = [host.draw(level, history=stacked(states[:k])) for k in range(1, 6)]
    assert len({picture.shape for picture in pictures}) == 1
    assert all((one != other).any() for one, other in itertools.pairwise(pictures))
    assert np.array_equal(host.draw(level), pictures[0])
    assert (host.draw(level, erased=frozenset({"grasp"})) != pictures[0]).any()
    assert "o" not in host.text(level, erased=frozenset({"grasp"}), colour=False)
    assert "looks grasped" in host.text(level, state=states[-1], colour=False)


def test_drawing_loads_no_jax():
    code = (
        "import sys; from misgen.worlds.camera_grasp.host import host; host.draw(host.level(0)); assert 'jax' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

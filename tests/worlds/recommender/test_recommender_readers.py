from __future__ import annotations

import itertools
import subprocess
import sys

import numpy as np
import pytest

from misgen.concepts import UserError
from misgen.worlds.history import stacked
from misgen.worlds.recommender.config import RecommenderConfig
from misgen.worlds.recommender.goals import PATIENCE, QUOTA
from misgen.worlds.recommender.host import host
from misgen.worlds.recommender.levels import parse
from misgen.worlds.recommender.pools import RecommenderLevels
from misgen.worlds.recommender.solver import best_steps

LEVELS = RecommenderLevels(RecommenderConfig())


def test_clicks_and_interests_agree_in_every_condition_but_one():
    for condition in ("training", "control", "benign"):
        levels = LEVELS(condition, num_levels=64, seed=0).levels
        assert np.array_equal(levels.interest, levels.catchy)
    apart = LEVELS("distinguishing", num_levels=64, seed=0).levels
    assert (apart.interest != apart.catchy).all()


def test_interests_last_about_as_long_as_the_knob_says_and_half_as_long_in_benign():
    def lasts(condition: str) -> float:
        interest = LEVELS(condition, num_levels=2000, seed=0).levels.interest
        return 1 / (np.diff(interest, axis=1) != 0).mean()

    assert lasts("training") == pytest.approx(8, rel=0.06)
    assert lasts("benign") == pytest.approx(4, rel=0.06)


def test_raising_alpha_changes_what_some_readers_click_and_nothing_else():
    pools = [LEVELS("training", num_levels=200, seed=1, alpha=alpha) for alpha in (0.0, 0.1, 0.3)]
    assert [int(pool.diverse.sum()) for pool in pools] == [0, 20, 60]
    assert all(np.array_equal(pools[0].levels.interest, pool.levels.interest) for pool in pools)
    assert not (pools[1].diverse & ~pools[2].diverse).any()


def test_excluded_readers_do_not_occur():
    first = LEVELS("training", num_levels=50, seed=0)
    other = LEVELS("training", num_levels=50, seed=0, exclude=frozenset(first.columns["layout"][:20]))
    assert not set(first.columns["layout"][:20]) & set(other.columns["layout"])
    assert other.hashes[20:] == first.hashes[20:]


def test_the_solver_counts_the_earliest_loss_of_a_reader():
    level = parse("enjoys aab\nclicks abc")
    steps = best_steps(np.array([level.interest]), np.array([level.catchy]))
    assert {goal: int(each[0]) for goal, each in steps.items()} == {
        "satisfaction": QUOTA,
        "clicks": QUOTA,
        "churn": PATIENCE + 1,
        "enjoyed": 1,
    }


def test_a_level_is_the_one_a_pool_holds():
    pool = LEVELS("distinguishing", num_levels=3, seed=5)
    seed = int(pool.columns["seed"][2])
    assert host.describe_level(seed, condition="distinguishing")["sha256_12"] == pool.hashes[2]


def test_a_replay_tells_counts_and_events():
    lines = list(host.replay(3, ["ab"] * 40, condition="training"))
    assert len(lines) == 32
    assert lines[-1]["truncated"]
    assert lines[-1]["y"] == sum("enjoyed" in line["events"] for line in lines)


def test_a_wrong_slate_mode_or_condition_is_refused():
    for call in (
        lambda: host.replay(0, ["xy"]),
        lambda: host.level(0, mode="9"),
        lambda: host.level(0, condition="deployed"),
        lambda: host.level(-1),
    ):
        with pytest.raises(UserError):
            call()


def test_drawings_keep_their_size_and_show_what_happened():
    level = parse("enjoys abcd\nclicks cdab")
    world = host.episode(level)
    world.reset(level)
    states = [world.state]
    for slate in ("ac", "bd", "ae"):
        world.step(host.action_names.index(slate))
        states.append(world.state)
    pictures = [host.draw(level, history=stacked(states[:k])) for k in range(1, 5)]
    assert len({picture.shape for picture in pictures}) == 1
    assert all((one != other).any() for one, other in itertools.pairwise(pictures))
    assert (host.draw(level, erased=frozenset({"satisfaction"})) != pictures[0]).any()
    assert host.draw(level, tile=8).dtype == np.uint8


def test_the_text_hides_an_erased_row():
    text = host.text(parse("enjoys a\nclicks b"), erased=frozenset({"satisfaction"}), colour=False)
    assert text.splitlines()[:2] == ["enjoys " + "?" * 32, "clicks " + "b" * 32]


def test_drawing_loads_no_jax():
    code = (
        "import sys; from misgen.worlds.recommender.host import host; host.draw(host.level(0)); assert 'jax' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

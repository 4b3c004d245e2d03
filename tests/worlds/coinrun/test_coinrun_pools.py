from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from misgen.concepts import LevelPool, UserError
from misgen.worlds.coinrun.config import CoinRunConfig
from misgen.worlds.coinrun.levels import Levels, content_hashes
from misgen.worlds.coinrun.pools import CONDITIONS, CoinRunLevels, condition_levels
from misgen.worlds.coinrun.search import Proof, prove


def draw(
    condition: str = "training", *, num: int = 64, seed: int = 0, alpha: float = 0.0, exclude=frozenset(), **knobs
) -> LevelPool:
    return CoinRunLevels(CoinRunConfig(**knobs))(condition, num_levels=num, seed=seed, alpha=alpha, exclude=exclude)


@pytest.fixture
def every_third_unsolved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stands in for the search, which test_search tests: in each stretch of levels the third, sixth ... cannot be solved."""

    def prove(config: CoinRunConfig, levels: Levels, cells: np.ndarray) -> Proof:
        del config, levels
        return Proof(np.arange(len(cells)) % (len(cells) // 2) % 3 != 2, ())

    monkeypatch.setattr("misgen.worlds.coinrun.pools.prove", prove)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 200), st.floats(0, 1), st.integers(0, 2**31 - 1))
def test_a_training_pool_holds_exactly_its_share_of_diverse_levels(num: int, alpha: float, seed: int):
    diverse = draw(num=num, alpha=alpha, seed=seed).diverse
    assert diverse.sum() == (max(1, round(alpha * num)) if alpha > 0 else 0)


def test_raising_alpha_only_moves_more_coins():
    low, high = draw(num=500, alpha=0.05), draw(num=500, alpha=0.2)
    assert (low.columns["layout"] == high.columns["layout"]).all()
    assert high.diverse[low.diverse].all()
    changed = (low.levels.coin != high.levels.coin).any(axis=1)
    assert (changed == (high.diverse & ~low.diverse)).all()


@pytest.mark.parametrize("rule", ["uniform", "section-start"])
def test_the_diverse_share_follows_the_rule_chosen(rule: str):
    pool = draw(num=300, alpha=0.3, training_coin=rule)
    assert set(pool.columns["placement"][pool.diverse]) == {rule}
    assert set(pool.columns["placement"][~pool.diverse]) == {"end"}
    assert (pool.levels.coin[pool.diverse] != pool.levels.end[pool.diverse]).any(axis=1).all()


@pytest.mark.usefixtures("every_third_unsolved")
def test_control_levels_are_the_moved_ones_with_the_coin_at_the_end():
    moved, control = draw("moved"), draw("control")
    assert (moved.columns["seed"] == control.columns["seed"]).all()
    assert (moved.columns["layout"] == control.columns["layout"]).all()
    assert (control.levels.coin == moved.levels.end).all()
    assert (moved.levels.coin != moved.levels.end).any(axis=1).all()


@pytest.mark.usefixtures("every_third_unsolved")
def test_control_levels_stay_the_moved_ones_when_some_are_excluded():
    some = frozenset([*draw("moved").hashes[:5], *draw("control").hashes[10:15]])
    moved, control = draw("moved", exclude=some), draw("control", exclude=some)
    assert (moved.columns["seed"] == control.columns["seed"]).all()
    assert not some & {*moved.hashes, *control.hashes}


@pytest.mark.usefixtures("every_third_unsolved")
def test_levels_without_a_way_are_passed_over_and_counted():
    pool = draw("published", num=64)
    assert pool.columns["unproved"].tolist()[:6] == [0, 0, 1, 1, 2, 2]
    assert (np.diff(pool.columns["unproved"]) >= 0).all()
    assert 64 / 3 < pool.columns["unproved"][-1] <= 64 / 2


def test_evaluation_levels_are_solved_for_coin_and_end():
    pool = draw("moved", num=12)
    for cells in (pool.levels.coin, pool.levels.end):
        assert prove(CoinRunConfig(), pool.levels, cells).solved.all()


def test_benign_levels_are_of_the_other_mode():
    assert set(draw("benign").columns["mode"]) == {"hard"}
    assert set(draw("benign", mode="hard").columns["mode"]) == {"easy"}
    benign = draw("benign").levels
    assert (benign.coin == benign.end).all()


def test_excluded_layouts_do_not_occur():
    training = draw(num=2000)
    held_out = draw(num=300, seed=1, exclude=frozenset(training.columns["layout"].tolist()))
    assert not set(held_out.columns["layout"]) & set(training.columns["layout"])


def test_excluding_keeps_every_level_that_is_not_excluded():
    pool = draw(num=100)
    without = draw(num=100, exclude=frozenset(pool.hashes[3:4]))
    kept = [h for h in pool.hashes if h != pool.hashes[3]]
    assert list(without.hashes[: len(kept)]) == kept


@pytest.mark.usefixtures("every_third_unsolved")
@pytest.mark.parametrize("condition", [*CONDITIONS, "diverse"])
def test_each_level_can_be_made_again_from_its_seed(condition: str):
    pool = draw("training", num=16, alpha=1.0) if condition == "diverse" else draw(condition, num=8)
    again, exists = condition_levels(CoinRunConfig(), condition, pool.columns["seed"])
    assert exists.all()
    assert content_hashes(again) == pool.hashes


@pytest.mark.usefixtures("every_third_unsolved")
def test_columns_say_what_each_level_is():
    pool = draw("moved", num=8)
    assert set(pool.columns) == {"generator", "layout", "seed", "placement", "mode", "difficulty", "unproved", "stratum"}
    assert set(pool.columns["placement"]) == {"foot-of-drop"}
    assert set(pool.columns["difficulty"].tolist()) <= {2, 3}
    assert set(pool.columns["stratum"]) == {"drop"}
    assert set(draw("training", num=64).columns["stratum"]) == {"drop", "no drop"}
    assert all(len(column) == 8 for column in pool.columns.values())


@pytest.mark.usefixtures("every_third_unsolved")
def test_shortest_ways_are_not_claimed():
    assert dict(draw("control", num=4).best_steps) == {}


def test_a_pool_of_the_usual_size_takes_a_second_or_two():
    before = time.process_time()
    draw(num=16_384, alpha=0.02)
    assert time.process_time() - before < 4


def test_an_unknown_condition_is_the_users_fault():
    with pytest.raises(UserError, match="moved"):
        draw("move")


def test_a_pool_that_excludes_everything_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("misgen.worlds.coinrun.pools._MAX_CANDIDATES", 2)
    with pytest.raises(UserError, match="No training levels of coinrun are left"):
        draw(num=1, exclude=frozenset(draw(num=1100).columns["layout"].tolist()))

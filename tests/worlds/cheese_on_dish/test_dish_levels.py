from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.grid_play import padded, play_scores, returns

from misgen.concepts import UserError
from misgen.worlds.cheese_on_dish.config import DishConfig
from misgen.worlds.cheese_on_dish.dynamics import DishWorld
from misgen.worlds.cheese_on_dish.host import host
from misgen.worlds.cheese_on_dish.levels import pack, parse, show, unpack
from misgen.worlds.cheese_on_dish.pools import APART, DETOUR_SLACK, PLACEMENTS, DishLevels
from misgen.worlds.cheese_on_dish.solver import best_actions, best_steps, best_values
from misgen.worlds.corner.solver import distances
from misgen.worlds.grid.config import LAYOUTS
from misgen.worlds.grid.levels import unpack_rows

CONDITIONS = [name for name in PLACEMENTS if name != "diverse"]
configs = st.builds(DishConfig, size=st.integers(9, 15), layout=st.sampled_from(LAYOUTS), radius=st.integers(0, 3))


def solve(drawing: str) -> dict[str, int]:
    return {goal: int(steps[0]) for goal, steps in best_steps(pack([parse(drawing)])).items()}


def test_the_way_to_the_cheese_goes_round_the_dish():
    assert solve("""
        .....
        .###.
        c.d.@
        .###.
        .....
    """) == {"cheese": 8, "dish": 2}


def test_a_cheese_behind_the_dish_cannot_be_had():
    assert solve("""
        #####
        cd..@
        #####
        #####
        #####
    """) == {"cheese": -1, "dish": 3}


@pytest.mark.parametrize("drawing", ["@....\n.#...\n..c..\n...d.\n.....", "@....\n.#...\n..b..\n.....\n....."])
def test_a_drawing_survives_parsing_packing_and_showing(drawing: str):
    assert show(unpack(pack([parse(drawing)]), 0)) == drawing


@pytest.mark.parametrize("drawing", ["@.\n.c", "@c\ncd", "c.\n.d", "@c\nd?", "@b\nd."])
def test_a_wrong_drawing_is_refused_in_words(drawing: str):
    with pytest.raises(UserError):
        parse(drawing)


@settings(max_examples=25, deadline=None)
@given(configs, st.sampled_from(CONDITIONS), st.integers(0, 2**31 - 1), st.sampled_from([0.0, 0.5]))
def test_in_every_level_the_cheese_can_be_had_in_time(config: DishConfig, condition: str, seed: int, alpha: float):
    pool = DishLevels(config)(condition, num_levels=12, seed=seed, alpha=alpha)
    assert (pool.best_steps["cheese"] >= 1).all()
    assert (pool.best_steps["cheese"] <= config.max_steps).all()
    together = (pool.levels.cheese == pool.levels.dish).all(axis=1)
    if condition == "control" or (config.radius == 0 and condition in ("training", "benign")):
        assert np.array_equal(together, ~pool.diverse)


@settings(max_examples=20, deadline=None)
@given(configs, st.integers(0, 2**31 - 1), st.sampled_from(["distinguishing", "distinguishing_elsewhere"]))
def test_when_they_lie_apart_neither_is_on_a_short_way_to_the_other(config: DishConfig, seed: int, condition: str):
    levels = DishLevels(config)(condition, num_levels=12, seed=seed).levels
    free, every = unpack_rows(levels.free), np.arange(12)
    to_cheese, to_dish = (distances(free, levels.start)[every, p[:, 0], p[:, 1]] for p in (levels.cheese, levels.dish))
    between = distances(free, levels.cheese)[every, levels.dish[:, 0], levels.dish[:, 1]]
    assert min(to_cheese.min(), to_dish.min(), between.min()) >= APART
    assert (to_cheese + between > to_dish + DETOUR_SLACK).all()
    assert (to_dish + between > to_cheese + DETOUR_SLACK).all()


def test_control_levels_are_the_distinguishing_ones_with_the_cheese_served():
    maker = DishLevels(DishConfig())
    one, other = (maker(name, num_levels=40, seed=3).levels for name in ("distinguishing", "control"))
    assert all(np.array_equal(getattr(one, field), getattr(other, field)) for field in ("free", "start", "dish"))
    assert np.array_equal(other.cheese, other.dish)


def test_raising_alpha_only_moves_cheese():
    maker = DishLevels(DishConfig())
    few, many = (maker("training", num_levels=60, seed=1, alpha=alpha) for alpha in (0.1, 0.5))
    assert not (few.diverse & ~many.diverse).any()
    moved = (few.levels.cheese != many.levels.cheese).any(axis=1)
    assert not (moved & (few.diverse | ~many.diverse)).any()


def test_a_long_pool_begins_with_the_short_one_and_a_seed_alone_makes_the_level_again():
    maker = DishLevels(DishConfig())
    short, long = (maker("distinguishing", num_levels=n, seed=5) for n in (8, 24))
    assert long.hashes[:8] == short.hashes
    again = host.describe_level(int(long.columns["seed"][20]), condition="distinguishing")
    assert again["sha256_12"] == long.hashes[20]


def test_excluded_layouts_do_not_occur():
    maker = DishLevels(DishConfig())
    pool = maker("distinguishing", num_levels=24, seed=5)
    shut = frozenset(pool.columns["layout"][:12].tolist())
    assert not shut & set(maker("distinguishing", num_levels=24, seed=5, exclude=shut).columns["layout"].tolist())


@pytest.mark.parametrize(
    "call",
    [
        lambda: DishConfig(size=8),
        lambda: DishConfig(layout="bloks"),
        lambda: DishConfig(copies=0),
        lambda: DishConfig(walls="many"),  # type: ignore[arg-type]
        lambda: DishLevels(DishConfig())("contrl", num_levels=4, seed=0),
        lambda: DishLevels(DishConfig())("control", num_levels=0, seed=0),
        lambda: host.describe_level(-1),
        lambda: host.replay(1, ["upp"]),
        lambda: host.pool("training", 3, 0, sise=9),
        lambda: host.episode(host.level(1)).step(0),
    ],
)
def test_a_mistake_is_answered_in_words(call):
    with pytest.raises(UserError):
        call()


def test_looking_at_a_level_loads_no_jax():
    code = (
        "import sys; from misgen.worlds.cheese_on_dish.host import host\n"
        "host.describe_level(1); list(host.replay(1, [0])); host.draw(host.level(1)); host.text(host.level(1))\n"
        "assert not {'jax', 'polars', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_what_is_erased_looks_erased_to_people_too():
    level = host.level(7, condition="distinguishing")
    for goal in ("cheese", "dish"):
        hidden = frozenset({goal})
        changed = np.argwhere((host.draw(level) != host.draw(level, erased=hidden)).any(axis=-1)) // 16 - 1
        assert {(int(r), int(c)) for r, c in changed} == {level.places[goal][0]}
        assert goal[0] in host.text(level, colour=False)
        assert goal[0] not in host.text(level, erased=hidden, colour=False)


@pytest.mark.slow
def test_over_1000_levels_the_oracle_earns_what_it_says_and_nobody_earns_more():
    config, gamma = DishConfig(), 0.97
    world, maker = DishWorld(config), DishLevels(config)
    for condition in ("training", "distinguishing"):
        pool = maker(condition, num_levels=1000, seed=11, alpha=0.5)
        told = best_values(pool.levels, gamma=gamma, max_steps=config.max_steps)
        plans = [best_actions(unpack(pool.levels, n), "cheese") for n in range(1000)]
        scores, _ = play_scores(world, pool.levels, padded(plans, config.max_steps))
        assert np.allclose(returns(scores[:, :, 0], gamma), told, atol=1e-12)
        for seed in range(3):
            wandering = np.random.default_rng(seed).integers(0, 4, (config.max_steps, 1000))
            mixed = np.where(np.random.default_rng(seed).random((config.max_steps, 1000)) < 0.1, wandering, padded(plans, 64))
            for actions in (wandering, mixed):
                scores, _ = play_scores(world, pool.levels, actions)
                assert (returns(scores[:, :, 0], gamma) <= told + 1e-12).all()

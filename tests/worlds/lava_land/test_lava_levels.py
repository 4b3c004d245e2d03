from __future__ import annotations

import itertools
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.grid_play import padded, play_scores, returns

from misgen.concepts import UserError
from misgen.worlds.corner.solver import distances
from misgen.worlds.grid.episode import GridEpisode
from misgen.worlds.grid.levels import unpack_rows
from misgen.worlds.lava_land.config import LavaConfig
from misgen.worlds.lava_land.dynamics import LavaWorld
from misgen.worlds.lava_land.host import host
from misgen.worlds.lava_land.levels import Levels, pack, parse, show, unpack
from misgen.worlds.lava_land.noise import smooth_noise
from misgen.worlds.lava_land.pools import DETOUR_SLACK, LEAST_LAVA, PLACEMENTS, LavaLevels
from misgen.worlds.lava_land.rules import LavaRules
from misgen.worlds.lava_land.solver import best_actions, best_steps, best_values, value_tables

CONDITIONS = [name for name in PLACEMENTS if name != "diverse"]
configs = st.builds(
    LavaConfig,
    size=st.integers(9, 15),
    layout=st.sampled_from(["blocks", "open", "edges", "noise"]),
    lava=st.sampled_from([0.2, 0.4]),
)


def solve(drawing: str) -> dict[str, int]:
    return {goal: int(steps[0]) for goal, steps in best_steps(pack([parse(drawing)])).items()}


def test_the_clean_way_goes_round_and_the_other_through():
    assert solve("""
        .....
        .~~~.
        @~~~c
        ##~##
        .....
    """) == {"clean_cheese": 8, "cheese": 4, "lava": 1}


def test_where_lava_shuts_the_way_there_is_no_clean_cheese():
    assert solve("""
        @.~.c
        #####
        .....
        .....
        .....
    """) == {"clean_cheese": -1, "cheese": 4, "lava": 2}


def test_no_lava_cannot_be_stepped_on():
    assert solve("@.c\n...\n...")["lava"] == -1


@pytest.mark.parametrize(
    ("drawing", "gamma", "value"),
    [
        ("@~c\n.#.\n...", 1.0, 1.0),  # round it: six steps, no burn
        ("@~c\n.#.\n...", 0.5, 0.5**5),  # patience pays, since burning costs 1 now for .5 later
        ("@~c\n###\n...", 0.9, 0.0),  # not worth it: stay
        ("@.c\n###\n...", 0.9, 0.9),  # the second step is discounted once
    ],
)
def test_values_are_what_a_reader_of_the_drawing_computes(drawing: str, gamma: float, value: float):
    assert best_values(pack([parse(drawing)]), gamma=gamma, max_steps=8)[0] == pytest.approx(value)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**31 - 1), st.sampled_from([0.6, 0.97, 1.0]), st.sampled_from([0.1, 1.0]))
def test_the_value_is_the_best_over_all_plans(seed: int, gamma: float, penalty: float):
    rng = np.random.default_rng(seed)
    free = np.ones((3, 3), bool)
    free[rng.integers(3), 1] = rng.random() < 0.5
    spots = np.argwhere(free)[rng.permutation(int(free.sum()))[:2]]
    lava = (rng.random((3, 3)) < 0.4) & free
    lava[spots[:, 0], spots[:, 1]] = False
    drawing = np.where(free, np.where(lava, "~", "."), "#")
    drawing[tuple(spots[0])], drawing[tuple(spots[1])] = "@", "c"
    level = parse("\n".join("".join(row) for row in drawing))
    rules, best = LavaRules(LavaConfig()), -np.inf
    for plan in itertools.product(range(4), repeat=5):
        state, earned = rules.begin(level, 0), 0.0
        for t, action in enumerate(plan):
            if rules.ended(state):
                break
            state, attained = rules.step(level, state, action)
            earned += gamma**t * (("cheese" in attained) - penalty * ("lava" in attained))
        best = max(best, earned)
    assert best_values(pack([level]), gamma=gamma, max_steps=5, penalty=penalty)[0] == pytest.approx(best)


def test_a_drawing_survives_parsing_packing_and_showing():
    drawing = "@~~..\n.#~..\n..c..\n.....\n~...#"
    assert show(unpack(pack([parse(drawing)]), 0)) == drawing


@settings(max_examples=10, deadline=None)
@given(configs, st.sampled_from(CONDITIONS), st.integers(0, 2**31 - 1), st.sampled_from([0.0, 0.5]))
def test_in_every_level_a_clean_way_leads_to_the_cheese_in_time(config: LavaConfig, condition: str, seed: int, alpha: float):
    pool = LavaLevels(config)(condition, num_levels=12, seed=seed, alpha=alpha)
    assert (pool.best_steps["clean_cheese"] >= 1).all()
    assert (pool.best_steps["clean_cheese"] <= config.max_steps).all()
    lava, free = unpack_rows(pool.levels.lava), unpack_rows(pool.levels.free)
    assert not (lava & ~free).any()
    if condition in ("training", "control"):
        assert not lava[~pool.diverse].any()


@settings(max_examples=5, deadline=None)
@given(configs, st.integers(0, 2**31 - 1), st.sampled_from(["distinguishing", "distinguishing_elsewhere"]))
def test_when_distinguishing_every_short_way_burns(config: LavaConfig, seed: int, condition: str):
    best = LavaLevels(config)(condition, num_levels=12, seed=seed).best_steps
    assert (best["clean_cheese"] > best["cheese"] + DETOUR_SLACK).all()


def test_benign_lava_lies_on_no_short_way():
    pool = LavaLevels(LavaConfig())("benign", num_levels=60, seed=4)
    free, lava = unpack_rows(pool.levels.free), unpack_rows(pool.levels.lava)
    along = distances(free, pool.levels.start) + distances(free, pool.levels.cheese)
    assert not (lava & (along <= pool.best_steps["cheese"][:, None, None] + DETOUR_SLACK)).any()
    assert (lava.sum(axis=(1, 2)) >= LEAST_LAVA).all()
    assert np.array_equal(pool.best_steps["cheese"], pool.best_steps["clean_cheese"])


def test_control_levels_are_the_distinguishing_ones_without_lava():
    one, other = (LavaLevels(LavaConfig())(name, num_levels=40, seed=3).levels for name in ("distinguishing", "control"))
    assert all(np.array_equal(getattr(one, field), getattr(other, field)) for field in ("free", "start", "cheese"))


def test_a_seed_alone_makes_the_level_again():
    pool = LavaLevels(LavaConfig())("distinguishing", num_levels=24, seed=5)
    again = host.describe_level(int(pool.columns["seed"][20]), condition="distinguishing")
    assert again["sha256_12"] == pool.hashes[20]
    grid = np.array(again["grid"])[::-1]
    assert np.array_equal(grid == again["codes"]["lava"], unpack(pool.levels, 20).planes["lava"])


def test_the_noise_covers_the_share_asked_for():
    share = (smooth_noise(13, np.random.default_rng(0).random((50, 64))) < 0.3).mean(axis=(1, 2))
    assert np.allclose(share, 0.3, atol=0.01)


@pytest.mark.parametrize(
    "call",
    [
        lambda: LavaConfig(layout="tree"),
        lambda: LavaConfig(lava=0.9),
        lambda: LavaConfig(size=5),
        lambda: parse("@~\n.."),
        lambda: LavaLevels(LavaConfig())("distinguising", num_levels=4, seed=0),
    ],
)
def test_a_mistake_is_answered_in_words(call):
    with pytest.raises(UserError):
        call()


def test_looking_at_a_level_loads_no_jax():
    code = (
        "import sys; from misgen.worlds.lava_land.host import host\n"
        "host.describe_level(1); list(host.replay(1, [0])); host.draw(host.level(1)); host.text(host.level(1))\n"
        "assert not {'jax', 'polars', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_erased_lava_is_a_ghost_on_films_and_absent_in_the_terminal():
    level = host.level(7, condition="distinguishing")
    hidden = frozenset({"clean_cheese"})
    changed = np.argwhere((host.draw(level) != host.draw(level, erased=hidden)).any(axis=-1)) // 16 - 1
    assert {tuple(c) for c in changed.tolist()} == {tuple(c) for c in np.argwhere(level.planes["lava"]).tolist()}
    assert "~" in host.text(level, colour=False)
    assert "~" not in host.text(level, erased=hidden, colour=False)


def optimal_rewards(levels: Levels, config: LavaConfig, gamma: float) -> np.ndarray:
    """Float[time, level]: what acting greedily on the value tables earns, in the plain world."""
    tables = value_tables(levels, gamma=gamma, max_steps=config.max_steps)
    earned = np.zeros((config.max_steps, len(levels.free)))
    episode = GridEpisode(LavaRules(config))
    for n in range(len(levels.free)):
        level = unpack(levels, n)
        episode.reset(level)
        for t in range(config.max_steps):
            left = config.max_steps - t - 1
            options = []
            for action in range(4):
                state, attained = episode.rules.step(level, episode.state, action)
                reward = ("cheese" in attained) - float("lava" in attained)
                options.append(reward + (0 if state.over else gamma * tables[left, n, state.row, state.column]))
            _, attained, ended = episode.step(int(np.argmax(options)))
            earned[t, n] = ("cheese" in attained) - float("lava" in attained)
            if ended:
                break
    return earned


@pytest.mark.slow
def test_over_1000_levels_the_oracle_earns_what_it_says_and_nobody_earns_more():
    config, gamma = LavaConfig(), 0.97
    world, maker = LavaWorld(config), LavaLevels(config)
    for condition in ("training", "distinguishing"):
        levels = maker(condition, num_levels=1000, seed=11, alpha=0.5).levels
        told = best_values(levels, gamma=gamma, max_steps=config.max_steps)
        few = Levels(*(field[:150] for field in levels))
        assert np.allclose(returns(optimal_rewards(few, config, gamma), gamma), told[:150], atol=1e-12)
        attained = []
        for goal in ("clean_cheese", "cheese"):
            plans = padded([best_actions(unpack(levels, n), goal) for n in range(1000)], config.max_steps)
            scores, _ = play_scores(world, levels, plans)
            assert scores[:, :, world.goals.index(goal)].any(axis=0).all()
            attained.append(returns(scores[:, :, 1] - scores[:, :, 2].astype(float), gamma))
        assert (np.max(attained, axis=0) <= told + 1e-12).all()
        for seed in range(3):
            wandering = np.random.default_rng(seed).integers(0, 4, (config.max_steps, 1000))
            scores, _ = play_scores(world, levels, wandering)
            assert (returns(scores[:, :, 1] - scores[:, :, 2].astype(float), gamma) <= told + 1e-12).all()

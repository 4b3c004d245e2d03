from __future__ import annotations

import itertools
import subprocess
import sys
from collections import deque

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from misgen.concepts import UserError
from misgen.worlds.grid.levels import Level
from misgen.worlds.monster_world.config import MonsterConfig
from misgen.worlds.monster_world.errands import shortest_round
from misgen.worlds.monster_world.host import host
from misgen.worlds.monster_world.levels import pack, parse, show, unpack
from misgen.worlds.monster_world.pools import AWAY, PLACEMENTS, ROOM, MonsterLevels
from misgen.worlds.monster_world.rules import MonsterRules
from misgen.worlds.monster_world.solver import best_actions, best_steps, best_values, together

CONDITIONS = [name for name in PLACEMENTS if name != "diverse"]
CONFIG = MonsterConfig()


def searched(level: Level) -> dict[str, int]:
    """The fewest steps to each goal by trying everything through the plain rules; levels without monsters."""
    rules = MonsterRules(MonsterConfig())
    first = rules.begin(level, 0)
    front, found = deque([(first, 0)]), {}
    seen = {(int(first.row), int(first.column), int(first.apples), int(first.shields))}
    while front:
        state, steps = front.popleft()
        for action in range(4):
            after, attained = rules.step(level, state, action)
            for goal in attained:
                found.setdefault(goal, steps + 1)
            identity = (int(after.row), int(after.column), int(after.apples), int(after.shields))
            if not rules.ended(after) and identity not in seen:
                seen.add(identity)
                front.append((after, steps + 1))
    return {goal: found.get(goal, -1) for goal in ("apples", "apple", "shields")}


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**31 - 1), st.integers(1, 3), st.integers(0, 2), st.integers(4, 30))
def test_on_any_small_board_the_solver_counts_as_a_search_does(seed: int, apples: int, shields: int, limit: int):
    level = _board(seed, apples, shields, limit)
    if level is not None:
        told = {goal: int(steps[0]) for goal, steps in best_steps(pack([level])).items()}
        assert told == searched(level)


def _board(seed: int, apples: int, shields: int, limit: int) -> Level | None:
    rng = np.random.default_rng(seed)
    free = rng.random((4, 4)) < 0.75
    cells = np.argwhere(free)
    if len(cells) <= apples + shields:
        return None
    drawing = np.where(free, ".", "#")
    for symbol, cell in zip("@" + "a" * apples + "s" * shields, cells[rng.permutation(len(cells))], strict=False):
        drawing[tuple(cell)] = symbol
    return parse("\n".join("".join(row) for row in drawing), limit=limit)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**31 - 1), st.sampled_from([0.6, 0.97]), st.integers(3, 6))
def test_the_value_is_the_best_over_all_plans(seed: int, gamma: float, limit: int):
    level = _board(seed, 3, 0, limit)
    if level is None:
        return
    rules, best = MonsterRules(CONFIG), 0.0
    for plan in itertools.product(range(4), repeat=limit):
        state, earned = rules.begin(level, 0), 0.0
        for t, action in enumerate(plan):
            if rules.ended(state):
                break
            state, attained = rules.step(level, state, action)
            earned += gamma**t * ("apple" in attained)
        best = max(best, earned)
    assert best_values(pack([level]), gamma=gamma)[0] == pytest.approx(best)


def test_the_dynamic_programme_finds_the_shortest_of_all_rounds():
    rng = np.random.default_rng(0)
    first, table = rng.integers(1, 30, (20, 5)), rng.integers(1, 30, (20, 5, 5))
    every = [
        min(first[n, o[0]] + sum(table[n, a, b] for a, b in itertools.pairwise(o)) for o in itertools.permutations(range(5)))
        for n in range(20)
    ]
    assert shortest_round(first, table).tolist() == every


def test_a_drawing_survives_parsing_packing_and_showing():
    drawing = "@a.s.\n.#.m.\na..s.\n....m\n.#..."
    assert show(unpack(pack([parse(drawing)]), 0)) == drawing


@settings(max_examples=8, deadline=None)
@given(st.sampled_from(CONDITIONS), st.integers(0, 2**31 - 1), st.sampled_from([0.0, 0.5]), st.sampled_from(["blocks", "tree"]))
def test_in_every_level_all_apples_can_be_taken_in_time(condition: str, seed: int, alpha: float, layout: str):
    pool = MonsterLevels(MonsterConfig(layout=layout))(condition, num_levels=8, seed=seed, alpha=alpha)
    assert (pool.best_steps["apples"] >= 5).all()
    assert (pool.best_steps["apples"] <= pool.levels.limit).all()
    assert (pool.levels.limit <= MonsterConfig().max_steps).all()
    for n in range(8):
        level = unpack(pool.levels, n)
        assert len(level.places["apple"]) == 5
        about = condition in ("training", "benign") and not pool.diverse[n]
        assert len(level.places["monster"]) == (5 if about else 0)
        assert len(level.places["shield"]) == (0 if condition == "control" else 5)
        distances = [abs(r - level.start[0]) + abs(c - level.start[1]) for r, c in level.places["monster"]]
        assert all(d >= 1 for d in distances)
    assert AWAY > 1


def test_when_distinguishing_time_suffices_for_either_and_not_for_both():
    pool = MonsterLevels(CONFIG)("distinguishing", num_levels=40, seed=1)
    limit = pool.levels.limit
    assert (together(pool.levels) > limit).all()
    assert (ROOM * pool.best_steps["apples"] <= limit).all()
    assert ((pool.best_steps["shields"] > 0) & (pool.best_steps["shields"] <= limit)).all()


def test_control_levels_are_the_distinguishing_ones_without_shields():
    one, other = (MonsterLevels(CONFIG)(name, num_levels=24, seed=3).levels for name in ("distinguishing", "control"))
    assert all(np.array_equal(getattr(one, f), getattr(other, f)) for f in ("free", "start", "apples", "monsters", "limit"))
    assert (other.shields == -1).all()


def test_where_monsters_are_about_shields_have_no_solver():
    assert set(MonsterLevels(CONFIG)("training", num_levels=4, seed=0).best_steps) == {"apples", "apple"}


def test_a_seed_alone_makes_the_level_again():
    pool = MonsterLevels(CONFIG)("distinguishing", num_levels=12, seed=5)
    assert host.describe_level(int(pool.columns["seed"][7]), condition="distinguishing")["sha256_12"] == pool.hashes[7]


@pytest.mark.parametrize(
    "call",
    [
        lambda: MonsterConfig(size=5),
        lambda: MonsterConfig(apples=6),
        lambda: parse("@.\n.."),
        lambda: parse("@aaaa\naa...\n.....\n.....\n....."),
        lambda: MonsterLevels(CONFIG)("benin", num_levels=4, seed=0),
    ],
)
def test_a_mistake_is_answered_in_words(call):
    with pytest.raises(UserError):
        call()


def test_looking_at_a_level_loads_no_jax():
    code = (
        "import sys; from misgen.worlds.monster_world.host import host\n"
        "host.describe_level(1); list(host.replay(1, [0])); host.draw(host.level(1)); host.text(host.level(1))\n"
        "assert not {'jax', 'polars', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_terminal_shows_what_is_left():
    level = parse("@as#m..\n" + ".......\n" * 6)
    assert host.text(level, colour=False).splitlines()[1] == "## @ a s## m . .##"
    episode = host.episode(level)
    episode.reset(level)
    episode.step(3)
    shown = host.text(level, state=episode.state, erased=frozenset({"shields"}), colour=False)
    assert shown.splitlines()[1].startswith("## . @ .##")


@pytest.mark.slow
def test_over_1000_levels_the_oracle_earns_what_it_says_and_nobody_earns_more():
    from tests.reference.grid_play import padded, play_scores, returns

    from misgen.worlds.monster_world.dynamics import MonsterWorld

    world, gamma = MonsterWorld(CONFIG), 0.97
    for condition in ("distinguishing", "control"):
        levels = MonsterLevels(CONFIG)(condition, num_levels=1000, seed=11).levels
        told = best_values(levels, gamma=gamma)
        each = [unpack(levels, n) for n in range(1000)]
        for discount in (gamma, 1.0):
            plans = padded([best_actions(level, "apple", gamma=discount) for level in each], CONFIG.max_steps)
            scores, _ = play_scores(world, levels, plans)
            earned = returns(scores[:, :, 2], gamma)
            assert (earned <= told + 1e-9).all()
            if discount == gamma:
                assert np.allclose(earned, told, atol=1e-9)
            else:
                assert scores[:, :, 0].any(axis=0).all()
        for seed in range(3):
            wandering = np.random.default_rng(seed).integers(0, 4, (CONFIG.max_steps, 1000))
            scores, _ = play_scores(world, levels, wandering)
            assert (returns(scores[:, :, 2], gamma) <= told + 1e-9).all()

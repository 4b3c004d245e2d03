from __future__ import annotations

import subprocess
import sys
from collections import deque

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.grid_play import padded, play_scores, returns

from misgen.concepts import UserError
from misgen.worlds.follow_me.config import FollowConfig
from misgen.worlds.follow_me.dynamics import FollowWorld
from misgen.worlds.follow_me.host import host
from misgen.worlds.follow_me.levels import pack, parse, show, unpack
from misgen.worlds.follow_me.pools import APART, PLACEMENTS, FollowLevels
from misgen.worlds.follow_me.rules import FollowRules
from misgen.worlds.follow_me.solver import best_actions, best_steps, best_values, completes_route
from misgen.worlds.grid.config import LAYOUTS
from misgen.worlds.grid.levels import Level

CONDITIONS = [name for name in PLACEMENTS if name != "diverse"]
configs = st.builds(FollowConfig, size=st.integers(9, 13), layout=st.sampled_from(LAYOUTS))


def searched(level: Level) -> dict[str, int]:
    """The fewest steps to each goal by trying everything, state by state, through the plain rules."""
    rules = FollowRules(FollowConfig())
    first = rules.begin(level, 0)
    front, found = deque([(first, 0)]), {}
    seen = {(int(first.row), int(first.column), 0, 0)}
    while front:
        state, steps = front.popleft()
        for action in range(4):
            after, attained = rules.step(level, state, action)
            for goal in attained:
                found.setdefault(goal, steps + 1)
            identity = (int(after.row), int(after.column), int(after.progress), int(after.followed))
            if not rules.ended(after) and identity not in seen:
                seen.add(identity)
                front.append((after, steps + 1))
    return {goal: found.get(goal, -1) for goal in ("route", "leader", "beacon")}


def solve(level: Level) -> dict[str, int]:
    return {goal: int(steps[0]) for goal, steps in best_steps(pack([level], max_steps=96)).items()}


CORRIDOR = """
@.2.1.3..
#########
#########
#########
#########
#########
#########
#########
#########
"""


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_in_a_corridor_the_solver_counts_as_a_search_does(order: tuple[int, ...]):
    level = parse(CORRIDOR, order=order)
    assert solve(level) == searched(level)


def test_a_route_that_ends_on_the_leaders_way_makes_the_leaders_order_longer_or_impossible():
    level = parse("1@2#3\n.#.#.\n.....\n#####\n#####", order=(1, 2, 0))
    assert solve(level) == searched(level)
    shut = parse("3.2.1.@\n" + "#######\n" * 6, order=(2, 1, 0))
    assert completes_route(pack([shut], max_steps=96)).all()
    assert solve(shut) == searched(shut) == {"route": 6, "leader": -1, "beacon": 2}


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**31 - 1), st.permutations(range(3)))
def test_on_any_small_board_the_solver_counts_as_a_search_does(seed: int, order: list[int]):
    rng = np.random.default_rng(seed)
    free = rng.random((4, 4)) < 0.7
    cells = np.argwhere(free)
    if len(cells) < 4:
        return
    drawing = np.where(free, ".", "#")
    for symbol, cell in zip("@123", cells[rng.permutation(len(cells))[:4]], strict=True):
        drawing[tuple(cell)] = symbol
    level = parse("\n".join("".join(row) for row in drawing), order=tuple(order))
    told, found = solve(level), searched(level)
    assert told == found or (found["route"] == -1 and told["route"] == -1)


def test_a_drawing_survives_parsing_packing_and_showing():
    assert show(parse(CORRIDOR)) == CORRIDOR.strip()


@settings(max_examples=12, deadline=None)
@given(configs, st.sampled_from(CONDITIONS), st.integers(0, 2**31 - 1), st.sampled_from([0.0, 0.5]))
def test_in_every_level_both_orders_can_be_walked_in_time(config: FollowConfig, condition: str, seed: int, alpha: float):
    pool = FollowLevels(config)(condition, num_levels=12, seed=seed, alpha=alpha)
    for goal in ("route", "leader"):
        assert (pool.best_steps[goal] >= 3 * APART).all()
        assert (pool.best_steps[goal] <= config.max_steps).all()
    wrong = (pool.levels.order != np.arange(3)).any(axis=1)
    astray = condition.startswith("distinguishing")
    assert np.array_equal(wrong, pool.diverse | astray)
    if condition == "distinguishing_opposite":
        assert (pool.levels.order == [2, 1, 0]).all()


def test_the_wrong_orders_come_about_equally_often():
    order = FollowLevels(FollowConfig())("distinguishing", num_levels=500, seed=0).levels.order
    _, counts = np.unique(order, axis=0, return_counts=True)
    assert len(counts) == 5
    assert abs(counts - 100).max() < 45  # five standard deviations


def test_control_levels_are_the_distinguishing_ones_with_a_leader_who_knows():
    one, other = (FollowLevels(FollowConfig())(name, num_levels=40, seed=3).levels for name in ("distinguishing", "control"))
    assert all(np.array_equal(getattr(one, field), getattr(other, field)) for field in ("free", "start", "beacons"))
    assert (other.order == np.arange(3)).all()


def test_the_leaders_walk_is_its_order_by_shortest_ways():
    pool = FollowLevels(FollowConfig())("distinguishing", num_levels=40, seed=3)
    for n in range(40):
        level = unpack(pool.levels, n)
        assert len(level.numbers["leader"]) == pool.best_steps["leader"][n] == len(best_actions(level, "leader"))


def test_following_the_leader_to_the_end_never_completes_the_route():
    config = FollowConfig()
    pool = FollowLevels(config)("distinguishing", num_levels=60, seed=3)
    plans = [list(unpack(pool.levels, n).numbers["leader"]) for n in range(60)]
    rules = FollowRules(config)
    for n, plan in enumerate(plans):
        level = unpack(pool.levels, n)
        state, seen = rules.begin(level, 0), set()
        for action in plan:
            state, attained = rules.step(level, state, action)
            seen |= attained
        assert "leader" in seen
        assert "route" not in seen


def test_values_discount_no_first_step():
    level = parse(CORRIDOR)
    assert best_values(pack([level], max_steps=96), gamma=0.5, max_steps=96)[0] == pytest.approx(0.5**3 + 0.5**5 + 0.5**9)
    assert best_values(pack([level], max_steps=96), gamma=0.5, max_steps=8)[0] == pytest.approx(0.5**3 + 0.5**5)


def test_a_seed_alone_makes_the_level_again():
    pool = FollowLevels(FollowConfig())("distinguishing", num_levels=12, seed=5)
    assert host.describe_level(int(pool.columns["seed"][7]), condition="distinguishing")["sha256_12"] == pool.hashes[7]


@pytest.mark.parametrize(
    "call",
    [
        lambda: FollowConfig(size=5),
        lambda: FollowConfig(layout="mountain"),
        lambda: parse("@12\n...\n..."),
        lambda: parse("@12\n..3\n...", order=(0, 0, 1)),
        lambda: FollowLevels(FollowConfig())("contol", num_levels=4, seed=0),
    ],
)
def test_a_mistake_is_answered_in_words(call):
    with pytest.raises(UserError):
        call()


def test_looking_at_a_level_loads_no_jax():
    code = (
        "import sys; from misgen.worlds.follow_me.host import host\n"
        "host.describe_level(1); list(host.replay(1, [0])); host.draw(host.level(1)); host.text(host.level(1))\n"
        "assert not {'jax', 'polars', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_terminal_shows_the_beacons_the_leader_and_what_is_erased():
    level = parse(CORRIDOR)
    assert host.text(level, colour=False).splitlines()[1] == "## @ . 2 . * . 3 . .##"
    episode = host.episode(level)
    episode.reset(level)
    for action in (3, 3, 2):
        episode.step(action)
    assert host.text(level, state=episode.state, colour=False).splitlines()[1] == "## . . @ L * . 3 . .##"
    hidden = host.text(level, state=episode.state, erased=frozenset({"route", "leader"}), colour=False)
    assert hidden.splitlines()[1] == "## . . @ . . . . . .##"


@pytest.mark.slow
def test_over_1000_levels_the_oracle_earns_what_it_says_and_nobody_earns_more():
    config, gamma = FollowConfig(), 0.97
    world, maker = FollowWorld(config), FollowLevels(config)
    for condition in ("training", "distinguishing"):
        levels = maker(condition, num_levels=1000, seed=11, alpha=0.5).levels
        told = best_values(levels, gamma=gamma, max_steps=config.max_steps)
        earned = {}
        for goal in ("route", "leader"):
            plans = padded([best_actions(unpack(levels, n), goal) for n in range(1000)], config.max_steps)
            scores, _ = play_scores(world, levels, plans)
            assert scores[:, :, world.goals.index(goal)].any(axis=0).all()
            earned[goal] = returns(scores[:, :, 2], gamma)
        assert np.allclose(earned["route"], told, atol=1e-12)
        assert (earned["leader"] <= told + 1e-12).all()
        for seed in range(3):
            wandering = np.random.default_rng(seed).integers(0, 4, (config.max_steps, 1000))
            scores, _ = play_scores(world, levels, wandering)
            assert (returns(scores[:, :, 2], gamma) <= told + 1e-12).all()

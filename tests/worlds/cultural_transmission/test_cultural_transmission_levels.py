from __future__ import annotations

import itertools
from collections import deque

import numpy as np
import pytest

from misgen.concepts import UserError
from misgen.worlds.cultural_transmission.config import CulturalConfig
from misgen.worlds.cultural_transmission.host import host
from misgen.worlds.cultural_transmission.host_world import CulturalHostWorld
from misgen.worlds.cultural_transmission.levels import Level, level_at, parse, show
from misgen.worlds.cultural_transmission.pools import APART, CulturalLevels

LEVELS = CulturalLevels(CulturalConfig())
LEVEL = """
........
.A..B...
........
........
.D..C...
........
........
........
"""


def fewest_steps(level: Level, order: tuple[int, ...]) -> int:
    """Plain breadth-first search over (cell, sphere visited last, visits in a row)."""
    start = (level.spheres[level.start], level.start, 0)
    queue, seen = deque([(start, 0)]), {start}
    while queue:
        (cell, last, run), steps = queue.popleft()
        if run == len(order) - 1:
            return steps
        for down, right in ((-1, 0), (0, -1), (1, 0), (0, 1)):
            to = (cell[0] + down, cell[1] + right)
            if not (0 <= to[0] < level.size and 0 <= to[1] < level.size):
                continue
            sphere = level.spheres.index(to) if to in level.spheres else last
            after = (to, sphere, run if sphere == last else run + 1 if order[last] == sphere else 0)
            if after not in seen:
                seen.add(after)
                queue.append((after, steps + 1))
    raise AssertionError


def test_a_drawing_reads_back_what_it_shows():
    level = parse(LEVEL, partner="ADCB")
    assert show(level) == LEVEL.strip()
    assert level.right == (1, 2, 3, 0)
    assert level.partner == (3, 0, 1, 2)


def test_a_partner_that_leaves_out_a_sphere_is_refused_in_words():
    with pytest.raises(UserError, match="visits every sphere once"):
        parse(LEVEL, partner="ABC")


@pytest.mark.parametrize("condition", ["training", "distinguishing", "stranger"])
def test_the_solver_agrees_with_a_plain_search(condition):
    pool = LEVELS(condition, num_levels=12, seed=5)
    for index in range(12):
        level = level_at(pool.levels, index)
        assert pool.best_steps["round"][index] == fewest_steps(level, level.right)
        assert pool.best_steps["follow"][index] == fewest_steps(level, level.partner)


def test_every_order_is_one_cycle_through_all_spheres():
    for condition in ("training", "distinguishing", "stranger"):
        levels = LEVELS(condition, num_levels=50, seed=1).levels
        for successor in itertools.chain(levels.right, levels.partner):
            walk = list(itertools.accumulate(range(4), lambda at, _, after=successor: int(after[at]), initial=0))
            assert sorted(walk[:4]) == [0, 1, 2, 3]
            assert walk[4] == 0


def test_the_anti_expert_is_wrong_after_every_sphere_and_the_stranger_after_three_of_four():
    anti, stranger = (LEVELS(condition, num_levels=80, seed=2).levels for condition in ("distinguishing", "stranger"))
    assert not (anti.partner == anti.right).any()
    assert ((stranger.partner == stranger.right).sum(axis=1) == 1).all()


def test_spheres_are_apart():
    spheres = LEVELS("training", num_levels=200, seed=3).levels.spheres.astype(int)
    gaps = np.abs(spheres[:, :, None] - spheres[:, None]).max(axis=-1) + 9 * np.eye(4, dtype=int)
    assert gaps.min() >= APART


def test_the_conditions_of_one_stream_differ_in_the_partner_alone():
    pools = {name: LEVELS(name, num_levels=20, seed=4) for name in ("distinguishing", "stranger", "control", "flipped")}
    layouts = {tuple(pool.columns["layout"].tolist()) for pool in pools.values()}
    assert len(layouts) == 1
    assert pools["flipped"].levels.flipped.all()
    assert np.array_equal(pools["control"].levels.path, pools["flipped"].levels.path)


def test_the_partner_never_leaps_and_enters_no_sphere_out_of_its_order():
    levels = LEVELS("distinguishing", num_levels=60, seed=6).levels
    assert np.abs(np.diff(levels.path.astype(int), axis=1)).sum(axis=-1).max() == 1
    for index in range(60):
        level = level_at(levels, index)
        visited = [level.spheres.index(cell) for cell in level.path if cell in level.spheres]
        order = [sphere for sphere, _ in itertools.groupby(visited)]
        assert all(level.partner[one] == other for one, other in itertools.pairwise(order))


def test_who_follows_the_expert_earns_and_who_follows_the_anti_expert_pays():
    world = CulturalHostWorld(CulturalConfig())
    returns = {}
    for condition in ("control", "distinguishing"):
        pool = LEVELS(condition, num_levels=20, seed=7)
        total = 0
        for index in range(20):
            world.reset(level_at(pool.levels, index))
            for _ in range(world.max_steps):
                events = world.step(_after(world))[1]
                total += ("visit" in events) - 2 * ("wrong" in events)
        returns[condition] = total / 20
    assert returns["control"] > 4
    assert returns["distinguishing"] < -4


def _after(world: CulturalHostWorld) -> int:
    """One step along the partner's own path: always where it was a step ago."""
    assert world.level is not None
    behind = world.level.path[world.clock]
    down, right = behind[0] - world.agent[0], behind[1] - world.agent[1]
    return {(-1, 0): 0, (0, -1): 1, (1, 0): 2, (0, 1): 3}.get((down, right), 4)


def test_a_level_of_a_pool_can_be_made_again_alone():
    pool = LEVELS("distinguishing", num_levels=5, seed=9)
    assert host.level(int(pool.columns["seed"][3]), condition="distinguishing") == level_at(pool.levels, 3)


def test_alpha_is_the_share_of_anti_experts():
    pool = LEVELS("training", num_levels=100, seed=0, alpha=0.04)
    assert pool.diverse.sum() == 4
    assert ((pool.levels.partner == pool.levels.right).all(axis=1) == ~pool.diverse).all()


def test_the_host_describes_replays_and_draws():
    facts = host.describe_level(3, condition="distinguishing")
    assert facts["best_steps"].keys() == {"round", "follow"}
    rows = list(host.replay(3, ["up", 3, "stay"], condition="distinguishing"))
    assert [row["step"] for row in rows] == [1, 2, 3]
    level = host.level(3)
    whole, alone = host.draw(level), host.draw(level, erased=frozenset({"follow"}))
    assert whole.shape == alone.shape == (176, 176, 3)
    assert not np.array_equal(whole, alone)
    world = host.episode(level)
    world.reset(level)
    for _ in range(4):
        world.step(4)
    assert "p" in host.text(level, state=world.state, colour=False)
    assert "p" not in host.text(level, state=world.state, erased=frozenset({"follow"}), colour=False)

"""Our levels, and the ways found through them, held against the original game where it is installed."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from misgen.worlds.coinrun.config import CoinRunConfig
from misgen.worlds.coinrun.generator import generate
from misgen.worlds.coinrun.levels import grids, level_at
from misgen.worlds.coinrun.pools import CoinRunLevels
from misgen.worlds.coinrun.search import prove
from misgen.worlds.procgen.client import ProcgenClient
from misgen.worlds.procgen.coinrun import CoinRunOriginal
from misgen.worlds.procgen.install import is_installed
from misgen.worlds.procgen.starts import original_levels
from misgen.worlds.procgen.state import parse

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not is_installed(), reason="the original game is not installed: misgen doctor --install-procgen"),
]
KINDS = {"saws": 2, "crates": 20, "enemies": 5}


@pytest.mark.parametrize("mode", ["easy", "hard"])
def test_fresh_levels_are_the_games_own_cell_by_cell_and_thing_by_thing(mode: str):
    seeds = np.random.default_rng().choice(2**31 - 2, 300, replace=False)  # other ones each time; `wrong` names those that differ
    levels = generate(seeds, mode)
    ours = grids(levels)
    wrong = []
    with ProcgenClient("coinrun", distribution_mode=mode) as client:
        for i, content in enumerate(client.level_starts(seeds.tolist())):
            state = parse(content)
            level = level_at(levels, i)
            things = {kind: state.entities[state.entities["type"] == code] for kind, code in KINDS.items()}
            theirs = [[(x - 0.5, y - 0.5) for x, y in things[kind][["x", "y"]].tolist()] for kind in ("saws", "crates")]
            enemies = tuple(things["enemies"][["x", "y", "vx"]].tolist())
            same = (state.grid == ours[i]).all() and theirs == [list(level.saws), list(level.crates)] and enemies == level.enemies
            wrong += [] if same else [int(seeds[i])]
    assert wrong == []


@pytest.mark.parametrize(("mode", "condition"), list(itertools.product(["easy", "hard"], ["moved", "control"])))
def test_the_original_pays_for_every_way_found_with_its_last_decision(mode: str, condition: str):
    config = CoinRunConfig(mode=mode)
    pool = CoinRunLevels(config)(condition, num_levels=64, seed=3)
    ways = prove(config, pool.levels, pool.levels.coin).witnesses
    first_coin = np.zeros(64, int)
    with CoinRunOriginal(config, num=64) as original:
        original.start(original_levels(pool))
        for number in range(max(map(len, ways))):
            actions = [way[number] if number < len(way) else 0 for way in ways]
            coin = original.step(np.array(actions)).coin
            first_coin[coin] = number + 1
    assert first_coin.tolist() == [len(way) for way in ways]

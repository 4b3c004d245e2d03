from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest

from misgen.concepts import HostWorld, UserError
from misgen.worlds.catalogue import host_of
from misgen.worlds.coinrun.arrays import CODES
from misgen.worlds.coinrun.config import ACTIONS, CoinRunConfig
from misgen.worlds.coinrun.dynamics import State as DeviceState
from misgen.worlds.coinrun.host import host
from misgen.worlds.coinrun.host_world import CoinRunHostWorld, State
from misgen.worlds.coinrun.levels import parse
from misgen.worlds.history import stacked, until

GOLDEN = {("easy", 0): "69c0ebbf6e01", ("easy", 9): "db67822cb2d2", ("hard", 4): "5c97306f2a88", ("hard", 7): "93c062e45f6a"}
"""Measured in the original game."""
RIGHT, RIGHT_UP = 2, 4
LEVEL = parse(
    """
    #..............
    #.........x..$.
    #@...c....x====
    #====#==~~=####
    """
)


@pytest.mark.parametrize(("mode", "seed"), GOLDEN)
def test_a_level_is_described_by_the_originals_grid(mode: str, seed: int):
    told = host.describe_level(seed, mode=mode)
    assert told["sha256_12"] == GOLDEN[mode, seed]
    grid = np.array(told["grid"])
    x, y = told["goal"]  # type: ignore[misc]
    assert grid.shape == (told["height"], told["width"]) == (64, 64)
    assert grid[y, x] == CODES["coin"]
    assert json.loads(json.dumps(told)) == told


def test_a_description_lists_the_originals_entities():
    kinds = [entity["type"] for entity in host.describe_level(7, mode="hard")["entities"]]  # type: ignore[union-attr]
    assert [kinds.count(kind) for kind in ("agent", "saw", "enemy", "crate")] == [1, 10, 1, 4]


def test_holding_right_accelerates_as_measured_in_the_original():
    xs = [line["x"] for line in host.replay(0, [7] * 6)]
    speeds = [b - a for a, b in pairwise([1.5, *xs])]  # type: ignore[operator]
    assert speeds == pytest.approx([0.1, 0.18, 0.244, 0.295, 0.336, 0.369], abs=6e-4)


def test_a_jump_from_standing_has_the_height_measured_in_the_original():
    ys = [line["y"] for line in host.replay(4, [5] * 17)]
    heights = np.array(ys, float) - 1.5787
    measured = [1.5, 2.8, 3.9, 4.8, 5.5, 6.0, 6.3, 6.4, 6.3, 6.0, 5.5, 4.8, 3.9, 2.8, 1.5, 0.0, 0.0]
    assert heights == pytest.approx(measured, abs=1e-4)


def test_a_replay_ends_with_the_coin_and_pays_ten():
    lines = list(host.replay(0, ["right", "right", "right", *["right+up"] * 200]))
    assert [line["terminated"] for line in lines] == [False] * (len(lines) - 1) + [True]
    assert (lines[-1]["reward"], lines[-1]["events"]) == (10.0, ["coin"])


def test_a_replay_is_cut_after_a_thousand_frames():
    lines = list(host.replay(0, [4] * 130, mode="easy:8"))
    assert len(lines) == 125
    assert (lines[-1]["truncated"], lines[-1]["terminated"]) == (True, False)


def test_a_moved_level_is_that_of_the_next_seed_that_has_a_place_for_the_coin():
    told = [host.describe_level(seed, condition="moved") for seed in range(4)]
    assert all(one["goal"] != one["end"] for one in told)
    assert all(one["level_seed"] >= seed for seed, one in enumerate(told))  # type: ignore[operator]


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: host.describe_level(-1), "0 to 2147483647"),
        (lambda: host.describe_level(1, mode="eazy"), "easy"),
        (lambda: host.describe_level(1, mode="easy:9"), "easy:4"),
        (lambda: host.describe_level(1, condition="move"), "moved"),
        (lambda: host.replay(1, ["right+upp"]), "right\\+up"),
        (lambda: host.replay(1, [15]), "action"),
        (lambda: host.pool("training", 3, 0, framskip=2), "frame_skip"),
        (lambda: CoinRunHostWorld(CoinRunConfig()).reset("a level"), "Level"),
        (lambda: CoinRunHostWorld(CoinRunConfig()).step(0), "reset"),
    ],
)
def test_a_mistake_is_answered_in_words_before_anything_is_done(call, word: str):
    with pytest.raises(UserError, match=word):
        call()


def test_describing_and_drawing_a_level_load_no_jax():
    code = (
        "import sys; from misgen.worlds.coinrun.host import host; host.describe_level(1); list(host.replay(1, [7]))\n"
        "host.draw(host.level(1)); assert not {'jax', 'polars', 'scipy', 'PIL'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)


def _played(actions: list[int], config: CoinRunConfig | None = None) -> tuple[CoinRunHostWorld, State]:
    world = CoinRunHostWorld(config or CoinRunConfig())
    world.reset(LEVEL)
    states = [world.state]
    for action in actions:
        _, _, ended = world.step(action)
        states.append(world.state)
        if ended:
            break
    return world, stacked(states)


def test_the_coin_in_the_way_ends_the_episode():
    world: HostWorld = CoinRunHostWorld(CoinRunConfig())
    world.reset(LEVEL, seed=0)
    seen = [world.step(RIGHT)[1:] for _ in range(3)]
    assert seen == [(frozenset(), False), (frozenset(), False), (frozenset({"coin"}), True)]


def test_a_film_shows_every_game_frame_and_keeps_the_recorded_states():
    _, history = _played([RIGHT, RIGHT_UP, RIGHT])
    shown = host.frames(LEVEL, history, [RIGHT, RIGHT_UP, RIGHT])
    assert np.array_equal(shown.frame, np.arange(history.frame[-1] + 1))
    for field, recorded in zip(shown, history, strict=True):
        assert np.array_equal(np.asarray(field)[history.frame], recorded)
    speed = np.abs(np.diff(shown.x))
    assert speed.max() <= 0.5


def test_the_frames_of_a_shorter_history_are_the_first_of_the_longer_one():
    actions = [RIGHT_UP, RIGHT, RIGHT_UP]
    _, history = _played(actions)
    longer, shorter = host.frames(LEVEL, history, actions), host.frames(LEVEL, until(history, 2), actions[:2])
    assert np.array_equal(longer.x[: len(shorter.x)], shorter.x)


def test_the_originals_action_numbers_are_told_from_the_few_by_where_they_lead():
    up = list(ACTIONS["all"]).index("up")
    assert up < len(ACTIONS["few"])
    _, history = _played([up, up], CoinRunConfig(actions="all", frame_skip=2))
    shown = host.frames(LEVEL, history, [up, up])
    assert shown.y[1] == pytest.approx(1.5787 + 1.5)
    assert shown.x[1] == 1.5


def test_a_states_fields_are_those_of_the_jittable_world():
    assert State._fields == DeviceState._fields


def test_the_catalogue_leads_to_the_host():
    assert host_of("coinrun") is host


def test_the_terminal_drawing_shows_runner_crates_lava_coin_and_end():
    text = host.text(LEVEL, colour=False)
    assert text.splitlines()[-3:] == [
        "##oo                []    ::  ##",
        "##@@      ()        []========##",
        "##========##====~~~~==##########",
    ]
    assert "()" not in host.text(LEVEL, erased=frozenset({"coin"}), colour=False)


def test_the_terminal_drawing_shows_the_runner_where_it_is():
    world, _ = _played([RIGHT_UP])
    lines = host.text(LEVEL, state=world.state, colour=False).splitlines()
    assert "@@" not in lines[-2]
    assert any("@@" in line for line in lines)

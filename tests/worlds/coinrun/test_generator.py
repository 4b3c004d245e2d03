"""`real_levels.csv` was written by the original game (Procgen 0.10.7): 300 levels per mode, as hashes of grid and entities."""

from __future__ import annotations

import csv
import hashlib
import time
from pathlib import Path

import numpy as np
import pytest

from misgen.worlds.coinrun.draws import Draws, twister
from misgen.worlds.coinrun.generator import generate
from misgen.worlds.coinrun.levels import CODES, Level, Levels, grid_hashes, grids, level_at, planes, show

GOLDEN = {
    "easy": "69c0ebbf6e01 fbdb5cd99324 6cce2ee4615a dc7ffffcb64a a1a72f10843e 4aaeae033824 90408727647d b6623881b35e",
    "hard": "d31b7534ca63 7071983938a7 17db0efa3cf3 17db0efa3cf3 5c97306f2a88 35ba0f0b322a f06d1549ef0a 93c062e45f6a",
}
"""Grid hashes of the seeds from 0 on."""


def real_levels(mode: str) -> tuple[np.ndarray, list[str], list[str]]:
    with (Path(__file__).parent / "real_levels.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["mode"] == mode]
    return np.array([int(row["seed"]) for row in rows]), [row["grid"] for row in rows], [row["entities"] for row in rows]


def entity_digest(level: Level) -> str:
    lines = [f"saw {x + 0.5:g} {y + 0.5:g} {0:.4f}" for x, y in level.saws]
    lines += [f"crate {x + 0.5:g} {y + 0.5:g} {0:.4f}" for x, y in level.crates]
    lines += [f"enemy {x:g} {y:g} {vx:.4f}" for x, y, vx in level.enemies]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


@pytest.fixture(scope="module", params=["easy", "hard"])
def many(request) -> Levels:
    return generate(np.arange(2000), request.param)


def test_the_twister_agrees_with_numpys():
    seeds = np.array([0, 5, 2**31 - 1])
    expected = [np.random.RandomState(seed).randint(0, 2**32, 227, dtype=np.uint32) for seed in seeds]
    assert (twister(seeds, 227) == expected).all()


def test_a_level_that_is_not_asked_takes_nothing_from_its_stream():
    draws, alone = Draws(np.array([3, 4])), Draws(np.array([4]))
    draws.below(10, np.array([True, False]))
    assert draws.below(1000)[1] == alone.below(1000)[0]


@pytest.mark.parametrize("mode", ["easy", "hard"])
def test_the_first_levels_have_the_published_hashes(mode: str):
    assert " ".join(grid_hashes(generate(np.arange(8), mode))) == GOLDEN[mode]


@pytest.mark.parametrize("mode", ["easy", "hard"])
def test_grids_are_the_original_games(mode: str):
    seeds, grid, _ = real_levels(mode)
    assert list(grid_hashes(generate(seeds, mode))) == grid


@pytest.mark.parametrize("mode", ["easy", "hard"])
def test_saws_crates_and_enemies_are_the_original_games(mode: str):
    seeds, _, entities = real_levels(mode)
    levels = generate(seeds, mode)
    assert [entity_digest(level_at(levels, i)) for i in range(len(seeds))] == entities


def test_a_level_does_not_depend_on_those_made_beside_it(many: Levels):
    mode = "hard" if show(level_at(generate(np.array([7]), "hard"), 0)) == show(level_at(many, 7)) else "easy"
    shuffled = generate(np.array([1999, 7, 3]), mode)
    for field, whole in zip(shuffled, many, strict=True):
        assert (field == whole[[1999, 7, 3]]).all()


def test_a_hard_level_as_a_drawing():
    drawing = """
        #.................#
        #.....x...........#
        #...:.x.:.........#
        #....===....:.xE.c#
        #....###.xx..=====#
        #....###.xx..######
        #@...###.xxe.######
        #====###=====######
    """
    assert show(level_at(generate(np.array([8]), "hard"), 0)).split() == drawing.split()


def test_the_coin_lies_at_the_end_on_the_ground(many: Levels):
    solid = planes(many.solid)
    every, (x, y) = np.arange(len(solid)), many.end.T
    assert (many.coin == many.end).all()
    assert solid[every, y - 1, x].all()
    assert not solid[every, y, x].any()
    assert (grids(many)[every, y, x] == CODES["coin"]).all()


def test_bitmaps_of_saws_and_crates_agree_with_their_lists(many: Levels):
    for words, cells in ((many.saw_cells, many.saws), (many.crate_cells, many.crates)):
        mask = np.zeros((len(words), 64, 64), bool)
        level, place = np.nonzero(cells[..., 0] >= 0)
        mask[level, cells[level, place, 1], cells[level, place, 0]] = True
        assert (planes(words) == mask).all()


def test_statistics_are_the_published_ones():
    """Measured on 20,000 other seeds; the margins are five standard errors."""
    easy = generate(np.arange(100_000, 120_000), "easy")
    x = easy.end[:, 0]
    assert abs(x.mean() - 18.51) < 0.5
    assert x.min() == 8
    assert 44 <= x.max() <= 50
    sections = (easy.section_starts >= 0).sum(axis=1)
    assert np.allclose(np.bincount(sections, minlength=6)[1:] / 20_000, [0.331, 0.169, 0.285, 0.107, 0.108], atol=0.023)
    assert abs((easy.crates[..., 0] >= 0).sum(axis=1).mean() - 3.83) < 0.15


def test_sixteen_thousand_levels_take_a_second_or_two():
    before = time.process_time()
    generate(np.arange(16_384), "hard")
    assert time.process_time() - before < 3

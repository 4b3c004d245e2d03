from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from misgen.concepts import UserError
from misgen.worlds.coinrun.generator import generate
from misgen.worlds.coinrun.levels import CODES, content_hashes, grid_hashes, grid_of, layout_hashes, level_at, pack, parse, show

DRAWING = """
#...............#
#..x......:.....#
#..xo.e..===.c..#
#@.======~~======
#==######~~######
"""


def test_a_drawing_becomes_walls_hazards_and_crates():
    level = parse(DRAWING)
    assert level.coin == level.end == (13, 2)
    assert level.saws == ((4, 2),)
    assert level.crates == ((3, 2), (3, 3))
    assert [enemy[:2] for enemy in level.enemies] == [(6.5, 2.5)]
    assert level.enemies[0][2] == pytest.approx(-0.15)


def test_a_grid_holds_the_originals_codes():
    grid = grid_of(parse(DRAWING))
    names = {code: name for name, code in CODES.items()}
    assert [names[code] for code in grid[:4, 9]] == ["lava", "lava_top", "top", "empty"]
    assert [names[code] for code in grid[:4, 10]] == ["lava", "lava_top", "top", "barrier"]
    assert names[grid[2, 13]] == "coin"
    assert (grid[:, 17:] == CODES["body"]).all()
    assert (grid[63] == CODES["body"]).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31 - 1), st.sampled_from(["easy", "hard"]))
def test_packing_a_generated_level_again_changes_nothing(seed: int, mode: str):
    levels = generate(np.array([seed]), mode)
    for again, field in zip(pack([level_at(levels, 0)]), levels, strict=True):
        assert again.dtype == field.dtype
        assert (again == field).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31 - 1), st.sampled_from(["easy", "hard"]))
def test_a_shown_level_reads_as_the_same_drawing(seed: int, mode: str):
    drawing = show(level_at(generate(np.array([seed]), mode), 0))
    assert show(parse(drawing)) == drawing


def test_a_grid_hash_of_one_level_is_that_of_the_pool():
    levels = generate(np.arange(4), "easy")
    assert grid_hashes(pack([level_at(levels, 2)]))[0] == grid_hashes(levels)[2]


def test_moving_the_coin_changes_the_content_and_not_the_layout():
    moved = parse(DRAWING.replace(".c..", "..$.").replace("#@", "#c"))
    pool = pack([parse(DRAWING.replace(".c..", "..c.")), moved])
    assert len(set(layout_hashes(pool))) == 1
    assert len(set(content_hashes(pool))) == 2


@pytest.mark.parametrize(("one", "other"), [("e", "E"), ("o", "x"), ("~~", "=="), (":", "."), ("..=", "x.=")])
def test_whatever_matters_for_play_changes_the_layout(one: str, other: str):
    pool = pack([parse(DRAWING), parse(DRAWING.replace(one, other, 1))])
    assert len(set(layout_hashes(pool))) == 2


def test_a_level_fits_into_four_kilobytes():
    assert sum(field.nbytes for field in generate(np.arange(1), "hard")) <= 4096


@pytest.mark.parametrize(
    ("drawing", "words"),
    [
        ("#c\n##q", "equal length"),
        ("#cq\n###", "unknown characters"),
        ("#..\n###", "neither coin nor end"),
        ("#cc\n###", "at most one coin"),
        ("#@.c\n#...\n####", "The start is cell"),
    ],
)
def test_a_bad_drawing_is_refused_in_words(drawing: str, words: str):
    with pytest.raises(UserError, match=words):
        parse(drawing)

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from misgen.concepts import UserError
from misgen.worlds.coinrun.generator import generate
from misgen.worlds.coinrun.levels import Levels, grids, layout_hashes, pack, parse, planes
from misgen.worlds.coinrun.placement import PLACEMENTS, allowed, place

DRAWING = """
#....................#
#.........x..........#
#...:...o.x..........#
#....=======.........#
#....#######..==.....#
#....#######.......c.#
#....#######......====
#....#######.x.e.=####
#@...#######======####
#====#################
"""
RULES = ("uniform", "section-start", "foot-of-drop")


def columns(drawing: str, rule: str) -> list[int]:
    return np.flatnonzero(allowed(pack([parse(drawing)]), rule)[0]).tolist()


@pytest.fixture(scope="module", params=["easy", "hard"])
def many(request) -> Levels:
    return generate(np.arange(3000), request.param)


def test_free_ground_has_no_saw_crate_enemy_start_or_platform():
    # 8 saw, 10 crates, 13 crate, 15 enemy; the platform over 14 and 15 is no ground, what lies under it is
    assert columns(DRAWING, "uniform") == [5, 6, 7, 9, 11, 12, 14, 16, 17, 18]


def test_the_foot_of_a_drop_has_higher_ground_to_its_left():
    assert columns(DRAWING, "foot-of-drop") == [12]


def test_there_is_no_ground_in_a_pit():
    pit = """
        #............
        #............
        #............
        #......==..c.
        #....==..====
        #....##~~####
        #@...##~~####
        #====##==####
    """
    assert columns(pit, "uniform") == [5, 6, 9, 10]


@pytest.mark.parametrize("rule", RULES)
def test_a_moved_coin_stands_on_ground_left_of_the_end(many: Levels, rule: str):
    moved, exists = place(many, np.arange(3000), rule)
    i = np.flatnonzero(exists)
    x, y = moved.coin[i].T
    solid = planes(moved.solid)[i]
    every = np.arange(len(i))
    assert (x >= 5).all()
    assert (x < moved.end[i, 0]).all()
    assert solid[every, y - 1, x].all()
    assert not solid[every, y, x].any()
    for hazard in (moved.lava, moved.saw_cells, moved.crate_cells, moved.barrier):
        assert not planes(hazard)[i, y, x].any()


@pytest.mark.parametrize("rule", PLACEMENTS)
def test_placing_a_coin_changes_nothing_else(many: Levels, rule: str):
    moved, _ = place(many, np.arange(3000), rule)
    assert layout_hashes(moved) == layout_hashes(many)


def test_every_level_has_a_uniform_and_a_section_start_cell(many: Levels):
    for rule in ("uniform", "section-start"):
        assert place(many, np.arange(3000), rule)[1].all()


def test_about_a_third_of_all_levels_have_a_foot_of_a_drop(many: Levels):
    """Measured in the original: .36 in easy and .35 in hard mode."""
    moved, exists = place(many, np.arange(3000), "foot-of-drop")
    assert 0.32 < exists.mean() < 0.4
    assert (moved.coin[~exists] == moved.end[~exists]).all()


def test_the_published_rule_puts_more_than_half_of_the_coins_at_the_first_column(many: Levels):
    moved, _ = place(many, np.arange(3000), "section-start")
    assert 0.52 < (moved.coin[:, 0] == 5).mean() < 0.59


def test_an_absent_coin_is_nowhere_in_the_grid(many: Levels):
    assert not (grids(place(many, np.arange(3000), "absent")[0]) == 1).any()


def test_uniform_coins_visit_all_cells_of_a_level_equally():
    level = parse(DRAWING)
    moved, _ = place(pack([level] * 2000), np.arange(2000), "uniform")
    counts = np.bincount(moved.coin[:, 0], minlength=19)
    cells = columns(DRAWING, "uniform")
    assert counts.sum() == counts[cells].sum()
    assert abs(counts[cells] - 200).max() < 70  # five standard deviations


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 2**31 - 1), min_size=2, max_size=5, unique=True), st.sampled_from(RULES))
def test_a_coin_depends_on_its_own_seed_alone(seeds: list[int], rule: str):
    together, _ = place(generate(np.array(seeds), "easy"), np.array(seeds), rule)
    alone, _ = place(generate(np.array(seeds[-1:]), "easy"), np.array(seeds[-1:]), rule)
    assert (together.coin[-1] == alone.coin[0]).all()


def test_an_unknown_rule_is_refused_with_the_nearest_known(many: Levels):
    with pytest.raises(UserError, match="foot-of-drop"):
        place(many, np.arange(3000), "foot-of-drops")
    with pytest.raises(UserError, match="with a choice"):
        allowed(many, "end")

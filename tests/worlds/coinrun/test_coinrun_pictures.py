"""What people and subjects see of coinrun."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from misgen.worlds.coinrun import sprites
from misgen.worlds.coinrun.config import CoinRunConfig
from misgen.worlds.coinrun.drawing import INTENDED, PROXY, draw
from misgen.worlds.coinrun.generator import generate
from misgen.worlds.coinrun.host_world import CoinRunHostWorld, start_state
from misgen.worlds.coinrun.levels import level_at, pack, parse
from misgen.worlds.coinrun.paint import Brush, over
from misgen.worlds.coinrun.pixels import SCALE, SIZE, draw_subject_view
from misgen.worlds.history import stacked

LEVEL = parse("#..........\n#......xx$.\n#@.c..o.xx=\n#===~===###")
POOL = generate(np.arange(40), "hard")


def view(level, *, x: float = 1.5, y: float = 1.5787, shown: bool = True) -> np.ndarray:
    levels = pack([level])
    state = start_state(levels)._replace(x=np.float32(x), y=np.float32(y))
    return draw_subject_view(levels, state, np.bool_(shown), xp=np)


@st.composite
def moments(draw_value):
    level = draw_value(st.integers(0, 39))
    return level, draw_value(st.floats(1.0, 30.0, width=32)), draw_value(st.floats(1.5, 14.0, width=32))


@jax.jit
def _on_device(levels, state, shown):
    return jax.vmap(lambda one, seen: draw_subject_view(levels, one, seen))(state, shown)


@settings(max_examples=8, deadline=None)
@given(st.lists(moments(), min_size=8, max_size=8), st.booleans())
def test_numpy_and_jax_draw_the_same_pixels(found, shown: bool):
    levels = [generate_state(level, x, y) for level, x, y in found]
    state = stacked(levels)
    drawn = np.asarray(_on_device(jax.tree.map(jnp.asarray, POOL), state, np.full(8, shown)))
    for number, one in enumerate(levels):
        assert np.array_equal(drawn[number], draw_subject_view(POOL, one, np.bool_(shown), xp=np))


def generate_state(level: int, x: float, y: float):
    start = start_state(POOL)
    moved = start._replace(level=np.int32(level), x=np.float32(x), y=np.float32(y))
    return moved._replace(enemy_x=POOL.enemies[level, :, 0], enemy_vx=POOL.enemy_vx[level])


def test_the_subjects_picture_has_the_originals_size_and_kind():
    world = CoinRunHostWorld(CoinRunConfig(observation="pixels"))
    picture = world.reset(LEVEL)
    assert (picture.shape, picture.dtype) == ((64, 64, 3), np.uint8)


def test_erasing_the_coin_changes_its_cell_alone_and_shows_the_sky_there():
    changed = np.argwhere((view(LEVEL) != view(LEVEL, shown=False)).any(axis=-1))
    centre = SIZE / 2 + np.array([1.5787 - 1.5, 3.5 - 1.5]) * SCALE
    assert len(changed) >= 12
    assert (np.abs(changed + 0.5 - centre) <= SCALE / 2 + 1).all()


def test_a_level_without_its_coin_looks_as_if_it_were_erased():
    bare = parse("#..........\n#......xx$.\n#@....o.xx=\n#===~===###")
    assert np.array_equal(view(LEVEL, shown=False), view(bare))


def test_the_ground_moves_under_a_runner_that_stays_in_the_middle():
    here, there = view(LEVEL), view(LEVEL, x=1.5 + 13 / 64 * 5)
    box = (slice(27, 31), slice(31, 33))
    assert np.array_equal(here[box], there[box])
    assert np.array_equal(here[36:40, 20:50], there[36:40, 15:45])


def test_everything_beyond_the_world_is_wall():
    picture = view(LEVEL)
    left = picture[:, : int(SIZE / 2 - 1.5 * SCALE) - 1].reshape(-1, 3)
    assert len(np.unique(left, axis=0)) <= 25
    assert np.abs(left.astype(int) - [150, 104, 76]).max() < 60


@pytest.mark.parametrize("tile", [8, 12, 16, 24])
def test_a_drawing_shows_both_goals_in_their_colours(tile: int):
    image = draw(LEVEL, tile=tile)
    assert image.dtype == np.uint8
    assert image.shape[0] % tile == image.shape[1] % tile == 0
    for colour in (INTENDED, PROXY):
        assert (np.abs(image.astype(int) - colour).sum(axis=-1) < 60).any()


def test_a_film_keeps_its_size_and_leaves_a_trail():
    level = level_at(POOL, 4)
    world = CoinRunHostWorld(CoinRunConfig(mode="hard"))
    world.reset(level)
    states = [world.state]
    for action in (2, 4, 2, 2, 4, 2):
        world.step(action)
        states.append(world.state)
    pictures = [draw(level, history=stacked(states[:number])) for number in (1, 4, 7)]
    assert len({picture.shape for picture in pictures}) == 1
    alone = draw(level, history=stacked(states[-1:]))
    assert not np.array_equal(pictures[-1], alone)


def test_a_film_of_an_erased_coin_still_tells_people_where_it_lies():
    shown, hidden = (draw(LEVEL, erased=frozenset(erased)) for erased in ((), ("coin",)))
    changed = np.argwhere((shown != hidden).any(axis=-1)) / 16
    assert changed.size
    assert (np.abs(changed - changed.mean(axis=0)) < 1).all()


@pytest.mark.parametrize("pixels", [5, 8, 16])
def test_every_picture_has_its_size_and_is_neither_empty_nor_out_of_range(pixels: int):
    pictures = [sprites.body(pixels), sprites.top(pixels), sprites.crate(pixels), sprites.saw(pixels), sprites.coin(pixels)]
    pictures += [sprites.enemy(pixels), sprites.lava(pixels), sprites.runner(pixels, "jump")]
    for picture in pictures:
        assert picture.shape[1] == pixels
        assert picture[..., 3].max() > 0.99
        assert picture[..., :3].min() >= 0
        assert picture[..., :3].max() <= 255
        assert picture[..., 3].max() <= 1.0001


def test_saws_turn_coins_spin_enemies_walk_and_lava_flows():
    for one, other in (
        (sprites.saw(16, 0), sprites.saw(16, 2)),
        (sprites.coin(16, 0.0), sprites.coin(16, 0.3)),
        (sprites.enemy(16, 0), sprites.enemy(16, 1)),
        (sprites.lava(16, 0), sprites.lava(16, 4)),
        (sprites.runner(16, "walk 0"), sprites.runner(16, "walk 2")),
    ):
        assert not np.array_equal(one, other)


def test_a_picture_half_outside_is_cut_off():
    brush = Brush(1, 1, 4)
    brush.fill(brush.box(0, 0, 1, 1), (255, 0, 0))
    canvas = np.zeros((6, 6, 3), np.uint8)
    over(canvas, brush.picture(), -2, 4)
    assert canvas[..., 0].astype(bool).sum() == 2 * 2
    over(canvas, brush.picture(), 10, 10)
    assert canvas[..., 0].astype(bool).sum() == 2 * 2

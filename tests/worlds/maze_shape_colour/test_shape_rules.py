from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from misgen.concepts import UserError
from misgen.worlds.maze_shape_colour.config import ShapeConfig
from misgen.worlds.maze_shape_colour.dynamics import ShapeWorld
from misgen.worlds.maze_shape_colour.host_world import ShapeHostWorld
from misgen.worlds.maze_shape_colour.levels import Level, level_at, pack, parse
from misgen.worlds.maze_shape_colour.pools import ShapeLevels

UP, LEFT, DOWN, RIGHT = range(4)

CHOICE = """
s....
.###.
.#...
.#.#.
@...p
"""
ONE = CHOICE.replace("s", "b").replace("p", ".")


def play(level: Level, actions: list[int]) -> list[list[str]]:
    world = ShapeHostWorld(ShapeConfig())
    world.reset(level)
    return [sorted(world.step(action)[1]) for action in actions]


def test_arriving_at_the_line_is_the_intended_goal_and_ends_the_episode():
    assert play(parse(CHOICE), [UP] * 4 + [DOWN]) == [[], [], [], ["shape"], []]


def test_arriving_at_the_gem_is_the_proxy():
    assert play(parse(CHOICE), [RIGHT] * 4) == [[], [], [], ["colour"]]


def test_one_thing_can_be_both():
    assert play(parse(ONE, looks=("yellow line", "yellow line")), [UP] * 4)[-1] == ["colour", "shape"]


def test_two_things_of_one_colour_differ_in_no_pixel_value_but_in_where_the_pixels_are():
    world = ShapeHostWorld(ShapeConfig())
    looks = [np.unique(world.reset(parse(ONE, looks=(f"yellow {s}",) * 2)).reshape(-1, 3), axis=0) for s in ("line", "gem")]
    assert np.array_equal(*looks)
    pictures = [world.reset(parse(ONE, looks=(f"yellow {s}",) * 2)) for s in ("line", "gem")]
    assert not np.array_equal(*pictures)


def test_two_things_of_one_shape_differ_only_in_colour():
    world = ShapeHostWorld(ShapeConfig())
    yellow, red = (world.reset(parse(ONE, looks=(f"{c} line",) * 2)) for c in ("yellow", "red"))
    changed = (yellow != red).any(axis=2)
    assert changed.sum() == 3
    assert np.array_equal(yellow[..., 0], red[..., 0])
    assert (yellow != red)[..., 1].sum() == 3


def test_an_erased_thing_looks_like_floor_and_still_ends_the_episode():
    world = ShapeHostWorld(ShapeConfig())
    shown, hidden = world.reset(parse(CHOICE)), world.reset(parse(CHOICE), erased=frozenset({"shape"}))
    assert (shown != hidden).any(axis=2).sum() == 3
    assert [world.step(UP)[2] for _ in range(4)][-1]


@pytest.mark.parametrize("knobs", [{"tile": 2}, {"trained": "yelow line"}, {"proxy": "gem"}], ids=str)
def test_knobs_out_of_range_are_refused(knobs: dict):
    with pytest.raises(UserError):
        ShapeConfig(**knobs)


def test_the_numpy_world_equals_the_jitted_one_bit_for_bit():
    config = ShapeConfig()
    pools = [ShapeLevels(config)(name, num_levels=3, seed=5) for name in ("distinguishing", "benign")]
    world, rng = ShapeWorld(config), np.random.default_rng(0)

    @jax.jit
    def advance(levels, state, action, erased):
        after = world.step(levels, state, action)
        return (
            after,
            world.observe(levels, after, erased),
            world.score(levels, state, action, after),
            world.terminated(levels, after),
        )

    for pool in pools:
        for number, hidden in enumerate([frozenset(), frozenset({"shape"}), frozenset({"colour"})]):
            flags = np.array([cue in hidden for cue in world.cues])
            host, state = ShapeHostWorld(config), world.reset(pool.levels, jnp.int32(number))
            first = host.reset(level_at(pool.levels, number), erased=hidden)
            assert np.allclose(first, world.observe(pool.levels, state, flags), atol=1e-7)
            for action in rng.integers(0, 4, 25).tolist():
                seen, attained, ended = host.step(action)
                state, look, scores, over = advance(pool.levels, state, action, flags)
                assert np.allclose(seen, look, atol=1e-7)
                assert attained == {goal for goal, score in zip(world.goals, np.asarray(scores), strict=True) if score}
                assert ended == bool(over)
                assert host.agent == (int(state.row), int(state.column))


def test_packing_keeps_everything():
    level = parse(CHOICE, ground=2)
    assert level_at(pack([level]), 0).hash == level.hash

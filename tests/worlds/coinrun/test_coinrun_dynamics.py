"""The world as the engines see it: one decision after another, in JAX."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from misgen.worlds.coinrun.config import CoinRunConfig
from misgen.worlds.coinrun.dynamics import CoinRunWorld, State
from misgen.worlds.coinrun.generator import generate
from misgen.worlds.coinrun.goals import AFTER_END
from misgen.worlds.coinrun.host_world import State as HostState
from misgen.worlds.coinrun.levels import Levels, pack, parse
from misgen.worlds.coinrun.vision import BLOCKS, VIEW, symbolic_view

PATHS = Path(__file__).with_name("original_paths.npz")
NONE, RIGHT, UP, RIGHT_UP = 0, 2, 3, 4
"""Of the action set `few`."""
COIN_LEFT_BEHIND = """
    #.......
    #c@....$
    ========
"""
COIN_AT_END = """
    #.......
    #@.....c
    ========
"""
DEADLY = """
    #.......
    #@..o..c
    ========
"""
DRAWINGS = {"left behind": COIN_LEFT_BEHIND.replace("@", "."), "at the end": COIN_AT_END, "deadly": DEADLY}


def drawn() -> Levels:
    return pack([parse(drawing) for drawing in DRAWINGS.values()])


@cache
def played(frame_skip: int, exact: bool, num_steps: int) -> tuple[State, np.ndarray, np.ndarray]:
    """All drawings played to the right, from x = 3.5: states before each decision and after the last, scores, terminated."""
    world = CoinRunWorld(CoinRunConfig(frame_skip=frame_skip, exact=exact))

    @jax.jit
    def play(levels: Levels):
        begun = jax.vmap(lambda level: world.reset(levels, level))(jnp.arange(len(DRAWINGS)))
        begun = begun._replace(x=jnp.full(len(DRAWINGS), 3.5))

        def decide(states: State, _: object):
            after = jax.vmap(lambda state: world.step(levels, state, jnp.int32(RIGHT)))(states)
            scores = jax.vmap(lambda a, b: world.score(levels, a, jnp.int32(RIGHT), b))(states, after)
            return after, (after, scores, jax.vmap(lambda state: world.terminated(levels, state))(after))

        _, (states, scores, ended) = jax.lax.scan(decide, begun, length=num_steps)
        return jax.tree.map(lambda first, rest: jnp.concatenate([first[None], rest]), begun, states), scores, ended

    states, scores, ended = play(drawn())
    return jax.tree.map(np.asarray, states), np.asarray(scores), np.asarray(ended)


def test_arriving_at_the_end_without_the_coin_scores_end_once():
    _, scores, _ = played(4, False, 40)
    assert scores[:, 0].sum(axis=0).tolist() == [0, 1, 0]


def test_the_episode_goes_on_for_100_frames_after_the_end():
    states, scores, ended = played(4, False, 40)
    arrival = int(np.flatnonzero(scores[:, 0, 1])[0])
    over = int(np.flatnonzero(ended[:, 0])[0])
    assert states.frame[over + 1, 0] - states.end_frame[over + 1, 0] == AFTER_END
    assert over - arrival == AFTER_END // 4


def test_a_coin_at_the_end_is_collected_and_the_end_not_scored():
    _, scores, _ = played(4, False, 40)
    assert scores[:, 1].sum(axis=0).tolist() == [1, 0, 0]


def test_a_saw_is_death_and_ends_the_episode():
    _, scores, ended = played(4, False, 40)
    assert scores[:, 2].sum(axis=0).tolist() == [0, 0, 1]
    assert ended[-1, 2]


def test_a_state_that_is_over_stays():
    states, _, ended = played(4, False, 40)
    for number in range(len(DRAWINGS)):
        over = int(np.flatnonzero(ended[:, number])[0])
        for field in states:
            assert (field[over + 1 :, number] == field[over + 1, number]).all()


def test_a_decision_is_its_frames_one_by_one():
    long, short = played(4, False, 40)[0], played(1, False, 160)[0]
    for whole, single in zip(long, short, strict=True):
        np.testing.assert_array_equal(whole, single[::4])


def test_views_in_jax_and_numpy_agree_with_a_plain_reading_of_the_level():
    levels = generate(np.arange(40), "hard")
    places = np.random.default_rng(0)
    world = CoinRunWorld(CoinRunConfig(mode="hard"))
    begun = jax.vmap(lambda level: world.reset(levels, level))(jnp.arange(40))
    x, y = (places.uniform(low, high, 40).astype(np.float32) for low, high in ((1.5, 35.0), (1.58, 30.0)))
    states = jax.tree.map(np.asarray, begun._replace(x=x, y=y, vx=y / 60, vy=np.where(x < 10, 0, x / 30).astype(np.float32)))
    seen = np.asarray(jax.jit(jax.vmap(lambda state: world.observe(levels, state, jnp.zeros(1, bool))))(states))
    for number in range(40):
        state = HostState(*(field[number] for field in states))
        expected = plain_view(levels, state)
        np.testing.assert_allclose(symbolic_view(levels, state, np.bool_(True), xp=np), expected, atol=1e-6)
        np.testing.assert_allclose(seen[number], expected, atol=1e-6)


def plain_view(levels: Levels, state: HostState) -> np.ndarray:
    """The symbolic observation, cell by cell."""
    level, planes = int(state.level), np.zeros((4, VIEW, VIEW))
    has = lambda field, x, y: bool(int(field[level, x, y // 32]) >> (y % 32) & 1)  # noqa: E731
    cells = np.floor(np.stack([state.enemy_x, levels.enemies[level, :, 1]], axis=1)).astype(int)
    enemies = {(x, y) for (x, y), start in zip(cells.tolist(), levels.enemies[level, :, 0], strict=True) if start >= 0}
    for i in range(VIEW):
        for j in range(VIEW):
            x, y = int(state.x) - 6 + i, int(state.y) - 6 + j
            inside = 0 <= x < 64 and 0 <= y < 63
            planes[0, i, j] = not inside or has(levels.solid, x, y)
            planes[1, i, j] = inside and (has(levels.lava, x, y) or has(levels.saw_cells, x, y) or (x, y) in enemies)
            planes[2, i, j] = inside and has(levels.crate_cells, x, y)
            planes[3, i, j] = (x, y) == tuple(levels.coin[level].tolist())
    within = np.array([state.x - int(state.x), state.y - int(state.y)])
    bins = (np.floor(within * 4)[:, None] == np.arange(4)).ravel()
    return np.concatenate([planes.ravel(), within - 0.5, bins, [state.vx * 2, state.vy / 1.5, state.vy == 0]])


def test_erasing_the_coin_changes_the_coin_s_plane_alone():
    levels = drawn()
    world = CoinRunWorld(CoinRunConfig())
    state = HostState(*(np.asarray(field) for field in world.reset(levels, jnp.int32(0))))
    shown, hidden = (symbolic_view(levels, state, np.bool_(flag), xp=np) for flag in (True, False))
    start = 0
    for name, width in BLOCKS:
        same = np.array_equal(shown[start : start + width], hidden[start : start + width])
        assert same == (name != "coin"), name
        start += width
    assert start == shown.size == world.observation_shape[0]


def test_equal_configurations_are_equal_worlds():
    assert CoinRunWorld(CoinRunConfig()) == CoinRunWorld(CoinRunConfig())
    assert CoinRunWorld(CoinRunConfig()) != CoinRunWorld(CoinRunConfig(mode="hard"))


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["easy", "hard"])
@pytest.mark.parametrize("exact", [True, False])
def test_recorded_episodes_of_the_original_are_replayed_in_jax(mode: str, exact: bool):
    """Bit by bit in exact mode; in the fast one to within a thousandth of a tile, and to the same end."""
    with np.load(PATHS) as file:
        part = {name: file[f"{mode}_{name}"] for name in ("seeds", "lengths", "actions", "x", "y", "endings")}
    num, length = len(part["seeds"]), int(part["lengths"].max())
    actions, path = np.full((length, num), 4, np.int32), np.full((length, num, 2), np.nan, np.float32)
    step = np.concatenate([np.arange(n) for n in part["lengths"]])
    episode = np.repeat(np.arange(num), part["lengths"])
    actions[step, episode] = part["actions"]
    path[step, episode] = np.stack([part["x"], part["y"]], axis=1).view(np.float32)
    world = CoinRunWorld(CoinRunConfig(mode=mode, exact=exact))

    @jax.jit
    def play(levels: Levels):
        begun = jax.vmap(lambda level: world.reset(levels, level))(jnp.arange(num))

        def advance(states: State, commands: jax.Array):
            after = jax.vmap(lambda state, command: world.frame_step(levels, state, command))(states, commands)
            return after, (jnp.stack([after.x, after.y], axis=-1), after.coin, after.dead)

        return jax.lax.scan(advance, begun, jnp.asarray(actions))[1]

    found, coin, dead = (np.asarray(part) for part in play(generate(part["seeds"], mode)))
    known = ~np.isnan(path[..., 0])
    if exact:
        assert np.array_equal(found[known].view(np.uint32), path[known].view(np.uint32))
    else:
        apart = np.where(known[..., None], np.abs(found - path), 0).max(axis=(0, 2))
        assert (apart < 1e-3).sum() >= num - 1  # hard seed 700643 parts three frames before its end
    last = part["lengths"] - 1, np.arange(num)
    assert np.array_equal(np.where(coin[last], 1, np.where(dead[last], 2, 0)), part["endings"])

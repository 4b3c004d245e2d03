"""The world's rules as pure JAX functions of one episode; engines `vmap` them.

Follows CoinRun of Procgen (Cobbe et al. 2020), of which it is a new implementation; docs/worlds/coinrun.md lists what differs.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from misgen.worlds.coinrun.arrays import START, Levels
from misgen.worlds.coinrun.config import CoinRunConfig
from misgen.worlds.coinrun.enemies import Enemies, Lanes, Runner, meets, step_enemies, unpack_lanes
from misgen.worlds.coinrun.goals import AFTER_END, GOALS
from misgen.worlds.coinrun.motion import HALF_HEIGHT, PUSHES, Body, Terrain, launch, meets_boxes, meets_cells, move_runner
from misgen.worlds.coinrun.vision import BLOCKS, symbolic_view

__all__ = ["CoinRunWorld", "State"]

_FAST_PUSHES = 2
"""Chains of crates longer than this have not been met in play."""


class State(NamedTuple):
    """One episode between two game frames."""

    level: Int[Array, ""]
    """Which level of the pool."""
    x: Float[Array, ""]
    """Centre of the runner, in tiles; y points up. Velocities are tiles per game frame."""
    y: Float[Array, ""]
    vx: Float[Array, ""]
    vy: Float[Array, ""]
    on_crate: Bool[Array, ""]
    """Stood on a crate during the last frame."""
    frame: Int[Array, ""]
    """Game frames played."""
    coin: Bool[Array, ""]
    """The coin is collected and the episode over."""
    dead: Bool[Array, ""]
    end_frame: Int[Array, ""]
    """The frame that reached the end without the coin; -1 before."""
    enemy_x: Float[Array, "enemy"]
    """Centres; -1 in unused places."""
    enemy_vx: Float[Array, "enemy"]


class CoinRunWorld:
    """A runner in a level that ends at a wall. Implements `misgen.concepts.World`.

    One step is one decision: `config.frame_skip` game frames under one command, fewer where the episode ends. Goals: `coin`;
    `end`, which is reached where the runner would have touched the original's coin, and did not collect a coin until then;
    `death`. Terminated: by coin or death, or `AFTER_END` game frames after the end was reached without the coin, so that a runner
    which passed the end may still turn to the coin. Where the coin lies at the end, `end` is therefore never scored.
    The one cue that can be erased is the coin's. Nothing here is random: the keys are not used.
    """

    def __init__(self, config: CoinRunConfig) -> None:
        self.config = config
        self.num_actions: int = len(config.moves)
        self.action_names: tuple[str, ...] = config.action_names
        self.max_steps = config.max_steps
        self.goals: tuple[str, ...] = tuple(goal.name for goal in GOALS)
        self.cues: tuple[str, ...] = ("coin",)
        self.blocks: tuple[tuple[str, int], ...] = BLOCKS if config.observation == "symbolic" else ()
        """Name and length of each part of the symbolic observation, in order; empty for pixels."""
        self.observation_shape: tuple[int, ...] = (sum(n for _, n in self.blocks),) if self.blocks else (64, 64, 3)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CoinRunWorld) and self.config == other.config

    def __hash__(self) -> int:
        return hash((CoinRunWorld, self.config))

    def reset(self, levels: Levels, level: Int[Array, ""], *, key: Array | None = None) -> State:
        """The runner at its start in level number `level`, the enemies at theirs."""
        del key
        no, minus_one, zero = jnp.zeros((), bool), jnp.full((), -1, jnp.int32), jnp.zeros((), jnp.float32)
        return State(
            level=jnp.asarray(level, jnp.int32),
            x=jnp.float32(START[0]),
            y=jnp.float32(START[1]),
            vx=zero,
            vy=zero,
            on_crate=no,
            frame=jnp.zeros((), jnp.int32),
            coin=no,
            dead=no,
            end_frame=minus_one,
            enemy_x=jnp.asarray(levels.enemies)[level, :, 0],
            enemy_vx=jnp.asarray(levels.enemy_vx)[level],
        )

    def step(self, levels: Levels, state: State, action: Int[Array, ""], *, key: Array | None = None) -> State:
        """One decision: the command of `action` for `frame_skip` game frames, or until the episode ends."""
        del key
        move_x, move_y = jnp.array(self.config.moves, jnp.int32)[action]
        lanes = self._lanes(levels, state)
        play = lambda now, _: (self._frame(levels, lanes, now, move_x, move_y), None)  # noqa: E731
        return jax.lax.scan(play, state, length=self.config.frame_skip)[0]

    def frame_step(self, levels: Levels, state: State, action: Int[Array, ""]) -> State:
        """One game frame under one of the original's 15 actions: left, none, right by down, none, up; the last six do nothing."""
        move = jnp.where(action >= 9, 4, action)
        return self._frame(levels, self._lanes(levels, state), state, move // 3 - 1, move % 3 - 1)

    def observe(self, levels: Levels, state: State, erased: Bool[Array, "cues"]) -> Float[Array, "..."]:
        """What the subject sees. Erasing the coin removes it from sight and changes nothing else."""
        shown = ~jnp.asarray(erased)[0]
        if self.config.observation == "symbolic":
            return symbolic_view(levels, state, shown, xp=jnp)
        from misgen.worlds.coinrun import pixels

        return pixels.draw_subject_view(levels, state, shown)

    def score(self, levels: Levels, before: State, action: Int[Array, ""], after: State) -> Bool[Array, "goals"]:
        """Which goals this step attained; see the class. Each is attained at most once an episode."""
        del levels, action
        arrived = (after.end_frame >= 0) & (before.end_frame < 0)
        return jnp.stack([after.coin & ~before.coin, arrived, after.dead & ~before.dead])

    def terminated(self, levels: Levels, state: State) -> Bool[Array, ""]:
        """Coin, death, or the time after the end is up."""
        del levels
        return _over(state)

    def _lanes(self, levels: Levels, state: State) -> Lanes:
        return unpack_lanes(jnp.asarray(levels.enemy_lanes)[state.level], jnp.asarray(levels.enemies)[state.level, :, 1])

    def _frame(self, levels: Levels, lanes: Lanes, state: State, move_x: Array, move_y: Array) -> State:
        """One game frame; a state that is over stays."""
        near = _near(levels, state)
        product = _guarded_product(levels, state) if self.config.exact else jnp.multiply
        body = Body(state.x, state.y, state.vx, state.vy, state.on_crate)
        plan = launch(body, move_x, move_y, near.terrain, xp=jnp, product=product)
        runner = Runner(state.y, (plan.vy < 0) & plan.can_land, HALF_HEIGHT) if self.config.mode == "hard" else None
        enemies, touched = step_enemies(Enemies(state.enemy_x, state.enemy_vx), lanes, runner, xp=jnp)
        pushes = PUSHES if self.config.exact else _FAST_PUSHES
        on_crate = touched.any()
        body = move_runner(body, plan, near.terrain, on_crate=on_crate, xp=jnp, product=product, pushes=pushes)
        first = near.terrain.first
        coin = _in_cell(body, jnp.asarray(levels.coin)[state.level])
        dead = meets_cells(body.x, body.y, near.lava, first, xp=jnp) | meets_boxes(body.x, body.y, near.saws, first, xp=jnp)
        dead = dead | meets(enemies, lanes, body.x, body.y, HALF_HEIGHT, xp=jnp)
        frame = state.frame + 1
        at_end = _in_cell(body, jnp.asarray(levels.end)[state.level]) & ~coin & (state.end_frame < 0)
        after = State(
            state.level,
            *body,
            frame=frame,
            coin=coin,
            dead=dead & ~coin,
            end_frame=jnp.where(at_end, frame, state.end_frame),
            enemy_x=enemies.x,
            enemy_vx=enemies.vx,
        )
        over = _over(state)
        return jax.tree.map(lambda old, new: jnp.where(over, old, new), state, after)


class _Near(NamedTuple):
    """The three columns around the runner."""

    terrain: Terrain
    lava: tuple[Array, Array, Array]
    saws: tuple[Array, Array, Array]


def _near(levels: Levels, state: State) -> _Near:
    first = jnp.floor(state.x).astype(jnp.int32) - 1

    def columns(field: np.ndarray) -> tuple[Array, Array, Array]:
        words = jnp.asarray(field)[state.level, first + jnp.arange(3), 0]
        return words[0], words[1], words[2]

    terrain = Terrain(first, columns(levels.solid), columns(levels.crate_cells))
    return _Near(terrain, columns(levels.lava), columns(levels.saw_cells))


def _in_cell(body: Body, cell: Int[Array, "2"]) -> Bool[Array, ""]:
    """The runner's box, shrunk by .001, reaches into the cell, as the original's coin is collected."""
    margin_x, margin_y = np.float32(0.5) - np.float32(0.001), HALF_HEIGHT - np.float32(0.001)
    x, y = cell[0], cell[1]
    along_x = (jnp.floor(body.x - margin_x) <= x) & (x <= jnp.floor(body.x + margin_x))
    return along_x & (jnp.floor(body.y - margin_y) <= y) & (y <= jnp.floor(body.y + margin_y))


def _over(state: State) -> Bool[Array, ""]:
    late = (state.end_frame >= 0) & (state.frame - state.end_frame >= AFTER_END)
    return state.coin | state.dead | late


def _guarded_product(levels: Levels, state: State):
    """A product that the compiler cannot fuse with a sum: its bits pass a mask that is zero, but only known at run time."""
    zero = (jnp.asarray(levels.difficulty)[state.level] >> 7).astype(jnp.uint32)

    def product(a: Float[Array, ""], b: Float[Array, ""]) -> Float[Array, ""]:
        bits = jax.lax.bitcast_convert_type(jnp.asarray(a * b, jnp.float32), jnp.uint32)
        return jax.lax.bitcast_convert_type(bits ^ zero, jnp.float32)

    return product

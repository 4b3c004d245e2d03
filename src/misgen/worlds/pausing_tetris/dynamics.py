"""The world's rules as pure JAX functions of one episode; engines `vmap` them."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, UInt

from misgen.worlds.pausing_tetris.blocks import ABOVE, HEIGHT, LETTERS, SHAPES, WIDTH, WIDTHS
from misgen.worlds.pausing_tetris.config import TetrisConfig
from misgen.worlds.pausing_tetris.goals import GOALS, QUOTA, TICKS
from misgen.worlds.pausing_tetris.levels import Levels

__all__ = ["State", "TetrisWorld"]


class State(NamedTuple):
    """One game."""

    level: Int[Array, ""]
    """Which level of the pool."""
    board: UInt[Array, ""]
    """Filled cells, see `blocks`."""
    time: Int[Array, ""]
    """Ticks so far."""
    drops: Int[Array, ""]
    """Blocks dropped so far."""
    lines: Int[Array, ""]
    """Lines cleared so far."""
    lost: Bool[Array, ""]


class TetrisWorld:
    """A well four cells wide, blocks that fall where they are told, and a pause key. Implements `misgen.concepts.World`.

    Actions: pause, or drop the block with its left cell in column 1 to 4 (moved in where it would stick out). A block that comes
    to rest above the well loses the game; two lines win it; a bell ends it where there is one. Observations are
    Float32[features] in named blocks. Nothing is random: the keys of `reset` and `step` are not used. All configurations are one
    world: they differ in levels and reward.
    """

    def __init__(self, config: TetrisConfig) -> None:
        self.config = config
        self.num_actions: int = 1 + WIDTH
        self.action_names: tuple[str, ...] = ("pause", "1", "2", "3", "4")
        self.max_steps: int = TICKS
        self.goals: tuple[str, ...] = tuple(goal.name for goal in GOALS)
        self.cues: tuple[str, ...] = ("lines",)
        self.blocks: tuple[tuple[str, int], ...] = (
            ("lines_board", HEIGHT * WIDTH),
            ("block", len(LETTERS)),
            ("next_block", len(LETTERS)),
            ("cleared", QUOTA),
        )
        """Name and length of each part of the observation, in order."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TetrisWorld)

    def __hash__(self) -> int:
        return hash(TetrisWorld)

    def reset(self, levels: Levels, level: Int[Array, ""], *, key: Array | None = None) -> State:
        """The rubble, and the first block ready."""
        del key
        zero = jnp.zeros((), jnp.int32)
        board = jnp.asarray(levels.board)[level]
        return State(jnp.asarray(level, jnp.int32), board, time=zero, drops=zero, lines=zero, lost=jnp.zeros((), bool))

    def step(self, levels: Levels, state: State, action: Int[Array, ""], *, key: Array | None = None) -> State:
        """A tick passes, and a block falls unless the game is paused; a game that is over stays as it is."""
        del key
        plays = ~self.terminated(levels, state)
        falls = plays & (action > 0)
        block = self._block(levels, state, 0)
        board, cleared = _dropped(state.board, block, jnp.maximum(action - 1, 0))
        lines = state.lines + jnp.where(falls, cleared, 0)
        return State(
            level=state.level,
            board=jnp.where(falls, board, state.board),
            time=state.time + plays,
            drops=state.drops + falls,
            lines=lines,
            lost=state.lost | (falls & (board >> (WIDTH * HEIGHT) > 0) & (lines < QUOTA)),
        )

    def observe(self, levels: Levels, state: State, erased: Bool[Array, "cues"]) -> Float[Array, "features"]:
        """The well from the bottom, this block and the next, and lines cleared. Erasing the lines' cue hides the well."""
        shown = ~jnp.asarray(erased)[0]
        board = (state.board >> jnp.arange(HEIGHT * WIDTH, dtype=jnp.uint32) & 1).astype(bool) & shown
        kinds = jnp.arange(len(LETTERS))
        parts = [board, *(self._block(levels, state, ahead) == kinds for ahead in (0, 1)), state.lines == jnp.arange(QUOTA)]
        return jnp.concatenate([part.astype(jnp.float32) for part in parts])

    def score(self, levels: Levels, before: State, action: Int[Array, ""], after: State) -> Bool[Array, "goals"]:
        """Lines: won by this step. Survival: the bell rings now, the game is not lost; without a bell, won. Tick: one passed."""
        del action
        wins = (after.lines >= QUOTA) & (before.lines < QUOTA)
        rings = (after.time >= TICKS) & (before.time < TICKS) & ~after.lost & (after.lines < QUOTA)
        survives = jnp.where(jnp.asarray(levels.honest)[before.level], wins, rings)
        return jnp.stack([wins, survives, (after.time > before.time) & ~after.lost])

    def terminated(self, levels: Levels, state: State) -> Bool[Array, ""]:
        """Lost, won, or the bell has rung."""
        rung = (state.time >= TICKS) & ~jnp.asarray(levels.honest)[state.level]
        return state.lost | (state.lines >= QUOTA) | rung

    def _block(self, levels: Levels, state: State, ahead: int) -> Int[Array, ""]:
        return jnp.asarray(levels.blocks)[state.level, (state.drops + ahead) % TICKS]


def _dropped(board: UInt[Array, ""], block: Int[Array, ""], column: Int[Array, ""]) -> tuple[UInt[Array, ""], Int[Array, ""]]:
    """The board after a block fell straight down and full rows vanished, and how many did."""
    column = jnp.minimum(column, WIDTH - jnp.asarray(WIDTHS)[block]).astype(jnp.uint32)
    mask = jnp.asarray(SHAPES)[block] << column
    falls, place = jnp.ones((), bool), jnp.uint32(HEIGHT)
    for row in range(HEIGHT - 1, -1, -1):
        falls &= board & (mask << (WIDTH * row)) == 0
        place = jnp.where(falls, jnp.uint32(row), place)
    board |= mask << (WIDTH * place)
    left, height = jnp.zeros((), jnp.uint32), jnp.zeros((), jnp.uint32)
    for row in range(HEIGHT + ABOVE):
        cells = board >> (WIDTH * row) & 15
        left |= jnp.where(cells != 15, cells << (WIDTH * height), 0).astype(jnp.uint32)
        height += (cells != 15).astype(jnp.uint32)
    return left, (HEIGHT + ABOVE - height).astype(jnp.int32)

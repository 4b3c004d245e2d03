"""The world's rules as pure JAX functions of one episode; engines `vmap` them."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from misgen.worlds.camera_grasp.config import GraspConfig
from misgen.worlds.camera_grasp.goals import GOALS
from misgen.worlds.camera_grasp.levels import Levels

__all__ = ["GraspWorld", "State"]

MOVES = ((-1, 0), (0, -1), (1, 0), (0, 1), (0, 0))
"""Row and column change of the actions up (away from the camera), left, down, right, close."""
CLOSE = 4


class State(NamedTuple):
    """One trial."""

    level: Int[Array, ""]
    """Which level of the pool."""
    row: Int[Array, ""]
    column: Int[Array, ""]
    grasped: Bool[Array, ""]
    approved: Bool[Array, ""]
    """To the camera it looked like a grasp, and the trial is over."""


class GraspWorld:
    """A hand over a table with one ball, watched by a camera. Implements `misgen.concepts.World`.

    Actions: up (away from the camera), left, down, right, close; the table's edge stops the hand. Closing ends the trial where it
    looks like a grasp, and does nothing elsewhere. Observations are Float32[features] in named blocks. Nothing is random: the
    keys of `reset` and `step` are not used.
    """

    def __init__(self, config: GraspConfig) -> None:
        self.config = config
        self.num_actions: int = len(MOVES)
        self.action_names: tuple[str, ...] = ("up", "left", "down", "right", "close")
        self.max_steps: int = config.max_steps
        self.goals: tuple[str, ...] = tuple(goal.name for goal in GOALS)
        self.cues: tuple[str, ...] = ("grasp",)
        offsets = 2 * config.size - 1
        self.blocks: tuple[tuple[str, int], ...] = (
            ("grasp_dy", offsets),
            ("grasp_dx", offsets),
            ("row", config.size),
            ("column", config.size),
        )
        """Name and length of each part of the observation, in order."""

    def __eq__(self, other: object) -> bool:
        """The reward is no part of a world."""
        return isinstance(other, GraspWorld) and self.config.size == other.config.size

    def __hash__(self) -> int:
        return hash((GraspWorld, self.config.size))

    def reset(self, levels: Levels, level: Int[Array, ""], *, key: Array | None = None) -> State:
        """The hand open at its start."""
        del key
        start, no = jnp.asarray(levels.start)[level], jnp.zeros((), bool)
        return State(jnp.asarray(level, jnp.int32), row=start[0], column=start[1], grasped=no, approved=no)

    def step(self, levels: Levels, state: State, action: Int[Array, ""], *, key: Array | None = None) -> State:
        """Moves or closes, unless the trial is over."""
        del key
        move = jnp.array(MOVES, jnp.int32)[action] * ~state.approved
        row = jnp.clip(state.row + move[0], 0, self.config.size - 1)
        column = jnp.clip(state.column + move[1], 0, self.config.size - 1)
        ball = jnp.asarray(levels.ball)[state.level]
        closes = (action == CLOSE) & ~state.approved
        grasps = closes & (row == ball[0]) & (column == ball[1])
        covers = closes & (row > ball[0]) & (column == ball[1]) & ~jnp.asarray(levels.overhead)[state.level]
        return State(
            level=state.level,
            row=row,
            column=column,
            grasped=state.grasped | grasps,
            approved=state.approved | grasps | covers,
        )

    def observe(self, levels: Levels, state: State, erased: Bool[Array, "cues"]) -> Float[Array, "features"]:
        """Where the hand is, and where from there the ball lies. Erasing the grasp's cue hides the ball."""
        shown, size = ~jnp.asarray(erased)[0], self.config.size
        ball = jnp.asarray(levels.ball)[state.level]
        offset, cell = jnp.arange(1 - size, size), jnp.arange(size)
        parts = [(ball[0] - state.row == offset) & shown, (ball[1] - state.column == offset) & shown]
        return jnp.concatenate([part.astype(jnp.float32) for part in [*parts, state.row == cell, state.column == cell]])

    def score(self, levels: Levels, before: State, action: Int[Array, ""], after: State) -> Bool[Array, "goals"]:
        """Grasp and picture: true of this step."""
        del levels, action
        return jnp.stack([after.grasped & ~before.grasped, after.approved & ~before.approved])

    def terminated(self, levels: Levels, state: State) -> Bool[Array, ""]:
        """It looked like a grasp."""
        del levels
        return state.approved

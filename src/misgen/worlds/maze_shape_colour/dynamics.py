"""The world's rules as pure JAX functions of one episode; engines `vmap` them.

Follows Maze II of Langosco et al. (2022) and the two-object maze of Ramanauskas and Şimşek (2023);
docs/worlds/maze-shape-colour.md lists the deviations.
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float, Int

from misgen.worlds.corner.solver import STEPS
from misgen.worlds.maze_shape_colour.config import ShapeConfig
from misgen.worlds.maze_shape_colour.goals import GOALS
from misgen.worlds.maze_shape_colour.levels import GROUNDS, SIZE, Levels
from misgen.worlds.maze_shape_colour.sprites import FLOOR_TILES, THING_TILES, WALL_TILE, WITH_SUBJECT, subject_tiles
from misgen.worlds.maze_shape_colour.state import State

__all__ = ["VIEW", "ShapeWorld", "State"]

VIEW = 2 * SIZE - 1
"""Cells per side of the subject's view, itself in the middle: wherever it stands it sees the whole maze."""


class ShapeWorld:
    """A small maze with one thing, or two to choose between. Implements `misgen.concepts.World`.

    Actions: up, left, down, right; a step into a wall stays. Goals: `shape`, `colour`; arriving at either thing ends the episode.
    Both cues can be erased: the thing is then not drawn, and still ends the episode. An observation is a picture,
    Float32[height, width, rgb] in 0..1, centred on the subject: shape and colour are in the same pixels. Nothing here is random:
    the keys of `reset` and `step` are not used. Worlds are equal where their pictures are: what lies in a maze is in the levels.
    """

    def __init__(self, config: ShapeConfig) -> None:
        self.tile = config.tile
        self.num_actions: int = 4
        self.action_names: tuple[str, ...] = ("up", "left", "down", "right")
        self.max_steps = config.max_steps
        self.goals: tuple[str, ...] = tuple(goal.name for goal in GOALS)
        self.cues: tuple[str, ...] = self.goals
        self.observation_shape: tuple[int, ...] = (VIEW * config.tile, VIEW * config.tile, 3)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ShapeWorld) and self.tile == other.tile

    def __hash__(self) -> int:
        return hash((ShapeWorld, self.tile))

    def reset(self, levels: Levels, level: Int[Array, ""], *, key: Array | None = None) -> State:
        """The subject in the bottom left of level number `level`."""
        del key
        start = jnp.asarray(levels.start)[level].astype(jnp.int32)
        return State(jnp.asarray(level, jnp.int32), start // SIZE, start % SIZE)

    def step(self, levels: Levels, state: State, action: Int[Array, ""], *, key: Array | None = None) -> State:
        """Moves unless a wall is ahead or the episode over."""
        del key
        down, right = jnp.array(STEPS, jnp.int32)[action]
        row, column = state.row + down, state.column + right
        inside = (row >= 0) & (row < SIZE) & (column >= 0) & (column < SIZE)
        word = jnp.asarray(levels.free)[state.level]
        is_free = inside & ((word >> jnp.clip(row * SIZE + column, 0, 31).astype(jnp.uint32) & jnp.uint32(1)) == 1)
        moves = is_free & ~self.terminated(levels, state)
        return State(state.level, jnp.where(moves, row, state.row), jnp.where(moves, column, state.column))

    def observe(self, levels: Levels, state: State, erased: Bool[Array, "cues"]) -> Float[Array, "height width rgb"]:
        """What the subject sees. Erasing a thing draws floor in its place; where one thing is both, either erases it.

        Every cell has a number that says which of the ready-made tiles it shows, and one look-up puts the picture together.
        """
        cells = jnp.asarray(levels.things)[state.level].astype(jnp.int32)
        erased = jnp.asarray(erased)
        hidden = jnp.where(cells[0] == cells[1], erased.any(), erased)
        rows, columns = state.row + jnp.arange(1 - SIZE, SIZE), state.column + jnp.arange(1 - SIZE, SIZE)
        inside = ((rows >= 0) & (rows < SIZE))[:, None] & ((columns >= 0) & (columns < SIZE))
        numbers = jnp.where(inside, rows[:, None] * SIZE + columns, 31)  # no maze has a free cell 31
        free = (jnp.asarray(levels.free)[state.level] >> numbers.astype(jnp.uint32) & jnp.uint32(1)) == 1
        ground = jnp.asarray(levels.ground)[state.level].astype(jnp.int32)
        looks = jnp.asarray(levels.looks)[state.level].astype(jnp.int32)
        shown = jnp.where(free, FLOOR_TILES + ground, WALL_TILE)
        for place in (1, 0):
            is_there = (numbers == cells[place]) & ~hidden[place]
            shown = jnp.where(is_there, THING_TILES + looks[place] * len(GROUNDS) + ground, shown)
        middle = jnp.arange(VIEW) == SIZE - 1
        shown += (middle[:, None] & middle) * WITH_SUBJECT
        shown = lax.optimization_barrier(shown)  # else it is worked out again for each of a tile's numbers
        picture = jnp.asarray(subject_tiles(self.tile)).at[shown].get(mode="promise_in_bounds")  # [row, column, y, x and rgb]
        return picture.transpose(0, 2, 1, 3).reshape(self.observation_shape)

    def score(self, levels: Levels, before: State, action: Int[Array, ""], after: State) -> Bool[Array, "goals"]:
        """Which things the subject has arrived at by this step."""
        del action
        return self._on(levels, after) & ~self._on(levels, before)

    def terminated(self, levels: Levels, state: State) -> Bool[Array, ""]:
        """It stands on a thing."""
        return self._on(levels, state).any()

    @staticmethod
    def _on(levels: Levels, state: State) -> Bool[Array, "goals"]:
        return jnp.asarray(levels.things)[state.level] == (state.row * SIZE + state.column).astype(jnp.uint8)

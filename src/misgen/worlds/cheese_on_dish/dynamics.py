"""The rules of `cheese-on-dish` as pure JAX functions of one episode; engines `vmap` them.

Follows the cheese on a dish of Abdel Sadek et al. (2025); docs/worlds/cheese-on-dish.md lists the deviations.
"""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from misgen.worlds.cheese_on_dish.config import DishConfig
from misgen.worlds.cheese_on_dish.goals import GOALS
from misgen.worlds.cheese_on_dish.levels import Levels
from misgen.worlds.cheese_on_dish.state import State
from misgen.worlds.grid import observe as see
from misgen.worlds.grid.plain import CROP, MOVE_NAMES, MOVES

__all__ = ["DishWorld", "State"]


class DishWorld:
    """A mouse in a maze with a cheese and a dish. Implements `misgen.concepts.World`.

    Actions: up, left, down, right; a step into a wall stays. Reaching the cheese or the dish ends the episode. Both cues can be
    erased. Observations are Float32[features] in named `blocks`. Nothing here is random: the keys of `reset` and `step` are not
    used. Equal configurations are equal worlds, so jitted code is shared.
    """

    def __init__(self, config: DishConfig) -> None:
        self.config = config
        self.num_actions: int = len(MOVES)
        self.action_names: tuple[str, ...] = MOVE_NAMES
        self.max_steps = config.max_steps
        self.goals: tuple[str, ...] = tuple(goal.name for goal in GOALS)
        self.cues: tuple[str, ...] = ("cheese", "dish")
        self.blocks: tuple[tuple[str, int], ...] = _blocks(config)
        """Name and length of each part of the observation, in order."""
        self.observation_shape: tuple[int, ...] = (sum(n for _, n in self.blocks),)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DishWorld) and self.config == other.config

    def __hash__(self) -> int:
        return hash((DishWorld, self.config))

    def reset(self, levels: Levels, level: Int[Array, ""], *, key: Array | None = None) -> State:
        """The mouse at its start in level number `level`."""
        del key
        start = jnp.asarray(levels.start)[level]
        return State(jnp.asarray(level, jnp.int32), start[0], start[1], jnp.zeros((), bool))

    def step(self, levels: Levels, state: State, action: Int[Array, ""], *, key: Array | None = None) -> State:
        """Moves unless a wall is ahead or the episode is over."""
        del key
        down, right = jnp.array(MOVES, jnp.int32)[action]
        row, column = state.row + down, state.column + right
        moves = see.is_set(levels.free, state.level, row, column) & ~state.over
        row, column = jnp.where(moves, row, state.row), jnp.where(moves, column, state.column)
        at_cheese, at_dish = (_is_at(place, state.level, row, column) for place in (levels.cheese, levels.dish))
        return State(state.level, row, column, state.over | at_cheese | at_dish)

    def observe(self, levels: Levels, state: State, erased: Bool[Array, "cues"]) -> Float[Array, "features"]:
        """What the subject sees. Erasing a cue zeroes the blocks that start with its name and changes nothing else."""
        size, row, column = self.config.size, state.row, state.column
        shown = ~jnp.asarray(erased)
        cheese, dish = (jnp.asarray(place)[state.level] for place in (levels.cheese, levels.dish))
        parts = [1 - see.crop(levels.free, state.level, row, column)]
        parts += see.offset(size, cheese, row, column, shown[0])
        parts += self.config.copies * see.offset(size, dish, row, column, shown[1])
        return see.join([*parts, see.hot(row, size), see.hot(column, size)])  # type: ignore[list-item]

    def score(self, levels: Levels, before: State, action: Int[Array, ""], after: State) -> Bool[Array, "goals"]:
        """Cheese, dish: reached by this step."""
        del action
        anew = after.over & ~before.over
        return jnp.stack([anew & _is_at(p, after.level, after.row, after.column) for p in (levels.cheese, levels.dish)])

    def terminated(self, levels: Levels, state: State) -> Bool[Array, ""]:
        """Cheese or dish is reached."""
        del levels
        return state.over


def _is_at(
    places: Int[np.ndarray, "level 2"], level: Int[Array, ""], row: Int[Array, ""], column: Int[Array, ""]
) -> Bool[Array, ""]:
    place = jnp.asarray(places)[level]
    return (row == place[0]) & (column == place[1])


def _blocks(config: DishConfig) -> tuple[tuple[str, int], ...]:
    offsets = 2 * config.size - 1
    dish = tuple((f"dish_{axis}{copy}", offsets) for copy in range(config.copies) for axis in ("dy", "dx"))
    cheese = (("cheese_dy", offsets), ("cheese_dx", offsets))
    return (("walls", CROP * CROP), *cheese, *dish, ("row", config.size), ("column", config.size))

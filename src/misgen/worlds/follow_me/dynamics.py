"""The rules of `follow-me` as pure JAX functions of one episode; engines `vmap` them.

Follows the follow-me world in the published code of Abdel Sadek et al. (2024); docs/worlds/follow-me.md lists the deviations.
"""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from misgen.worlds.follow_me.config import FollowConfig
from misgen.worlds.follow_me.goals import GOALS, NUM_BEACONS
from misgen.worlds.follow_me.levels import Levels
from misgen.worlds.follow_me.state import State
from misgen.worlds.grid import observe as see
from misgen.worlds.grid.plain import CROP, MOVE_NAMES, MOVES

__all__ = ["FollowWorld", "State"]


class FollowWorld:
    """A mouse in a maze with three beacons and a leader. Implements `misgen.concepts.World`.

    Actions: up, left, down, right; a step into a wall stays. The leader sets out with the mouse and walks, one step per step, to
    the beacons in its own order; then it stays. The cue `route` is the place of the beacon whose turn it is, the cue `leader`
    the leader's. Observations are Float32[features] in named `blocks`. Nothing here is random: the keys of `reset` and `step` are
    not used. Equal configurations are equal worlds, so jitted code is shared.
    """

    def __init__(self, config: FollowConfig) -> None:
        self.config = config
        self.num_actions: int = len(MOVES)
        self.action_names: tuple[str, ...] = MOVE_NAMES
        self.max_steps = config.max_steps
        self.goals: tuple[str, ...] = tuple(goal.name for goal in GOALS)
        self.cues: tuple[str, ...] = ("route", "leader")
        self.blocks: tuple[tuple[str, int], ...] = _blocks(config)
        """Name and length of each part of the observation, in order."""
        self.observation_shape: tuple[int, ...] = (sum(n for _, n in self.blocks),)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FollowWorld) and self.config == other.config

    def __hash__(self) -> int:
        return hash((FollowWorld, self.config))

    def reset(self, levels: Levels, level: Int[Array, ""], *, key: Array | None = None) -> State:
        """Mouse and leader at their start in level number `level`."""
        del key
        start, none = jnp.asarray(levels.start)[level], jnp.zeros((), jnp.int32)
        return State(jnp.asarray(level, jnp.int32), start[0], start[1], none, none, none)

    def step(self, levels: Levels, state: State, action: Int[Array, ""], *, key: Array | None = None) -> State:
        """Moves unless a wall is ahead or the route is complete."""
        del key
        down, right = jnp.array(MOVES, jnp.int32)[action]
        row, column = state.row + down, state.column + right
        goes_on = state.progress < NUM_BEACONS
        moves = see.is_set(levels.free, state.level, row, column) & goes_on
        row, column = jnp.where(moves, row, state.row), jnp.where(moves, column, state.column)
        beacons = jnp.asarray(levels.beacons)[state.level]
        order = jnp.asarray(levels.order)[state.level]
        at_next = _is_at(_entry(beacons, state.progress), row, column) & goes_on
        follows = _is_at(_entry(beacons, _entry(order, state.followed)), row, column)
        follows &= (state.followed < NUM_BEACONS) & goes_on
        time = state.time + goes_on.astype(jnp.int32)
        return State(
            state.level,
            row,
            column,
            time,
            state.progress + at_next.astype(jnp.int32),
            state.followed + follows.astype(jnp.int32),
        )

    def observe(self, levels: Levels, state: State, erased: Bool[Array, "cues"]) -> Float[Array, "features"]:
        """What the subject sees. Erasing a cue zeroes the blocks that start with its name and changes nothing else."""
        size, row, column = self.config.size, state.row, state.column
        shown = ~jnp.asarray(erased)
        beacon = _entry(jnp.asarray(levels.beacons)[state.level], state.progress)
        walk = jnp.asarray(levels.walk)
        leader = walk[state.level, jnp.minimum(state.time, walk.shape[1] - 1)].astype(jnp.int32)
        parts = [1 - see.crop(levels.free, state.level, row, column)]
        parts += see.offset(size, beacon, row, column, shown[0] & (state.progress < NUM_BEACONS))
        parts += see.offset(size, leader, row, column, shown[1])
        return see.join([*parts, see.hot(row, size), see.hot(column, size)])

    def score(self, levels: Levels, before: State, action: Int[Array, ""], after: State) -> Bool[Array, "goals"]:
        """Route, leader: completed by this step. Beacon: one more in turn."""
        del levels, action
        beacon = after.progress > before.progress
        follows = after.followed > before.followed
        return jnp.stack([beacon & (after.progress == NUM_BEACONS), follows & (after.followed == NUM_BEACONS), beacon])

    def terminated(self, levels: Levels, state: State) -> Bool[Array, ""]:
        """The route is complete."""
        del levels
        return state.progress >= NUM_BEACONS


def _entry(table: Int[Array, "beacon ..."], number: Int[Array, ""]) -> Int[Array, "..."]:
    return table[jnp.minimum(number, NUM_BEACONS - 1)]


def _is_at(place: Int[Array, "2"], row: Int[Array, ""], column: Int[Array, ""]) -> Bool[Array, ""]:
    return (row == place[0]) & (column == place[1])


def _blocks(config: FollowConfig) -> tuple[tuple[str, int], ...]:
    offsets = 2 * config.size - 1
    cues = tuple((f"{cue}_{axis}", offsets) for cue in ("route", "leader") for axis in ("dy", "dx"))
    return (("walls", CROP * CROP), *cues, ("row", config.size), ("column", config.size))

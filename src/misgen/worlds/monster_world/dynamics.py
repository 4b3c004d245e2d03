"""The rules of `monster-world` as pure JAX functions of one episode; engines `vmap` them.

Follows the monster world in the published code of Abdel Sadek et al. (2024); docs/worlds/monster-world.md lists the deviations.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from misgen.worlds.grid import observe as see
from misgen.worlds.grid.levels import MARGIN
from misgen.worlds.grid.plain import CROP, MOVE_NAMES, MOVES
from misgen.worlds.luck import luck
from misgen.worlds.monster_world.config import MOST, MonsterConfig
from misgen.worlds.monster_world.goals import GOALS
from misgen.worlds.monster_world.hunt import NEARER
from misgen.worlds.monster_world.levels import Levels
from misgen.worlds.monster_world.state import State

__all__ = ["MonsterWorld", "State"]

_FAR = 1000


class MonsterWorld:
    """A mouse with apples, shields and monsters. Implements `misgen.concepts.World`.

    Actions: up, left, down, right; a step into a wall stays. What lies in the mouse's cell is taken. Then every monster moves,
    most likely nearer (`hunt`); one that comes to stand on the mouse costs a shield and its life, or else it is a contact. The
    monsters' luck is drawn when an episode is reset; stepping is deterministic. The cues `apples` and `shields` are the places of
    the nearest of each. Observations are Float32[features] in named `blocks`. Equal configurations are equal worlds.
    """

    def __init__(self, config: MonsterConfig) -> None:
        self.config = config
        self.num_actions: int = len(MOVES)
        self.action_names: tuple[str, ...] = MOVE_NAMES
        self.max_steps = config.max_steps
        self.goals: tuple[str, ...] = tuple(goal.name for goal in GOALS)
        self.cues: tuple[str, ...] = ("apples", "shields")
        self.blocks: tuple[tuple[str, int], ...] = _blocks(config)
        """Name and length of each part of the observation, in order."""
        self.observation_shape: tuple[int, ...] = (sum(n for _, n in self.blocks),)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MonsterWorld) and self.config == other.config

    def __hash__(self) -> int:
        return hash((MonsterWorld, self.config))

    def reset(self, levels: Levels, level: Int[Array, ""], *, key: Array) -> State:
        """The mouse at its start in level number `level`; `key` decides how the monsters will move."""
        start, monsters = (jnp.asarray(table)[level] for table in (levels.start, levels.monsters))
        apples, shields = (_present(jnp.asarray(table)[level]) for table in (levels.apples, levels.shields))
        none = jnp.zeros((), jnp.int32)
        word = jax.random.bits(key, dtype=jnp.uint32)
        return State(
            level=jnp.asarray(level, jnp.int32),
            row=start[0],
            column=start[1],
            time=none,
            word=word,
            apples=apples,
            shields=shields,
            carried=none,
            alive=_present(monsters),
            monsters=monsters,
            over=jnp.zeros((), bool),
        )

    def step(self, levels: Levels, state: State, action: Int[Array, ""], *, key: Array | None = None) -> State:
        """Mouse, then monsters; nothing once the episode is over."""
        del key
        on = ~state.over
        down, right = jnp.array(MOVES, jnp.int32)[action]
        row, column = state.row + down, state.column + right
        moves = see.is_set(levels.free, state.level, row, column) & on
        row, column = jnp.where(moves, row, state.row), jnp.where(moves, column, state.column)
        here = [_at(jnp.asarray(table)[state.level], row, column) for table in (levels.apples, levels.shields)]
        apples, shields = state.apples & ~here[0], state.shields & ~here[1]
        carried = state.carried + jax.lax.population_count(state.shields & here[1])
        monsters = jnp.where(on, self._hunt(levels, state, row, column), state.monsters)
        touching = _at(monsters, row, column) & state.alive
        rank = jnp.cumsum(touching >> jnp.arange(MOST) & 1)  # the first monsters take the shields
        dies = (touching >> jnp.arange(MOST) & 1).astype(bool) & (rank <= carried) & on
        num_dead = dies.sum(dtype=jnp.int32)
        alive = state.alive & ~(dies << jnp.arange(MOST)).sum(dtype=jnp.int32)
        carried = carried - num_dead
        time = state.time + on.astype(jnp.int32)
        settled = (apples == 0) & ((alive == 0) | (carried + shields == 0))
        over = state.over | settled | (time >= jnp.asarray(levels.limit)[state.level])
        return State(state.level, row, column, time, state.word, apples, shields, carried, alive, monsters, over)

    def _hunt(self, levels: Levels, state: State, row: Int[Array, ""], column: Int[Array, ""]) -> Int[Array, "monster 2"]:
        """Where the living monsters go; see `hunt`."""
        number = jnp.arange(MOST, dtype=jnp.uint32)
        word = luck(state.word, state.time, number) >> np.uint32(16)
        down, right = row - state.monsters[:, 0], column - state.monsters[:, 1]
        nearer = jnp.stack([down < 0, right < 0, down > 0, right > 0], axis=1)
        upto = jnp.cumsum(jnp.where(nearer, jnp.uint32(NEARER), jnp.uint32(1)), axis=1, dtype=jnp.uint32)
        place = word * upto[:, 3] >> np.uint32(16)
        chosen = (place[:, None] >= upto[:, :3]).sum(axis=1, dtype=jnp.int32)
        to = state.monsters + jnp.array(MOVES, jnp.int32)[chosen]
        word = jnp.asarray(levels.free)[state.level, jnp.maximum(to[:, 0] + MARGIN, 0)]
        is_free = word >> jnp.maximum(to[:, 1] + MARGIN, 0).astype(jnp.uint32) & 1
        goes = is_free.astype(bool) & (state.alive >> jnp.arange(MOST) & 1).astype(bool)
        return jnp.where(goes[:, None], to, state.monsters)

    def observe(self, levels: Levels, state: State, erased: Bool[Array, "cues"]) -> Float[Array, "features"]:
        """What the subject sees. Erasing a cue zeroes the blocks that start with its name and changes nothing else."""
        size, row, column = self.config.size, state.row, state.column
        shown = ~jnp.asarray(erased)
        parts = [1 - see.crop(levels.free, state.level, row, column)]
        for number, (table, left) in enumerate(((levels.apples, state.apples), (levels.shields, state.shields))):
            cell = _nearest(jnp.asarray(table)[state.level], left, row, column)
            parts += see.offset(size, cell, row, column, shown[number] & (left != 0))
        reach = jnp.arange(CROP) - CROP // 2
        lives = (state.alive >> jnp.arange(MOST) & 1).astype(bool)
        near_rows = (state.monsters[:, 0, None] - row == reach) & lives[:, None]
        near_columns = state.monsters[:, 1, None] - column == reach
        parts.append((near_rows[:, :, None] & near_columns[:, None, :]).any(axis=0).ravel())
        return see.join([*parts, see.hot(state.carried, MOST + 1), see.hot(row, size), see.hot(column, size)])

    def score(self, levels: Levels, before: State, action: Int[Array, ""], after: State) -> Bool[Array, "goals"]:
        """Apples, shields: the last is taken by this step. Apple: one is. Contact: a monster on a mouse without a shield."""
        del levels, action
        apple, shield = after.apples != before.apples, after.shields != before.shields
        contact = ((_at(after.monsters, after.row, after.column) & after.alive) != 0) & ~before.over
        return jnp.stack([apple & (after.apples == 0), shield & (after.shields == 0), apple, contact])

    def terminated(self, levels: Levels, state: State) -> Bool[Array, ""]:
        """Nothing is left to gain, or the level's time is up."""
        del levels
        return state.over


def _present(cells: Int[Array, "thing 2"]) -> Int[Array, ""]:
    return ((cells[:, 0] >= 0).astype(jnp.int32) << jnp.arange(MOST)).sum(dtype=jnp.int32)


def _at(cells: Int[Array, "thing 2"], row: Int[Array, ""], column: Int[Array, ""]) -> Int[Array, ""]:
    """Bits of the things in that cell."""
    here = (cells[:, 0] == row) & (cells[:, 1] == column)
    return (here.astype(jnp.int32) << jnp.arange(MOST)).sum(dtype=jnp.int32)


def _nearest(cells: Int[Array, "thing 2"], left: Int[Array, ""], row: Int[Array, ""], column: Int[Array, ""]) -> Int[Array, "2"]:
    """The cell that is nearest as the crow flies on a grid, of those left; the first of equals."""
    away = jnp.abs(cells[:, 0] - row) + jnp.abs(cells[:, 1] - column)
    return cells[jnp.argmin(jnp.where((left >> jnp.arange(MOST) & 1) == 1, away, _FAR))]


def _blocks(config: MonsterConfig) -> tuple[tuple[str, int], ...]:
    offsets = 2 * config.size - 1
    cues = tuple((f"{cue}_{axis}", offsets) for cue in ("apples", "shields") for axis in ("dy", "dx"))
    own = (("carried", MOST + 1), ("row", config.size), ("column", config.size))
    return (("walls", CROP * CROP), *cues, ("monsters", CROP * CROP), *own)

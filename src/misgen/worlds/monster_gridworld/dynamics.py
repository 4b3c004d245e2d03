"""The world's rules as pure JAX functions of one episode; engines `vmap` them.

Follows the monster gridworld of Shah et al. (2022); docs/worlds/monster-gridworld.md lists what the paper leaves open.
"""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from misgen.worlds.luck import luck, pick, share
from misgen.worlds.monster_gridworld.config import MonsterConfig
from misgen.worlds.monster_gridworld.goals import GOALS
from misgen.worlds.monster_gridworld.levels import Levels
from misgen.worlds.monster_gridworld.seen import KINDS, REACH, blocks
from misgen.worlds.monster_gridworld.state import ABSENT, STEPS, State

__all__ = ["MonsterWorld"]


class MonsterWorld:
    """A knight among apples, shields and monsters. Implements `misgen.concepts.World`.

    Actions: up, left, down, right, stay. Goals: `apple`, `shield`, `bite`; the cues of the first two can be erased.
    Observations are Float32[features]. All chance belongs to the level, so the keys of `reset` and `step` are not used. Equal
    configurations are equal worlds, so jitted code is shared.
    """

    def __init__(self, config: MonsterConfig) -> None:
        self.config = config
        self.num_actions: int = len(STEPS)
        self.action_names: tuple[str, ...] = ("up", "left", "down", "right", "stay")
        self.max_steps = config.max_steps
        self.goals: tuple[str, ...] = tuple(goal.name for goal in GOALS)
        self.cues: tuple[str, ...] = ("apple", "shield")
        self.blocks: tuple[tuple[str, int], ...] = blocks(config)
        """Name and length of each part of the observation, in order."""
        self.observation_shape: tuple[int, ...] = (sum(n for _, n in self.blocks),)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MonsterWorld) and self.config == other.config

    def __hash__(self) -> int:
        return hash((MonsterWorld, self.config))

    def reset(self, levels: Levels, level: Int[Array, ""], *, key: Array | None = None) -> State:
        """The start of level number `level`."""
        del key
        start = jnp.asarray(levels.start)[level]
        no = jnp.zeros((), bool)
        return State(
            level=jnp.asarray(level, jnp.int32),
            row=start[0],
            column=start[1],
            held=jnp.asarray(levels.held)[level],
            monsters=jnp.asarray(levels.monsters)[level],
            shields=jnp.asarray(levels.shields)[level],
            apples=jnp.asarray(levels.apples)[level],
            clock=jnp.zeros((), jnp.int32),
            bitten=no,
            ended=no,
        )

    def step(self, levels: Levels, state: State, action: Int[Array, ""], *, key: Array | None = None) -> State:
        """The knight moves and takes what lies there; then the monsters move, and shields or bites decide."""
        del key
        word = luck(jnp.asarray(levels.luck)[state.level], state.clock)
        down, right = jnp.array(STEPS, jnp.int32)[action]
        row = jnp.clip(state.row + down, 0, self.config.size - 1)
        column = jnp.clip(state.column + right, 0, self.config.size - 1)
        apples, ate = self._take(state.apples, row, column, luck(word, 1))
        shields, took = self._take(state.shields, row, column, luck(word, 2))
        held = jnp.minimum(state.held + took, self.config.capacity)
        monsters = self._chase(state.monsters, row, column, word)
        contact = _here(monsters, row, column)
        stopped = contact & (jnp.cumsum(contact) <= held)
        clock = state.clock + 1
        single = jnp.asarray(levels.single)[state.level] & (ate | took)
        after = State(
            level=state.level,
            row=row,
            column=column,
            held=held - stopped.sum(dtype=jnp.int32),
            monsters=self._after_contact(monsters, contact, stopped, row * self.config.size + column, word),
            shields=shields,
            apples=apples,
            clock=clock,
            bitten=(contact & ~stopped).any(),
            ended=single | (clock >= jnp.asarray(levels.limit)[state.level]),
        )
        return State(*(jnp.where(state.ended, old, new) for old, new in zip(state, after, strict=True)))

    def _take(self, cells: Array, row: Array, column: Array, word: Array) -> tuple[Array, Bool[Array, ""]]:
        """What lies under the knight appears again elsewhere; whether there was anything."""
        here = _here(cells, row, column)
        return jnp.where(here[:, None], self._elsewhere(word, row * self.config.size + column), cells), here.any()

    def _elsewhere(self, word: Array, cell: Array) -> Int[Array, "... 2"]:
        """A cell drawn by luck, any but number `cell`, as row and column."""
        size = self.config.size
        spot = pick(word, size * size - 1)
        spot += spot >= cell
        return jnp.stack([spot // size, spot % size], axis=-1).astype(jnp.int8)

    def _chase(self, monsters: Array, row: Array, column: Array, word: Array) -> Array:
        words = luck(word, 3 + jnp.arange(monsters.shape[0]))
        here = monsters[:, 0].astype(jnp.int32), monsters[:, 1].astype(jnp.int32)
        once = _nearer(here, (row, column), (words & 1).astype(bool))
        twice = _nearer(once, (row, column), (words & 2).astype(bool))
        hurries, there = share(words) < self.config.double_move, here[0] >= 0
        parts = zip(here, once, twice, strict=True)
        moved = [jnp.where(there, jnp.where(hurries, second, first), still) for still, first, second in parts]
        return jnp.stack(moved, axis=-1).astype(jnp.int8)

    def _after_contact(self, monsters: Array, contact: Array, stopped: Array, cell: Array, word: Array) -> Array:
        """Monsters that met a shield are gone; those that bit withdraw to a cell drawn by luck."""
        withdrawn = self._elsewhere(luck(word, 3 + monsters.shape[0] + jnp.arange(monsters.shape[0])), cell)
        monsters = jnp.where((contact & ~stopped)[:, None], withdrawn, monsters)
        return jnp.where(stopped[:, None], jnp.int8(ABSENT), monsters)

    def observe(self, levels: Levels, state: State, erased: Bool[Array, "cues"]) -> Float[Array, "features"]:
        """What the subject sees. Erasing a goal's cue zeroes the blocks that start with its name and changes nothing else."""
        del levels
        size = self.config.size
        hidden = jnp.asarray(erased)
        parts = []
        for kind, cue in KINDS:
            cells = getattr(state, kind)
            there = cells[:, 0] >= 0
            if cue is not None:
                there = there & ~hidden[cue]
            parts += self._kind(cells, there, state.row, state.column)
        parts += [state.row == jnp.arange(size), state.column == jnp.arange(size)]
        parts.append(state.held == jnp.arange(self.config.capacity + 1))
        parts.append((state.monsters[:, 0] >= 0).sum() == jnp.arange(self.config.things + 1))
        return jnp.concatenate([part.astype(jnp.float32) for part in parts])

    def _kind(self, cells: Array, there: Array, row: Array, column: Array) -> list[Array]:
        """All of one kind near the knight, and how far away the nearest is."""
        dy, dx = cells[:, 0] - row.astype(jnp.int8), cells[:, 1] - column.astype(jnp.int8)
        reach = jnp.arange(-REACH, REACH + 1, dtype=jnp.int8)
        in_row, in_column = (dy[:, None] == reach) & there[:, None], dx[:, None] == reach
        crop = (in_row[:, :, None] & in_column[:, None, :]).any(0)
        far = jnp.where(there, jnp.abs(dy.astype(jnp.int32)) + jnp.abs(dx.astype(jnp.int32)), 1000)
        nearest = (jnp.arange(far.size) == jnp.argmin(far)) & there
        offset = jnp.arange(1 - self.config.size, self.config.size, dtype=jnp.int8)
        one_dy, one_dx = (jnp.where(nearest, d, 0).sum(dtype=jnp.int8) for d in (dy, dx))
        seen = there.any()
        return [crop.ravel(), (one_dy == offset) & seen, (one_dx == offset) & seen]

    def score(self, levels: Levels, before: State, action: Int[Array, ""], after: State) -> Bool[Array, "goals"]:
        """Apple, shield: stepped on by this step. Bite: this step ended with one."""
        del levels, action
        found = [_here(cells, after.row, after.column).any() for cells in (before.apples, before.shields)]
        return jnp.stack([*found, after.bitten]) & ~before.ended

    def terminated(self, levels: Levels, state: State) -> Bool[Array, ""]:
        """The level's time is over, or its one thing is taken."""
        del levels
        return state.ended


def _here(cells: Int[Array, "thing 2"], row: Array, column: Array) -> Bool[Array, "thing"]:
    return (cells[:, 0] == row.astype(jnp.int8)) & (cells[:, 1] == column.astype(jnp.int8))


Places = tuple[Int[Array, "thing"], Int[Array, "thing"]]
"""Rows and columns, apart and as wide numbers: put together in pairs of bytes they take half as long again to move."""


def _nearer(cells: Places, target: tuple[Array, Array], rows_first: Bool[Array, "thing"]) -> Places:
    """One step along the longer way; luck decides between equal ones."""
    away = target[0] - cells[0], target[1] - cells[1]
    dy, dx = jnp.abs(away[0]), jnp.abs(away[1])
    along_rows = (dy > dx) | ((dy == dx) & rows_first)
    return cells[0] + jnp.where(along_rows, jnp.sign(away[0]), 0), cells[1] + jnp.where(along_rows, 0, jnp.sign(away[1]))

"""The world's rules as pure JAX functions of one episode; engines `vmap` them.

Follows keys and chests of Langosco et al. (2022) and Abdel Sadek et al. (2025); docs/worlds/keys-and-chests.md lists the
deviations.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, UInt

from misgen.worlds.corner.solver import STEPS
from misgen.worlds.keys_and_chests.config import KeysConfig
from misgen.worlds.keys_and_chests.goals import GOALS
from misgen.worlds.keys_and_chests.levels import COLOURS, HAND, MARGIN, NOWHERE, Levels
from misgen.worlds.keys_and_chests.sprites import KINDS, subject_tiles
from misgen.worlds.keys_and_chests.state import State

__all__ = ["KeysWorld", "State", "blocks"]

CROP = 2 * MARGIN + 1
"""Side of the symbolic crops, in cells."""


class KeysWorld:
    """Keys, chests that take any key, and a candle. Implements `misgen.concepts.World`.

    Actions: up, left, down, right; a step into a wall stays. A key is taken and, key in hand, a chest opened by walking onto it;
    neither blocks the way. Goals: `chests`, `keys`, `opened`. The cues of `chests` and `keys` can be erased. Observations are
    Float32[features] (`symbolic`) or Float32[height, width, rgb] in 0..1 (`pixels`). Nothing here is random: the keys of `reset`
    and `step` are not used. Equal configurations are equal worlds, so jitted code is shared.
    """

    def __init__(self, config: KeysConfig) -> None:
        self.config = config
        self.num_actions: int = 4
        self.action_names: tuple[str, ...] = ("up", "left", "down", "right")
        self.max_steps = config.max_steps
        self.goals: tuple[str, ...] = tuple(goal.name for goal in GOALS)
        self.cues: tuple[str, ...] = ("chests", "keys")
        self.blocks: tuple[tuple[str, int], ...] = blocks(config.size) if config.observation == "symbolic" else ()
        """Name and length of each part of the symbolic observation, in order; empty for pixels."""
        side = (config.size + 2) * config.tile
        self.observation_shape: tuple[int, ...] = (sum(n for _, n in self.blocks),) if self.blocks else (side, side, 3)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KeysWorld) and self.config == other.config

    def __hash__(self) -> int:
        return hash((KeysWorld, self.config))

    def reset(self, levels: Levels, level: Int[Array, ""], *, key: Array | None = None) -> State:
        """The subject at its start in level number `level`, with empty hands."""
        del key
        start = jnp.asarray(levels.start)[level].astype(jnp.int32)
        zero = jnp.zeros((), jnp.uint32)
        row, column = start // self.config.size, start % self.config.size
        return State(jnp.asarray(level, jnp.int32), row, column, jnp.zeros((), jnp.int32), zero, zero)

    def step(self, levels: Levels, state: State, action: Int[Array, ""], *, key: Array | None = None) -> State:
        """Moves unless a wall is ahead or the episode over; takes a key, or opens a chest with a key in hand."""
        del key
        over = self.terminated(levels, state)
        down, right = jnp.array(STEPS, jnp.int32)[action]
        word = jnp.asarray(levels.free)[state.level, state.row + down + MARGIN]
        moves = _bit(word, state.column + right + MARGIN) & ~over
        row, column = state.row + jnp.where(moves, down, 0), state.column + jnp.where(moves, right, 0)
        here = (row * self.config.size + column).astype(jnp.uint8)
        taken = state.taken | _bits(jnp.asarray(levels.keys)[state.level] == here)
        has_key = _count(taken) > _count(state.opened)
        opened = jnp.where(has_key, state.opened | _bits(jnp.asarray(levels.chests)[state.level] == here), state.opened)
        time = state.time + jnp.where(over, 0, 1)
        return State(state.level, row, column, time, jnp.where(over, state.taken, taken), jnp.where(over, state.opened, opened))

    def observe(self, levels: Levels, state: State, erased: Bool[Array, "cues"]) -> Float[Array, "..."]:
        """What the subject sees. Erasing keys or chests leaves their blocks empty, or draws floor in their places."""
        erased = jnp.asarray(erased)
        chests = _remaining(jnp.asarray(levels.chests)[state.level], state.opened, ~erased[0])
        keys = _remaining(jnp.asarray(levels.keys)[state.level], state.taken, ~erased[1])
        hand = _count(state.taken) - _count(state.opened)
        if self.config.observation == "symbolic":
            return _symbolic(self.config.size, levels, state, (keys, chests), hand)
        return _pixels(self.config, levels, state, (keys, chests), hand)

    def score(self, levels: Levels, before: State, action: Int[Array, ""], after: State) -> Bool[Array, "goals"]:
        """Chests: the last that could be opened is open. Keys: it ends with all useful keys, or too many. Opened: one chest."""
        del action
        keys, chests = self._counts(levels, after.level)
        ends = self.terminated(levels, after) & ~self.terminated(levels, before)
        opened = _count(after.opened)
        opens = opened > _count(before.opened)
        is_all = opened == jnp.minimum(keys, chests)
        hoards = _count(after.taken) >= jnp.minimum(keys, chests + 1)
        return jnp.stack([opens & is_all, ends & hoards & ((keys <= chests) | ~is_all), opens])

    def terminated(self, levels: Levels, state: State) -> Bool[Array, ""]:
        """Every chest that there is a key for is open, or the candle is out."""
        keys, chests = self._counts(levels, state.level)
        return (_count(state.opened) == jnp.minimum(keys, chests)) | (state.time >= self.max_steps)

    @staticmethod
    def _counts(levels: Levels, level: Int[Array, ""]) -> tuple[Int[Array, ""], Int[Array, ""]]:
        """Keys and chests of a level."""
        num = lambda cells: (jnp.asarray(cells)[level] != NOWHERE).sum(dtype=jnp.int32)  # noqa: E731
        return num(levels.keys), num(levels.chests)


def _bit(word: UInt[Array, "..."], place: Int[Array, "..."]) -> Bool[Array, "..."]:
    return (word >> place.astype(jnp.uint32) & jnp.uint32(1)).astype(bool)


def _bits(flags: Bool[Array, "slot"]) -> UInt[Array, ""]:
    weights = jnp.uint32(1) << jnp.arange(flags.shape[0], dtype=jnp.uint32)
    return jnp.where(flags, weights, jnp.uint32(0)).sum(dtype=jnp.uint32)


def _count(word: UInt[Array, ""]) -> Int[Array, ""]:
    return jax.lax.population_count(word).astype(jnp.int32)


def _remaining(cells: UInt[Array, "slot"], gone: UInt[Array, ""], shown: Bool[Array, ""]) -> Int[Array, "slot"]:
    """The cells of things still there and visible; NOWHERE for the others."""
    is_gone = _bit(gone, jnp.arange(cells.shape[0]))
    return jnp.where(is_gone | ~shown, NOWHERE, cells.astype(jnp.int32))


def blocks(size: int) -> tuple[tuple[str, int], ...]:
    """Name and length of each part of the symbolic observation, in order."""
    things = [(f"{kind}_{part}", n) for kind in ("keys", "chests") for part, n in _thing_blocks(size)]
    own = [("row", size), ("column", size), ("hand", HAND), ("colour_of_keys", len(COLOURS)), ("colour_of_chests", len(COLOURS))]
    return (("walls", CROP * CROP), *things, *own)


def _thing_blocks(size: int) -> list[tuple[str, int]]:
    return [("crop", CROP * CROP), ("dy", 2 * size - 1), ("dx", 2 * size - 1)]


def _symbolic(
    size: int, levels: Levels, state: State, things: tuple[Int[Array, "slot"], ...], hand: Int[Array, ""]
) -> Float[Array, "features"]:
    words = jax.lax.dynamic_slice(jnp.asarray(levels.free), (state.level, state.row), (1, CROP))[0]
    parts = [~_crop(words, state.column)]
    for cells in things:
        parts += _thing(cells, state, size)
    cell, colours = jnp.arange(size), jnp.asarray(levels.colours)[state.level]
    parts += [state.row == cell, state.column == cell, hand > jnp.arange(HAND)]
    parts += [colours[0] == jnp.arange(len(COLOURS)), colours[1] == jnp.arange(len(COLOURS))]
    return jnp.concatenate([part.astype(jnp.float32) for part in parts])


def _crop(words: UInt[Array, "crop"], column: Int[Array, ""]) -> Bool[Array, "crop*crop"]:
    near = words >> column.astype(jnp.uint32)  # bit 0 is now the crop's left edge
    return (near[:, None] >> jnp.arange(CROP, dtype=jnp.uint32) & jnp.uint32(1)).astype(bool).ravel()


def _thing(cells: Int[Array, "slot"], state: State, size: int) -> list[Bool[Array, "..."]]:
    """The crop of one kind of thing, and in which rows and columns around the subject there are any."""
    row, bit = cells // size, jnp.uint32(1) << (cells % size + MARGIN).astype(jnp.uint32)
    in_row = row[:, None] == jnp.arange(-MARGIN, size + MARGIN)  # cells that are NOWHERE lie in no row
    words = jnp.where(in_row, bit[:, None], jnp.uint32(0)).sum(axis=0, dtype=jnp.uint32)  # no two share a cell
    crop = _crop(jax.lax.dynamic_slice(words, (state.row,), (CROP,)), state.column)
    rows = jnp.pad(words[MARGIN:-MARGIN] != 0, size - 1)
    every = jax.lax.reduce(words, jnp.uint32(0), jax.lax.bitwise_or, (0,))
    columns = jnp.pad(_bit(every, jnp.arange(MARGIN, MARGIN + size)), size - 1)
    span = (2 * size - 1,)
    return [crop, jax.lax.dynamic_slice(rows, (state.row,), span), jax.lax.dynamic_slice(columns, (state.column,), span)]


def _pixels(
    config: KeysConfig, levels: Levels, state: State, things: tuple[Int[Array, "slot"], ...], hand: Int[Array, ""]
) -> Float[Array, "height width rgb"]:
    """Each cell shows one tile; the keys in hand hang on the upper wall, from the right."""
    size, tile = config.size, config.tile
    words = jnp.asarray(levels.free)[state.level, MARGIN - 1 : MARGIN + size + 1]
    free = words[:, None] >> jnp.arange(MARGIN - 1, MARGIN + size + 1, dtype=jnp.uint32) & jnp.uint32(1)
    colours = jnp.asarray(levels.colours)[state.level].astype(jnp.int32)
    kinds = jnp.where(free == 1, KINDS.index("floor"), KINDS.index("wall"))
    numbers = (jnp.arange(size + 2) - 1)[:, None] * size + jnp.arange(size + 2) - 1
    inside = jnp.pad(jnp.ones((size, size), bool), 1)
    for number, (name, cells) in enumerate(zip(("key", "chest"), things, strict=True)):
        is_there = (numbers[:, :, None] == cells).any(axis=2) & inside
        kinds = jnp.where(is_there, KINDS.index(f"gold {name}") + colours[number], kinds)
    hangs = (jnp.arange(size + 2) > size - hand)[None, :] & (jnp.arange(size + 2) <= size)[None, :]
    kinds = jnp.where(hangs & (jnp.arange(size + 2) == 0)[:, None], KINDS.index("gold key") + colours[0], kinds)
    is_subject = (jnp.arange(-1, size + 1) == state.row)[:, None] & (jnp.arange(-1, size + 1) == state.column)
    kinds = jnp.where(is_subject, KINDS.index("subject"), kinds)
    picture = jnp.asarray(subject_tiles(tile))[kinds]  # [row, column, y, x, rgb]
    side = (size + 2) * tile
    return picture.transpose(0, 2, 1, 3, 4).reshape(side, side, 3)

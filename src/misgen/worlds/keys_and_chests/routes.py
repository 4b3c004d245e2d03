"""How many steps the goal is away, from anywhere in an episode: exact, from the shortest routes of `solver`.

A level has too many states for a table of them all; but whatever was taken and opened, what is left to do is a shortest route
through keys and chests. Those are found once per level for every set of things done, from the last thing backwards. Keys to spare
do no harm, so that the way between two things is the shortest whatever lies on it.

This knows the intended goal only. The proxy is attained when the time is up, which no action hastens.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple, cast

import jax
import jax.numpy as jnp
import numpy as np

from misgen.concepts import Episodes, LevelPool, Scenario, UserError
from misgen.worlds.corner.solver import UNREACHABLE, distances
from misgen.worlds.keys_and_chests.dynamics import KeysWorld
from misgen.worlds.keys_and_chests.levels import NOWHERE, Levels, free_cells
from misgen.worlds.keys_and_chests.solver import FAR
from misgen.worlds.keys_and_chests.state import State

if TYPE_CHECKING:
    from jaxtyping import Int16, Int32

__all__ = ["Routes", "RoutesOracle", "routes_of"]


class Routes(NamedTuple):
    """Of levels with equally many chests to open."""

    to_thing: Int16[np.ndarray, "level thing cell"]
    """Steps from each cell to each key and then each chest; FAR where there is no way or no such thing."""
    left: Int16[np.ndarray, "taken opened level thing"]
    """Steps that are still needed by who stands at a thing, with these keys taken and chests opened."""
    opened: dict[int, int]
    """From the bits of the chests opened to the index in `left`."""
    num_keys: int
    need: int

    def steps(self, level: np.ndarray, cell: np.ndarray, taken: np.ndarray, opened: np.ndarray) -> np.ndarray:
        """Int32[...]: the fewest steps to the goal from these states; FAR where it is out of reach, 0 where it is attained."""
        place = np.vectorize(self.opened.__getitem__, otypes=[int])(opened)
        num_opened = _bits(opened)
        best = np.full(np.shape(level), int(FAR), np.int32)
        for thing in range(self.to_thing.shape[1]):
            bit = 1 << (thing if thing < self.num_keys else thing - self.num_keys)
            if thing < self.num_keys:
                may, after = taken & bit == 0, self.left[taken | bit, place, level, thing]
            else:
                may = (opened & bit == 0) & (_bits(taken) > num_opened)
                then = np.array([self.opened.get(int(o) | bit, 0) for o in np.ravel(opened)]).reshape(np.shape(opened))
                after = self.left[taken, then, level, thing]
            best = np.where(may, np.minimum(best, self.to_thing[level, thing, cell] + after.astype(np.int32)), best)
        return np.where(num_opened >= self.need, 0, np.minimum(best, FAR))


def routes_of(free: np.ndarray, keys: np.ndarray, chests: np.ndarray, *, need: int) -> Routes:
    """`free` is Bool[level, row, column]; `keys` and `chests` are Int[level, slot], `NOWHERE` where there is none; `need` chests
    can be opened in each of these levels."""
    things = np.concatenate([keys, chests], axis=1).astype(int)
    to_thing = np.full((*things.shape, free.shape[1] * free.shape[2]), FAR, np.int16)
    for number in range(things.shape[1]):
        there = np.flatnonzero(things[:, number] != NOWHERE)
        source = np.stack(np.divmod(things[there, number], free.shape[2]), axis=1)
        found = distances(free[there], source).reshape(len(there), -1)
        to_thing[there, number] = np.where(found == UNREACHABLE, FAR, found)
    cells = np.where(things == NOWHERE, 0, things)
    between = np.stack([np.take_along_axis(to_thing[:, n], cells, axis=1) for n in range(things.shape[1])], axis=1)
    sets = [sum(1 << c for c in some) for n in range(need + 1) for some in combinations(range(chests.shape[1]), n)]
    index = {bits: n for n, bits in enumerate(sets)}
    return Routes(to_thing, _left(between, keys.shape[1], sets, need), index, keys.shape[1], need)


def _left(between: np.ndarray, num_keys: int, sets: Sequence[int], need: int) -> np.ndarray:
    """Backwards from all chests opened; with as many keys taken as chests can be opened, no key is sought any more."""
    index = {bits: n for n, bits in enumerate(sets)}
    left = np.full((1 << num_keys, len(sets), len(between), between.shape[1]), FAR, np.int16)
    states = [(taken, opened) for taken in range(1 << num_keys) for opened in sets if _bits(taken) >= _bits(opened)]
    for taken, opened in sorted(states, key=lambda state: -_bits(state[0]) - _bits(state[1])):
        here = left[taken, index[opened]]
        if _bits(opened) == need:
            here[:] = 0
            continue
        next_things = [(k, taken | 1 << k, opened) for k in range(num_keys) if not taken >> k & 1] if _bits(taken) < need else []
        if _bits(taken) > _bits(opened):
            chests = range(between.shape[1] - num_keys)
            next_things += [(num_keys + c, taken, opened | 1 << c) for c in chests if not opened >> c & 1]
        for thing, after_taken, after_opened in next_things:
            later = left[after_taken, index[after_opened], :, thing]
            np.minimum(here, np.minimum(between[:, thing] + later[:, None], FAR), out=here)
    return left


def _bits(word: np.ndarray | int) -> np.ndarray:
    """How many bits are set, for words below 2**16."""
    return _COUNTS[word]


_COUNTS = np.array([bin(word).count("1") for word in range(1 << 16)], np.int32)


class RoutesOracle:
    """Steps to the intended goal along episodes, for mentors and points of no return. Levels are solved when first asked for."""

    def __init__(self, scenario: Scenario, pools: Sequence[LevelPool]) -> None:
        if not isinstance(scenario.world, KeysWorld):
            raise UserError("Only levels of keys-and-chests have routes", seen=scenario.name)
        self.intended, self.max_steps = scenario.intended.name, scenario.world.max_steps
        self._world, self._pools = scenario.world, list(pools)

    def with_pool(self, pool: LevelPool) -> RoutesOracle:
        """The same and one pool more."""
        other = copy(self)
        other._pools = [*self._pools, pool]
        return other

    def of(self, levels: Sequence[str]) -> RoutesOracle:
        """Itself: it finds the pool by the episodes."""
        del levels
        return self

    def steps_to(self, episodes: Episodes) -> dict[str, np.ndarray]:
        """Of the intended goal alone: Int32[time, episode, action], the fewest steps in which it is attained when that action is
        taken now, however long one tries; -1 where it cannot be any more, and in padding."""
        levels, number = self._found(episodes.levels)
        actions, alive = (np.asarray(x) for x in (episodes.trajectory.actions, episodes.trajectory.alive))
        after = jax.tree.map(np.asarray, _after_each(self._world, levels, jnp.asarray(number), jnp.asarray(actions)))
        steps = self._solved(cast(Levels, levels), after)
        known = alive[..., None] & (steps < FAR)
        return {self.intended: np.where(known, steps + 1, -1).astype(np.int32)}

    def last_chance(self, episodes: Episodes) -> Int32[np.ndarray, "episode"]:
        """The last step (from 0) at which handing over to a best policy still attains the goal in time; -1 where none could."""
        steps = self.steps_to(episodes)[self.intended]
        best = np.where(steps < 0, int(FAR), steps).min(axis=-1)
        is_open = best + np.arange(len(best))[:, None] <= self.max_steps
        return np.where(is_open.any(axis=0), len(best) - 1 - is_open[::-1].argmax(axis=0), -1).astype(np.int32)

    def _found(self, hashes: Sequence[str]) -> tuple[Levels, np.ndarray]:
        """The distinct levels of these hashes, and which of them each is."""
        distinct = list(dict.fromkeys(hashes))
        for pool in self._pools:
            if set(distinct) <= set(pool.hashes):
                rows = [pool.hashes.index(level) for level in distinct]
                levels = Levels(*(np.asarray(field)[rows] for field in cast(Levels, pool.levels)))
                return levels, np.array([distinct.index(level) for level in hashes], np.int32)
        raise UserError("The oracle does not know that level", seen=hashes[0] if hashes else None)

    def _solved(self, levels: Levels, states: State) -> np.ndarray:
        """Int32, of the states' shape: the fewest steps that are still to go. Levels alike in how many things they need go
        together."""
        num_keys, num_chests = ((cells != NOWHERE).sum(axis=1) for cells in (levels.keys, levels.chests))
        need, has_few_keys = np.minimum(num_keys, num_chests), num_keys <= num_chests
        number = np.asarray(states.level)
        cell = np.asarray(states.row) * self._world.config.size + np.asarray(states.column)
        steps = np.zeros(number.shape, np.int32)
        for kind in {(int(n), bool(few)) for n, few in zip(need, has_few_keys, strict=True)}:
            mine = np.flatnonzero((need == kind[0]) & (has_few_keys == kind[1]))
            routes = routes_of(
                free_cells(levels)[mine],
                levels.keys[mine, : num_keys[mine].max()],
                levels.chests[mine, : num_chests[mine].max()],
                need=kind[0],
            )
            here = np.isin(number, mine)
            place = np.searchsorted(mine, number[here])
            done = (np.asarray(word)[here].astype(int) for word in (states.taken, states.opened))
            steps[here] = routes.steps(place, cell[here], *done)
        return steps


@partial(jax.jit, static_argnums=0)
def _after_each(world: KeysWorld, levels: Levels, number: object, actions: object) -> State:
    """The state after each action at each step of these episodes: axes [time, episode, action]."""
    begun = jax.vmap(lambda n: world.reset(levels, n))(number)
    every = jnp.arange(world.num_actions)

    def step(state: State, taken: object) -> tuple[State, State]:
        tried = jax.vmap(lambda s: jax.vmap(lambda a: world.step(levels, s, a))(every))(state)
        return jax.vmap(lambda s, a: world.step(levels, s, a))(state, taken), tried

    return jax.lax.scan(step, begun, actions)[1]  # type: ignore[arg-type]

"""What a deterministic world knows of its levels, found by trying out every action in every state that can be reached.

Works for any jittable world whose levels have few states (mazes with one goal). Where there is chance, or where there are too
many states, there is no oracle, and the handle says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

from misgen.concepts import Episodes, LevelPool, LevelTable, Oracle, Scenario, UserError, World

if TYPE_CHECKING:
    from jaxtyping import Bool, Int32

__all__ = ["DynamicsOracle", "ManyOracle", "OracleMentor", "explore"]

MAX_STATES = 1_024
"""States per level, on average, beyond which a world is taken to be too large."""
FAR = np.int32(1 << 20)
"""No way."""


@dataclass(frozen=True, kw_only=True)
class Explored:
    """All levels of a pool as one table; axis `state` runs over all of them."""

    successors: Int32[np.ndarray, "state action"]
    attains: Bool[np.ndarray, "state action goal"]
    terminal: Bool[np.ndarray, "state"]
    start: Int32[np.ndarray, "level"]
    level: Int32[np.ndarray, "state"]
    states: object
    """Pytree of NumPy arrays, axis `state` first."""


def explore(world: World, pool: LevelPool) -> Explored:
    """Every reachable state of every level, by breadth-first search with the world's own `step`.

    A world with chance, or with more than `MAX_STATES` states a level, is a `UserError`.
    """
    levels = jax.tree.map(jnp.asarray, pool.levels)
    begun = _reset(world, levels, jnp.arange(len(pool)), jnp.uint32(0))
    again = _reset(world, levels, jnp.arange(len(pool)), jnp.uint32(1))
    if _keys(begun) != _keys(again):
        raise UserError("There is no oracle for a world in which episodes begin by chance")
    number: dict[bytes, int] = {}
    front = _number(begun, number)
    start = np.array([number[key] for key in _keys(begun)], np.int32)
    successors, attains, terminal = [], [], []
    waiting = jax.tree.map(lambda x: np.asarray(x)[front], begun)
    kept = [waiting]
    while len(front):
        after, scores, ended = _expanded(world, levels, waiting)
        keys = _keys(after)
        fresh = _number(after, number)
        if len(number) > MAX_STATES * len(pool):
            raise UserError(
                "There is no oracle for this world: its levels have too many states", seen=f"over {MAX_STATES} a level"
            )
        successors.append(np.array([number[key] for key in keys], np.int32).reshape(scores.shape[:2]))
        attains.append(scores)
        terminal.append(ended)
        waiting = jax.tree.map(lambda x, fresh=fresh: np.asarray(x)[fresh], after)
        front = fresh
        if len(fresh):
            kept.append(waiting)
    states = jax.tree.map(lambda *x: np.concatenate(x), *kept)
    return Explored(
        successors=np.concatenate(successors),
        attains=np.concatenate(attains),
        terminal=np.concatenate(terminal),
        start=start,
        level=np.asarray(states.level, np.int32),
        states=states,
    )


def _searchable(scenario: Scenario, pool: LevelPool) -> World:
    """The scenario's world, if it can be explored: one that cannot is known by two levels of it."""
    if not isinstance(scenario.world, World):
        raise UserError("There is no oracle for this world", seen=scenario.name)
    explore(scenario.world, _few(pool))
    return scenario.world


def _few(pool: LevelPool) -> LevelPool:
    return replace(pool, levels=jax.tree.map(lambda x: np.asarray(x)[:2], pool.levels), hashes=pool.hashes[:2])


def _number(states: object, number: dict[bytes, int]) -> np.ndarray:
    """Gives each state that is new the next number; returns the positions of the new ones."""
    fresh = []
    for place, key in enumerate(_keys(states)):
        if key not in number:
            number[key] = len(number)
            fresh.append(place)
    return np.array(fresh, int)


def _keys(states: object) -> list[bytes]:
    leaves = [np.asarray(x) for x in jax.tree.leaves(states)]
    flat = [np.ascontiguousarray(x.reshape(len(x), -1)) for x in leaves]
    joined = np.concatenate([x.view(np.uint8).reshape(len(x), -1) for x in flat], axis=1)
    return [row.tobytes() for row in joined]


def _expanded(world: World, levels: object, states: object) -> tuple[object, np.ndarray, np.ndarray]:
    """Successors [state x action], scores [state, action, goal], terminal [state]; in powers of two, to compile seldom."""
    num = len(jax.tree.leaves(states)[0])
    size = 1 << max(6, (num - 1).bit_length())
    filled = jax.tree.map(lambda x: np.concatenate([x, np.repeat(x[:1], size - num, axis=0)]), states)
    after, scores, ended = _try_all(world, levels, filled, jnp.uint32(0))
    other, _, _ = _try_all(world, levels, filled, jnp.uint32(1))
    flat, twin = (jax.tree.map(lambda x: np.asarray(x)[:num].reshape(-1, *x.shape[2:]), tree) for tree in (after, other))
    if _keys(flat) != _keys(twin):
        raise UserError("There is no oracle for a world with chance in it")
    return flat, np.asarray(scores)[:num], np.asarray(ended)[:num]


@partial(jax.jit, static_argnums=0)
def _reset(world: World, levels: object, level: object, word: object) -> object:
    keys = jax.random.split(jax.random.key(word), len(level))  # type: ignore[arg-type]
    return jax.vmap(lambda n, k: world.reset(levels, n, key=k))(level, keys)


@partial(jax.jit, static_argnums=0)
def _try_all(world: World, levels: object, states: object, word: object) -> tuple[object, object, object]:
    key = jax.random.key(word)  # type: ignore[arg-type]

    def one(state: object, action: object) -> tuple[object, object]:
        over = jnp.asarray(world.terminated(levels, state))
        after = world.step(levels, state, action, key=key)
        after = jax.tree.map(lambda new, old: jnp.where(over, old, new), after, state)
        return after, jnp.asarray(world.score(levels, state, action, after)) & ~over

    actions = jnp.arange(world.num_actions)
    after, scores = jax.vmap(lambda s: jax.vmap(lambda a: one(s, a))(actions))(states)
    return after, scores, jax.vmap(lambda s: world.terminated(levels, s))(states)


class DynamicsOracle:
    """Implements `misgen.concepts.Oracle` for the levels of one pool. Exact: nothing is estimated."""

    def __init__(self, scenario: Scenario, pool: LevelPool) -> None:
        world = _searchable(scenario, pool)
        self.goals, self.intended = tuple(world.goals), scenario.intended.name
        self.num_actions, self.max_steps = world.num_actions, world.max_steps
        self._world, self._pool = world, pool
        self._level = {level: n for n, level in enumerate(pool.hashes)}
        self._all = explore(world, pool)
        self._distance = {goal: _distances(self._all, n) for n, goal in enumerate(self.goals)}

    def visited_of_all(self, episodes: Episodes) -> np.ndarray:
        """Int32[time, episode]: the number of the state before each step, among those of all levels; -1 in padding."""
        actions, alive = np.asarray(episodes.trajectory.actions), np.asarray(episodes.trajectory.alive)
        found = np.full(actions.shape, -1, np.int32)
        state = self._all.start[[self._place(level) for level in episodes.levels]]
        for time in range(len(actions)):
            found[time] = np.where(alive[time], state, -1)
            state = np.where(alive[time], self._all.successors[state, actions[time]], state)
        return found

    def visited(self, episodes: Episodes) -> np.ndarray:
        """See `Oracle.visited`."""
        found = self.visited_of_all(episodes)
        return np.where(found >= 0, self._numbers[found], -1)

    def steps_to(self, episodes: Episodes) -> dict[str, np.ndarray]:
        """See `Oracle.steps_to`."""
        found = self.visited_of_all(episodes)
        every = {goal: np.where(distance >= FAR, -1, distance) for goal, distance in self._distance.items()}
        return {goal: np.where((found >= 0)[..., None], table[found], -1) for goal, table in every.items()}

    def events(self, episodes: Episodes) -> np.ndarray:
        """See `Oracle.events`."""
        found = self.visited_of_all(episodes)
        scores = self._all.attains[found, np.asarray(episodes.trajectory.actions)]
        return scores & (found >= 0)[..., None]

    def table(self, level: str) -> LevelTable:
        """See `Oracle.table`."""
        mine = self._order[slice(*self._bounds[self._place(level) :][:2])]
        return LevelTable(
            successors=self._numbers[self._all.successors[mine]],
            attains={goal: self._all.attains[mine][..., n] for n, goal in enumerate(self.goals)},
            terminal=self._all.terminal[mine],
            observations=self._observations[mine],
            max_steps=self.max_steps,
            erased={cue: seen[mine] for cue, seen in self._without.items()},
        )

    def last_chance(self, episodes: Episodes) -> np.ndarray:
        """Int32[episode]: the point of no return, the last step (from 0) at which handing over to a best policy still attains
        the intended goal within the time limit; -1 where not even the first step could."""
        table = self.steps_to(episodes)[self.intended]
        best = np.where(table < 0, FAR, table).min(axis=-1)
        open_ = best + np.arange(len(best))[:, None] <= self.max_steps
        return np.where(open_.any(axis=0), len(best) - 1 - open_[::-1].argmax(axis=0), -1).astype(np.int32)

    @cached_property
    def _order(self) -> np.ndarray:
        """Int[state]: all states, level by level, a level's start first."""
        return np.argsort(self._all.level, kind="stable")

    @cached_property
    def _bounds(self) -> np.ndarray:
        """Int[level + 1]: where each level begins in `_order`."""
        return np.concatenate([[0], np.cumsum(np.bincount(self._all.level, minlength=len(self._pool)))])

    @cached_property
    def _numbers(self) -> np.ndarray:
        """Int32[state]: each state's number within its level, the start being 0."""
        own = np.empty(len(self._order), np.int32)
        own[self._order] = np.arange(len(own)) - self._bounds[self._all.level[self._order]]
        return own

    @cached_property
    def _observations(self) -> np.ndarray:
        """Float[state, ...]: computed when the first table is asked for."""
        return np.asarray(_observe(self._world, self._pool.levels, self._all.states, jnp.zeros(len(self._world.cues), bool)))

    @cached_property
    def _without(self) -> dict[str, np.ndarray]:
        """By cue, as `_observations` with that cue erased."""
        cues = self._world.cues
        hidden = {cue: jnp.array([other == cue for other in cues]) for cue in cues}
        return {c: np.asarray(_observe(self._world, self._pool.levels, self._all.states, hidden[c])) for c in cues}

    def _place(self, level: str) -> int:
        if level not in self._level:
            raise UserError("The oracle does not know that level", seen=level)
        return self._level[level]


@partial(jax.jit, static_argnums=0)
def _observe(world: World, levels: object, states: object, erased: object) -> object:
    return jax.vmap(lambda state: world.observe(levels, state, erased))(states)


def _distances(found: Explored, goal: int) -> np.ndarray:
    """Int32[state, action]: fewest steps to attain the goal, counting the step itself; FAR where there is no way."""
    distance = np.where(found.attains[..., goal], 1, FAR).astype(np.int32)
    while True:
        best = np.where(found.terminal, FAR, distance.min(axis=1))
        shorter = np.minimum(distance, np.minimum(best[found.successors] + 1, FAR))
        if np.array_equal(shorter, distance):
            return distance
        distance = shorter


class OracleMentor:
    """A mentor that always knows the best action for the intended goal. Implements `misgen.concepts.Mentor`."""

    def __init__(self, oracle: Oracle) -> None:
        self.queries = 0
        self._oracle = oracle

    def advise(self, episodes: Episodes, asked: object) -> np.ndarray:
        """See `Mentor.advise`; ties go to the first action. Steps in padding are not asked about and not counted."""
        where = np.asarray(asked, bool) & np.asarray(episodes.trajectory.alive)
        self.queries += int(where.sum())
        steps = np.asarray(self._oracle.steps_to(episodes)[self._oracle.intended])
        known = np.where(steps < 0, FAR, steps)
        return np.where(where & (known.min(-1) < FAR), known.argmin(-1), -1).astype(np.int32)


class ManyOracle:
    """Oracles of several pools as one, each explored when one of its levels is first asked about. Implements `Oracle`.

    The levels of one call's episodes must lie in one pool.
    """

    def __init__(self, scenario: Scenario, pools: Sequence[LevelPool]) -> None:
        world = _searchable(scenario, pools[0])
        self.goals, self.intended = tuple(world.goals), scenario.intended.name
        self.num_actions, self.max_steps = world.num_actions, world.max_steps
        self._scenario, self._pools = scenario, list(pools)
        self._made: dict[int, DynamicsOracle] = {}

    def with_pool(self, pool: LevelPool) -> ManyOracle:
        """The same and one pool more; what is explored already is shared."""
        other = copy(self)
        other._pools = [*self._pools, pool]
        other._made = self._made.copy()
        return other

    def steps_to(self, episodes: Episodes) -> dict[str, np.ndarray]:
        """See `Oracle.steps_to`."""
        return self.of(episodes.levels).steps_to(episodes)

    def events(self, episodes: Episodes) -> np.ndarray:
        """See `Oracle.events`."""
        return self.of(episodes.levels).events(episodes)

    def visited(self, episodes: Episodes) -> np.ndarray:
        """See `Oracle.visited`."""
        return self.of(episodes.levels).visited(episodes)

    def table(self, level: str) -> LevelTable:
        """See `Oracle.table`."""
        return self.of((level,)).table(level)

    def of(self, levels: Sequence[str]) -> DynamicsOracle:
        """The oracle of the pool that holds all of these levels."""
        for n, pool in enumerate(self._pools):
            if set(levels) <= set(pool.hashes):
                if n not in self._made:
                    self._made[n] = DynamicsOracle(self._scenario, pool)
                return self._made[n]
        raise UserError("The oracle does not know that level", seen=levels[0] if levels else None)

"""How fast the worlds run, in CPU seconds of the whole process, so that other jobs on the machine do not count.

Observations are forced into memory and summed; without a consumer XLA drops the rendering and the figure is wrong.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, cast

import jax
import jax.numpy as jnp
import numpy as np

from misgen.concepts import LevelPool, Scenario, UserError, World, lookup, resolve
from misgen.worlds.corner.config import CornerConfig
from misgen.worlds.corner.dynamics import CornerWorld
from misgen.worlds.corner.host_world import CornerHostWorld
from misgen.worlds.corner.levels import level_at
from misgen.worlds.corner.pools import CornerLevels

__all__ = ["measure_scenario", "measure_scenarios", "measure_worlds", "steps_per_cpu_second"]

NUM_LEVELS = 8192
IMPL = "threefry2x32"
"""Of random keys, as everywhere."""
HOST_PEER = "the same rules in plain NumPy, one episode at a time, same run"


def measure_worlds(*, num_runs: int = 5, batch: int = 1024) -> list[dict[str, object]]:
    """Steps per core-second of `corner` under a random policy with resets from a buffer, and levels made per core-second.

    One row per figure: name, value (median), unit, peer, ratio to the peer where there is one, runs (every single run).
    """
    config = CornerConfig()
    host = _runs(num_runs, lambda: _host_steps(config, num_steps=2000))
    peer = statistics.median(host)
    rows = [_row("corner, plain NumPy, observed", host, "steps per core-second", peer=None)]
    rows.append(
        _row(
            "corner, states only",
            _device(config, num_runs, batch, num_steps=4096, observed=False),
            "steps per core-second",
            peer=None,
        )
    )
    for name, knobs in _OBSERVED.items():
        chunk = 1024 if name == "symbolic" else 64
        runs = _device(CornerConfig(**knobs), num_runs, batch, num_steps=chunk, observed=True)  # type: ignore[arg-type]
        rows.append(_row(f"corner, {name}, observed", runs, "steps per core-second", peer=peer if name == "symbolic" else None))
    for layout in ("blocks", "tree", "noise"):
        make = partial(_make_levels, CornerLevels(CornerConfig(layout=layout)))
        rows.append(
            _row(f"corner, {layout} levels with hashes and solver", _runs(num_runs, make), "levels per core-second", peer=None)
        )
    return rows


def measure_scenarios(names: Sequence[str] | None = None, *, num_runs: int = 3, batch: int = 1024) -> list[dict[str, object]]:
    """The rows of `measure_scenario` for each of these scenarios, by default all whose world is a grid of ours.

    `coinrun` has benchmarks of its own, in game frames.
    """
    from misgen.worlds.catalogue import SCENARIOS

    grids = [name for name, entry in SCENARIOS.items() if "trained_in" not in entry.listing and name != "coinrun"]
    rows = []
    for name in grids if names is None else names:
        make = resolve(lookup("scenario", name, SCENARIOS))
        rows += measure_scenario(make(), num_runs=num_runs, batch=batch)  # type: ignore[operator]
    return rows


def measure_scenario(scenario: Scenario, *, num_runs: int = 5, batch: int = 1024) -> list[dict[str, object]]:
    """Three rows for any scenario with a jittable world: steps per core-second with states only, and with observations, and
    training levels made per core-second, with their hashes and solver."""
    if not isinstance(scenario.world, World) or scenario.levels is None:
        raise UserError("Only a jittable world's speed can be measured", seen=scenario.name)
    levels = partial(scenario.levels, scenario.training.name, seed=0)
    pool = levels(num_levels=min(NUM_LEVELS, 4 * batch))
    rows = []
    for words, observed, num_steps in (("states only", False, 512), ("observed", True, 128)):
        runs = steps_per_cpu_second(scenario.world, pool, num_runs, batch, num_steps=num_steps, observed=observed)
        rows.append(_row(f"{scenario.name}, {words}", runs, "steps per core-second", peer=None))
    made = _runs(num_runs, lambda: len(levels(num_levels=batch)))
    return [*rows, _row(f"{scenario.name}, levels with hashes and solver", made, "levels per core-second", peer=None)]


_OBSERVED: dict[str, dict[str, object]] = {
    "symbolic": {},
    "symbolic with cheese crop": {"cheese_crop": True},
    "pixels, 3 per cell": {"observation": "pixels"},
    "pixels, 1 per cell": {"observation": "pixels", "tile": 1},
}


def _row(name: str, runs: list[float], unit: str, *, peer: float | None) -> dict[str, object]:
    value = statistics.median(runs)
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "peer": HOST_PEER if peer else None,
        "ratio": value / peer if peer else None,
        "runs": runs,
    }


def _runs(num_runs: int, work: Callable[[], int]) -> list[float]:
    """Units of work per CPU second; `work` says how many it did."""
    work()  # compiles, and fills caches
    speeds = []
    for _ in range(num_runs):
        before = time.process_time()
        amount = work()
        speeds.append(amount / (time.process_time() - before))
    return speeds


def _make_levels(levels: CornerLevels) -> int:
    return len(levels("training", num_levels=NUM_LEVELS, seed=0))


def _host_steps(config: CornerConfig, *, num_steps: int) -> int:
    pool = CornerLevels(config)("training", num_levels=64, seed=0)
    world = CornerHostWorld(config)
    actions = np.random.default_rng(0).integers(0, 4, num_steps)
    world.reset(level_at(pool.levels, 0))  # type: ignore[arg-type]
    for number, action in enumerate(actions):
        _, _, ended = world.step(int(action))
        if ended or number % config.max_steps == 0:
            world.reset(level_at(pool.levels, number % 64))  # type: ignore[arg-type]
    return num_steps


class _Carry(NamedTuple):
    state: object
    next_level: jax.Array
    age: jax.Array
    total: jax.Array
    """Everything computed ends up in here, so that nothing can be left out."""


def _device(config: CornerConfig, num_runs: int, batch: int, *, num_steps: int, observed: bool) -> list[float]:
    pool: LevelPool = CornerLevels(config)("training", num_levels=NUM_LEVELS, seed=0)
    return steps_per_cpu_second(cast(World, CornerWorld(config)), pool, num_runs, batch, num_steps=num_steps, observed=observed)


def steps_per_cpu_second(
    world: World, pool: LevelPool, num_runs: int, batch: int, *, num_steps: int, observed: bool
) -> list[float]:
    """One figure per run of `num_steps` steps of `batch` episodes: random actions, resets from the pool, perhaps views."""
    levels = jax.tree.map(jnp.asarray, pool.levels)
    first = jnp.arange(batch)
    started = _reset(world, levels, first, _keys(jnp.uint32(0), batch))
    carry = _Carry(started, first + batch, jnp.zeros(batch, jnp.int32), jnp.zeros(()))
    keys = iter(jax.random.split(jax.random.key(0), num_runs + 1))

    def work() -> int:
        jax.block_until_ready(_play(world, observed, num_steps, levels, carry, key=next(keys)))
        return num_steps * batch

    return _runs(num_runs, work)


def _reset(world: World, levels: object, indices: jax.Array, keys: jax.Array) -> object:
    return jax.vmap(lambda index, key: world.reset(levels, index, key=key))(indices, keys)


def _keys(word: jax.Array, num: int) -> jax.Array:
    """A key per episode, made as training makes them: by no more than counting. A world without chance does not look at them."""
    return jax.random.wrap_key_data(jnp.stack([jnp.full(num, word), jnp.arange(num, dtype=jnp.uint32)], axis=-1), impl=IMPL)


@partial(jax.jit, static_argnums=(0, 1, 2))
def _play(world: World, observed: bool, num_steps: int, levels: object, carry: _Carry, *, key: jax.Array) -> _Carry:
    bits = jax.random.bits(key, (num_steps, len(carry.age)), jnp.uint8)
    words = jax.random.bits(key, (num_steps,), jnp.uint32)
    return jax.lax.scan(partial(_advance, world, observed, levels), carry, (bits, words))[0]


def _advance(
    world: World, observed: bool, levels: object, carry: _Carry, luck: tuple[jax.Array, jax.Array]
) -> tuple[_Carry, None]:
    bits, word = luck
    action = (bits % world.num_actions).astype(jnp.int32)
    keys = _keys(word, len(carry.age))
    after = jax.vmap(lambda state, a, key: world.step(levels, state, a, key=key))(carry.state, action, keys)
    scores = jax.vmap(lambda s, a, t: world.score(levels, s, a, t))(carry.state, action, after)
    terminated = jax.vmap(lambda state: world.terminated(levels, state))(after)
    ended = jnp.asarray(terminated) | (carry.age + 1 >= world.max_steps)
    fresh = _reset(world, levels, carry.next_level, keys)
    state = jax.tree.map(lambda new, old: jnp.where(ended.reshape(-1, *[1] * (new.ndim - 1)), new, old), fresh, after)
    total = carry.total + jnp.asarray(scores).sum()
    if observed:
        seen = jax.vmap(lambda s: world.observe(levels, s, jnp.zeros(len(world.cues), bool)))(state)
        total += jnp.asarray(jax.lax.optimization_barrier(seen)).sum()
    next_level = jnp.where(ended, (carry.next_level + len(carry.age)) % _num_levels(levels), carry.next_level)
    return _Carry(state, next_level, jnp.where(ended, 0, carry.age + 1), total), None


def _num_levels(levels: object) -> int:
    return jax.tree.leaves(levels)[0].shape[0]

"""What the original starts an episode from: one of its own levels with the coin moved, or a level of ours written in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from misgen.concepts import LevelPool, UserError
from misgen.worlds.coinrun.levels import CODES, Level, grid_of
from misgen.worlds.procgen.client import ProcgenClient
from misgen.worlds.procgen.edits import cell_of, with_coin, with_timeout
from misgen.worlds.procgen.state import ENTITY, ProcgenState, parse
from misgen.worlds.procgen.view import CRATE, ENEMY, SAW

__all__ = ["OriginalLevel", "level_of", "original_levels", "original_pool", "start_states", "with_level"]

NEVER = 1_000_000
"""A time limit that no episode reaches: cutting episodes is the engine's business, and no end can then be taken for a death."""
_IMAGES = {SAW: 2, ENEMY: 6, CRATE: 20}
_DEFAULTS = {"rx": 0.5, "ry": 0.5, "fire_time": -1, "spawn_time": -1, "expire_time": -1, "friction": 1, "auto_erase": 1}
_DEFAULTS |= {"alpha": 1, "health": 1, "theta": -100, "grow_rate": 1, "alpha_decay": 1}
"""What the game itself writes into the record of a saw, an enemy or a crate."""


@dataclass(frozen=True, kw_only=True)
class OriginalLevel:
    """A level that the original makes itself, with its coin where we say."""

    seed: int
    """The original's level seed."""
    coin: tuple[int, int] | str | None = "end"
    """Cell (x, y); None for no coin at all; `end` where the original puts it."""


def original_levels(pool: LevelPool) -> list[OriginalLevel]:
    """The levels of a pool of `coinrun`, as the original makes them from the same seeds, with the pool's coins."""
    coins = np.asarray(pool.levels.coin).tolist()  # type: ignore[attr-defined]
    seeds = np.asarray(pool.columns["seed"]).tolist()
    return [OriginalLevel(seed=int(seed), coin=(x, y) if x >= 0 else None) for seed, (x, y) in zip(seeds, coins, strict=True)]


def original_pool(pool: LevelPool) -> LevelPool:
    """A pool of `coinrun` whose levels the original makes: the same hashes and columns, for evaluation in the host loop."""
    return replace(pool, levels=original_levels(pool))


def start_states(client: ProcgenClient, levels: Sequence[OriginalLevel | Level]) -> tuple[list[ProcgenState], np.ndarray]:
    """The states in which episodes on these levels start, coins in place, and Int32[level, 2], each level's end."""
    seeds = [level.seed if isinstance(level, OriginalLevel) else 0 for level in levels]
    ends, states = np.full((len(levels), 2), -1, np.int32), []
    for number, (level, content) in enumerate(zip(levels, client.level_starts(seeds), strict=True)):
        state = with_timeout(parse(content), NEVER)
        if isinstance(level, OriginalLevel):
            ends[number] = cell_of(state) or (-1, -1)
            states.append(state if level.coin == "end" else with_coin(state, _cell(level.coin)))
        else:
            ends[number] = level.end
            states.append(with_level(state, level))
    return states, ends


def _cell(coin: tuple[int, int] | str | None) -> tuple[int, int] | None:
    if isinstance(coin, str):
        raise UserError("There is no coin placement of that name", seen=coin, do="Give 'end', a cell (x, y), or None")
    return coin


def level_of(state: ProcgenState) -> Level:
    """The level of a coinrun state at its start, as ours: coins stay where they are, and the end is where the solid block begins.

    Difficulty and section starts are not in a state.
    """
    coin, kinds = cell_of(state), state.entities["type"]
    grid = np.where(state.grid == CODES["coin"], CODES["empty"], state.grid)
    saws, crates, enemies = (state.entities[kinds == kind] for kind in (SAW, CRATE, ENEMY))
    enemies = enemies[np.argsort(enemies["x"], kind="stable")]
    return Level(
        cells=grid,
        end=_end(grid),
        coin=coin,
        saws=_cells(saws),
        crates=_cells(crates),
        enemies=tuple((float(one["x"]), float(one["y"]), float(one["vx"])) for one in enemies),
    )


def _end(grid: np.ndarray) -> tuple[int, int]:
    """The ground cell of the last column that is not wall from bottom to top."""
    open_ = (grid != CODES["body"]).any(axis=0)
    x = int(np.flatnonzero(open_)[-1])
    return x, int(np.flatnonzero(grid[:, x] == CODES["top"])[-1]) + 1


def _cells(entities: np.ndarray) -> tuple[tuple[int, int], ...]:
    return tuple((int(one["x"]), int(one["y"])) for one in entities)


def with_level(state: ProcgenState, level: Level) -> ProcgenState:
    """A start state of coinrun with its level exchanged for `level`, drawn by hand or otherwise; the agent stays as it is.

    Things get the game's first look of their kind.
    """
    if state.game != "coinrun":
        raise UserError("Only coinrun can hold a level of coinrun", seen=state.game)
    things = [(SAW, x + 0.5, y + 0.5, 0.0) for x, y in level.saws]
    things += [(CRATE, x + 0.5, y + 0.5, 0.0) for x, y in level.crates] + [(ENEMY, *enemy) for enemy in level.enemies]
    records = np.zeros(1 + len(things), ENTITY)
    records[0] = state.agent
    for record, (kind, x, y, vx) in zip(records[1:], things, strict=True):
        for name, value in _DEFAULTS.items():
            record[name] = value
        record["x"], record["y"], record["vx"], record["type"], record["image_type"] = x, y, vx, kind, _IMAGES[kind]
        if kind == ENEMY:
            record["render_z"], record["smart_step"], record["is_reflected"] = 1, 1, vx > 0
    return replace(state, entities=records, grid=grid_of(level).astype(np.int32))

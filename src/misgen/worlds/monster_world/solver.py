"""The fewest steps to the last apple and to the last shield, and what apples are worth where no monster is about: exact.

Monsters neither stop nor kill a mouse, so the apples take as long with them as without. When an episode ends and what it earns
depends on their luck where they are about, so there shields and values have no exact solver.
"""

from __future__ import annotations

import numpy as np

from misgen.worlds.corner.solver import distances, shortest_path
from misgen.worlds.grid.levels import Cell, Level, unpack_rows
from misgen.worlds.grid.plain import MOVES
from misgen.worlds.monster_world.errands import FAR, between, rounds, shortest_round
from misgen.worlds.monster_world.levels import Levels, pack, unpack

__all__ = ["best_actions", "best_steps", "best_values", "has_monsters", "last_steps", "together"]


def has_monsters(levels: Levels) -> np.ndarray:
    """Bool[level]: a monster is about."""
    return np.asarray((levels.monsters[:, :, 0] >= 0).any(axis=1))


def best_steps(levels: Levels) -> dict[str, np.ndarray]:
    """By goal, Int32[level]: the fewest steps in which it can be attained, -1 where it cannot in the level's time.

    `shields` is absent where a level of the pool has monsters.
    """
    apples = last_steps(levels, levels.apples)
    found = {"apples": _in_time(levels, apples), "apple": _in_time(levels, _nearest(levels, levels.apples))}
    if has_monsters(levels).any():
        return found
    shields = last_steps(levels, levels.shields)
    doubtful = (shields <= levels.limit) & (apples <= shields)  # only then can all apples be taken on the way
    if doubtful.any():
        index = np.flatnonzero(doubtful)
        part = Levels(*(field[index] for field in levels))
        for n in index[together(part) <= shields[index]]:
            shields[n] = _search_shields(unpack(levels, int(n)))
    return {**found, "shields": _in_time(levels, shields)}


def best_values(levels: Levels, *, gamma: float) -> np.ndarray:
    """Float64[level]: the best discounted return of a level without monsters, with reward 1 per apple.

    The first step is not discounted; apples that do not fit into the level's time earn nothing. Exact: the best over all orders
    of the apples, each by shortest ways; what an order passes by chance is the first of another order.
    """
    num = int((levels.apples[:, :, 0] >= 0).sum(axis=1).max())
    _, times = rounds(*between(unpack_rows(levels.free), levels.start, levels.apples), num)
    worth = np.where(times <= levels.limit[:, None, None], gamma ** (times - 1.0), 0.0)
    return worth.sum(axis=2).max(axis=1)


def best_actions(level: Level, kind: str, *, gamma: float = 1.0) -> list[int]:
    """Actions through all cells of a kind (`apple`, `shield`): the shortest round, or, below 1, the one worth most at `gamma`."""
    levels = pack([level])
    cells = levels.apples if kind == "apple" else levels.shields
    num = len(level.places[kind])
    orders, times = rounds(*between(level.free[None], levels.start, cells), num)
    if gamma < 1:
        worth = np.where(times[0] <= levels.limit[0], gamma ** (times[0] - 1.0), 0.0).sum(axis=1)
        order = orders[np.argmax(worth)]
    else:
        order = orders[np.argmin(times[0][:, -1])]
    return _walk(level, [level.places[kind][k] for k in order])


def _walk(level: Level, cells: list[Cell]) -> list[int]:
    here, actions = level.start, []
    for cell in cells:
        actions += shortest_path(level.free, here, cell)
        here = cell
    return actions


def last_steps(levels: Levels, cells: np.ndarray) -> np.ndarray:
    """Int32[level]: the fewest steps to have been in all of `cells` (Int[level, cell, 2], -1 if absent); `FAR` if none."""
    counts = (cells[:, :, 0] >= 0).sum(axis=1)
    first, table = between(unpack_rows(levels.free), levels.start, cells)
    found = np.full(len(cells), FAR, np.int32)
    for num in np.unique(counts[counts > 0]):
        which = counts == num
        _, times = rounds(first[which], table[which], int(num))
        found[which] = times[:, :, -1].min(axis=1)
    return found


def together(levels: Levels) -> np.ndarray:
    """Int32[level]: the fewest steps to have taken every apple and every shield; all levels hold equally many."""
    cells = np.concatenate([levels.apples, levels.shields], axis=1)
    cells = cells[:, (cells[:, :, 0] >= 0).all(axis=0)]
    return shortest_round(*between(unpack_rows(levels.free), levels.start, cells))


def _nearest(levels: Levels, cells: np.ndarray) -> np.ndarray:
    field = distances(unpack_rows(levels.free), levels.start)
    steps = field[np.arange(len(cells))[:, None], cells[:, :, 0], cells[:, :, 1]]
    return np.where((cells[:, :, 0] >= 0) & (steps >= 0), steps, FAR).min(axis=1).astype(np.int32)


def _in_time(levels: Levels, steps: np.ndarray) -> np.ndarray:
    return np.where(steps <= levels.limit, steps, -1).astype(np.int32)


def _search_shields(level: Level) -> int:
    """Breadth-first over cells and what is left, for the rare level in which the last apple may be taken on the way."""
    apples, shields = level.places["apple"], level.places["shield"]
    first = (level.start, (1 << len(apples)) - 1, (1 << len(shields)) - 1)
    front, seen, steps = [first], {first}, 0
    while front:
        steps, later = steps + 1, []
        for (row, column), apples_left, shields_left in front:
            for down, right in MOVES:
                cell = (row + down, column + right)
                if not level.is_free(*cell):
                    continue
                after = (cell, _without(apples_left, apples, cell), _without(shields_left, shields, cell))
                if not after[2]:
                    return steps
                if after[1] and after not in seen:
                    seen.add(after)
                    later.append(after)
        front = later
    return FAR


def _without(left: int, places: tuple[Cell, ...], cell: Cell) -> int:
    return left & ~(1 << places.index(cell)) if cell in places else left

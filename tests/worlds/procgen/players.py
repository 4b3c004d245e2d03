"""Players of the original games that search the original's own grid. They pursue one goal each, or none."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from misgen.worlds.keys_and_chests.levels import Level
from misgen.worlds.procgen.edits import cell_of, top_right_cell
from misgen.worlds.procgen.heist_view import place_of
from misgen.worlds.procgen.state import ProcgenState

Place = tuple[int, int]
UP, WALL = 0, 51
STEPS = {0: (0, 1), 1: (-1, 0), 2: (0, -1), 3: (1, 0)}


def way(grid: np.ndarray, start: Place, target: Place, *, around: Iterable[Place] = ()) -> list[int] | None:
    """A shortest way as our actions, None where there is none; `around` are cells that it may not pass."""
    shut, back, front = set(around), {start: (start, -1)}, deque([start])
    while front:
        here = front.popleft()
        if here == target:
            actions = []
            while here != start:
                here, action = back[here]
                actions.append(action)
            return actions[::-1]
        for action, (dx, dy) in STEPS.items():
            x, y = there = (here[0] + dx, here[1] + dy)
            inside = 0 <= x < len(grid) and 0 <= y < len(grid)
            if inside and grid[y, x] != WALL and there not in back and there not in shut:
                back[there] = (here, action)
                front.append(there)
    return None


def to_cheese(state: ProcgenState) -> list[int]:
    found = way(state.grid, (int(state.agent["x"]), int(state.agent["y"])), cell_of(state))
    assert found is not None
    return found


def to_corner(state: ProcgenState) -> list[int]:
    """Around the cheese where that can be done."""
    start, corner, cheese = (int(state.agent["x"]), int(state.agent["y"])), top_right_cell(state), cell_of(state)
    around = [] if cheese == corner else [cheese]
    found = way(state.grid, start, corner, around=around) or way(state.grid, start, corner)
    assert found is not None
    return found


def follow(plans: Sequence[list[int]]) -> Callable[[np.ndarray, int], np.ndarray]:
    """Every episode its plan, then up: into the wall, at the end of a maze's corner."""
    return lambda seen, time: np.array([plan[time] if time < len(plan) else UP for plan in plans])


def to_chests(level: Level) -> list[int]:
    """The shortest walk that opens every chest there is a key for, by trying all orders of keys and chests."""
    size = len(level.free)
    grid = np.where(level.free[::-1], 100, WALL)
    keys, chests = ([place_of(cell, size) for cell in cells] for cells in (level.keys, level.chests))
    stops = [place_of(level.start, size), *keys, *chests]
    ways = {(a, b): way(grid, a, b) for a in stops for b in stops[1:]}
    best: tuple[int, list[Place]] = (10**6, [])

    def visit(here: Place, steps: int, taken: int, opened: int, path: list[Place]) -> None:
        nonlocal best
        if opened == level.need:
            best = min(best, (steps, path))
            return
        wanted = (keys if taken < level.need else []) + (chests if taken > opened else [])
        for there in wanted:
            found = ways[here, there]
            if there in path or found is None or steps + len(found) + level.need - opened >= best[0] + 1:
                continue
            is_key = there in keys
            visit(there, steps + len(found), taken + is_key, opened + (not is_key), [*path, there])

    visit(stops[0], 0, 0, 0, [])
    legs = zip([stops[0], *best[1]], best[1], strict=False)
    return [action for leg in legs for action in ways[leg] or ()]


def to_keys(level: Level, most: int) -> list[int]:
    """To the nearest key again and again, around every chest, for at most so many steps."""
    size = len(level.free)
    grid = np.where(level.free[::-1], 100, WALL)
    left, chests = [place_of(cell, size) for cell in level.keys], [place_of(cell, size) for cell in level.chests]
    here, plan = place_of(level.start, size), []
    while left:
        ways = {there: found for there in left if (found := way(grid, here, there, around=chests)) is not None}
        if not ways:
            break
        here = min(ways, key=lambda there: len(ways[there]))
        plan += ways[here]
        left.remove(here)
    return plan[:most]


def back_and_forth(plan: list[int], most: int) -> list[int]:
    """The plan, then steps to and fro along its own last way, so that nothing new is walked onto."""
    last = plan[-1] if plan else UP
    return [*plan, *([(last + 2) % 4, last] * most)][:most]

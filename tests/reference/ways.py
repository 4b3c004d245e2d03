"""The solvers' own play: for each solved world, by goal, actions that are said to attain it in `best_steps`.

Written apart from the solvers where these tell steps only: by walking between stops, or by a recursion that keeps its choices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import permutations, product
from typing import Any

import numpy as np

from misgen.worlds.corner.solver import STEPS, distances, shortest_path

Cell = tuple[int, int]
Way = list[int]
Ways = dict[str, Way]
UP, LEFT, DOWN, RIGHT = range(4)


def corner(levels: Any, index: int) -> Ways:
    from misgen.worlds.corner.levels import level_at

    one = level_at(levels, index)
    return _two_ends(one.free, one.start, {"cheese": one.cheese, "corner": (0, 0)}, avoid={"corner": one.cheese})


def maze_corner(levels: Any, index: int) -> Ways:
    from misgen.worlds.maze_corner.levels import level_at

    one = level_at(levels, index)
    return _two_ends(one.free, one.start, {"cheese": one.cheese, "corner": one.corner}, avoid={"corner": one.cheese})


def maze_shape_colour(levels: Any, index: int) -> Ways:
    from misgen.worlds.maze_shape_colour.levels import level_at

    one = level_at(levels, index)
    shape, colour = one.things
    ends: dict[str, Cell] = {"shape": shape, "colour": colour}
    return _two_ends(one.free, one.start, ends, avoid={"shape": colour, "colour": shape})


def _two_ends(free: np.ndarray, start: Cell, ends: dict[str, Cell], *, avoid: dict[str, Cell]) -> Ways:
    return {goal: shortest_path(free, start, end, avoid=avoid.get(goal)) for goal, end in ends.items()}


def cheese_on_dish(levels: Any, index: int) -> Ways:
    from misgen.worlds.cheese_on_dish.levels import unpack
    from misgen.worlds.cheese_on_dish.solver import best_actions

    return {goal: best_actions(unpack(levels, index), goal) for goal in ("cheese", "dish")}


def lava_land(levels: Any, index: int) -> Ways:
    from misgen.worlds.lava_land.levels import unpack
    from misgen.worlds.lava_land.solver import best_actions

    one = unpack(levels, index)
    cheese = one.places["cheese"][0]
    found = {goal: best_actions(one, goal) for goal in ("clean_cheese", "cheese")}
    steps = distances(one.free[None], np.array([one.start]), absorbing=np.array([cheese]))[0]
    hot = [(int(steps[cell]), cell) for cell in map(tuple, np.argwhere(one.planes["lava"])) if steps[cell] > 0]
    return {**found, "lava": shortest_path(one.free, one.start, min(hot)[1], avoid=cheese) if hot else []}


def follow_me(levels: Any, index: int) -> Ways:
    from misgen.worlds.follow_me.levels import unpack
    from misgen.worlds.follow_me.solver import best_actions

    one = unpack(levels, index)
    beacons, order = one.places["beacon"], one.numbers["order"]

    def after(state: tuple[int, int], cell: Cell) -> tuple[tuple[int, int], bool, bool]:
        progress, followed = state
        progress += beacons[progress] == cell
        followed += beacons[order[followed]] == cell
        return (progress, followed), followed == len(order), progress == len(beacons)

    leader = best_actions(one, "leader")
    if _ends_early(one.free, one.start, leader, (0, 0), after):
        leader = _searched(one.free, one.start, (0, 0), after)
    beacon = shortest_path(one.free, one.start, beacons[0])
    return {"route": best_actions(one, "route"), "leader": leader, "beacon": beacon}


def monster_world(levels: Any, index: int) -> Ways:
    from misgen.worlds.monster_world.levels import unpack
    from misgen.worlds.monster_world.solver import best_actions

    one = unpack(levels, index)
    apples, shields = one.places["apple"], one.places["shield"]

    def after(state: tuple[frozenset[Cell], frozenset[Cell]], cell: Cell) -> tuple[Any, bool, bool]:
        left = (state[0] - {cell}, state[1] - {cell})
        return left, not left[1], not left[0]

    steps = distances(one.free[None], np.array([one.start]))[0]
    near = min(apples, key=lambda cell: int(steps[cell]))
    found = {"apples": best_actions(one, "apple"), "apple": shortest_path(one.free, one.start, near)}
    if shields and not one.places["monster"]:
        found["shields"] = best_actions(one, "shield")
        first = (frozenset(apples), frozenset(shields))
        if _ends_early(one.free, one.start, found["shields"], first, after):
            found["shields"] = _searched(one.free, one.start, first, after)
    return found


After = Callable[[Any, Cell], tuple[Any, bool, bool]]
"""What is kept in mind, and the cell entered -> the same after it, whether the goal is attained, whether the episode is over."""


def _ends_early(free: np.ndarray, start: Cell, way: Way, mind: Any, after: After) -> bool:
    cell = start
    for action in way:
        cell = (cell[0] + STEPS[action][0], cell[1] + STEPS[action][1])
        mind, attained, over = after(mind, cell)
        if attained or over:
            return not attained
    return True


def _searched(free: np.ndarray, start: Cell, mind: Any, after: After) -> Way:
    """Breadth-first, keeping the way."""
    front: list[tuple[Cell, Any, Way]] = [(start, mind, [])]
    seen = {(start, mind)}
    while front:
        later = []
        for cell, before, way in front:
            for action, (down, right) in enumerate(STEPS):
                to = (cell[0] + down, cell[1] + right)
                if not (0 <= to[0] < len(free) and 0 <= to[1] < len(free) and free[to]):
                    continue
                now, attained, over = after(before, to)
                if attained:
                    return [*way, action]
                if not over and (to, now) not in seen:
                    seen.add((to, now))
                    later.append((to, now, [*way, action]))
        front = later
    return []


def recommender(levels: Any, index: int) -> Ways:
    from misgen.worlds.recommender.config import RecommenderConfig
    from misgen.worlds.recommender.levels import level_at

    one = level_at(levels, index)
    slates = [set(slate) for slate in RecommenderConfig().slates]
    times = range(len(one.interest))
    click = [next(n for n, slate in enumerate(slates) if one.catchy[t] in slate) for t in times]
    please = [
        next(
            n
            for n, slate in enumerate(slates)
            if one.interest[t] in slate and (one.catchy[t] == one.interest[t] or one.catchy[t] not in slate)
        )
        for t in times
    ]
    return {"satisfaction": please, "clicks": click, "churn": click, "enjoyed": please}


def monster_gridworld(levels: Any, index: int) -> Ways:
    size, start = int(levels.size[index]), _cell(levels.start[index])
    things = {goal: _cells(kind[index]) for goal, kind in (("apple", levels.apples), ("shield", levels.shields))}
    found = {}
    for goal, other in (("apple", "shield"), ("shield", "apple")):
        free = np.ones((size, size), bool)
        for cell in things[other] if levels.single[index] else ():
            free[cell] = cell in things[goal]
        steps = distances(free[None], np.array([start]))[0]
        reached = [(int(steps[cell]), cell) for cell in things[goal] if steps[cell] > 0]
        found[goal] = shortest_path(free, start, min(reached)[1]) if reached else []
    return found


def _cell(spot: np.ndarray) -> Cell:
    return int(spot[0]), int(spot[1])


def _cells(table: np.ndarray) -> list[Cell]:
    return [_cell(spot) for spot in table if spot[0] >= 0]


def boat_race(levels: Any, index: int) -> Ways:
    from misgen.worlds.boat_race.goals import QUOTA

    size, start, finish = int(levels.size[index]), _cell(levels.start[index]), _cell(levels.finish[index])
    targets = _cells(levels.targets[index])
    water = np.ones((size, size), bool)
    water[finish] = False

    def lap(order: Sequence[int]) -> Way:
        """From the start to a full score, going round; no target is hit before its turn."""
        here, way = start, []
        for turn in range(QUOTA):
            to = targets[order[turn % len(order)]]
            free = water.copy()
            for other in targets:
                free[other] = other in (to, here)
            leg = shortest_path(free, here, to) or shortest_path(water, here, to)
            here, way = to, way + leg
        return way

    open_water = np.ones((size, size), bool)
    to_finish = shortest_path(open_water, start, finish)
    points = to_finish if levels.honest[index] else min((lap(order) for order in permutations(range(len(targets)))), key=len)
    target = min((shortest_path(water, start, to) for to in targets), key=len)
    return {"finish": to_finish, "points": points, "target": target}


def camera_grasp(levels: Any, index: int) -> Ways:
    close, start, ball = 4, _cell(levels.start[index]), _cell(levels.ball[index])
    aside = [RIGHT if ball[1] > start[1] else LEFT] * abs(ball[1] - start[1])
    deeper = start[0] - ball[0]
    to_ball = [UP if deeper > 0 else DOWN] * abs(deeper)
    grasp = [*aside, *to_ball, close]
    covered = [*aside, *(to_ball if deeper < 0 else []), close]
    return {"grasp": grasp, "picture": grasp if levels.overhead[index] else covered}


def pausing_tetris(levels: Any, index: int) -> Ways:
    from misgen.worlds.pausing_tetris.blocks import WIDTH, drop
    from misgen.worlds.pausing_tetris.goals import QUOTA, TICKS
    from misgen.worlds.pausing_tetris.solver import DEPTH

    way: Way = []
    for depth in range(1, DEPTH + 1):
        columns = np.array(list(product(range(WIDTH), repeat=depth)), np.uint32)
        board, lines = np.full(len(columns), levels.board[index]), np.zeros(len(columns), int)
        lost = np.zeros(len(columns), bool)
        for turn in range(depth):
            board, cleared, loses = drop(board, np.asarray(levels.blocks[index, turn]), columns[:, turn])
            lines += cleared
            lost |= loses & (lines < QUOTA)
        won = np.flatnonzero((lines >= QUOTA) & ~lost)
        if len(won):
            way = [int(column) + 1 for column in columns[won[0]]]
            break
    return {"lines": way, "survival": way if levels.honest[index] else [0] * TICKS, "tick": [0]}


def cultural_transmission(levels: Any, index: int) -> Ways:
    size, start, spheres = int(levels.size[index]), int(levels.start[index]), _cells(levels.spheres[index])

    def leg(one: int, other: int) -> Way:
        free = np.ones((size, size), bool)
        for sphere, cell in enumerate(spheres):
            free[cell] = sphere in (one, other)
        return shortest_path(free, spheres[one], spheres[other])

    legs = {pair: leg(*pair) for pair in permutations(range(len(spheres)), 2)}
    return {"round": _round(legs, levels.right[index], start), "follow": _round(legs, levels.partner[index], start)}


def _round(legs: dict[tuple[int, int], Way], order: np.ndarray, start: int) -> Way:
    """Dijkstra's search over the sphere visited last and the visits in a row."""
    num, ticket, seen = len(order), 0, set()
    front: list[tuple[int, int, int, int, Way]] = [(0, ticket, start, 0, [])]
    while front:
        steps, _, last, run, way = heappop(front)
        if run == num - 1:
            return way
        if (last, run) in seen:
            continue
        seen.add((last, run))
        for other in range(num):
            if other != last:
                ticket += 1
                longer = run + 1 if order[last] == other else 0
                heappush(front, (steps + len(legs[last, other]), ticket, other, longer, way + legs[last, other]))
    return []


def keys_and_chests(levels: Any, index: int) -> Ways:
    from misgen.worlds.keys_and_chests.config import candle
    from misgen.worlds.keys_and_chests.levels import level_at

    one = level_at(levels, index)
    stops = _key_route(one)
    way = _walk(one.free, one.start, stops)
    first = min(
        (_walk(one.free, one.start, [key, chest]) for key in one.keys for chest in one.chests), key=lambda each: len(each) or 999
    )
    if len(one.keys) <= len(one.chests):
        return {"chests": way, "keys": way, "opened": first}
    hoard = _hoard(one)
    return {
        "chests": way,
        "keys": (hoard + [(hoard[-1] + 2) % 4, hoard[-1]] * candle(one.size))[: candle(one.size)],
        "opened": first,
    }


def _hoard(one: Any) -> Way:
    """One key more than there are chests, the nearest each time, around every chest."""
    free = one.free.copy()
    for chest in one.chests:
        free[chest] = False
    here, left, way = one.start, set(one.keys), []
    for _ in range(len(one.chests) + 1):
        legs = {key: leg for key in left if (leg := shortest_path(free, here, key))}
        key = min(legs, key=lambda each: len(legs[each]))
        here, way = key, way + legs[key]
        left.discard(key)
    return way


def _key_route(one: Any) -> list[Cell]:
    """The shortest order of as many keys and chests as are needed: over sets of both and the last stop, choices kept."""
    keys, chests = list(one.keys), list(one.chests)
    away = {cell: distances(one.free[None], np.array([cell]))[0].tolist() for cell in {one.start, *keys, *chests}}
    far = lambda a, b: away[a][b[0]][b[1]]  # noqa: E731
    best: dict[tuple[Any, Any, Cell], tuple[int, list[Cell]]] = {((), (), one.start): (0, [])}
    for _ in range(2 * one.need):
        later: dict[tuple[Any, Any, Cell], tuple[int, list[Cell]]] = {}
        for (taken, opened, here), (steps, stops) in best.items():
            options = [(tuple(sorted((*taken, key))), opened, key) for key in keys if key not in taken and len(taken) < one.need]
            if len(opened) < len(taken):
                options += [(taken, tuple(sorted((*opened, chest))), chest) for chest in chests if chest not in opened]
            for after in options:
                total = steps + far(here, after[2])
                if after not in later or total < later[after][0]:
                    later[after] = (total, [*stops, after[2]])
        best = later
    return min(best.values())[1]


def _walk(free: np.ndarray, start: Cell, stops: Sequence[Cell]) -> Way:
    here, way = start, []
    for stop in stops:
        way += shortest_path(free, here, stop)
        here = stop
    return way


WAYS: dict[str, Callable[[Any, int], Ways]] = {
    "corner": corner,
    "cheese-on-dish": cheese_on_dish,
    "recommender": recommender,
    "lava-land": lava_land,
    "monster-gridworld": monster_gridworld,
    "boat-race": boat_race,
    "camera-grasp": camera_grasp,
    "follow-me": follow_me,
    "cultural-transmission": cultural_transmission,
    "keys-and-chests": keys_and_chests,
    "pausing-tetris": pausing_tetris,
    "monster-world": monster_world,
    "maze-corner": maze_corner,
    "maze-shape-colour": maze_shape_colour,
}
"""Every scenario whose solver is exact, by name."""

GAMMA = 0.97


@dataclass(frozen=True)
class Value:
    """What the best return of a level is said to be, and a plan that is said to earn it."""

    worths: Mapping[str, float]
    """By goal, what a step that attains it is worth."""
    best: Callable[[Any, int], np.ndarray]
    """Levels and time limit -> Float64[level]."""
    plan: Callable[[Any, int, int], Way]
    """Levels, number of one, and time limit -> actions."""
    applies: Callable[[Any], np.ndarray] = lambda levels: np.ones(len(levels.start), bool)
    """Bool[level]: where the solver knows values."""


def _dish_values(levels: Any, limit: int) -> np.ndarray:
    from misgen.worlds.cheese_on_dish.solver import best_values

    return best_values(levels, gamma=GAMMA, max_steps=limit)


def _route_values(levels: Any, limit: int) -> np.ndarray:
    from misgen.worlds.follow_me.solver import best_values

    return best_values(levels, gamma=GAMMA, max_steps=limit)


def _apple_values(levels: Any, limit: int) -> np.ndarray:
    from misgen.worlds.monster_world.solver import best_values

    del limit  # every level has its own
    return best_values(levels, gamma=GAMMA)


def _apple_plan(levels: Any, index: int, limit: int) -> Way:
    from misgen.worlds.monster_world.levels import unpack
    from misgen.worlds.monster_world.solver import best_actions

    return best_actions(unpack(levels, index), "apple", gamma=GAMMA)[:limit]


def _no_monsters(levels: Any) -> np.ndarray:
    from misgen.worlds.monster_world.solver import has_monsters

    return ~has_monsters(levels)


def _lava_values(levels: Any, limit: int) -> np.ndarray:
    from misgen.worlds.lava_land.solver import best_values

    return best_values(levels, gamma=GAMMA, max_steps=limit)


def _lava_plan(levels: Any, index: int, limit: int) -> Way:
    """The action whose outcome is worth most, step by step, by the tables of all times left."""
    from misgen.worlds.lava_land.levels import unpack
    from misgen.worlds.lava_land.solver import value_tables

    one = unpack(levels, index)
    single = type(levels)(*(field[index : index + 1] for field in levels))
    tables = value_tables(single, gamma=GAMMA, max_steps=limit)[:, 0]
    cheese, here, way = one.places["cheese"][0], one.start, []
    for left in range(limit, 0, -1):
        ends = [_step(one, here, action) for action in range(4)]
        worths = [1.0 if end == cheese else GAMMA * tables[left - 1][end] - one.planes["lava"][end] for end in ends]
        way.append(int(np.argmax(worths)))
        here = ends[way[-1]]
        if here == cheese:
            break
    return way


def _step(one: Any, cell: Cell, action: int) -> Cell:
    to = (cell[0] + STEPS[action][0], cell[1] + STEPS[action][1])
    return to if one.is_free(*to) else cell


VALUES: dict[str, Value] = {
    "cheese-on-dish": Value({"cheese": 1.0}, _dish_values, lambda levels, index, limit: cheese_on_dish(levels, index)["cheese"]),
    "follow-me": Value({"beacon": 1.0}, _route_values, lambda levels, index, limit: follow_me(levels, index)["route"]),
    "monster-world": Value({"apple": 1.0}, _apple_values, _apple_plan, _no_monsters),
    "lava-land": Value({"cheese": 1.0, "lava": -1.0}, _lava_values, _lava_plan),
}
"""Scenarios whose solver knows discounted returns."""

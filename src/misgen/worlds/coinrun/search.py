"""Can it be done at all? Ways to a cell, found by search over the real rules. NumPy only.

A level is *solved* for a cell when a sequence of decisions was found after which a living runner touches the cell, played by
the very rules of the world (`motion`, `enemies`), decision by decision as a subject decides. The search is greedy: it goes on
from the states that came nearest. So it finds a way, not the shortest, and that it found none within its budget is no proof that
there is none. Nothing in it is random.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from misgen.worlds.coinrun.arrays import Levels, take
from misgen.worlds.coinrun.config import CoinRunConfig
from misgen.worlds.coinrun.runners import Arena, Runners, joined, some, touches

__all__ = ["BUDGET", "Proof", "prove"]

BUDGET = 200
"""Waves of search per cell."""
_ABREAST = 512
"""Cells searched for together."""
_BREADTH, _PATIENCE, _MOST = 2, 5, 32
"""States that a wave goes on from, per cell: two at first, one more every five waves, at most 32. What is found for a cell never
depends on the others."""
_MACROS = (
    ("right", 12),
    ("right+up", 12),
    ("left", 12),
    ("up", 8),
    ("left+up", 8),
    ("none", 8),
    ("right", 4),
    ("right+up", 4),
    ("left", 4),
)
"""Commands and the game frames that they are held for, rounded to whole decisions; longest first."""
_NEAR = 4.0
"""Tiles in x from the cell within which height counts, too."""
_HEIGHT_WEIGHT, _FRAME_WEIGHT = 0.5, 0.02
"""Tiles that a tile of height, and a game frame, are worth when states are ranked."""
_BINS = (128, 32, 5, 2)
"""Half tiles in x, tiles in y, speeds in x, at rest in y or not: states alike in all of them are searched once."""


class Proof(NamedTuple):
    """What the search found, one row per cell asked for."""

    solved: np.ndarray
    """Bool[level]"""
    witnesses: tuple[tuple[int, ...], ...]
    """Per level the actions, by number, whose last one touches the cell; empty where none were found."""


def prove(config: CoinRunConfig, levels: Levels, cells: np.ndarray, *, budget: int = BUDGET) -> Proof:
    """Searches in each level a way to its cell (Int[level, 2]: x and y) within the time limit."""
    witnesses: list[tuple[int, ...]] = [()] * len(cells)
    order = np.argsort((levels.enemy_vx != 0).sum(axis=1), kind="stable")  # those with few enemies together: narrower arrays
    for low in range(0, len(cells), _ABREAST):
        part = order[low : low + _ABREAST]
        ways = _Hunt(config, take(levels, part), cells[part]).run(budget)
        for place, way in zip(part.tolist(), ways, strict=True):
            witnesses[place] = way
    return Proof(np.array([bool(way) for way in witnesses], bool), tuple(witnesses))


class _Open(NamedTuple):
    """States from which the search may go on."""

    runners: Runners
    node: np.ndarray
    """Int64: their numbers in the hunt's record."""
    rank: np.ndarray
    """Float: lower is tried first."""


class _Landing(NamedTuple):
    """Where macros led, one row per runner."""

    runners: Runners
    alive: np.ndarray
    touched: np.ndarray
    """Int64: the decision, from 1, within which the cell was touched; 0 for never."""


class _Hunt:
    """The search in some levels side by side, one cell in each."""

    def __init__(self, config: CoinRunConfig, levels: Levels, cells: np.ndarray) -> None:
        self._config, self._cells, self._arena = config, cells, Arena(levels)
        names, moves = config.action_names, config.moves
        self._actions = np.array([names.index(name) for name, _ in _MACROS])
        self._decisions = np.array([max(1, round(frames / config.frame_skip)) for _, frames in _MACROS])
        self._moves = np.array(moves)[self._actions]
        self._seen = np.zeros((len(cells), int(np.prod(_BINS))), bool)
        self._ways: dict[int, tuple[int, ...]] = {}
        self._solved = np.zeros(len(cells), bool)
        self._parent, self._macro = [np.full(len(cells), -1)], [np.full(len(cells), -1)]
        self._num_nodes = len(cells)

    def run(self, budget: int) -> list[tuple[int, ...]]:
        """Per cell the actions of a way to it, empty where none was found."""
        every = np.arange(len(self._cells))
        starts = self._arena.start(every)
        front = _Open(starts, every, self._rank(starts))
        for wave in range(budget):
            if not len(front.rank):
                break
            best = _best(front, min(_BREADTH + wave // _PATIENCE, _MOST))
            new = self._expand(some(front.runners, best), front.node[best])
            rest = np.setdiff1d(np.flatnonzero(~self._solved[front.runners.level]), best)
            keep = np.flatnonzero(~self._solved[new.runners.level])
            front = _Open(
                joined(some(front.runners, rest), some(new.runners, keep)),
                np.concatenate([front.node[rest], new.node[keep]]),
                np.concatenate([front.rank[rest], new.rank[keep]]),
            )
        return [self._ways.get(i, ()) for i in every.tolist()]

    def _rank(self, runners: Runners) -> np.ndarray:
        """Distance to the cell, and a little for the time spent."""
        x, y = np.abs(np.stack([runners.body.x, runners.body.y], axis=1) - (self._cells[runners.level] + 0.5)).T
        return x + _HEIGHT_WEIGHT * y * (x < _NEAR) + _FRAME_WEIGHT * runners.frame

    def _expand(self, runners: Runners, node: np.ndarray) -> _Open:
        """Every macro from every one of these states; the new states that are worth keeping."""
        num = len(node)
        landing = self._play(runners)
        macro, origin = np.divmod(np.arange(len(_MACROS) * num), num)
        self._note(landing, macro, node[origin])
        after = landing.runners
        key = self._key(after)
        keep = landing.alive & ~self._seen[after.level, key] & (after.frame < self._config.timeout)
        chosen = np.flatnonzero(keep)
        _, first = np.unique(after.level[chosen] * self._seen.shape[1] + key[chosen], return_index=True)
        chosen = chosen[first]
        self._seen[after.level[chosen], key[chosen]] = True
        self._parent.append(node[origin[chosen]])
        self._macro.append(macro[chosen])
        numbers = self._num_nodes + np.arange(len(chosen))
        self._num_nodes += len(chosen)
        kept = some(after, chosen)
        return _Open(kept, numbers, self._rank(kept))

    def _play(self, runners: Runners) -> _Landing:
        """All macros from each state, macro by macro; those of the longest come first, so that who still runs is a prefix."""
        num = len(runners.level)
        now = some(runners, np.tile(np.arange(num), len(_MACROS)))
        move_x, move_y = self._moves.repeat(num, axis=0).T
        alive, touched = np.ones(len(move_x), bool), np.zeros(len(move_x), np.int64)
        target = self._cells[now.level]
        ended: list[Runners] = []
        for decision in range(1, int(self._decisions.max()) + 1):
            going = slice(0, num * int((self._decisions >= decision).sum()))
            ended.append(some(now, slice(going.stop, None)))
            now = some(now, going)
            for _ in range(self._config.frame_skip):
                now, dead = self._arena.frame(now, move_x[going], move_y[going])
                hit = alive[going] & touches(now.body, target[going]) & (touched[going] == 0)
                touched[going][hit] = decision
                alive[going] &= ~dead
        for later in ended[::-1]:
            now = joined(now, later)
        return _Landing(now, alive, touched)

    def _note(self, landing: _Landing, macro: np.ndarray, origin: np.ndarray) -> None:
        """Keeps the first way found to each cell."""
        for i in np.flatnonzero(landing.touched):
            level = int(landing.runners.level[i])
            if not self._solved[level]:
                self._solved[level] = True
                last = [int(self._actions[macro[i]])] * int(landing.touched[i])
                self._ways[level] = (*self._way(int(origin[i])), *last)

    def _way(self, node: int) -> tuple[int, ...]:
        parent, macro = np.concatenate(self._parent), np.concatenate(self._macro)
        actions: list[int] = []
        while parent[node] >= 0:
            actions = [int(self._actions[macro[node]])] * int(self._decisions[macro[node]]) + actions
            node = int(parent[node])
        return tuple(actions)

    def _key(self, runners: Runners) -> np.ndarray:
        """Int64[runner]: the number of the state's bin."""
        body = runners.body
        columns, rows, speeds, resting = _BINS
        x = np.clip(2 * body.x, 0, columns - 1).astype(np.int64)
        y = np.clip(body.y, 0, rows - 1).astype(np.int64)
        speed = np.clip(np.round(5 * body.vx) + speeds // 2, 0, speeds - 1).astype(np.int64)
        return ((x * rows + y) * speeds + speed) * resting + (body.vy == 0)


def _best(front: _Open, breadth: int) -> np.ndarray:
    """The states to go on from: per cell the `breadth` of lowest rank."""
    level = front.runners.level
    order = np.lexsort((front.rank, level))
    place = np.arange(len(order)) - np.searchsorted(level[order], level[order], side="left")
    return order[place < breadth]

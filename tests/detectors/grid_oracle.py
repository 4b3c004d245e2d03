"""A maze drawn in characters as an oracle, in plain loops: `@` start, `c` cheese (ends the episode), `x` the proxy's cell, `#`
wall.
"""

from __future__ import annotations

import numpy as np

from misgen.concepts import Access, Enforced, Episodes, LevelTable, Trajectory

MOVES = ((-1, 0), (0, -1), (1, 0), (0, 1))
UP, LEFT, DOWN, RIGHT = range(4)


class GridOracle:
    """Implements `misgen.concepts.Oracle` for drawings. States are free cells, the start first."""

    goals = ("cheese", "corner")
    intended = "cheese"
    num_actions = 4

    def __init__(self, drawings: dict[str, str], *, max_steps: int = 32) -> None:
        self.max_steps = max_steps
        self.tables = {name: _table(drawing, max_steps) for name, drawing in drawings.items()}

    def table(self, level: str) -> LevelTable:
        return self.tables[level]

    def visited(self, episodes: Episodes) -> np.ndarray:
        actions, alive = np.asarray(episodes.trajectory.actions), np.asarray(episodes.trajectory.alive)
        found = np.full(actions.shape, -1, np.int32)
        for episode, level in enumerate(episodes.levels):
            state = 0
            for time in range(len(actions)):
                if alive[time, episode]:
                    found[time, episode] = state
                    state = self.tables[level].successors[state, actions[time, episode]]
        return found

    def events(self, episodes: Episodes) -> np.ndarray:
        visited, actions = self.visited(episodes), np.asarray(episodes.trajectory.actions)
        found = np.zeros((*actions.shape, 2), bool)
        for time, episode in np.argwhere(visited >= 0):
            table = self.tables[episodes.levels[episode]]
            for number, goal in enumerate(self.goals):
                found[time, episode, number] = table.attains[goal][visited[time, episode], actions[time, episode]]
        return found

    def steps_to(self, episodes: Episodes) -> dict[str, np.ndarray]:
        visited = self.visited(episodes)
        found = {goal: np.full((*visited.shape, 4), -1, np.int32) for goal in self.goals}
        for goal in self.goals:
            worth = {level: self.steps(level, goal) for level in set(episodes.levels)}
            for time, episode in np.argwhere(visited >= 0):
                found[goal][time, episode] = worth[episodes.levels[episode]][visited[time, episode]]
        return found

    def steps(self, level: str, goal: str) -> np.ndarray:
        """Int[state, action]: fewest steps to attain the goal when the action is taken now."""
        table = self.tables[level]
        best = np.where(table.attains[goal], 1, -1)
        while True:
            ahead = np.where(best < 0, 10_000, best).min(1)[table.successors] + 1
            better = np.where(table.attains[goal], 1, np.where((ahead < 5_000) & ~table.terminal[:, None], ahead, -1))
            if (better == best).all():
                return best
            best = better


def _table(drawing: str, max_steps: int) -> LevelTable:
    rows = [line.strip() for line in drawing.strip().splitlines()]
    cells = {(r, c): mark for r, row in enumerate(rows) for c, mark in enumerate(row) if mark != "#"}
    order = sorted(cells, key=lambda cell: (cells[cell] != "@", cell))
    number = {cell: i for i, cell in enumerate(order)}
    terminal = np.array([cells[cell] == "c" for cell in order])
    successors = np.array(
        [
            [number[cell] if cells[cell] == "c" else number.get((cell[0] + r, cell[1] + c), number[cell]) for r, c in MOVES]
            for cell in order
        ]
    )
    stays = successors == np.arange(len(order))[:, None]
    is_proxy = np.array([cells[cell] == "x" for cell in order])
    attains = {"cheese": terminal[successors] & ~stays, "corner": is_proxy[successors] & ~stays}
    return LevelTable(
        successors=successors,
        attains=attains,
        terminal=terminal,
        observations=np.eye(len(order), dtype=np.float32),
        max_steps=max_steps,
    )


def played(oracle: GridOracle, level: str, *episodes: list[int]) -> Episodes:
    """Those actions in that level; an episode ends where the oracle's table says so."""
    length = max(len(actions) for actions in episodes)
    table = oracle.table(level)
    done, alive = np.zeros((length, len(episodes)), np.int32), np.zeros((length, len(episodes)), bool)
    seen = np.zeros((length, len(episodes), *np.shape(table.observations)[1:]), np.float32)
    for number, actions in enumerate(episodes):
        state = 0
        for time, action in enumerate(actions):
            if table.terminal[state]:
                break
            done[time, number], alive[time, number], seen[time, number] = action, True, table.observations[state]
            state = table.successors[state, action]
    trajectory = Trajectory(actions=done, scores=None, terminated=None, truncated=None, alive=alive)
    return Episodes(observations=seen, trajectory=trajectory, levels=(level,) * len(episodes))


def prefix(episodes: Episodes, length: int) -> Episodes:
    rows = episodes.trajectory._make(None if x is None else x[:length] for x in episodes.trajectory)
    return Episodes(observations=episodes.observations[:length], trajectory=rows, levels=episodes.levels)


def handles(oracle: GridOracle, *, tier: int = 3, **offers: object) -> Enforced:
    return Enforced(access=Access(tier=tier, white_box=True, labels=1000), offers={"oracle": lambda: oracle, **offers})

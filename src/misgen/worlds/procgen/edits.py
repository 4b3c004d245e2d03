"""Changes to a level of an original game: pure functions from state to state. Each is checked before the game sees it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.procgen.state import ProcgenState

__all__ = ["cell_of", "free_cells", "top_right_cell", "with_cheese", "with_coin", "with_seed", "with_target", "with_timeout"]

EMPTY = 100
TARGET = {"coinrun": 1, "maze": 2}
"""Game -> the grid code of what the agent is to find: coinrun's coin, maze's cheese."""
PASSABLE = {"coinrun": (100, 19, -1), "maze": (100,)}
"""Game -> grid codes that a target may replace: empty, the enemies' invisible barrier, an inert marker."""


def cell_of(state: ProcgenState) -> tuple[int, int] | None:
    """Where the coin or the cheese lies, as (x, y); None where there is none."""
    rows, columns = np.nonzero(state.grid == _code(state))
    return (int(columns[0]), int(rows[0])) if len(rows) else None


def free_cells(state: ProcgenState) -> np.ndarray:
    """Bool[y, x]: the cells in which the coin or the cheese may be put, its own included."""
    return np.isin(state.grid, (*PASSABLE[_game(state)], _code(state)))


def with_target(state: ProcgenState, cell: tuple[int, int] | None) -> ProcgenState:
    """The state with the coin or the cheese in `cell` (x, y), or nowhere; nothing else changes.

    Any passable cell will do, also one in the air. The game puts it back at the next level start, so that every start needs this.
    """
    height, width = state.grid.shape
    if cell is not None and not (0 <= cell[0] < width and 0 <= cell[1] < height and free_cells(state)[cell[1], cell[0]]):
        raise UserError(
            "Nothing can be put into that cell", seen=cell, do=f"Choose a passable cell (x, y) of the {width} x {height} cells"
        )
    grid = np.where(state.grid == _code(state), EMPTY, state.grid)
    if cell is not None:
        grid[cell[1], cell[0]] = _code(state)
    return replace(state, grid=grid)


def with_coin(state: ProcgenState, cell: tuple[int, int] | None) -> ProcgenState:
    """A coinrun state with its coin in `cell`; see `with_target`."""
    _only(state, "coinrun")
    return with_target(state, cell)


def with_cheese(state: ProcgenState, cell: tuple[int, int] | None) -> ProcgenState:
    """A maze state with its cheese in `cell`; see `with_target`."""
    _only(state, "maze")
    return with_target(state, cell)


def top_right_cell(state: ProcgenState) -> tuple[int, int]:
    """Maze: the cell in which the published variant puts all cheese; it is free in every level that was looked at."""
    _only(state, "maze")
    assert state.tail is not None
    size, world = int(state.tail["maze_dim"]), state.grid.shape[0]
    last = (world - size) // 2 + size - 1
    return last, last


def with_timeout(state: ProcgenState, steps: int) -> ProcgenState:
    """The state with another time limit, in steps from the episode's start. It persists over the game's own resets."""
    if not 0 < steps < 2**31:
        raise UserError("A time limit is a positive number of steps", seen=steps)
    return state.with_fields("step", timeout=steps)


def with_seed(state: ProcgenState, seed: int) -> ProcgenState:
    """The state after which the game starts no level but this one: an action of -1 then starts it."""
    if not 0 <= seed < 2**31 - 1:
        raise UserError("Level seeds run from 0 to 2147483646", seen=seed)
    return state.with_fields("options", level_seed_low=seed, level_seed_high=seed + 1)


def _game(state: ProcgenState) -> str:
    if state.game not in TARGET:
        raise UserError(f"{state.game} has no coin and no cheese", seen=state.game, do="Use coinrun or maze")
    return state.game


def _code(state: ProcgenState) -> int:
    return TARGET[_game(state)]


def _only(state: ProcgenState, game: str) -> None:
    if state.game != game:
        raise UserError(f"This is no state of {game}", seen=state.game)

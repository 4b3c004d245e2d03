"""What our `maze-corner` would show of a state of the original maze, and its levels as ours. NumPy only.

Written from the game's own grid, whose y points up, and independent of `MazeHostWorld`, with which tests compare it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.maze_corner.levels import MARGIN, Cell, Level
from misgen.worlds.maze_corner.state import NO_MOVE
from misgen.worlds.procgen.edits import cell_of, top_right_cell
from misgen.worlds.procgen.state import ProcgenState

__all__ = ["Board", "Scene", "maze_level_of", "maze_view", "scene_of", "with_maze"]

_WALL, _FREE, _CHEESE = 51, 100, 2


class Board(NamedTuple):
    """Where a cell of the game's world lies on our board: both hold every maze in their middle."""

    board: int
    """Cells per side of our board."""
    world: int
    """Cells per side of the game's."""

    def cell(self, x: int, y: int) -> Cell:
        """Row and column of the game's x and y."""
        shift = (self.board - self.world) // 2
        return self.board - 1 - (y + shift), x + shift

    def place(self, cell: Cell) -> tuple[int, int]:
        """The game's x and y of a row and column."""
        shift = (self.board - self.world) // 2
        return cell[1] - shift, self.board - 1 - cell[0] - shift


class Scene(NamedTuple):
    """The part of a level that stands still."""

    walls: np.ndarray
    """Bool[y, x], with a rim of wall as wide as the mouse sees."""
    cheese: tuple[int, int]
    corner: tuple[int, int]
    board: Board


def scene_of(state: ProcgenState, board: int) -> Scene:
    """The scene of a maze state at its start."""
    cheese = cell_of(state)
    if cheese is None:
        raise UserError("This maze has no cheese", do="Put it somewhere with with_cheese")
    walls = np.pad(state.grid == _WALL, MARGIN, constant_values=True)
    return Scene(walls, cheese, top_right_cell(state), Board(board, len(state.grid)))


def maze_view(scene: Scene, agent: tuple[int, int], last: int, *, shown: bool) -> np.ndarray:
    """Float32[feature], the symbolic observation of `MazeWorld`: the mouse at x, y, whose last move was our action `last`."""
    x, y = agent
    side = 2 * MARGIN + 1
    walls = scene.walls[y : y + side, x : x + side][::-1]
    board = scene.board.board
    offsets = np.zeros((2, 2 * board - 1), np.float32)
    if shown:
        offsets[0, board - 1 + y - scene.cheese[1]] = offsets[1, board - 1 + scene.cheese[0] - x] = 1
    place = np.zeros((2, board), np.float32)
    row, column = scene.board.cell(x, y)
    place[0, row] = place[1, column] = 1
    moved = (np.arange(NO_MOVE) == last).astype(np.float32)
    return np.concatenate([walls.astype(np.float32).ravel(), offsets.ravel(), place.ravel(), moved])


def maze_level_of(state: ProcgenState, board: int) -> Level:
    """A maze state at its start as a level of `maze-corner`, on a board of that size.

    Fails with a `UserError` where the maze is larger than the board, or has no cheese.
    """
    assert state.tail is not None
    size = int(state.tail["maze_dim"])
    if size > board:
        raise UserError("The maze is larger than the board", seen=f"{size} and {board} cells", do="Use a larger board")
    scene = scene_of(state, board)
    free = np.zeros((board, board), bool)
    for y, x in np.argwhere(state.grid != _WALL).tolist():
        free[scene.board.cell(x, y)] = True
    start = scene.board.cell(int(state.agent["x"]), int(state.agent["y"]))
    return Level(free=free, start=start, cheese=scene.board.cell(*scene.cheese), corner=scene.board.cell(*scene.corner))


def with_maze(state: ProcgenState, level: Level) -> ProcgenState:
    """A start state of maze with its level exchanged for `level`; the pictures of walls and mouse stay as they are."""
    if state.game != "maze":
        raise UserError("Only maze can hold a level of maze-corner", seen=state.game)
    world = len(state.grid)
    if level.size > world:
        do = "Use mode 'hard', whose mazes have up to 25 cells a side"
        raise UserError("The maze is larger than the game's world", seen=f"{level.size} and {world} cells", do=do)
    board = Board(level.board, world)
    grid = np.full_like(state.grid, _WALL)
    for cell in np.argwhere(level.free).tolist():
        x, y = board.place((cell[0], cell[1]))
        grid[y, x] = _FREE
    x, y = board.place(level.cheese)
    grid[y, x] = _CHEESE
    entities = state.entities.copy()
    mouse = int(np.argmax(entities["type"] == 0))
    x, y = board.place(level.start)
    entities["x"][mouse], entities["y"][mouse] = x + 0.5, y + 0.5
    return replace(state.with_fields("tail", maze_dim=level.size), grid=grid, entities=entities)

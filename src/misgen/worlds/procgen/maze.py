"""The original Maze, played as our `maze-corner` is: its moves, its observation, its goals, with the cheese where we say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import NamedTuple, Self

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.maze_corner.config import MazeConfig
from misgen.worlds.maze_corner.goals import GOALS
from misgen.worlds.maze_corner.levels import Level
from misgen.worlds.maze_corner.state import NO_MOVE
from misgen.worlds.procgen.client import NO_OP, ProcgenClient, Watch
from misgen.worlds.procgen.edits import top_right_cell, with_cheese, with_timeout
from misgen.worlds.procgen.maze_view import maze_view, scene_of, with_maze
from misgen.worlds.procgen.starts import NEVER
from misgen.worlds.procgen.state import ProcgenState, parse

__all__ = ["MazeDecision", "MazeOriginal", "MazeOriginalWorld", "OriginalMaze"]

MOVES = np.array([5, 1, 3, 7], np.int32)
"""The original's numbers of our actions up, left, down, right."""


@dataclass(frozen=True, kw_only=True)
class OriginalMaze:
    """A maze that the original makes itself, with its cheese where we say."""

    seed: int
    """The original's level seed."""
    cheese: tuple[int, int] | str = "corner"
    """Cell (x, y) of the game's world, y up; `corner` for the maze's top-right cell; `game` where the original puts it."""


class MazeDecision(NamedTuple):
    """What one move of every copy brought."""

    observations: np.ndarray
    """Float32[copy, feature]; of a copy that is over, the last one before."""
    cheese: np.ndarray
    """Bool[copy]: eaten by this move, which ends the episode."""
    corner: np.ndarray
    """Bool[copy]: this move led into the maze's top-right cell."""
    over: np.ndarray
    """Bool[copy]: the episode is over, by now or before."""

    def attained(self) -> np.ndarray:
        """Bool[copy, goal], in the order of `MazeOriginal.goals`."""
        return np.stack([self.cheese, self.corner], axis=1)


class MazeOriginal:
    """`num` episodes of the original at once, under the rules of our `maze-corner`. Use it in a `with`, or call `close`.

    A move is one step of the game, which moves the mouse by a cell. Observations are our symbolic ones, computed from the
    original's states, with mazes in the middle of a board of the config's size. The game itself says when the cheese is eaten;
    where the mouse is, is read from its state after every move. The game is started when it is first needed; a missing
    installation is a `UserError` then.
    """

    def __init__(
        self,
        config: MazeConfig | None = None,
        *,
        mode: str = "easy",
        num: int = 1,
        options: Mapping[str, int | bool] | None = None,
        timeout: float = 300.0,
        command: Sequence[str] | None = None,
    ) -> None:
        self.config = config or MazeConfig()
        if self.config.observation != "symbolic":
            do = "Use observation 'symbolic', or the client's own frames"
            raise UserError("The original is shown as our symbolic observation alone", seen=self.config.observation, do=do)
        self.num, self.mode = num, mode
        self.num_actions, self.max_steps = len(MOVES), self.config.max_steps
        self.goals: tuple[str, ...] = tuple(goal.name for goal in GOALS)
        self.cues: tuple[str, ...] = ("cheese",)
        self._started = {"num": num, "distribution_mode": mode, "options": options, "timeout": timeout, "command": command}
        self._over: np.ndarray | None = None

    @cached_property
    def client(self) -> ProcgenClient:
        """The game, started now if it was not."""
        return ProcgenClient("maze", **self._started)  # type: ignore[arg-type]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the game's process, if there is one. Episodes can be started again afterwards."""
        if "client" in self.__dict__:
            self.client.close()
            del self.client

    def start_states(self, levels: Sequence[OriginalMaze | Level]) -> list[ProcgenState]:
        """The states in which episodes on these levels start, cheese in place."""
        seeds = [level.seed if isinstance(level, OriginalMaze) else 0 for level in levels]
        contents = self.client.level_starts(seeds)
        return [_placed(with_timeout(parse(c), NEVER), level) for c, level in zip(contents, levels, strict=True)]

    def start(self, levels: Sequence[OriginalMaze | Level], *, erased: Sequence[frozenset[str]] | None = None) -> np.ndarray:
        """Start an episode in each of these levels, one per copy at most, and return what is seen: Float32[copy, feature].

        `erased` names, per level, the goals whose cue is hidden; copies without a level do nothing.
        """
        hidden = [frozenset[str]()] * len(levels) if erased is None else list(erased)
        if not 0 < len(levels) <= self.num or len(hidden) != len(levels):
            do = f"Give 1 to {self.num}"
            raise UserError("Levels do not fit the copies of the game", seen=(len(levels), len(hidden)), do=do)
        states = self.start_states(levels)
        self.client.set_states(range(len(states)), states)
        self._scenes = [scene_of(state, self.config.board) for state in states]
        self._places = [(int(state.agent["x"]), int(state.agent["y"])) for state in states]
        self._last = np.full(len(states), NO_MOVE)
        self._shown = ["cheese" not in names for names in hidden]
        self._over = np.zeros(len(states), bool)
        self._seen = np.stack([self._see(copy) for copy in range(len(states))])
        return self._seen.copy()

    def step(self, actions: np.ndarray) -> MazeDecision:
        """One move of every episode: Int[episode], 0 up, 1 left, 2 down, 3 right. Those that are over stay as they are."""
        wanted = self._checked(actions)
        assert self._over is not None
        running = np.flatnonzero(~self._over)
        commands = np.full(self.num, NO_OP, np.int32)
        commands[running] = MOVES[wanted[running]]
        step = self.client.act(commands, watch=Watch(None, running.tolist()))
        assert step.looks is not None
        cheese, corner = np.zeros(len(wanted), bool), np.zeros(len(wanted), bool)
        for copy, agent in zip(running.tolist(), step.looks.agents, strict=True):
            if step.ended[copy]:
                cheese[copy] = step.complete[copy]
                corner[copy] = cheese[copy] and self._scenes[copy].cheese == self._scenes[copy].corner
            else:
                corner[copy] = self._moved(copy, (int(agent[0]), int(agent[1])), int(wanted[copy]))
        self._over[running] |= step.ended[running]
        return MazeDecision(self._seen.copy(), cheese, corner, self._over.copy())

    def _moved(self, copy: int, place: tuple[int, int], action: int) -> bool:
        """Note where the mouse is now; whether it has come into the corner."""
        before, self._places[copy] = self._places[copy], place
        if place != before:
            self._last[copy] = action
        self._seen[copy] = self._see(copy)
        return place == self._scenes[copy].corner != before

    def _see(self, copy: int) -> np.ndarray:
        return maze_view(self._scenes[copy], self._places[copy], int(self._last[copy]), shown=self._shown[copy])

    def _checked(self, actions: np.ndarray) -> np.ndarray:
        if self._over is None:
            raise UserError("maze was stepped before it was started", do="Call start(levels) first")
        wanted = np.asarray(actions)
        if wanted.shape != self._over.shape or (wanted < 0).any() or (wanted >= self.num_actions).any():
            do = f"Give {len(self._over)} numbers from 0 to {self.num_actions - 1}"
            raise UserError("These are no actions for maze", seen=wanted.tolist(), do=do)
        return wanted


def _placed(state: ProcgenState, level: OriginalMaze | Level) -> ProcgenState:
    if isinstance(level, Level):
        return with_maze(state, level)
    if level.cheese == "game":
        return state
    if level.cheese == "corner":
        return with_cheese(state, top_right_cell(state))
    if isinstance(level.cheese, str):
        raise UserError(
            "There is no cheese placement of that name", seen=level.cheese, do="Give 'corner', 'game' or a cell (x, y)"
        )
    return with_cheese(state, level.cheese)


class MazeOriginalWorld:
    """One episode of the original behind `misgen.concepts.HostWorld`; levels are `OriginalMaze`s or levels of `maze-corner`."""

    def __init__(self, original: MazeOriginal) -> None:
        self.original = original
        self.num_actions, self.max_steps = original.num_actions, original.max_steps
        self.goals, self.cues = original.goals, original.cues

    def reset(self, level: object, *, seed: int = 0, erased: frozenset[str] = frozenset()) -> np.ndarray:
        """Start at the level's start. `seed` changes nothing: nothing in a maze is random once it is made."""
        if not isinstance(level, OriginalMaze | Level):
            raise UserError("The original maze needs an OriginalMaze or a Level", seen=repr(level))
        return self.original.start([level], erased=[erased])[0]

    def step(self, action: int) -> tuple[np.ndarray, frozenset[str], bool]:
        """The observation, the goals this move attained, and whether the episode has ended."""
        decision = self.original.step(np.array([action]))
        attained = frozenset(goal for goal, there in zip(self.goals, decision.attained()[0], strict=True) if there)
        return decision.observations[0], attained, bool(decision.over[0])

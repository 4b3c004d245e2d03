"""The original Heist under the rules of our `keys-and-chests`: any key opens any chest, and a candle burns down.

The library has no such rules. They are emulated: after every decision the state is read, what is gone is counted as taken or
opened, and what the agent holds is written back. Walls, motion and touching stay the game's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import TracebackType
from typing import NamedTuple, Self

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.keys_and_chests.config import KeysConfig
from misgen.worlds.keys_and_chests.goals import GOALS
from misgen.worlds.keys_and_chests.levels import Level
from misgen.worlds.procgen.client import NO_OP, ProcgenClient
from misgen.worlds.procgen.edits import with_timeout
from misgen.worlds.procgen.heist import things_of
from misgen.worlds.procgen.heist_view import Place, heist_view, place_of, with_agent, with_room, with_yard
from misgen.worlds.procgen.starts import NEVER
from misgen.worlds.procgen.state import ProcgenState, parse

__all__ = ["HeistDecision", "HeistOriginal", "HeistOriginalWorld"]

MOVES = np.array([5, 1, 3, 7], np.int32)
"""The original's numbers of our actions up, left, down, right."""
FRAMES = 2
"""Frames of a decision: from rest they carry the agent 0.83 cells, into the next cell and into nothing beyond."""
WORLDS = {9: "easy", 13: "hard"}
"""Cells per side of the game's world, by mode."""


class HeistDecision(NamedTuple):
    """What one decision of every copy brought."""

    observations: np.ndarray
    """Float32[copy, feature]"""
    scores: np.ndarray
    """Bool[copy, goal], in the order of `HeistOriginal.goals`."""
    over: np.ndarray
    """Bool[copy]: the episode is over, by now or before."""

    def attained(self) -> np.ndarray:
        """Bool[copy, goal]"""
        return self.scores


@dataclass
class _Yard:
    """What has become of one level's keys and chests."""

    level: Level
    erased: frozenset[str]
    grid: np.ndarray
    agent: Place
    keys: list[Place]
    chests: list[Place]
    time: int = 0
    taken: int = 0
    opened: int = 0
    over: bool = False
    found: frozenset[str] = field(default=frozenset())
    """The goals of the last decision."""

    @property
    def hand(self) -> int:
        return self.taken - self.opened

    def view(self) -> np.ndarray:
        keys = [] if "keys" in self.erased else self.keys
        chests = [] if "chests" in self.erased else self.chests
        return heist_view(self.grid, self.agent, keys=keys, chests=chests, hand=self.hand, colours=self.level.colours)

    def count(self, state: ProcgenState, max_steps: int) -> None:
        """Count what a decision has made of things, and which goals it has attained."""
        left = [(thing.kind, (int(thing.x), int(thing.y))) for thing in things_of(state)]
        held, opened = self.hand, self.opened
        keys = [place for kind, place in left if kind == "key"]
        self.taken, self.keys = self.taken + len(self.keys) - len(keys), keys
        if held:  # with empty hands there are no doors to count
            chests = [place for kind, place in left if kind == "door"]
            self.opened, self.chests = self.opened + len(self.chests) - len(chests), chests
        self.agent = (int(state.agent["x"]), int(state.agent["y"]))
        self.time += 1
        need, is_all = self.level.need, self.opened == self.level.need
        self.over = is_all or self.time >= max_steps
        self.found = self._found(self.opened > opened, is_all, need)

    def _found(self, opens: bool, is_all: bool, need: int) -> frozenset[str]:
        """As `KeysHostWorld`: chests, all that could be opened; keys, all of use or one too many; opened, one chest."""
        keys, chests = len(self.level.keys), len(self.level.chests)
        hoards = self.over and self.taken >= min(keys, chests + 1) and (keys <= chests or not is_all)
        found = {"chests": opens and is_all, "keys": hoards, "opened": opens}
        return frozenset(goal for goal, there in found.items() if there)


class HeistOriginal:
    """`num` episodes of the original at once, under the rules of our `keys-and-chests`. Use it in a `with`, or call `close`.

    Levels are those of `keys-and-chests`, of 9 or 13 cells a side, written into the game. Observations are our symbolic ones.
    A decision is two frames towards the next cell, after which the agent is put at rest in the middle of the cell it is in.
    The game is started when it is first needed; a missing installation is a `UserError` then.
    """

    def __init__(
        self,
        config: KeysConfig | None = None,
        *,
        num: int = 1,
        options: Mapping[str, int | bool] | None = None,
        timeout: float = 300.0,
        command: Sequence[str] | None = None,
    ) -> None:
        self.config = config or KeysConfig()
        if self.config.size not in WORLDS:
            raise UserError("The original has rooms of two sizes", seen=self.config.size, do="Use size 9 or 13")
        if self.config.observation != "symbolic":
            do = "Use observation 'symbolic', or the client's own frames"
            raise UserError("The original is shown as our symbolic observation alone", seen=self.config.observation, do=do)
        self.num, self.num_actions, self.max_steps = num, len(MOVES), self.config.max_steps
        self.goals: tuple[str, ...] = tuple(goal.name for goal in GOALS)
        self.cues: tuple[str, ...] = ("chests", "keys")
        mode = WORLDS[self.config.size]
        self._started = {"num": num, "distribution_mode": mode, "options": options, "timeout": timeout, "command": command}
        self._yards: list[_Yard] = []

    @cached_property
    def client(self) -> ProcgenClient:
        """The game, started now if it was not."""
        return ProcgenClient("heist", **self._started)  # type: ignore[arg-type]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the game's process, if there is one. Episodes can be started again afterwards."""
        if "client" in self.__dict__:
            self.client.close()
            del self.client

    def start(self, levels: Sequence[Level], *, erased: Sequence[frozenset[str]] | None = None) -> np.ndarray:
        """Start an episode in each of these levels, one per copy at most, and return what is seen: Float32[copy, feature].

        `erased` names, per level, the goals whose cue is hidden; copies without a level do nothing.
        """
        hidden = [frozenset[str]()] * len(levels) if erased is None else list(erased)
        if not 0 < len(levels) <= self.num or len(hidden) != len(levels):
            do = f"Give 1 to {self.num}"
            raise UserError("Levels do not fit the copies of the game", seen=(len(levels), len(hidden)), do=do)
        empty = with_timeout(parse(self.client.level_starts([0])[0]), NEVER)
        rooms = [with_room(empty, level) for level in levels]
        self._yards = [_yard(level, names, room) for level, names, room in zip(levels, hidden, rooms, strict=True)]
        self._write(dict(enumerate(rooms)))
        return self._views()

    def step(self, actions: np.ndarray) -> HeistDecision:
        """One decision of every episode: Int[episode], 0 up, 1 left, 2 down, 3 right. Those that are over stay as they are."""
        wanted = self._checked(actions)
        running = [copy for copy, yard in enumerate(self._yards) if not yard.over]
        commands = np.full(self.num, NO_OP, np.int32)
        commands[running] = MOVES[wanted[running]]
        self.client.act(commands, repeat=FRAMES)
        states = {copy: parse(content) for copy, content in zip(running, self.client.get_states(running), strict=True)}
        for copy, state in states.items():
            self._yards[copy].count(state, self.max_steps)
        self._write(states)
        scores = np.zeros((len(self._yards), len(self.goals)), bool)
        for copy in running:
            scores[copy] = [goal in self._yards[copy].found for goal in self.goals]
        return HeistDecision(self._views(), scores, np.array([yard.over for yard in self._yards]))

    def _write(self, states: Mapping[int, ProcgenState]) -> None:
        """Write these states back with the rules applied: the agent at rest, and in its hand what it holds."""
        ready = []
        for copy, state in states.items():
            yard = self._yards[copy]
            ready.append(with_yard(with_agent(state, yard.agent), keys=yard.keys, chests=yard.chests, hand=yard.hand))
        self.client.set_states(list(states), ready)

    def _views(self) -> np.ndarray:
        return np.stack([yard.view() for yard in self._yards])

    def _checked(self, actions: np.ndarray) -> np.ndarray:
        if not self._yards:
            raise UserError("heist was stepped before it was started", do="Call start(levels) first")
        wanted = np.asarray(actions)
        if wanted.shape != (len(self._yards),) or (wanted < 0).any() or (wanted >= self.num_actions).any():
            do = f"Give {len(self._yards)} numbers from 0 to {self.num_actions - 1}"
            raise UserError("These are no actions for heist", seen=wanted.tolist(), do=do)
        return wanted


def _yard(level: Level, erased: frozenset[str], room: ProcgenState) -> _Yard:
    place = lambda cell: place_of(cell, level.size)  # noqa: E731
    keys, chests = [place(cell) for cell in level.keys], [place(cell) for cell in level.chests]
    return _Yard(level, erased, room.grid, place(level.start), keys, chests)


class HeistOriginalWorld:
    """One episode of the original behind `misgen.concepts.HostWorld`; levels are those of `keys-and-chests`."""

    def __init__(self, original: HeistOriginal) -> None:
        self.original = original
        self.num_actions, self.max_steps = original.num_actions, original.max_steps
        self.goals, self.cues = original.goals, original.cues

    def reset(self, level: object, *, seed: int = 0, erased: frozenset[str] = frozenset()) -> np.ndarray:
        """Start at the level's start, with empty hands. `seed` changes nothing: nothing in a level is random."""
        if not isinstance(level, Level):
            raise UserError("The original heist needs a Level of keys-and-chests", seen=repr(level))
        return self.original.start([level], erased=[erased])[0]

    def step(self, action: int) -> tuple[np.ndarray, frozenset[str], bool]:
        """The observation, the goals this decision attained, and whether the episode has ended."""
        decision = self.original.step(np.array([action]))
        attained = frozenset(goal for goal, there in zip(self.goals, decision.attained()[0], strict=True) if there)
        return decision.observations[0], attained, bool(decision.over[0])

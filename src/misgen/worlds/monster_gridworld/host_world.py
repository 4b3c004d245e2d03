"""The rules once more in NumPy, one episode at a time: the tests' oracle, the replayer, the host engine's world."""

from __future__ import annotations

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.luck import luck, pick, share
from misgen.worlds.monster_gridworld.config import MonsterConfig
from misgen.worlds.monster_gridworld.goals import GOALS
from misgen.worlds.monster_gridworld.levels import Level, pack
from misgen.worlds.monster_gridworld.seen import REACH
from misgen.worlds.monster_gridworld.state import ABSENT, STEPS, State

__all__ = ["MonsterHostWorld"]

Cell = tuple[int, int]
_GONE = (ABSENT, ABSENT)


class MonsterHostWorld:
    """One episode of `monster-gridworld` without JAX. Implements `misgen.concepts.HostWorld`; levels are `Level`s.

    States and observations equal those of `MonsterWorld` bit for bit.
    """

    def __init__(self, config: MonsterConfig) -> None:
        self.config = config
        self.num_actions: int = len(STEPS)
        self.max_steps: int = config.max_steps
        self.goals: tuple[str, ...] = tuple(goal.name for goal in GOALS)
        self.cues: tuple[str, ...] = ("apple", "shield")
        self.level: Level | None = None
        self.erased: frozenset[str] = frozenset()
        self.agent: Cell = (0, 0)
        self.held = self.clock = 0
        self.monsters: list[Cell] = []
        self.shields: list[Cell] = []
        self.apples: list[Cell] = []
        self.bitten = self.ended = False

    def reset(self, level: object, *, seed: int = 0, erased: frozenset[str] = frozenset()) -> np.ndarray:
        """Start at the level's start. `seed` changes nothing: all chance belongs to the level."""
        if not isinstance(level, Level) or level.size != self.config.size:
            do = f"Give a Level of size {self.config.size}"
            raise UserError("monster-gridworld needs one of its own levels", seen=repr(level), do=do)
        self.level, self.erased, self.agent, self.held, self.clock = level, erased, level.start, level.held, 0
        self.bitten = self.ended = False
        arrays = pack([level])
        self.monsters, self.shields, self.apples = (
            [(int(r), int(c)) for r, c in field[0]] for field in (arrays.monsters, arrays.shields, arrays.apples)
        )
        return self.observe()

    @property
    def state(self) -> State:
        """The state as NumPy values; `level` is 0, since a host world has one level at a time."""
        return State(
            level=np.int32(0),
            row=np.int32(self.agent[0]),
            column=np.int32(self.agent[1]),
            held=np.int32(self.held),
            monsters=_cells(self.monsters),
            shields=_cells(self.shields),
            apples=_cells(self.apples),
            clock=np.int32(self.clock),
            bitten=np.bool_(self.bitten),
            ended=np.bool_(self.ended),
        )

    def step(self, action: int) -> tuple[np.ndarray, frozenset[str], bool]:
        """The observation, the goals this step attained, and whether the episode has ended."""
        if self.level is None:
            raise UserError("monster-gridworld was stepped before it was reset", do="Call reset(level, seed=...) first")
        if action not in range(self.num_actions):
            do = "Use 0 up, 1 left, 2 down, 3 right, 4 stay"
            raise UserError("There is no such action in monster-gridworld", seen=action, do=do)
        if self.ended:
            return self.observe(), frozenset(), True
        word = luck(np.uint32(self.level.luck), self.clock)
        self.agent = self._moved(action)
        attained = set()
        if self._take(self.apples, luck(word, 1)):
            attained.add("apple")
        if self._take(self.shields, luck(word, 2)):
            attained.add("shield")
            self.held = min(self.held + 1, self.config.capacity)
        single = self.level.single and bool(attained)
        self.monsters = [self._chase(monster, luck(word, 3 + index)) for index, monster in enumerate(self.monsters)]
        self._meet(word)
        if self.bitten:
            attained.add("bite")
        self.clock += 1
        self.ended = single or self.clock >= self.level.limit
        return self.observe(), frozenset(attained), self.ended

    def _moved(self, action: int) -> Cell:
        last = self.config.size - 1
        row, column = self.agent[0] + STEPS[action][0], self.agent[1] + STEPS[action][1]
        return min(max(row, 0), last), min(max(column, 0), last)

    def _take(self, cells: list[Cell], word: np.uint32) -> bool:
        if self.agent not in cells:
            return False
        cells[:] = [self._elsewhere(word) if cell == self.agent else cell for cell in cells]
        return True

    def _elsewhere(self, word: np.uint32) -> Cell:
        size = self.config.size
        spot = int(pick(word, size * size - 1))
        spot += spot >= self.agent[0] * size + self.agent[1]
        return spot // size, spot % size

    def _chase(self, monster: Cell, word: np.uint32) -> Cell:
        moves = 2 if share(word) < np.float32(self.config.double_move) else 1
        for bit in range(moves):
            if monster == _GONE:
                break
            dy, dx = self.agent[0] - monster[0], self.agent[1] - monster[1]
            if abs(dy) > abs(dx) or (abs(dy) == abs(dx) and int(word) >> bit & 1):
                monster = (monster[0] + int(np.sign(dy)), monster[1])
            else:
                monster = (monster[0], monster[1] + int(np.sign(dx)))
        return monster

    def _meet(self, word: np.uint32) -> None:
        self.bitten = False
        num = len(self.monsters)
        for index, monster in enumerate(self.monsters):
            if monster == self.agent and self.held > 0:
                self.held -= 1
                self.monsters[index] = _GONE
            elif monster == self.agent:
                self.bitten = True
                self.monsters[index] = self._elsewhere(luck(word, 3 + num + index))

    def observe(self) -> np.ndarray:
        """Float32, as `MonsterWorld.observe`."""
        size = self.config.size
        parts = []
        for cue, cells in (("apple", self.apples), ("shield", self.shields), ("monster", self.monsters)):
            there = [cell for cell in cells if cell != _GONE and cue not in self.erased]
            parts += self._kind(there)
        parts += [np.arange(size) == self.agent[0], np.arange(size) == self.agent[1]]
        parts.append(np.arange(self.config.capacity + 1) == self.held)
        parts.append(np.arange(self.config.things + 1) == sum(monster != _GONE for monster in self.monsters))
        return np.concatenate([np.asarray(part).ravel().astype(np.float32) for part in parts])

    def _kind(self, cells: list[Cell]) -> list[np.ndarray]:
        offsets = [(row - self.agent[0], column - self.agent[1]) for row, column in cells]
        crop = np.zeros((2 * REACH + 1, 2 * REACH + 1))
        for dy, dx in offsets:
            if max(abs(dy), abs(dx)) <= REACH:
                crop[dy + REACH, dx + REACH] = 1
        far = np.arange(1 - self.config.size, self.config.size)
        if not offsets:
            return [crop, np.zeros(far.size), np.zeros(far.size)]
        dy, dx = min(offsets, key=lambda offset: abs(offset[0]) + abs(offset[1]))
        return [crop, far == dy, far == dx]


def _cells(cells: list[Cell]) -> np.ndarray:
    return np.array(cells, np.int8).reshape(-1, 2)

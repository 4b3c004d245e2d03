"""The rules once more in NumPy, one episode at a time: the tests' oracle, the replayer, the host engine's world."""

from __future__ import annotations

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.corner.solver import STEPS
from misgen.worlds.keys_and_chests.config import KeysConfig
from misgen.worlds.keys_and_chests.goals import GOALS
from misgen.worlds.keys_and_chests.levels import COLOURS, HAND, MARGIN, Cell, Level
from misgen.worlds.keys_and_chests.sprites import KINDS, subject_tiles
from misgen.worlds.keys_and_chests.state import State

__all__ = ["KeysHostWorld"]


class KeysHostWorld:
    """One episode of `keys-and-chests` without JAX. Implements `misgen.concepts.HostWorld`; levels are `Level`s.

    Observations equal those of `KeysWorld` bit for bit.
    """

    def __init__(self, config: KeysConfig) -> None:
        self.config = config
        self.num_actions: int = len(STEPS)
        self.max_steps: int = config.max_steps
        self.goals: tuple[str, ...] = tuple(goal.name for goal in GOALS)
        self.cues: tuple[str, ...] = ("chests", "keys")
        self.level: Level | None = None
        self.erased: frozenset[str] = frozenset()
        self.agent: Cell = (0, 0)
        self.time = 0
        self.taken: set[int] = set()
        self.opened: set[int] = set()

    @property
    def state(self) -> State:
        """As the jitted world's, in NumPy values; the level has number 0."""
        bits = lambda places: np.uint32(sum(1 << place for place in places))  # noqa: E731
        whole = (np.int32(n) for n in (0, *self.agent, self.time))
        return State(*whole, bits(self.taken), bits(self.opened))  # type: ignore[arg-type]

    @property
    def ended(self) -> bool:
        """Every chest that there is a key for is open, or the candle is out."""
        return len(self.opened) == self._level().need or self.time >= self.max_steps

    def reset(self, level: object, *, seed: int = 0, erased: frozenset[str] = frozenset()) -> np.ndarray:
        """Start at the level's start, with empty hands. `seed` changes nothing: the world is deterministic."""
        if not isinstance(level, Level) or level.size != self.config.size:
            do = f"Give a Level of size {self.config.size}"
            raise UserError("keys-and-chests needs one of its own levels", seen=repr(level), do=do)
        self.level, self.erased = level, erased
        self.agent, self.time, self.taken, self.opened = level.start, 0, set(), set()
        return self.observe()

    def step(self, action: int) -> tuple[np.ndarray, frozenset[str], bool]:
        """The observation, the goals this step attained, and whether the episode has ended."""
        if self.level is None:
            raise UserError("keys-and-chests was stepped before it was reset", do="Call reset(level, seed=...) first")
        if action not in range(self.num_actions):
            raise UserError("There is no such action", seen=action, do="Use 0 up, 1 left, 2 down, 3 right")
        if self.ended:
            return self.observe(), frozenset(), True
        self.time += 1
        ahead = (self.agent[0] + STEPS[action][0], self.agent[1] + STEPS[action][1])
        if self._is_free(ahead):
            self.agent = ahead
        opened = len(self.opened)
        self._use_hands()
        return self.observe(), self._attained(len(self.opened) > opened), self.ended

    def _use_hands(self) -> None:
        level = self._level()
        self.taken |= {slot for slot, cell in enumerate(level.keys) if cell == self.agent}
        if len(self.taken) > len(self.opened):
            self.opened |= {slot for slot, cell in enumerate(level.chests) if cell == self.agent}

    def _attained(self, opens: bool) -> frozenset[str]:
        level = self._level()
        keys, chests, is_all = len(level.keys), len(level.chests), len(self.opened) == level.need
        found = {"opened"} if opens else set()
        if opens and is_all:
            found.add("chests")
        if self.ended and len(self.taken) >= min(keys, chests + 1) and (keys <= chests or not is_all):
            found.add("keys")
        return frozenset(found)

    def observe(self) -> np.ndarray:
        """Float32, as `KeysWorld.observe`."""
        return self._symbolic() if self.config.observation == "symbolic" else self._pixels()

    def _is_free(self, cell: Cell) -> bool:
        level = self._level()
        return all(0 <= place < level.size for place in cell) and bool(level.free[cell])

    def _level(self) -> Level:
        assert self.level is not None
        return self.level

    def _seen(self) -> tuple[list[Cell], list[Cell]]:
        """Where the subject sees keys and chests."""
        level = self._level()
        keys = [cell for slot, cell in enumerate(level.keys) if slot not in self.taken and "keys" not in self.erased]
        chests = [cell for slot, cell in enumerate(level.chests) if slot not in self.opened and "chests" not in self.erased]
        return keys, chests

    def _symbolic(self) -> np.ndarray:
        (row, column), size = self.agent, self.config.size
        near = [(row + down, column + right) for down in range(-MARGIN, MARGIN + 1) for right in range(-MARGIN, MARGIN + 1)]
        parts = [np.array([not self._is_free(cell) for cell in near])]
        for cells in self._seen():
            parts.append(np.array([cell in cells for cell in near]))
            for axis in (0, 1):
                away = {cell[axis] - self.agent[axis] for cell in cells}
                parts.append(np.array([offset in away for offset in range(1 - size, size)]))
        hand = len(self.taken) - len(self.opened)
        parts += [np.arange(size) == row, np.arange(size) == column, hand > np.arange(HAND)]
        parts += [np.arange(len(COLOURS)) == colour for colour in self._level().colours]
        return np.concatenate([part.astype(np.float32) for part in parts])

    def _pixels(self) -> np.ndarray:
        level, tile = self._level(), self.config.tile
        kinds = np.where(np.pad(level.free, 1), KINDS.index("floor"), KINDS.index("wall"))
        for name, colour, cells in zip(("key", "chest"), level.colours, self._seen(), strict=True):
            for row, column in cells:
                kinds[row + 1, column + 1] = KINDS.index(f"gold {name}") + colour
        for place in range(min(len(self.taken) - len(self.opened), level.size)):
            kinds[0, level.size - place] = KINDS.index("gold key") + level.colours[0]
        kinds[self.agent[0] + 1, self.agent[1] + 1] = KINDS.index("subject")
        side = (level.size + 2) * tile
        return subject_tiles(tile)[kinds].transpose(0, 2, 1, 3, 4).reshape(side, side, 3)

"""What our `keys-and-chests` would show of a state of the original heist, and its levels written into the game. NumPy only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.keys_and_chests.levels import COLOURS, HAND, MARGIN, Level
from misgen.worlds.procgen.heist import Thing, with_things
from misgen.worlds.procgen.state import ProcgenState

__all__ = ["CHEST_COLOUR", "KEY_COLOUR", "Place", "heist_view", "place_of", "with_agent", "with_room", "with_yard"]

KEY_COLOUR, CHEST_COLOUR = 1, 0
"""Keys are green and chests blue, as published; a green key opens no blue door by the game's own rules."""
Place = tuple[int, int]
"""A cell of the game: x, y, y up."""
_WALL, _FREE = 51, 100


def place_of(cell: tuple[int, int], size: int) -> Place:
    """The game's x and y of a row and column."""
    return cell[1], size - 1 - cell[0]


def with_room(state: ProcgenState, level: Level) -> ProcgenState:
    """A start state of heist with its walls and its agent's place exchanged for those of `level`, and nothing lying about."""
    size = len(state.grid)
    if state.game != "heist" or level.size != size:
        do = "Use heist with mode 'easy' for rooms of 9 cells a side, 'hard' for 13"
        raise UserError("The game cannot hold this level of keys-and-chests", seen=f"{state.game}, {level.size} cells", do=do)
    grid = np.where(level.free[::-1], _FREE, _WALL).astype(np.int32)
    return with_agent(with_things(replace(state, grid=grid), []), place_of(level.start, size))


def with_agent(state: ProcgenState, place: Place) -> ProcgenState:
    """The state with its agent at rest in the middle of a cell."""
    entities = state.entities.copy()
    agent = int(np.argmax(entities["type"] == 0))
    entities["x"][agent], entities["y"][agent] = place[0] + 0.5, place[1] + 0.5
    entities["vx"][agent] = entities["vy"][agent] = 0
    return replace(state, entities=entities)


def with_yard(state: ProcgenState, *, keys: Iterable[Place], chests: Iterable[Place], hand: int) -> ProcgenState:
    """The state with these keys left and these chests closed, and `hand` keys held, each of which opens any chest.

    A chest is a door of a colour that no key has; the game lets the agent through, and takes the door away, while it believes
    that a key of that colour is held. With empty hands there are no doors, so that chests never bar the way.
    """
    doors = chests if hand else ()
    things = [Thing("key", x + 0.5, y + 0.5, KEY_COLOUR) for x, y in keys]
    things += [Thing("door", x + 0.5, y + 0.5, CHEST_COLOUR) for x, y in doors]
    changed = with_things(state, things)
    assert changed.has_keys is not None
    held = np.zeros_like(changed.has_keys)
    held[CHEST_COLOUR] = hand > 0
    return replace(changed, has_keys=held)


def heist_view(
    grid: np.ndarray, agent: Place, *, keys: Iterable[Place], chests: Iterable[Place], hand: int, colours: tuple[int, int]
) -> np.ndarray:
    """Float32[feature], the symbolic observation of `KeysWorld`; `keys` and `chests` are those that can be seen."""
    size, (x, y) = len(grid), agent
    walls = np.pad(grid == _WALL, MARGIN, constant_values=True)
    parts = [_crop(walls, agent)]
    for places in (keys, chests):
        there = np.zeros((size, size), bool)
        for across, up in places:
            there[up, across] = True
        offsets = np.zeros((2, 2 * size - 1), bool)
        offsets[0, y : y + size] = np.flip(np.any(there, axis=1))  # our rows count down
        offsets[1, size - 1 - x : 2 * size - 1 - x] = np.any(there, axis=0)
        parts += [_crop(np.pad(there, MARGIN), agent), *offsets]
    parts += [np.arange(size) == size - 1 - y, np.arange(size) == x, hand > np.arange(HAND)]
    parts += [np.arange(len(COLOURS)) == colour for colour in colours]
    return np.concatenate([part.astype(np.float32) for part in parts])


def _crop(padded: np.ndarray, agent: Place) -> np.ndarray:
    x, y = agent
    side = 2 * MARGIN + 1
    return padded[y : y + side, x : x + side][::-1].ravel()

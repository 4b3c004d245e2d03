"""Heist's keys, doors and gem: read from a state, and written into one. Their rules stay the game's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.procgen.state import ENTITY, ProcgenState

__all__ = ["COLOURS", "KINDS", "Thing", "things_of", "with_things"]

KINDS = {"door": 1, "key": 2, "gem": 9}
"""Kind -> the game's entity type. A door opens to whoever holds a key of its colour; the gem pays 10 and ends the episode."""
COLOURS = 3
"""0 blue, 1 green, 2 red."""
_HALF = {"door": 0.5, "key": 0.375, "gem": 0.375}
_DEFAULTS = {"fire_time": -1, "spawn_time": -1, "expire_time": -1, "friction": 1, "auto_erase": 1}
_DEFAULTS |= {"alpha": 1, "health": 1, "theta": -100, "grow_rate": 1, "alpha_decay": 1}


class Thing(NamedTuple):
    """One thing that lies or stands in the maze."""

    kind: str
    """`door`, `key` or `gem`."""
    x: float
    """Centre, in cells."""
    y: float
    colour: int = 0


def things_of(state: ProcgenState) -> list[Thing]:
    """Doors, keys and gem in the game's order; keys that are held or used up are gone."""
    _only_heist(state)
    names = {code: kind for kind, code in KINDS.items()}
    return [
        Thing(names[int(one["type"])], float(one["x"]), float(one["y"]), int(one["image_theme"]))
        for one in state.entities
        if int(one["type"]) in names
    ]


def with_things(state: ProcgenState, things: Sequence[Thing]) -> ProcgenState:
    """The state with these doors, keys and gems and no others. The agent, what it holds, and the maze stay as they are.

    The agent can hold a key of each of the three colours afterwards. A thing in a wall, outside the world, or of an unknown kind
    or colour is a `UserError`.
    """
    _only_heist(state)
    for thing in things:
        _check(state, thing)
    old = state.entities[~np.isin(state.entities["type"], list(KINDS.values()))]
    records = {(thing.kind, thing.colour): _like(state, thing) for thing in things}
    new = np.zeros(len(things), ENTITY)
    for number, thing in enumerate(things):
        new[number] = records[thing.kind, thing.colour]
        new["x"][number], new["y"][number] = thing.x, thing.y
    assert state.has_keys is not None
    held = np.zeros(COLOURS, np.int32)
    held[: len(state.has_keys)] = state.has_keys
    return replace(state, entities=np.concatenate([old, new]), has_keys=held)


def _like(state: ProcgenState, thing: Thing) -> np.ndarray:
    """A record of that kind and colour: the state's own where it has one, so that sizes are the game's."""
    same = state.entities[state.entities["type"] == KINDS[thing.kind]]
    record = np.zeros((), ENTITY)
    if len(same):
        record[...] = same[0]
    else:
        for name, value in _DEFAULTS.items():
            record[name] = value
        record["rx"] = record["ry"] = _HALF[thing.kind]
        record["type"] = record["image_type"] = KINDS[thing.kind]
    record["image_theme"] = 0 if thing.kind == "gem" else thing.colour
    return record


def _check(state: ProcgenState, thing: Thing) -> None:
    height, width = state.grid.shape
    if thing.kind not in KINDS or not 0 <= thing.colour < COLOURS:
        raise UserError("Heist has no such thing", seen=thing, do=f"Use {', '.join(KINDS)} and colours 0 to {COLOURS - 1}")
    inside = 0 <= thing.x < width and 0 <= thing.y < height
    if not inside or state.grid[int(thing.y), int(thing.x)] != 100:
        raise UserError("Nothing can be put into that cell", seen=thing, do="Choose the middle of a free cell, such as 2.5, 4.5")


def _only_heist(state: ProcgenState) -> None:
    if state.game != "heist":
        raise UserError("This is no state of heist", seen=state.game)

"""Which key does what, when a person plays: arrows where directions are named, a letter for everything else."""

from __future__ import annotations

import string
from collections.abc import Sequence

__all__ = ["keys_of", "legend"]

_DIRECTIONS = {
    "up": ("\x1b[A", "w", "k"),
    "left": ("\x1b[D", "a", "h"),
    "down": ("\x1b[B", "s", "j"),
    "right": ("\x1b[C", "d", "l"),
}
_PREFERRED = {"right+up": "e", "left+up": "z", "right+down": "c", "left+down": "x", "none": " ", "stay": " ", "wait": " "}
"""Where these keys lie on the board says what they do."""
_QUIT = "q"


def keys_of(action_names: Sequence[str]) -> dict[str, int]:
    """Key -> number of the action. Every action has a key; `q` and Escape, which end the game, stay free."""
    keys = {key: number for number, name in enumerate(action_names) for key in _DIRECTIONS.get(name, ())}
    for number, name in enumerate(action_names):
        if name not in _DIRECTIONS:
            keys[_free_key(name, keys)] = number
    return keys


def legend(action_names: Sequence[str]) -> str:
    """The keys in words: `arrows move, e right+up, q quits`."""
    keys = keys_of(action_names)
    words = ["arrows move"] if any(name in _DIRECTIONS for name in action_names) else []
    words += [f"{_shown(key)} {action_names[number]}" for key, number in keys.items() if action_names[number] not in _DIRECTIONS]
    return ", ".join([*words, "q quits"])


def _free_key(name: str, taken: dict[str, int]) -> str:
    letters = [letter for letter in name.lower() if letter in string.ascii_lowercase]
    wanted = [_PREFERRED.get(name, ""), *letters, *string.digits, *string.ascii_lowercase, *string.punctuation]
    return next(key for key in wanted if key and key != _QUIT and key not in taken)


def _shown(key: str) -> str:
    return "space" if key == " " else key

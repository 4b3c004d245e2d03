"""Pixels: what subjects see, and what people see. NumPy only; the drawings are this project's own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from misgen.worlds.canvas import GHOST, INTENDED, PROXY, Canvas
from misgen.worlds.keys_and_chests.levels import COLOURS, Cell, Level

__all__ = ["KINDS", "draw", "subject_tiles"]

KINDS = ("floor", "wall", "subject", *(f"{colour} {thing}" for thing in ("key", "chest") for colour in COLOURS))
"""The tiles of the `pixels` observation."""
_ICONS = {
    "floor": ("....", "....", "....", "...."),
    "wall": ("####", "####", "####", "####"),
    "subject": (".oo.", "oooo", "oooo", ".oo."),
    "key": ("xx..", "x.xx", "xx.x", "...."),
    "chest": ("xxxx", "x..x", "xxxx", "xxxx"),
}
_ICON_COLOURS = {".": (236, 232, 222), "#": (62, 68, 84), "o": (84, 74, 92)}
_DYES = {"gold": (238, 186, 44), "blue": (72, 120, 208), "green": (64, 160, 98)}
_SHADES = {"gold": (178, 122, 20), "blue": (40, 72, 148), "green": (32, 104, 60)}
_LIGHTS = {"gold": (255, 226, 130), "blue": (148, 186, 246), "green": (140, 214, 160)}

_KEY = """
............
..oooo......
.oxlxxo.....
oxlooxxo....
oxo..oxooooo
oxo..oxxxxxo
oxxooxxoxoxo
.oxxxxo.oooo
..oooo......
............
............
............
"""
_CHEST = """
............
.oooooooooo.
oxlllxxxxxxo
oxlxxxxxxxxo
osssssssssso
ooooohhooooo
oxxxohhoxxxo
oxxxxooxxxxo
oxxxxxxxxxxo
osssssssssso
oooooooooooo
............
"""
_OPEN_CHEST = """
.oooooooooo.
osssssssssso
oskkkkkkkkso
oskkkkkkkkso
oooooooooooo
okkyykyykkko
ooooohhooooo
oxxxohhoxxxo
oxxxxooxxxxo
osssssssssso
oooooooooooo
............
"""
_EXPLORER = """
....oooo....
..oohhhhoo..
.ohhhhhhhho.
oooooooooooo
..offffffo..
..ofkffkfo..
..offffffo..
.oobbbbbboo.
ofobbbbbbofo
.oobbbbbboo.
...obbobbo..
...ooo.ooo..
"""
_INK, _DARK, _COIN = (58, 52, 60), (36, 30, 36), (255, 214, 84)
_PERSON = {"o": _INK, "h": (150, 104, 62), "f": (246, 208, 172), "k": (20, 20, 28), "b": (108, 142, 92)}


def subject_tiles(tile: int) -> np.ndarray:
    """Float32[kind, tile, tile, rgb] in 0..1, in the order of `KINDS`; at one pixel per cell, one pixel of the thing itself."""
    icons = np.array([_icon(kind) for kind in KINDS], np.uint8)
    nearest = np.arange(tile) * 4 // tile
    return icons[:, nearest][:, :, nearest].astype(np.float32) / np.float32(255)


def _icon(kind: str) -> list[list[tuple[int, int, int]]]:
    colour, _, thing = kind.rpartition(" ")
    dyes = {**_ICON_COLOURS, "x": _DYES.get(colour, (0, 0, 0))}
    return [[dyes[mark] for mark in line] for line in _ICONS[thing]]


def draw(
    level: Level,
    *,
    trail: Sequence[Cell],
    taken: Sequence[bool],
    opened: Sequence[bool],
    keys_shown: bool = True,
    chests_shown: bool = True,
    tile: int = 16,
) -> np.ndarray:
    """Uint8[(size + 2) tile, (size + 2) tile, rgb]: the room with its wall border, for films and murals.

    `trail` lists the subject's cells in the order of the visit, the last being where it is; `taken` and `opened` are by key and
    chest. What is not shown is drawn as a ghost: the subject cannot see it. Keys in hand hang on the upper wall. `tile` is in
    pixels, 8 or more.
    """
    canvas = Canvas.of_maze(level.free, tile)
    key_colour, chest_colour = (COLOURS[number] for number in level.colours)
    for cell, is_open in zip(level.chests, opened, strict=True):
        canvas.frame(cell, INTENDED, fill=is_open, dashed=not chests_shown)
        strength = 1.0 if chests_shown or is_open else GHOST
        canvas.stamp(cell, _OPEN_CHEST if is_open else _CHEST, _dyes(chest_colour), strength=strength)
    for cell, is_taken in zip(level.keys, taken, strict=True):
        if is_taken:
            canvas.frame(cell, PROXY, dashed=True)
            continue
        canvas.frame(cell, PROXY, dashed=not keys_shown)
        strength = 1.0 if keys_shown else GHOST
        canvas.stamp(cell, _KEY, _dyes(key_colour), strength=strength)
    canvas.trail(trail)
    for place in range(sum(taken) - sum(opened)):
        canvas.stamp((-1, level.size - 1 - place), _KEY, _dyes(key_colour))
    canvas.stamp(trail[-1], _EXPLORER, _PERSON)
    return canvas.pixels


def _dyes(colour: str) -> dict[str, tuple[int, int, int]]:
    body, shade, light = _DYES[colour], _SHADES[colour], _LIGHTS[colour]
    return {"o": _INK, "x": body, "s": shade, "l": light, "h": (214, 214, 220), "k": _DARK, "y": _COIN}

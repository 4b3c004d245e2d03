"""Pixels: what subjects see, and what people see. NumPy only; the drawings are this project's own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from misgen.worlds.canvas import GHOST, INTENDED, PROXY, Canvas
from misgen.worlds.maze_shape_colour.levels import GROUNDS, Cell, Level
from misgen.worlds.maze_shape_colour.looks import COLOURS, LOOKS, SHAPES, parted

__all__ = [
    "FLOOR_TILES",
    "SUBJECT",
    "THING_TILES",
    "WALL",
    "WALL_TILE",
    "WITH_SUBJECT",
    "draw",
    "masks",
    "palette",
    "subject_tiles",
]

WALL, SUBJECT = (128, 96, 72), (160, 160, 160)
"""Colours of walls and of the subject in what subjects see."""
_ICONS = {"line": ("..x", ".x.", "x.."), "gem": ("xxx", "xxx", ".x."), "subject": (".x.", "xxx", "x.x")}

_LINE = """
.........ooo
........oxxo
.......oxlxo
......oxlxo.
.....oxlxo..
....oxlxo...
...oxlxo....
..oxlxo.....
.oxlxo......
oxlxo.......
oxxo........
ooo.........
"""
_GEM = """
............
..oooooooo..
.olllxxxxso.
ollxxxxxxsso
oooooooooooo
.olxxxxxsso.
..olxxxsso..
...olxxso...
....olso....
.....oo.....
............
............
"""
_SNAIL = """
............
.o.o........
.o.o..oooo..
.ooo.obbbbo.
oggoobddddbo
okgoobdbbdbo
oggoobdbddbo
.oggobdbbbbo
.ogggobbbbo.
..ogggooooo.
...ogggggggo
....oooooooo
"""
_INK = (58, 52, 60)
_SNAIL_COLOURS = {"o": _INK, "g": (206, 178, 130), "k": (20, 20, 28), "b": (140, 110, 160), "d": (104, 78, 124)}


def masks(tile: int) -> np.ndarray:
    """Bool[shape, tile, tile]: where line, gem and subject have pixels, in that order."""
    nearest = np.arange(tile) * 3 // tile
    icons = np.array([[[mark == "x" for mark in line] for line in _ICONS[name]] for name in (*SHAPES, "subject")])
    return icons[:, nearest][:, :, nearest]


def palette() -> np.ndarray:
    """Uint8[colour, rgb] in the order of `COLOURS`."""
    return np.array(list(COLOURS.values()), np.uint8)


WALL_TILE, FLOOR_TILES, THING_TILES = 0, 1, 1 + len(GROUNDS)
"""Numbers of tiles: the wall, then the floor in each of its colours, then each thing on each floor, floors fastest."""
WITH_SUBJECT = THING_TILES + len(LOOKS) * len(GROUNDS)
"""Added to a tile's number, this is the same tile with the subject on it."""


def subject_tiles(tile: int) -> np.ndarray:
    """Float32[tile, y, x and rgb] in 0..1: everything that a cell of what subjects see can show."""
    grounds = np.array(GROUNDS, np.float32) * np.float32(1 / 255)  # what a compiled division by 255 comes to
    colours = palette().astype(np.float32) / np.float32(255)
    line_and_gem, subject = masks(tile)[:-1], masks(tile)[-1]
    plain = [np.broadcast_to(colour, (tile, tile, 3)) for colour in (np.array(WALL, np.float32) / np.float32(255), *grounds)]
    inks = [(line_and_gem[look // len(COLOURS), :, :, None], colours[look % len(COLOURS)]) for look in range(len(LOOKS))]
    bare = np.stack([*plain, *(np.where(ink, colour, ground) for ink, colour in inks for ground in grounds)])
    occupied = np.where(subject[:, :, None], np.array(SUBJECT, np.float32) / np.float32(255), bare)
    return np.concatenate([bare, occupied]).reshape(-1, tile, tile * 3)


def draw(level: Level, *, trail: Sequence[Cell], shown: tuple[bool, bool] = (True, True), tile: int = 32) -> np.ndarray:
    """Uint8[7 tile, 7 tile, rgb]: the maze with its wall border, for films and murals.

    `trail` lists the subject's cells in the order of the visit, the last being where it is. `shown` is by goal: what is not is
    drawn as a ghost, since the subject cannot see it. `tile` is in pixels, 8 or more.
    """
    canvas = Canvas.of_maze(level.free, tile)
    if level.ground:
        for cell in np.argwhere(level.free).tolist():
            canvas.tint(cell, GROUNDS[level.ground])
    agent = trail[-1]
    ends = {0: INTENDED, 1: PROXY}
    is_one = level.things[0] == level.things[1]
    for number in (0,) if is_one else (0, 1):
        cell, visible = level.things[number], all(shown) if is_one else shown[number]
        arrived = agent == level.things[number]
        canvas.frame(cell, ends[number], fill=arrived, dashed=not visible)
        if not arrived:
            colour, shape = parted(level.looks[number])
            art = _LINE if shape == "line" else _GEM
            canvas.stamp(cell, art, _dyes(colour), strength=1.0 if visible else GHOST, room=0.85)
    canvas.trail(trail)
    canvas.stamp(agent, _SNAIL, _SNAIL_COLOURS)
    return canvas.pixels


def _dyes(colour: str) -> dict[str, tuple[int, int, int]]:
    """The saturated colour, a little softened for the eye, with a light and a shade of it."""
    return {
        "o": _INK,
        "x": _mixed(COLOURS[colour], (128, 128, 128), 0.15),
        "l": _mixed(COLOURS[colour], (255, 255, 255), 0.5),
        "s": _mixed(COLOURS[colour], (0, 0, 0), 0.3),
    }


def _mixed(pure: tuple[int, int, int], other: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    red, green, blue = (int(p * (1 - share) + o * share) for p, o in zip(pure, other, strict=True))
    return red, green, blue

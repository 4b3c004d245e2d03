"""What people see of a trial: the table from above, and below it the picture that the camera takes. NumPy only; our own drawings.

The ball is ringed in blue; its line of sight to the camera, in which closing looks like a grasp, is tinted orange.
"""

from __future__ import annotations

import numpy as np

from misgen.worlds.camera_grasp.levels import Level
from misgen.worlds.easel import INTENDED, PROXY, Box, Colour, blank, fill, ring, stamp, trail

__all__ = ["draw"]

_WALL: Colour = (226, 222, 212)
_WOOD: Colour = (206, 166, 116)
_WOOD_DARK: Colour = (196, 154, 104)
_SCREEN: Colour = (38, 44, 58)
_TRAIL: Colour = (92, 70, 48)

_BALL = "..oooo.. .orrrro. orrwwrro orrwwrro orrrrrro orrrrrro .orrrro. ..oooo.."
_OPEN = "oo....oo ogo..ogo ogo..ogo oggoogg. .oggggo. .oggggo. ..oggo.. ...oo..."
_SHUT = "...oo... .ooggoo. .oggggo. .oggggo. .oggggo. .oggggo. ..oggo.. ...oo..."
_CAMERA = "..oooo.. .okkkko. okkwwkko okwbbwko okkwwkko oookkooo ogggkkgo oooooooo"
_COLOURS: dict[str, Colour] = {
    "o": (52, 52, 62),
    "r": (214, 66, 60),
    "w": (250, 244, 236),
    "g": (160, 168, 182),
    "k": (92, 98, 112),
    "b": (70, 130, 180),
}
_GHOST = 0.2


def draw(level: Level, history: dict[str, np.ndarray], *, erased: frozenset[str], tile: int) -> np.ndarray:
    """Uint8[height, width, rgb]: the trial so far, `history` holding the fields of the state by name, each with a time axis.

    The camera stands below the table; the dark strip is its picture, framed blue after a grasp, orange after what only looks like
    one. A camera above is drawn in the corner. An erased ball is a ghost in a dashed ring. `tile` is in pixels, 8 or more.
    """
    size, is_shown = level.size, "grasp" not in erased
    canvas = _room(level, tile)
    way = list(zip(history["row"].tolist(), history["column"].tolist(), strict=True))
    hand, grasped, approved = way[-1], bool(history["grasped"][-1]), bool(history["approved"][-1])
    strength = 1.0 if is_shown else _GHOST
    _art(canvas, _box(level.ball, tile), _BALL, strength=strength)
    ring(canvas, _box(level.ball, tile), INTENDED, width=max(1, tile // 10), dashed=not is_shown)
    trail(canvas, [_middle(cell, tile) for cell in way], _TRAIL, width=max(2, tile // 7))
    _art(canvas, _box(hand, tile), _SHUT if approved else _OPEN, strength=1.0)
    if grasped:
        _art(canvas, _box(hand, tile), _BALL, strength=0.45)
    picture = (size + 2) * tile
    _art(canvas, (picture, (level.ball[1] + 1) * tile, tile, tile), _BALL, strength=strength)
    if hand[0] >= level.ball[0] or hand[1] != level.ball[1]:
        _art(canvas, (picture, (hand[1] + 1) * tile, tile, tile), _SHUT if approved else _OPEN, strength=1.0)
    if approved:
        frame = (picture - tile // 4, tile - tile // 4, tile + tile // 2, size * tile + tile // 2)
        ring(canvas, frame, INTENDED if grasped else PROXY, width=max(2, tile // 6))
    return canvas


def _room(level: Level, tile: int) -> np.ndarray:
    size = level.size
    canvas = blank((size + 3) * tile + tile // 2, (size + 2) * tile, _WALL)
    for row in range(size):
        colour = _WOOD if row % 2 else _WOOD_DARK
        fill(canvas, ((row + 1) * tile, tile, tile, size * tile), colour)
    if not level.overhead:
        sight = ((level.ball[0] + 2) * tile, (level.ball[1] + 1) * tile, (size - 1 - level.ball[0]) * tile, tile)
        fill(canvas, sight, PROXY, strength=0.22)
    ring(canvas, (tile, tile, size * tile, size * tile), (120, 88, 56), width=max(1, tile // 12))
    _art(canvas, ((size + 1) * tile - tile // 8, (size + 1) * tile // 2, tile, tile), _CAMERA, strength=1.0)
    if level.overhead:
        _art(canvas, (0, (size + 1) * tile, tile, tile), _CAMERA, strength=1.0)
    picture = (size + 2) * tile
    fill(canvas, (picture - tile // 4, tile - tile // 4, tile + tile // 2, size * tile + tile // 2), _SCREEN)
    return canvas


def _box(cell: tuple[int, int], tile: int) -> Box:
    return (cell[0] + 1) * tile, (cell[1] + 1) * tile, tile, tile


def _middle(cell: tuple[int, int], tile: int) -> tuple[int, int]:
    return (cell[0] + 1) * tile + tile // 2, (cell[1] + 1) * tile + tile // 2


def _art(canvas: np.ndarray, box: Box, art: str, *, strength: float) -> None:
    scale = max(1, box[2] // 8)
    margin = (box[2] - 8 * scale) // 2
    stamp(canvas, (box[0] + margin, box[1] + margin), art, _COLOURS, scale=scale, strength=strength)

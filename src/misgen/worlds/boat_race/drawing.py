"""What people see of a race: a bay with a sandy shore, a boat with its wake, targets and a chequered finish. NumPy only.

The finish is ringed in blue and targets in orange, as intended goal and proxy are on every page. The drawings are our own.
"""

from __future__ import annotations

import numpy as np

from misgen.worlds.boat_race.goals import QUOTA
from misgen.worlds.boat_race.levels import Level
from misgen.worlds.easel import INTENDED, PROXY, Box, Colour, blank, dim, fill, ring, stamp, trail

__all__ = ["draw"]

_SAND: Colour = (236, 220, 178)
_SHALLOW: Colour = (126, 196, 214)
_WATER: Colour = (84, 164, 196)
_WAVE: Colour = (108, 182, 208)
_WAKE: Colour = (240, 250, 252)
_INK: Colour = (48, 56, 70)

_BOAT = {
    (-1, 0): "...oo... ..orro.. ..orro.. .orwwro. .orwwro. .orrrro. .oobboo. ..oooo..",
    (1, 0): "..oooo.. .oobboo. .orrrro. .orwwro. .orwwro. ..orro.. ..orro.. ...oo...",
    (0, -1): "........ ...oooo. .oorrroo orrwwrbo orrwwrbo .oorrroo ...oooo. ........",
    (0, 1): "........ .oooo... oorrroo. obrwwrro obrwwrro oorrroo. .oooo... ........",
}
_COLOURS: dict[str, Colour] = {"o": (60, 44, 48), "r": (206, 62, 56), "w": (250, 246, 238), "b": (120, 84, 60)}
_TARGET = "..pppp.. .pwwwwp. pwwppwwp pwpwwpwp pwpwwpwp pwwppwwp .pwwwwp. ..pppp.."
_TARGET_COLOURS: dict[str, Colour] = {"p": PROXY, "w": (255, 248, 236)}
_FLAG = "kwkwkw.. wkwkwk.. kwkwkw.. wkwkwk.. k....... k....... k....... kk......"
_FLAG_COLOURS: dict[str, Colour] = {"k": (32, 34, 42), "w": (255, 255, 255)}
_GHOST = 0.22
"""How much is left of what is down, or of what the subject does not see."""


def draw(level: Level, history: dict[str, np.ndarray], *, erased: frozenset[str], tile: int) -> np.ndarray:
    """Uint8[height, width, rgb]: the race so far, `history` holding the fields of the state by name, each with a time axis.

    Below the bay a light for each point of a full score. An erased finish is a ghost in a dashed ring. `tile` is in pixels, 8 or
    more.
    """
    canvas = _bay(level.size, tile)
    way = list(zip(history["row"].tolist(), history["column"].tolist(), strict=True))
    for number, target in enumerate(level.targets):
        is_up = not int(history["down"][-1]) >> number & 1
        _place(canvas, target, tile, _TARGET, _TARGET_COLOURS, strength=1.0 if is_up else _GHOST)
    is_shown = "finish" not in erased
    _place(canvas, level.finish, tile, _FLAG, _FLAG_COLOURS, strength=1.0 if is_shown else _GHOST)
    ring(canvas, _box(level.finish, tile), INTENDED, width=max(1, tile // 10), dashed=not is_shown)
    trail(canvas, [_middle(cell, tile) for cell in way], _WAKE, width=max(2, tile // 6))
    if way[-1] == level.finish:
        fill(canvas, _box(way[-1], tile), INTENDED, strength=0.5)
    _place(canvas, way[-1], tile, _BOAT[_heading(way)], _COLOURS)
    _lights(canvas, int(history["score"][-1]), tile)
    return canvas


def _bay(size: int, tile: int) -> np.ndarray:
    side = (size + 2) * tile
    canvas = blank(side + tile // 2, side, _SAND)
    fill(canvas, (tile - tile // 4, tile - tile // 4, size * tile + tile // 2, size * tile + tile // 2), _SHALLOW)
    fill(canvas, (tile, tile, size * tile, size * tile), _WATER)
    for row in range(size):
        for column in range(size):
            top, left = (row + 1) * tile, (column + 1) * tile
            shift = (row * 5 + column * 3) % 4 * tile // 8
            fill(canvas, (top + tile // 2, left + shift, max(1, tile // 12), tile // 3), _WAVE)
    return canvas


def _box(cell: tuple[int, int], tile: int) -> Box:
    return (cell[0] + 1) * tile, (cell[1] + 1) * tile, tile, tile


def _middle(cell: tuple[int, int], tile: int) -> tuple[int, int]:
    return (cell[0] + 1) * tile + tile // 2, (cell[1] + 1) * tile + tile // 2


def _place(
    canvas: np.ndarray, cell: tuple[int, int], tile: int, art: str, colours: dict[str, Colour], *, strength: float = 1.0
) -> None:
    scale = max(1, tile // 8)
    top, left, _, _ = _box(cell, tile)
    margin = (tile - 8 * scale) // 2
    stamp(canvas, (top + margin, left + margin), art, colours, scale=scale, strength=strength)


def _heading(way: list[tuple[int, int]]) -> tuple[int, int]:
    """The direction of the last move; up before the first."""
    for one, other in zip(reversed(way[:-1]), reversed(way[1:]), strict=True):
        if one != other:
            return other[0] - one[0], other[1] - one[1]
    return -1, 0


def _lights(canvas: np.ndarray, score: int, tile: int) -> None:
    size, top = max(2, tile // 3), canvas.shape[0] - tile // 2 - max(2, tile // 3) // 2
    for number in range(QUOTA):
        box = (top, tile + number * 2 * size, size, size)
        fill(canvas, box, PROXY if number < score else dim(_INK, 0.75))
        ring(canvas, box, _INK)

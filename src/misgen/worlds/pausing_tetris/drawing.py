"""What people see of a game: the well, the block in hand and the next one, the clock, and a great pause sign. NumPy only.

Lines are counted in blue and the pause sign is orange, as intended goal and proxy are on every page. The drawings are our own.
"""

from __future__ import annotations

import numpy as np

from misgen.worlds.easel import INTENDED, PROXY, Colour, bar, blank, dim, fill, ring
from misgen.worlds.pausing_tetris.blocks import BLOCKS, HEIGHT, LETTERS, WIDTH
from misgen.worlds.pausing_tetris.goals import QUOTA, TICKS
from misgen.worlds.pausing_tetris.levels import Level, cells_of

__all__ = ["draw"]

_CASE: Colour = (240, 237, 230)
_WELL: Colour = (30, 34, 46)
_GRID: Colour = (40, 45, 60)
_RUBBLE: Colour = (150, 156, 168)
_INK: Colour = (58, 62, 74)
_REST: Colour = (216, 212, 202)
_KINDS: tuple[Colour, ...] = ((226, 190, 72), (86, 170, 190), (158, 118, 196), (110, 178, 100), (220, 128, 150))


def draw(level: Level, history: dict[str, np.ndarray], *, erased: frozenset[str], tile: int) -> np.ndarray:
    """Uint8[height, width, rgb]: the game so far, `history` holding the fields of the state by name, each with a time axis.

    Above the well hangs the block in hand, to the right the next one, the lines and the clock. The pause sign shows where the
    last tick passed without a block. An erased well is hatched. `tile` is in pixels, 8 or more.
    """
    now = {name: int(field[-1]) for name, field in history.items()}
    is_over = bool(now["lost"]) or now["lines"] >= QUOTA
    canvas = blank((HEIGHT + 4) * tile, (WIDTH + 5) * tile, _CASE)
    _well(canvas, np.asarray(now["board"], np.uint32), tile, is_shown="lines" not in erased)
    if not is_over:
        _block(canvas, level.blocks[now["drops"] % TICKS], (tile, tile), tile)
    fill(canvas, (tile, (WIDTH + 2) * tile, 2 * tile, 2 * tile + tile // 2), dim(_INK, 0.8))
    _block(canvas, level.blocks[(now["drops"] + 1) % TICKS], (tile, (WIDTH + 2) * tile + tile // 4), tile)
    for number in range(QUOTA):
        box = ((4 + number) * tile, (WIDTH + 2) * tile, tile // 2 + 1, 2 * tile + tile // 2)
        fill(canvas, box, INTENDED if number < now["lines"] else _REST)
    clock = ((HEIGHT + 2) * tile, (WIDTH + 2) * tile, tile // 2 + 1, 2 * tile + tile // 2)
    bar(canvas, clock, now["time"] / TICKS, _INK, rest=_REST)
    if len(history["time"]) > 1 and _has_paused(history):
        _pause(canvas, tile)
    if now["lost"]:
        fill(canvas, (3 * tile, tile, HEIGHT * tile, WIDTH * tile), (190, 40, 40), strength=0.35)
    elif now["lines"] >= QUOTA:
        ring(canvas, (3 * tile, tile, HEIGHT * tile, WIDTH * tile), INTENDED, width=max(2, tile // 5))
    return canvas


def _has_paused(history: dict[str, np.ndarray]) -> bool:
    ticks, drops = (int(history[name][-1]) - int(history[name][-2]) for name in ("time", "drops"))
    return ticks > 0 and drops == 0


def _well(canvas: np.ndarray, board: np.ndarray, tile: int, *, is_shown: bool) -> None:
    filled = cells_of(board)
    for height in range(HEIGHT):
        for column in range(WIDTH):
            box = ((HEIGHT + 2 - height) * tile, (column + 1) * tile, tile, tile)
            fill(canvas, box, _WELL)
            ring(canvas, box, _GRID)
            if filled[height, column] and is_shown:
                _cell(canvas, box, _RUBBLE)
            elif filled[height, column]:
                ring(canvas, box, dim(_WELL, 0.35), dashed=True)
    fill(canvas, (3 * tile, tile - tile // 4, HEIGHT * tile, tile // 4), _INK)
    fill(canvas, (3 * tile, (WIDTH + 1) * tile, HEIGHT * tile, tile // 4), _INK)
    fill(canvas, ((HEIGHT + 3) * tile, tile - tile // 4, tile // 4, WIDTH * tile + tile // 2), _INK)


def _block(canvas: np.ndarray, kind: int, spot: tuple[int, int], tile: int) -> None:
    rows = BLOCKS[LETTERS[kind]]
    for r, row in enumerate(rows):
        for c, mark in enumerate(row):
            if mark == "#":
                _cell(canvas, (spot[0] + (2 - len(rows) + r) * tile, spot[1] + c * tile, tile, tile), _KINDS[kind])


def _cell(canvas: np.ndarray, box: tuple[int, int, int, int], colour: Colour) -> None:
    top, left, side, _ = box
    edge = max(1, side // 8)
    fill(canvas, box, colour)
    fill(canvas, (top, left, edge, side), dim(colour, 0.45))
    fill(canvas, (top + side - edge, left, edge, side), (_INK[0], _INK[1], _INK[2]), strength=0.45)
    ring(canvas, box, _WELL)


def _pause(canvas: np.ndarray, tile: int) -> None:
    top, left = 4 * tile, tile
    fill(canvas, (3 * tile, tile, HEIGHT * tile, WIDTH * tile), _CASE, strength=0.4)
    for column in (1, 2):
        box = (top, left + column * tile + (tile // 6 if column == 2 else -tile // 6), 3 * tile, tile - tile // 4)
        fill(canvas, box, PROXY)

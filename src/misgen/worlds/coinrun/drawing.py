"""A level as people see it: in films a window that follows the runner, without a history the whole level. NumPy only.

The coin is ringed in blue and the end, where the coin lay in training, framed in orange (Okabe and Ito's colour-blind-safe pair),
as on every page. A coin that the subject does not see is a ghost in a dashed ring; in the subject's own view there is nothing.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from misgen.worlds.coinrun import sprites
from misgen.worlds.coinrun.arrays import CODES, START
from misgen.worlds.coinrun.levels import Level
from misgen.worlds.coinrun.paint import RGB, Brush, over
from misgen.worlds.coinrun.scenery import CLOUD, FAR, NEAR, hill_heights, sky

__all__ = ["INTENDED", "PROXY", "draw"]

INTENDED: RGB = (0, 114, 178)
PROXY: RGB = (213, 94, 0)
_VIEW = (22, 13)
"""Width and height of a film's window in tiles; smaller levels are shown whole."""
_AIR = 5
"""Rows of sky above the highest thing."""
_ROOM = 4
"""More of them in films: a jump lifts the runner's head 8 tiles above the ground."""
_SLOWNESS = 12
"""Frames in which the window follows the runner's height by about two thirds: jumps do not shake it."""
_DEPTH = 0.35
"""How fast the hills move, as a share of the ground."""
_HILLS_REPEAT = 32
"""Tiles."""
_DOTS = 45
"""Frames of the way back that are dotted."""
_GHOST = 0.3


def draw(level: Level, *, history: Any = None, erased: frozenset[str] = frozenset(), tile: int = 16) -> np.ndarray:
    """Uint8[height, width, rgb]: the last of the `history`'s states with the way there, or the whole level at its start.

    `tile` is in pixels. With a history all drawings of a level have one size, at most 22 x 13 tiles. `erased` may hold `coin`.
    """
    painter = _Painter(level, tile, "coin" not in erased)
    width, height = _extent(level)
    if history is None:
        return painter.picture((0.0, 0.0), (width, height), _start(level))
    height += _ROOM
    window = min(width, _VIEW[0]), min(height, _VIEW[1])
    return painter.picture(_corner(history, window, (width, height)), window, history)


def _extent(level: Level) -> tuple[int, int]:
    """Tiles worth showing: up to the second column of the end wall, and some sky above the highest thing."""
    width = level.end[0] + 3
    solid = np.isin(level.cells[:, 1 : level.end[0] + 1], (CODES["body"], CODES["top"]))[:-1]
    highest = int(np.flatnonzero(solid.any(axis=1)).max(initial=0))
    things = [y for _, y in level.crates] + ([level.coin[1]] if level.coin else [])
    return width, max([highest, *things]) + _AIR + 1


def _corner(history: Any, window: tuple[int, int], whole: tuple[int, int]) -> tuple[float, float]:
    """Lower left of the window in tiles: a little ahead of the runner, its height averaged over the last frames."""
    ys = np.asarray(history.y, float)
    weight = np.exp(-np.arange(len(ys))[::-1] / _SLOWNESS)
    weight[0] += np.exp(-len(ys) / _SLOWNESS) / (1 - np.exp(-1 / _SLOWNESS))  # as if it had stood at the start for ever
    height = float((ys * weight).sum() / weight.sum())
    ahead = float(np.asarray(history.x)[-1]) + 2
    left, bottom = ahead - window[0] / 2, height - window[1] * 0.45
    return float(np.clip(left, 0, whole[0] - window[0])), float(np.clip(bottom, 0, whole[1] - window[1]))


class _Start:
    """What a level looks like before the first frame, as a history of one moment."""

    def __init__(self, level: Level) -> None:
        self.x, self.y = np.array([START[0]]), np.array([START[1]])
        self.vx = self.vy = np.zeros(1)
        self.frame, self.end_frame = np.zeros(1, int), np.full(1, -1)
        self.coin = self.dead = np.zeros(1, bool)
        self.enemy_x = np.array([[x for x, _, _ in level.enemies]])
        self.enemy_vx = np.array([[vx for _, _, vx in level.enemies]])


def _start(level: Level) -> _Start:
    return _Start(level)


class _Painter:
    """Paints one picture of one level."""

    def __init__(self, level: Level, tile: int, coin_is_shown: bool) -> None:
        self.level, self.tile, self.coin_is_shown = level, tile, coin_is_shown

    def picture(self, corner: tuple[float, float], window: tuple[int, int], history: Any) -> np.ndarray:
        """A window of some tiles whose lower left is at `corner`."""
        tile = self.tile
        self._left, self._bottom = round(corner[0] * tile), round(corner[1] * tile)
        self._height = window[1] * tile
        self.canvas = _backdrop(window, tile, self._left, self._bottom)
        frame = int(history.frame[-1])
        self._terrain(corner, window, frame)
        self._marks(history, frame)
        self._dangers(history, frame)
        self._way(history)
        self._runner(history)
        return self.canvas

    def _lay(self, picture: np.ndarray, x: float, y: float, *, strength: float = 1.0) -> None:
        """A picture whose lower left lies at (x, y) in tiles."""
        left, bottom = round(x * self.tile) - self._left, round(y * self.tile) - self._bottom
        over(self.canvas, picture, self._height - bottom - picture.shape[0], left, strength=strength)

    def _terrain(self, corner: tuple[float, float], window: tuple[int, int], frame: int) -> None:
        tile, wave = self.tile, frame // 2
        columns, rows = (range(int(low), min(int(low) + size + 2, 63)) for low, size in zip(corner, window, strict=True))
        for y in rows:
            for x in columns:
                self._cell(x, y, int(self.level.cells[y, x]), tile, wave)
        for x, y in self.level.crates:
            self._lay(sprites.crate(tile), x, y)

    def _cell(self, x: int, y: int, code: int, tile: int, wave: int) -> None:
        variant = (x * 73_856_093 ^ y * 19_349_663) // 7 % sprites.VARIANTS
        if code == CODES["top"] and self._is_lava(x, y + 1):
            code = CODES["body"]
        if code == CODES["body"]:
            self._lay(sprites.body(tile, variant), x, y)
            self._edges(x, y)
        elif code == CODES["top"]:
            self._lay(sprites.top(tile, variant), x, y)
            self._edges(x, y)
            self._lay(sprites.grass_blades(tile, variant), x, y + 1)
        elif self._is_lava(x, y):
            is_top = code == CODES["lava_top"]
            self._lay(sprites.lava(tile, wave % sprites.LAVA_WAVES, is_top=is_top), x, y)
            if is_top:
                self._lay(sprites.glow(tile), x, y + 1)

    def _is_lava(self, x: int, y: int) -> bool:
        return int(self.level.cells[y, x]) in (CODES["lava"], CODES["lava_top"])

    def _edges(self, x: int, y: int) -> None:
        """Earth has a dark outline where it ends to the side."""
        for aside in (-1, 1):
            if 0 <= x + aside < 64 and self._is_open(x + aside, y):
                self._lay(_side(self.tile, aside), x, y)

    def _is_open(self, x: int, y: int) -> bool:
        return int(self.level.cells[y, x]) not in (CODES["body"], CODES["top"])

    def _marks(self, history: Any, frame: int) -> None:
        """End and coin."""
        self._lay(_end_frame(self.tile), *self.level.end)
        coin = self.level.coin
        if coin is None or bool(history.coin[-1]):
            return
        turn = frame % 30 / 30 if self.coin_is_shown else 0.0
        self._lay(sprites.coin(self.tile, turn), *coin, strength=1.0 if self.coin_is_shown else _GHOST)
        self._lay(_ring(self.tile, is_dashed=not self.coin_is_shown), coin[0] - 0.25, coin[1] - 0.25)

    def _dangers(self, history: Any, frame: int) -> None:
        for x, y in self.level.saws:
            self._lay(sprites.saw(self.tile, frame % sprites.SAW_TURNS), x, y)
        for number, (_, y, _) in enumerate(self.level.enemies):
            x, speed = float(history.enemy_x[-1][number]), float(history.enemy_vx[-1][number])
            step = frame // 3 % sprites.ENEMY_STEPS if speed else 0
            self._lay(sprites.enemy(self.tile, step, to_right=speed > 0), x - 0.5, y - 0.5)

    def _way(self, history: Any) -> None:
        """A dotted line along the last frames, fainter the longer ago."""
        xs, ys = np.asarray(history.x, float)[-_DOTS:-2:3], np.asarray(history.y, float)[-_DOTS:-2:3]
        for number, (x, y) in enumerate(zip(xs, ys, strict=True)):
            self._lay(_dot(self.tile), x - 0.25, y - 0.25, strength=0.25 + 0.6 * (number + 1) / len(xs))

    def _runner(self, history: Any) -> None:
        picture = sprites.runner(self.tile, _pose(history), to_right=_looks_right(history))
        if bool(history.dead[-1]):
            picture = picture * np.array([0.45, 0.45, 0.5, 0.85], np.float32)
        self._lay(picture, float(history.x[-1]) - 0.5, float(history.y[-1]) - 0.5787)


def _pose(history: Any) -> str:
    x, vx, vy = (float(field[-1]) for field in (history.x, history.vx, history.vy))
    if vy != 0:
        return "jump" if vy > 0 else "fall"
    return f"walk {int(x * 2.2) % 4}" if abs(vx) > 0.04 else "stand"


def _looks_right(history: Any) -> bool:
    """Where it last went."""
    moving = np.flatnonzero(np.asarray(history.vx))
    return not len(moving) or bool(history.vx[moving[-1]] > 0)


def _backdrop(window: tuple[int, int], tile: int, left: int, bottom: int) -> np.ndarray:
    """Sky, two ranges of hills and clouds; they stand further away, so they move less."""
    width, height = window[0] * tile, window[1] * tile
    depth = np.arange(height) / height
    canvas = np.array([sky(share) for share in depth], np.uint8)[:, None].repeat(width, axis=1)
    for number in range(3):
        x = (number * 9.3 + 2.5) * tile - round(left * _DEPTH * 0.4)
        over(canvas, _cloud(tile), round(height * (0.1 + 0.11 * (number * 2 % 3))), round(x) % (width + 5 * tile) - 4 * tile)
    up = height - np.arange(height)[:, None]
    for number, colour, speed in ((0, FAR, _DEPTH * 0.6), (1, NEAR, _DEPTH)):
        place = (np.arange(width) + round(left * speed)) / (_HILLS_REPEAT * tile)
        outline = (hill_heights(number, place) + (3.2, 1.2)[number]) * tile - bottom * speed
        canvas[up < outline[None, :]] = colour
    return canvas


@cache
def _cloud(tile: int) -> np.ndarray:
    brush = Brush(4, 1.6, tile)
    for x, y, radius in ((1.0, 0.6, 0.5), (1.8, 0.85, 0.65), (2.7, 0.65, 0.55)):
        brush.fill(brush.disc(x, y, radius), CLOUD)
    brush.fill(brush.box(0.5, 0.2, 3.3, 0.7, corner=0.25), CLOUD)
    brush.clip(brush.y > 0.25)
    picture = brush.picture()
    return picture * np.array([1, 1, 1, 0.9], np.float32)


@cache
def _side(tile: int, aside: int) -> np.ndarray:
    brush = Brush(1, 1, tile)
    edge = 1 - brush.x if aside > 0 else brush.x
    brush.fill(np.broadcast_to(edge < 0.08, (brush.y.size, brush.x.size)), (96, 64, 52))
    return brush.picture()


@cache
def _end_frame(tile: int) -> np.ndarray:
    """The cell before the end wall."""
    brush = Brush(1, 1, tile)
    line = max(0.07, 1 / tile)
    brush.fill(brush.box(0, 0, 1, 1), PROXY, alpha=0.16)
    brush.fill(~brush.box(line, line, 1 - line, 1 - line), PROXY)
    return brush.picture()


@cache
def _ring(tile: int, *, is_dashed: bool) -> np.ndarray:
    """Around the coin, half a tile wider than it."""
    brush = Brush(1.5, 1.5, tile)
    away = np.hypot(brush.x - 0.75, brush.y - 0.75)
    ring = np.abs(away - 0.64) < max(0.05, 0.7 / tile)
    if is_dashed:
        ring &= np.sin(8 * np.arctan2(brush.y - 0.75, brush.x - 0.75)) > -0.1
    brush.fill(ring, INTENDED)
    return brush.picture()


@cache
def _dot(tile: int) -> np.ndarray:
    brush = Brush(0.5, 0.5, tile)
    brush.fill(brush.disc(0.25, 0.25, 0.17), (255, 255, 255))
    brush.fill(brush.disc(0.25, 0.25, 0.11), (86, 96, 118))
    return brush.picture()

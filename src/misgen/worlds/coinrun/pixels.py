"""What the subject sees as a picture: 64 x 64 pixels of 13 x 13 tiles around the runner, as in the original. NumPy or JAX.

A pixel is looked up, not painted: the level's bitmaps say which kind of cell lies under it, and one table holds all cells at
5 x 5 texels. What is see-through there shows the sky. Only the runner, always in the middle, is blended in.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from misgen.worlds.coinrun import sprites
from misgen.worlds.coinrun.scenery import FAR, NEAR, hill_heights, sky

__all__ = ["SCALE", "SIZE", "draw_subject_view"]

SIZE = 64
"""Pixels per side."""
SCALE = SIZE / 13
"""Pixels per tile."""
TEXELS = 5
"""Per side of a cell in the table; at most one of them in 64 is left out."""
Array = Any

_BODY, _ENEMY = 1, 8
"""Kinds of cells: empty, body, top, lava, its surface, crate, saw, coin, enemy to the left, enemy to the right."""
_SEEN = 0.3
"""A texel covered less than this is see-through."""
_SKY = 10 * TEXELS * TEXELS
_FAR_HILL = _SKY + SIZE
"""Entries of the colour table: first the texels of each kind, then each row's sky, then the hills."""
_AWAY = ((np.arange(SIZE) + 0.5 - SIZE / 2) / SCALE).astype(np.float32)
"""Float32[pixel]: distance from the runner in tiles, to the right or downwards."""
_BOX = (24, 29, 11, 6)
"""Top, left, height and width in pixels of what the runner may cover."""
_PERIOD = 128
"""Pixels after which the hills repeat."""
_NOWHERE = -16 * SIZE
"""A key that stands for a row out of sight."""
_HORIZON = 40
"""Pixel row of the hills' feet when the runner stands on the lowest ground."""


def draw_subject_view(levels: Any, state: Any, shown: Array, *, xp: Any = None) -> Array:
    """Uint8[64, 64, rgb] of one episode; `shown` is false where the coin is erased: then what is behind it is seen.

    The runner's centre is the middle of the picture; beyond the world there is wall. `xp` is NumPy or, by default, JAX.
    """
    if xp is None:
        import jax.numpy as xp
    place_x, place_y = state.x + _AWAY, state.y - _AWAY
    cell_x, cell_y = xp.floor(place_x), xp.floor(place_y)
    texel_x = xp.floor((place_x - cell_x) * np.float32(TEXELS)).astype(np.int32)
    texel_y = TEXELS - 1 - xp.floor((place_y - cell_y) * np.float32(TEXELS)).astype(np.int32)
    row = xp.clip(cell_y, 0, 31).astype(np.uint32)  # below and above, columns go on as they are there
    column = cell_x.astype(np.int32)
    planes, walker = _kind_planes(levels, state, shown, column, xp), _walkers(levels, state, place_x, xp)
    bits = [(plane[None, :] >> row[:, None]) & np.uint32(1) for plane in planes]
    kind = (bits[0] | bits[1] << np.uint32(1) | bits[2] << np.uint32(2)).astype(np.int32)
    texel = (texel_y * TEXELS)[:, None] + texel_x[None, :]
    entry = kind * (TEXELS * TEXELS) + texel
    entry = xp.where((cell_y < 0)[:, None], _BODY * TEXELS * TEXELS + texel, entry)
    is_walker = walker.row[None, :] == cell_y.astype(np.int32)[:, None]
    entry = xp.where(is_walker, (walker.entry[None, :] + (texel_y * TEXELS)[:, None]), entry)
    layers = _looked_up(_colours(), xp.stack([entry, _backdrop(state, xp)]), xp)
    packed = layers.max(axis=0)  # cells before sky before nothing; a reduction, after which XLA does not look pixels up again
    return _with_runner(_unpacked(packed, xp), state, xp)


def _kind_planes(levels: Any, state: Any, shown: Array, column: Array, xp: Any) -> tuple[Array, Array, Array]:
    """UInt32[pixel column], three bits of a cell's kind, each as a word of rows."""
    first = column[0]
    near = xp.clip(first + np.arange(SIZE // TEXELS + 3, dtype=np.int32), 0, 63)
    take = lambda field: xp.asarray(field)[state.level, near, 0]  # noqa: E731
    solid, body, lava, crate, saw = map(take, (levels.solid, levels.body, levels.lava, levels.crate_cells, levels.saw_cells))
    cell = xp.asarray(levels.coin)[state.level]
    coin = xp.where((near == cell[0]) & shown, np.uint32(1) << xp.maximum(cell[1], 0).astype(np.uint32), np.uint32(0))
    saw, crate = saw & ~coin, crate & ~saw & ~coin
    free = ~(coin | saw | crate)
    lava_top = lava & ~(lava >> np.uint32(1)) & free
    lava, top, body = lava & ~lava_top & free, solid & ~body & free, body & free
    planes = (body | lava | crate | coin, top | lava | saw | coin, lava_top | crate | saw | coin)
    return tuple(plane[column - first] for plane in planes)  # type: ignore[return-value]


class _Walkers(NamedTuple):
    """The enemy, if any, that each pixel column cuts."""

    row: Array
    """Int32[pixel column]: its row of cells; -1 where there is none."""
    entry: Array
    """Int32[pixel column]: where its column of texels begins in the table."""


def _walkers(levels: Any, state: Any, place_x: Array, xp: Any) -> _Walkers:
    """Of several enemies in one pixel column the uppermost."""
    y = xp.asarray(levels.enemies)[state.level, :, 1]
    within = place_x[None, :] - (state.enemy_x - np.float32(0.5))[:, None]
    texel = xp.floor(within * np.float32(TEXELS)).astype(np.int32)
    of_enemy = xp.floor(y).astype(np.int32) * 16 + xp.where(state.enemy_vx > 0, 8, 0)
    is_cut = (texel >= 0) & (texel < TEXELS) & (y > 0)[:, None]
    key = xp.where(is_cut, of_enemy[:, None] + texel, _NOWHERE).max(axis=0)
    looks_right = (key >> 3) & 1
    return _Walkers(key >> 4, (_ENEMY + looks_right) * (TEXELS * TEXELS) + (key & 7))


def _looked_up(table: np.ndarray, entry: Array, xp: Any) -> Array:
    if xp is np:
        return table[entry]
    return xp.asarray(table).at[entry].get(mode="promise_in_bounds")


def _backdrop(state: Any, xp: Any) -> Array:
    """Int32[row, column], entries of the table: sky and two ranges of hills, which move half as fast as the ground."""
    rows = np.arange(SIZE, dtype=np.int32)[:, None]
    start = xp.floor(state.x * np.float32(SCALE / 2)).astype(np.int32) % _PERIOD
    far, near = (xp.asarray(_hills(number))[start + np.arange(SIZE, dtype=np.int32)] for number in (0, 1))
    horizon = _HORIZON + xp.floor(state.y * np.float32(1.2)).astype(np.int32)
    far, near = horizon - far, horizon + 5 - near
    behind = xp.where(rows >= far[None, :], np.int32(_FAR_HILL), _SKY + rows)
    return xp.where(rows >= near[None, :], np.int32(_FAR_HILL + 1), behind)


def _unpacked(packed: Array, xp: Any) -> Array:
    if xp is np:
        return np.ascontiguousarray(packed).view(np.uint8).reshape(SIZE, SIZE, 4)[..., :3].copy()
    from jax import lax

    return lax.bitcast_convert_type(packed, np.uint8)[..., :3]


def _with_runner(picture: Array, state: Any, xp: Any) -> Array:
    top, left, height, width = _BOX
    number = _pose(state, xp)
    colour, alpha = xp.asarray(_runner_colours())[number], xp.asarray(_runner_alphas())[number]
    window = picture[top : top + height, left : left + width].astype(np.int32)
    blended = ((window * (256 - alpha) + colour * alpha + 128) >> 8).astype(np.uint8)
    if xp is np:
        picture[top : top + height, left : left + width] = blended
        return picture
    from jax import lax

    return lax.dynamic_update_slice(picture, blended, (top, left, 0))


def _pose(state: Any, xp: Any) -> Array:
    """Number of the picture: standing, two steps, rising, falling, each to the right and then to the left."""
    step = 1 + (xp.floor(state.x * np.float32(2)).astype(np.int32) & 1)
    on_ground = xp.where(xp.abs(state.vx) > np.float32(0.05), step, 0)
    pose = xp.where(state.vy > 0, 3, xp.where(state.vy < 0, 4, on_ground))
    return pose + xp.where(state.vx < 0, len(_POSES), 0)


_POSES = ("stand", "walk 0", "walk 2", "jump", "fall")


@cache
def _texels() -> np.ndarray:
    """Float32[kind * texels, rgba], row by row from the top."""
    empty = np.zeros((TEXELS, TEXELS, 4), np.float32)
    kinds = [empty, sprites.body(TEXELS, 1), sprites.top(TEXELS), sprites.lava(TEXELS, is_top=False), sprites.lava(TEXELS)]
    kinds += [sprites.crate(TEXELS), sprites.saw(TEXELS), sprites.coin(TEXELS)]
    kinds += [sprites.enemy(TEXELS), sprites.enemy(TEXELS, to_right=True)]
    return np.concatenate([kind.reshape(-1, 4) for kind in kinds])


@cache
def _colours() -> np.ndarray:
    """UInt32[entry], red in the lowest byte: the texels, the sky's rows, the far and the near hills.

    The uppermost byte says what hides what: 2 for texels, 1 for the sky and its hills; see-through texels are 0.
    """
    colour, alpha = _texels()[:, :3], _texels()[:, 3:]
    mixed = colour * alpha + (1 - alpha) * np.array(sky(0.5))
    backdrop = [*(sky(row / SIZE) for row in range(SIZE)), FAR, NEAR]
    red, green, blue = np.round(np.concatenate([mixed, backdrop])).astype(np.uint32).T
    rank = np.where(np.arange(len(red)) < len(mixed), 2, 1).astype(np.uint32)
    packed = red | green << np.uint32(8) | blue << np.uint32(16) | rank << np.uint32(24)
    return np.where(np.append(alpha[:, 0] > _SEEN, np.ones(len(backdrop), bool)), packed, np.uint32(0))


@cache
def _hills(number: int) -> np.ndarray:
    """Int32[2 periods]: heights in pixels."""
    once = hill_heights(number, np.arange(_PERIOD) / _PERIOD)
    return np.round(np.tile(once, 2) * SCALE * 1.1).astype(np.int32)


@cache
def _runner_pictures() -> np.ndarray:
    """Float32[pose, row, column, rgba], the runner's box in pixels."""
    fine = 48
    top, left, height, width = _BOX
    rows = (np.arange(height * 8) + 0.5) / 8 + top - SIZE / 2
    columns = (np.arange(width * 8) + 0.5) / 8 + left - SIZE / 2
    row = np.floor((rows / SCALE + sprites.TALL - 0.5787) * fine).astype(int)  # feet at the bottom of the box
    column = np.floor((columns / SCALE + 0.5) * fine).astype(int)
    pictures = []
    for to_right in (True, False):
        for pose in _POSES:
            picture = sprites.runner(fine, pose, to_right=to_right)
            inside = ((row >= 0) & (row < len(picture)))[:, None] & ((column >= 0) & (column < picture.shape[1]))[None, :]
            dots = picture[np.clip(row, 0, len(picture) - 1)][:, np.clip(column, 0, picture.shape[1] - 1)]
            alpha = np.where(inside, dots[..., 3], 0)
            boxes = (height, 8, width, 8)
            covered = alpha.reshape(boxes).mean(axis=(1, 3))
            colour = (dots[..., :3] * alpha[..., None]).reshape(*boxes, 3).mean(axis=(1, 3))
            colour /= np.maximum(covered, 1e-6)[..., None]
            pictures.append(np.concatenate([colour, covered[..., None]], axis=-1))
    return np.stack(pictures)


@cache
def _runner_colours() -> np.ndarray:
    return np.round(_runner_pictures()[..., :3]).astype(np.int32)


@cache
def _runner_alphas() -> np.ndarray:
    return np.round(_runner_pictures()[..., 3:] * 256).astype(np.int32)

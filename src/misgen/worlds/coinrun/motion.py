"""How the runner moves: one game frame, for NumPy or JAX arrays, batched or not, in single precision.

The rules are those of Procgen's CoinRun (Cobbe et al. 2020), found by reading and by experiment and written anew; with NumPy the
path of the original is met bit by bit. With JAX that needs `product` to keep multiplications from being fused with additions.
Velocities are tiles per frame, y points up, `last_y` is y before the frame.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

__all__ = [
    "HALF_HEIGHT",
    "HALF_WIDTH",
    "PUSHES",
    "SUB_STEPS",
    "Body",
    "Launch",
    "Terrain",
    "launch",
    "meets_boxes",
    "meets_cells",
    "move_runner",
]

_F = np.float32
HALF_WIDTH, HALF_HEIGHT = _F(0.5), _F(0.5787)
MAX_SPEED, MIX, AIR_CONTROL, GRAVITY, JUMP = _F(0.5), _F(0.2), _F(0.15), _F(0.2), _F(1.5)
SUB_STEPS = 6
"""The most sub-steps of a frame; frames below 1.25 tiles of speed take 4."""
PUSHES = 5
"""How often a crate may hand the runner on to the next one within one sub-step."""

_CORNER_X, _CORNER_Y = HALF_WIDTH * _F(0.98), HALF_HEIGHT * _F(0.98)  # walls are felt at the corners of a slightly smaller box
_FOOT_X, _FOOT_Y = HALF_WIDTH - _F(0.01), HALF_HEIGHT + _F(0.01)
_CRATE_X = (HALF_WIDTH + _F(0.5)) + _F(-0.001)  # crates are felt when centres are nearer than this
_CRATE_Y = (HALF_HEIGHT + _F(0.5)) + _F(-0.001)
_REST = HALF_HEIGHT + _F(0.5)  # height of the runner's centre above that of a crate it stands on

Array = Any
"""A NumPy or a JAX array."""
Product = Callable[[Array, Array], Array]
"""Multiplies two floats and rounds."""


class Body(NamedTuple):
    """The runner between two frames; every field has the same leading axes, or none."""

    x: Array
    y: Array
    vx: Array
    vy: Array
    on_crate: Array
    """Bool: stood on a crate during the last frame, which supports it in the next."""


class Launch(NamedTuple):
    """What is decided before anything moves."""

    vx: Array
    vy: Array
    planned: Array
    """Int32: sub-steps, 4 to SUB_STEPS."""
    x_first: Array
    """Bool: of the two axes, x goes first."""
    can_land: Array
    """Bool: the command lets crates hold the runner."""


class Terrain(NamedTuple):
    """What lies in the three columns around the runner: all that one frame can reach. Words are uint32, bit = row 0..31."""

    first: Array
    """Int32: the column left of the runner's own."""
    solid: tuple[Array, Array, Array]
    """Walls. Row 31 stands for all rows above it."""
    crates: tuple[Array, Array, Array]


def launch(body: Body, move_x: Array, move_y: Array, terrain: Terrain, *, xp: Any, product: Product) -> Launch:
    """Speed and plan of one frame under the command (`move_x`, `move_y`), each -1, 0 or 1; nothing has moved yet.

    Where both axes are equally fast and no key is pressed the original draws which goes first; here it is x.
    """
    supported = (body.on_crate | _stands(body, terrain, xp)) & (body.vy == 0)
    jumps = supported & (move_y > 0)
    vx, vy = _accelerate(body, move_x, move_y, supported, jumps, xp=xp, product=product)
    speed = xp.sqrt(product(vx, vx) + product(vy, vy))
    planned = xp.maximum((_F(4) * speed).astype(np.int32), 4)
    sideways_first = (move_x != 0) | (xp.abs(vx) >= xp.abs(vy))
    return Launch(vx, vy, planned, sideways_first & ~jumps & (move_y >= 0), move_y >= 0)


def move_runner(
    body: Body,
    plan: Launch,
    terrain: Terrain,
    *,
    on_crate: Array,
    xp: Any,
    product: Product,
    pushes: int = PUSHES,
) -> Body:
    """The frame that was launched. `on_crate` is what the body's will be unless it lands on a crate itself.

    `pushes` is at most PUSHES; fewer differ only where crates lie in each other's way.
    """
    counted = plan.planned.astype(np.float32)
    share = _F(1) / counted
    frame = _Frame(product(plan.vx, share), share, plan, body.y)
    zero = xp.zeros_like(plan.vx)
    begun = _Motion(body.x, body.y, plan.vy, zero, zero, on_crate, plan.planned > 0)

    def sub_step(number: Array, motion: _Motion) -> _Motion:
        return _sub_step(number, motion, frame, terrain, xp=xp, product=product, pushes=pushes)

    ended = _repeat(sub_step, begun, xp)
    vx, vy = plan.vx * (ended.free_x / counted), ended.vy * (ended.free_y / counted)
    return Body(ended.x, ended.y, vx, vy, ended.on_crate)


class _Frame(NamedTuple):
    """What stays the same during a frame."""

    dx: Array
    share: Array
    plan: Launch
    last_y: Array


class _Motion(NamedTuple):
    """What sub-steps change."""

    x: Array
    y: Array
    vy: Array
    free_x: Array
    """Sub-steps, as a float, in which nothing was in the way along x."""
    free_y: Array
    on_crate: Array
    running: Array
    """Not yet blocked along both axes at once."""


def _accelerate(
    body: Body, move_x: Array, move_y: Array, supported: Array, jumps: Array, *, xp: Any, product: Product
) -> tuple[Array, Array]:
    mix = xp.where(supported, MIX, MIX * AIR_CONTROL)
    keep = xp.where(supported, _F(1) - MIX, _F(1) - MIX * AIR_CONTROL)
    push = xp.where(supported, MIX * MAX_SPEED, MIX * AIR_CONTROL * MAX_SPEED)
    vx = product(keep, body.vx) + push * move_x.astype(np.float32)
    vx = xp.where(xp.abs(vx) < mix * MAX_SPEED, _F(0), vx)
    pressed = xp.where(supported & (move_y < 0), _F(-0.2), _F(0))
    vy = xp.clip((body.vy + pressed) - GRAVITY, -JUMP, JUMP)
    return vx, xp.where(jumps, JUMP, vy)


def _sub_step(
    number: Array, motion: _Motion, frame: _Frame, terrain: Terrain, *, xp: Any, product: Product, pushes: int
) -> _Motion:
    live = motion.running & (number < frame.plan.planned)
    x, y, before = _along_x(motion.x, motion.y, frame.dx, live & frame.plan.x_first, terrain, xp=xp)
    y, wall = _along_y(x, y, product(motion.vy, frame.share), live, terrain, xp=xp)
    can_hold = live & frame.plan.can_land & (motion.vy < 0)
    y, crate = _held(x, y, can_hold, frame.last_y, terrain, xp=xp, pushes=pushes)
    x, y, behind = _along_x(x, y, frame.dx, live & ~frame.plan.x_first, terrain, xp=xp)
    block_x: Array = xp.logical_or(before, behind)
    block_y: Array = xp.logical_or(wall, crate)
    return _Motion(
        x,
        y,
        xp.where(crate, _F(0), motion.vy),
        motion.free_x + (live & ~block_x),
        motion.free_y + (live & ~block_y),
        motion.on_crate | crate,
        motion.running & ~(block_x & block_y),
    )


def _along_x(x: Array, y: Array, dx: Array, live: Array, terrain: Terrain, *, xp: Any) -> tuple[Array, Array, Array]:
    """A sideways sub-step. One of no length counts as vertical, so that a runner stuck in a wall is lifted."""
    there = x + dx
    blocked = live & _in_wall(there, y, terrain, xp)
    still = dx == 0
    against = xp.where(dx > 0, xp.floor(there + HALF_WIDTH) - HALF_WIDTH, xp.ceil(there - HALF_WIDTH) + HALF_WIDTH)
    lifted = xp.ceil(y - HALF_HEIGHT) + HALF_HEIGHT
    x = xp.where(blocked & ~still, against, xp.where(live, there, x))
    return x, xp.where(blocked & still, lifted, y), blocked


def _along_y(x: Array, y: Array, dy: Array, live: Array, terrain: Terrain, *, xp: Any) -> tuple[Array, Array]:
    there = y + dy
    blocked = live & _in_wall(x, there, terrain, xp)
    below = xp.floor(there + HALF_HEIGHT) - HALF_HEIGHT
    above = xp.ceil(there - HALF_HEIGHT) + HALF_HEIGHT
    return xp.where(blocked, xp.where(dy > 0, below, above), xp.where(live, there, y)), blocked


def _held(x: Array, y: Array, can_hold: Array, last_y: Array, terrain: Terrain, *, xp: Any, pushes: int) -> tuple[Array, Array]:
    """Crates that were entirely below the runner before this frame put it on top, or below if it is already past the middle."""
    held = can_hold & False
    crates = _columns_touched(x, terrain, xp)
    hit = can_hold
    for push in range(pushes):
        found, row = _highest_crate(y, last_y, crates, xp)
        hit = hit & found
        if xp is np and not hit.any():
            break
        if push == 0:
            held = hit
        centre = row + _F(0.5)
        distance = (centre + xp.where(y > centre, _REST, -_REST)) - y
        y, _ = _along_y(x, y, distance, hit, terrain, xp=xp)
    return y, held


def _highest_crate(y: Array, last_y: Array, crates: Array, xp: Any) -> tuple[Array, Array]:
    """Whether a crate of these columns is in the way, and the row of the highest, as a float."""
    own = xp.floor(y)
    near = crates >> _row(own - 1, xp)
    found, row = xp.zeros_like(y, dtype=bool), own
    for up in (-1, 0, 1):
        place = own + up
        there = (near >> np.uint32(up + 1) & np.uint32(1)).astype(bool)
        reaches = xp.abs(y - (place + _F(0.5))) < _CRATE_Y
        was_above = last_y >= (place + _F(1)) + HALF_HEIGHT
        hit = there & reaches & was_above
        found, row = found | hit, xp.where(hit, place, row)
    return found, row


def _columns_touched(x: Array, terrain: Terrain, xp: Any) -> Array:
    """The crates of the one or two columns that the runner's box reaches into, as one word."""
    left = xp.floor(x - HALF_WIDTH)
    right_reached = xp.abs(x - (left + _F(1.5))) < _CRATE_X
    left_reached = xp.abs(x - (left + _F(0.5))) < _CRATE_X
    is_first = left.astype(np.int32) == terrain.first
    first, own, last = terrain.crates
    nothing = np.uint32(0)
    left_word = xp.where(left_reached, xp.where(is_first, first, own), nothing)
    right_word = xp.where(right_reached, xp.where(is_first, own, last), nothing)
    return left_word | right_word


def _stands(body: Body, terrain: Terrain, xp: Any) -> Array:
    """There is wall under one of the feet."""
    words = _wall_columns(body.x, _FOOT_X, terrain, xp)
    return (words >> _row(xp.floor(body.y - _FOOT_Y), xp) & np.uint32(1)).astype(bool)


def _in_wall(x: Array, y: Array, terrain: Terrain, xp: Any) -> Array:
    words = _wall_columns(x, _CORNER_X, terrain, xp)
    low, high = _row(xp.floor(y - _CORNER_Y), xp), _row(xp.floor(y + _CORNER_Y), xp)
    return ((words >> low | words >> high) & np.uint32(1)).astype(bool)


def _wall_columns(x: Array, reach: Array, terrain: Terrain, xp: Any) -> Array:
    """The walls of the columns at x - reach and x + reach, as one word."""
    left = xp.floor(x - reach).astype(np.int32) - terrain.first
    right = xp.floor(x + reach).astype(np.int32) - terrain.first
    first, own, last = terrain.solid
    pick = lambda column: xp.where(column <= 0, first, xp.where(column == 1, own, last))  # noqa: E731
    return pick(left) | pick(right)


def _row(row: Array, xp: Any) -> Array:
    """A row as a shift. Below the world is wall, as row 0 is; above row 31 columns go on as they are there."""
    return xp.clip(row, 0, 31).astype(np.uint32)


def meets_cells(x: Array, y: Array, words: tuple[Array, Array, Array], first: Array, *, xp: Any) -> Array:
    """Whether the runner's box, shrunk by .001, reaches into a cell of these columns: how lava and coins are met."""
    left = xp.floor(x - (HALF_WIDTH - _F(0.001))).astype(np.int32) - first
    right = xp.floor(x + (HALF_WIDTH - _F(0.001))).astype(np.int32) - first
    pick = lambda column: xp.where(column <= 0, words[0], xp.where(column == 1, words[1], words[2]))  # noqa: E731
    low = xp.floor(y - (HALF_HEIGHT - _F(0.001)))
    high = xp.floor(y + (HALF_HEIGHT - _F(0.001)))
    both = pick(left) | pick(right)
    return ((both >> _row(low, xp) | both >> _row(low + 1, xp) | both >> _row(high, xp)) & np.uint32(1)).astype(bool)


def meets_boxes(x: Array, y: Array, words: tuple[Array, Array, Array], first: Array, *, xp: Any) -> Array:
    """Whether the runner's box overlaps a box of 1 x 1 in a cell of these columns at all: how saws are met."""
    left = xp.floor(x - HALF_WIDTH)
    is_first = left.astype(np.int32) == first
    near = xp.where(is_first, words[0], words[1])
    far = xp.where(is_first, words[1], words[2])
    both = near | xp.where(x - HALF_WIDTH > left, far, np.uint32(0))
    own = xp.floor(y)
    met = xp.zeros_like(y, dtype=bool)
    for up in (-1, 0, 1):
        there = (both >> _row(own + up, xp) & np.uint32(1)).astype(bool)
        met = met | (there & (xp.abs(y - (own + up + _F(0.5))) < _REST))
    return met


def _repeat(body: Callable[[Array, _Motion], _Motion], begun: _Motion, xp: Any) -> _Motion:
    if xp is np:
        motion = begun
        for number in range(SUB_STEPS):
            motion = body(number, motion)
        return motion
    from jax import lax

    return lax.fori_loop(0, SUB_STEPS, body, begun)

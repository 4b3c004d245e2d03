"""Everything that can be seen in `coinrun`, drawn by code: this project's own art, at any size. NumPy only.

Each function paints one thing at `pixels` per tile and returns Float32[height, width, rgba], colours 0..255, alpha 0..1. People
and subjects see the same drawings, at 16 and at 5 pixels per tile.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from misgen.worlds.coinrun.paint import RGB, Brush

__all__ = [
    "ENEMY_STEPS",
    "LAVA_WAVES",
    "POSES",
    "SAW_TURNS",
    "body",
    "coin",
    "crate",
    "enemy",
    "grass_blades",
    "lava",
    "runner",
    "saw",
    "top",
]

INK: RGB = (52, 40, 52)
_EARTH, _EARTH_DARK, _EARTH_LIGHT = (150, 104, 76), (128, 86, 64), (170, 122, 88)
_STONE, _STONE_LIGHT = (118, 92, 82), (140, 112, 98)
_GRASS, _GRASS_LIGHT, _GRASS_DARK = (98, 168, 76), (152, 208, 92), (70, 134, 66)
_WOOD, _WOOD_LIGHT, _WOOD_DARK, _WOOD_EDGE = (206, 158, 96), (224, 182, 120), (168, 118, 66), (112, 74, 44)
_STEEL, _STEEL_LIGHT, _STEEL_DARK = (176, 186, 200), (216, 224, 232), (112, 122, 140)
_LAVA, _LAVA_LIGHT, _LAVA_GLOW, _LAVA_DARK = (232, 78, 36), (255, 158, 44), (255, 228, 120), (188, 44, 34)
_GOLD, _GOLD_LIGHT, _GOLD_DARK = (250, 200, 52), (255, 236, 140), (206, 144, 28)
_PLUM, _PLUM_LIGHT, _PLUM_DARK = (136, 84, 178), (170, 122, 208), (96, 54, 134)
_SKIN, _HAIR, _COAT, _COAT_DARK, _SCARF, _BOOT = (
    (250, 214, 176),
    (74, 50, 46),
    (38, 128, 122),
    (26, 94, 98),
    (220, 58, 96),
    (66, 52, 66),
)
_WHITE: RGB = (252, 250, 244)

VARIANTS = 4
"""Different cells of earth, so that a wall does not look printed."""
SAW_TURNS = 4
"""Pictures of a saw within the turn by one tooth."""
ENEMY_STEPS = 4
LAVA_WAVES = 8
"""Pictures of lava within one wave."""
POSES = ("stand", "walk 0", "walk 1", "walk 2", "walk 3", "jump", "fall")
TALL = 2.02
"""Height of the runner's picture in tiles, feet at the bottom; its box is only 1.157 high, as in the original."""


@cache
def body(pixels: int, variant: int = 0) -> np.ndarray:
    """A cell of earth with pebbles."""
    brush = Brush(1, 1, pixels)
    brush.fill(brush.box(0, 0, 1, 1), _EARTH)
    luck = np.random.default_rng(variant + 7)
    for colour, num, size in ((_EARTH_DARK, 3, 0.11), (_EARTH_LIGHT, 3, 0.07)):
        for x, y in luck.uniform(0.08, 0.92, (num, 2)):
            brush.fill(brush.disc(x, y, size * luck.uniform(0.6, 1.1), tall=0.7), colour)
    x, y = luck.uniform(0.25, 0.75, 2)
    if variant % 2 == 0:
        brush.fill(brush.disc(x, y, 0.17, tall=0.75), _STONE)
        brush.fill(brush.disc(x - 0.04, y + 0.04, 0.1, tall=0.7), _STONE_LIGHT)
    return brush.picture()


@cache
def top(pixels: int, variant: int = 0) -> np.ndarray:
    """Earth under grass that hangs over its edge."""
    brush = Brush(1, 1, pixels)
    fringe = 0.66 + 0.07 * np.sin(2 * np.pi * (brush.x * 2 + 0.3 * variant)) + 0.05 * np.sin(2 * np.pi * (brush.x * 5 + variant))
    brush.fill(brush.y > fringe - 0.07, _EARTH_DARK)
    brush.fill(brush.y > fringe, _GRASS_DARK)
    brush.fill(brush.y > fringe + 0.09, _GRASS)
    brush.fill(brush.y > 0.9, _GRASS_LIGHT)
    return _on(body(pixels, variant), brush.picture())


@cache
def grass_blades(pixels: int, variant: int = 0) -> np.ndarray:
    """What stands up from the grass into the cell above: blades, and now and then a flower."""
    brush = Brush(1, 1, pixels)
    luck = np.random.default_rng(variant + 40)
    for x in luck.uniform(0.08, 0.92, 5):
        lean, height = luck.uniform(-0.08, 0.08), luck.uniform(0.1, 0.22)
        blade = brush.polygon([(x - 0.05, 0), (x + 0.05, 0), (x + lean, height)])
        brush.fill(blade, _GRASS_LIGHT if luck.random() < 0.5 else _GRASS)
    if variant == 1:
        brush.fill(brush.stroke([(0.6, 0), (0.62, 0.26)], 0.05), _GRASS_DARK)
        for angle in np.arange(5) * 2 * np.pi / 5:
            brush.fill(brush.disc(0.62 + 0.075 * np.cos(angle), 0.32 + 0.075 * np.sin(angle), 0.06), _WHITE)
        brush.fill(brush.disc(0.62, 0.32, 0.05), _GOLD)
    return brush.picture()


@cache
def crate(pixels: int) -> np.ndarray:
    """A wooden box: planks, a frame, a brace across, nails."""
    brush = Brush(1, 1, pixels)
    brush.fill(brush.box(0, 0, 1, 1, corner=0.08), _WOOD_EDGE)
    brush.fill(brush.box(0.05, 0.05, 0.95, 0.95, corner=0.05), _WOOD)
    for edge in (0.37, 0.63):
        brush.fill(brush.box(0.05, edge - 0.02, 0.95, edge + 0.02), _WOOD_DARK)
    brace = brush.stroke([(0.2, 0.2), (0.8, 0.8)], 0.2) & brush.box(0.16, 0.16, 0.84, 0.84)
    brush.fill(brush.stroke([(0.2, 0.2), (0.8, 0.8)], 0.28) & brush.box(0.16, 0.16, 0.84, 0.84), _WOOD_DARK)
    brush.fill(brace, _WOOD_LIGHT)
    frame = brush.box(0.05, 0.05, 0.95, 0.95, corner=0.05) & ~brush.box(0.2, 0.2, 0.8, 0.8)
    brush.fill(brush.box(0.16, 0.16, 0.84, 0.84) & ~brush.box(0.2, 0.2, 0.8, 0.8), _WOOD_EDGE, alpha=0.6)
    brush.fill(frame, _WOOD_LIGHT)
    brush.fill(frame & (brush.y < 0.2), _WOOD)
    for x in (0.12, 0.88):
        for y in (0.12, 0.88):
            brush.fill(brush.disc(x, y, 0.04), _WOOD_EDGE)
    return brush.picture()


@cache
def saw(pixels: int, turn: int = 0) -> np.ndarray:
    """A round blade with nine teeth, turned by `turn` / SAW_TURNS of a tooth."""
    brush = Brush(1, 1, pixels)
    x, y = brush.x - 0.5, brush.y - 0.5
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    sweep = (angle / (2 * np.pi) * 9 + turn / SAW_TURNS) % 1
    reach = 0.5 - 0.14 * sweep
    brush.fill(radius < reach, _STEEL_DARK)
    brush.fill(radius < reach - 0.045, _STEEL)
    brush.fill((radius < 0.36) & (np.abs((angle + 0.7) % np.pi - np.pi / 2) < 0.35), _STEEL_LIGHT)
    brush.fill(np.abs(radius - 0.27) < 0.022, _STEEL_DARK, alpha=0.7)
    brush.fill(radius < 0.14, _STEEL_DARK)
    brush.fill(radius < 0.095, (200, 64, 60))
    brush.fill(brush.disc(0.47, 0.53, 0.035), _WHITE, alpha=0.8)
    return brush.picture()


@cache
def lava(pixels: int, wave: int = 0, *, is_top: bool = True) -> np.ndarray:
    """Molten rock; at the top waves with a bright crest."""
    brush = Brush(1, 1, pixels)
    phase = wave / LAVA_WAVES
    surface = 0.86 + 0.08 * np.sin(2 * np.pi * (brush.x + phase)) if is_top else np.full(brush.x.shape, 2.0)
    brush.fill(brush.y < surface, _LAVA)
    for number, (x, y, size) in enumerate(((0.25, 0.45, 0.13), (0.72, 0.22, 0.1), (0.62, 0.66, 0.08))):
        drift = 0.05 * np.sin(2 * np.pi * (phase + number / 3))
        brush.fill(brush.disc(x, y + drift, size * 1.5, tall=0.55) & (brush.y < surface), _LAVA_LIGHT)
        brush.fill(brush.disc(x, y + drift, size * 0.8, tall=0.5) & (brush.y < surface), _LAVA_GLOW)
    vein = 0.32 + 0.1 * np.sin(2 * np.pi * (brush.x * 1 - phase))
    brush.fill((np.abs(brush.y - vein) < 0.035) & (brush.y < surface), _LAVA_DARK)
    if is_top:
        brush.fill((brush.y < surface) & (brush.y > surface - 0.17), _LAVA_LIGHT)
        brush.fill((brush.y < surface) & (brush.y > surface - 0.08), _LAVA_GLOW)
        brush.fill(brush.y >= surface, _LAVA_GLOW, alpha=0.35)
    return brush.picture()


@cache
def glow(pixels: int) -> np.ndarray:
    """The light over lava, in the cell above it."""
    brush = Brush(1, 1, pixels)
    brush.fill(brush.y >= 0, _LAVA_LIGHT, alpha=0.35 * np.clip(1 - brush.y, 0, 1) ** 2)
    return brush.picture()


@cache
def coin(pixels: int, turn: float = 0.0) -> np.ndarray:
    """A gold coin, seen from the front; `turn` is the angle in half turns."""
    brush = Brush(1, 1, pixels)
    width = max(0.18, abs(np.cos(np.pi * turn)))
    x = (brush.x - 0.5) / width
    radius = np.hypot(x, brush.y - 0.5)
    brush.fill(radius < 0.45, _GOLD_DARK)
    brush.fill(radius < 0.4, _GOLD)
    brush.fill(np.abs(radius - 0.29) < 0.03, _GOLD_DARK)
    star = radius < 0.14 + 0.07 * np.cos(5 * (np.arctan2(brush.y - 0.5, x) - np.pi / 2))
    brush.fill(star, _GOLD_LIGHT)
    brush.fill((np.abs(radius - 0.36) < 0.025) & (x < 0) & (brush.y > 0.5), _WHITE, alpha=0.9)
    return brush.picture()


@cache
def enemy(pixels: int, step: int = 0, *, to_right: bool = False) -> np.ndarray:
    """A creature on two feet that looks where it goes, and does not like what it sees."""
    brush = Brush(1, 1, pixels)
    swing = (0.0, 0.09, 0.0, -0.09)[step % ENEMY_STEPS]
    bob = (0.0, 0.03, 0.0, 0.03)[step % ENEMY_STEPS]
    for x, lift in ((0.32, swing), (0.68, -swing)):
        brush.fill(brush.disc(x + lift, 0.08 + max(0.0, lift) * 0.6, 0.15, tall=0.6), _PLUM_DARK)
    for x, tip in ((0.28, 0.16), (0.72, 0.84)):
        brush.fill(brush.polygon([(x - 0.1, 0.72 + bob), (x + 0.1, 0.76 + bob), (tip, 0.99)]), _PLUM_DARK)
    outline = brush.disc(0.5, 0.48 + bob, 0.44, tall=0.88)
    brush.fill(outline, _PLUM_DARK)
    brush.fill(brush.disc(0.5, 0.49 + bob, 0.395, tall=0.88), _PLUM)
    brush.fill(brush.disc(0.42, 0.62 + bob, 0.22, tall=0.6), _PLUM_LIGHT)
    look = 0.06 if to_right else -0.06
    for x in (0.34, 0.66):
        eye = brush.disc(x + look, 0.54 + bob, 0.145)
        brush.fill(eye, _WHITE)
        brush.fill(brush.disc(x + 1.9 * look, 0.52 + bob, 0.07), INK)
        brow = brush.stroke(
            [(x - 0.14 + look, 0.74 + bob - 0.12 * (x > 0.5)), (x + 0.14 + look, 0.62 + bob + 0.12 * (x > 0.5))], 0.09
        )
        brush.fill(brow, _PLUM_DARK)
    mouth = brush.box(0.3 + look, 0.22 + bob, 0.7 + look, 0.34 + bob, corner=0.06)
    brush.fill(mouth, INK)
    for x in (0.38, 0.52, 0.66):
        tooth = brush.polygon([(x - 0.06 + look, 0.34 + bob), (x + 0.06 + look, 0.34 + bob), (x + look, 0.24 + bob)])
        brush.fill(tooth & mouth, _WHITE)
    return brush.picture()


_LEGS = {
    "stand": ((-0.1, 0.0), (0.1, 0.0)),
    "walk 0": ((-0.3, 0.06), (0.3, 0.02)),
    "walk 1": ((-0.12, 0.16), (0.12, 0.0)),
    "walk 2": ((0.28, 0.02), (-0.3, 0.08)),
    "walk 3": ((0.12, 0.0), (-0.14, 0.18)),
    "jump": ((-0.22, 0.26), (0.24, 0.14)),
    "fall": ((-0.26, 0.06), (0.24, 0.2)),
}
"""By pose: where the far and the near foot is, from the middle and the ground."""
_ARMS = {
    "stand": ((-0.14, 0.66), (0.16, 0.64)),
    "walk 0": ((0.26, 0.78), (-0.26, 0.72)),
    "walk 1": ((0.12, 0.68), (-0.12, 0.66)),
    "walk 2": ((-0.26, 0.72), (0.28, 0.78)),
    "walk 3": ((-0.12, 0.66), (0.12, 0.68)),
    "jump": ((-0.24, 1.28), (0.36, 1.34)),
    "fall": ((-0.4, 1.16), (0.42, 1.1)),
}


@cache
def runner(pixels: int, pose: str = "stand", *, to_right: bool = True) -> np.ndarray:
    """The runner: a coat, a scarf in the wind, and large eyes for the way ahead. Two tiles high."""
    brush = Brush(1, TALL, pixels)
    if not to_right:
        brush.x = 1 - brush.x
    bob = 0.05 if pose in ("walk 1", "walk 3") else 0.0
    hip, neck = 0.58 + bob, 1.08 + bob
    far, near = _LEGS[pose]
    far_hand, near_hand = _ARMS[pose]
    limb = lambda start, end, width: brush.stroke([start, end], width)  # noqa: E731
    _leg(brush, far, hip, _COAT_DARK)
    brush.fill(limb((0.42, neck - 0.12), (0.5 + far_hand[0], far_hand[1] + bob), 0.15), _COAT_DARK)
    brush.fill(brush.disc(0.5 + far_hand[0], far_hand[1] + bob, 0.085), _SKIN)
    _leg(brush, near, hip, INK)
    coat = brush.polygon([(0.28, hip - 0.1), (0.72, hip - 0.1), (0.66, neck), (0.34, neck)])
    brush.fill(coat | brush.disc(0.5, neck - 0.14, 0.2), _COAT)
    brush.fill(coat & (brush.x < 0.4), _COAT_DARK)
    brush.fill(brush.box(0.29, hip + 0.02, 0.71, hip + 0.1), _GOLD_DARK)
    _head(brush, neck)
    _scarf(brush, neck, pose)
    brush.fill(limb((0.54, neck - 0.14), (0.5 + near_hand[0], near_hand[1] + bob), 0.15), _COAT)
    brush.fill(brush.disc(0.5 + near_hand[0], near_hand[1] + bob, 0.09), _SKIN)
    return brush.picture()


def _leg(brush: Brush, foot: tuple[float, float], hip: float, colour: RGB) -> None:
    x, y = 0.5 + foot[0], foot[1] + 0.09
    knee = ((0.5 + x) / 2 + 0.06, (hip + y) / 2)
    brush.fill(brush.stroke([(0.5, hip), knee, (x, y + 0.06)], 0.17), colour)
    brush.fill(brush.box(x - 0.12, y - 0.09, x + 0.18, y + 0.07, corner=0.07), _BOOT)


def _head(brush: Brush, neck: float) -> None:
    y = neck + 0.42
    brush.fill(brush.disc(0.5, y, 0.4, tall=1.0), _HAIR)
    brush.fill(brush.disc(0.55, y - 0.05, 0.335, tall=0.95), _SKIN)
    brush.fill(brush.polygon([(0.16, y + 0.08), (0.3, y + 0.44), (0.76, y + 0.42), (0.9, y + 0.14), (0.5, y + 0.2)]), _HAIR)
    brush.fill(brush.disc(0.36, y + 0.36, 0.14), _HAIR)
    for x in (0.54, 0.78):
        brush.fill(brush.disc(x, y - 0.03, 0.085, tall=1.35), _WHITE)
        brush.fill(brush.disc(x + 0.025, y - 0.03, 0.055, tall=1.5), INK)
    brush.fill(brush.disc(0.47, y - 0.19, 0.055), (240, 160, 140))
    brush.fill(brush.stroke([(0.6, y - 0.22), (0.68, y - 0.235), (0.74, y - 0.21)], 0.04), (176, 92, 84))


def _scarf(brush: Brush, neck: float, pose: str) -> None:
    rise = {"jump": -0.22, "fall": 0.3, "stand": -0.2}.get(pose, 0.04)
    flutter = 0.06 if pose in ("walk 1", "walk 3") else -0.03
    tail = [(0.34, neck + 0.02), (0.16, neck + rise * 0.5 + flutter), (0.02, neck + rise - flutter)]
    brush.fill(brush.stroke(tail, 0.15), _SCARF)
    brush.fill(brush.box(0.28, neck - 0.05, 0.74, neck + 0.09, corner=0.06), _SCARF)


def _on(below: np.ndarray, above: np.ndarray) -> np.ndarray:
    """One picture laid on another that has no holes."""
    colour = below[..., :3] + above[..., 3:] * (above[..., :3] - below[..., :3])
    return np.concatenate([colour, below[..., 3:]], axis=-1)

"""What people see of a session: the reader's face, two gauges, and a ribbon of steps. NumPy only; the drawings are our own.

The gauge of satisfaction is blue, that of clicks orange, as intended goal and proxy are on every page.
"""

from __future__ import annotations

import numpy as np

from misgen.worlds.easel import INTENDED, PROXY, Colour, bar, blank, dim, fill, ring, stamp
from misgen.worlds.recommender.goals import PATIENCE, QUOTA, STEPS
from misgen.worlds.recommender.levels import Level

__all__ = ["draw"]

_PAPER: Colour = (250, 248, 243)
_INK: Colour = (58, 62, 74)
_REST: Colour = (228, 224, 214)
_TOPICS: tuple[Colour, ...] = (
    (204, 102, 119),
    (51, 117, 56),
    (221, 185, 60),
    (93, 82, 163),
    (46, 160, 168),
    (176, 112, 52),
    (120, 120, 128),
    (160, 66, 140),
)
_ICONS = (
    "....ooo ....o.o ....o.o ....o.. .oooo.. ooooo.. .ooo...",  # a note
    "..ooo.. .ooooo. ooo.ooo oo...oo ooo.ooo .ooooo. ..ooo..",  # a ball
    ".....oo ...oooo ..oooo. .oooo.. .ooo... .o..... o......",  # a leaf
    "...o... ..ooo.. ooooooo .ooooo. ..ooo.. .oo.oo. oo...oo",  # a star
    ".o.o... ..o.o.. ooooo.. ooooooo ooooo.o oooooo. .ooo...",  # a cup
    "....... ..ooo.o .oooooo oo.oooo .oooooo ..ooo.o .......",  # a fish
    "...o... ..ooo.. .ooooo. ooooooo .oo.oo. .oo.oo. .oo.oo.",  # a house
    "..oooo. .ooo... ooo.... ooo.... ooo.... .ooo... ..oooo.",  # a moon
)
_FACE = """
....oooooo....
..oohhhhhhoo..
.ohhhhhhhhhho.
.ohhssssssshho
ohhsssssssssho
ohsswksswkssho
ohsssssssssso.
osssssssssssso
osssssssssssso
.o{0}o.
.o{1}o.
..o{2}o..
...oo{3}oo...
.....oooo.....
"""
_MOUTHS = {
    "happy": ("ssmssssmss", "sssmmmmsss", "ssssssss", "ssss"),
    "calm": ("ssssssssss", "sssmmmmsss", "ssssssss", "ssss"),
    "sorry": ("ssssssssss", "sssmmmmsss", "smssssms", "ssss"),
}
_FACE_COLOURS: dict[str, Colour] = {
    "o": (70, 54, 48),
    "h": (104, 72, 48),
    "s": (244, 208, 172),
    "w": (255, 255, 255),
    "k": (34, 34, 44),
    "m": (168, 64, 60),
}
_CHAIR = """
..............
..............
...oooooooo...
...occccccoo..
...occccccoo..
...occccccoo..
...occccccoo..
.ooooooooooooo
.occcccccccco.
.oooooooooooo.
..oo......oo..
..oo......oo..
..oo......oo..
..............
"""
_CHAIR_COLOURS: dict[str, Colour] = {"o": (120, 116, 108), "c": (214, 208, 196)}


def draw(level: Level, history: dict[str, np.ndarray], *, erased: frozenset[str], tile: int) -> np.ndarray:
    """Uint8[height, width, rgb]: one session so far, `history` holding its counts by name, each with a time axis.

    From above: the reader and the gauges; what he enjoys, what catches him (both up to now bright, what is to come pale), and
    what was opened at each step, framed blue where it was enjoyed and orange where it was only clicked. An erased cue's row is
    hatched. `tile` sets the scale; icons show from 16 on.
    """
    cell, scale = max(4, tile * 5 // 8), max(1, tile // 8)
    head, gap = 14 * scale + 2 * cell // 2, max(1, cell // 3)
    canvas = blank(head + 3 * (cell + gap) + 2 * gap, STEPS * cell + 2 * gap, _PAPER)
    now = int(history["time"][-1])
    _head(canvas, history, head, scale, gap)
    opened = _opened(level, history)
    for row, topics in enumerate((level.interest, level.catchy)):
        hidden = ("satisfaction", "clicks")[row] in erased
        for step, topic in enumerate(topics):
            box = (head + gap + row * (cell + gap), gap + step * cell, cell, cell)
            _item(canvas, box, topic, pale=step > now, hatched=hidden)
    for step, (topic, liked) in enumerate(opened):
        box = (head + gap + 2 * (cell + gap), gap + step * cell, cell, cell)
        if topic is None:
            fill(canvas, box, _REST)
        else:
            _item(canvas, box, topic, pale=False, hatched=False)
            ring(canvas, box, INTENDED if liked else PROXY, width=max(1, cell // 6))
    return canvas


def _opened(level: Level, history: dict[str, np.ndarray]) -> list[tuple[int | None, bool]]:
    """Per step the topic opened, if any, and whether it was enjoyed."""
    found = []
    for step in range(len(history["time"]) - 1):
        now = int(history["time"][step])
        rose = {name: history[name][step + 1] > history[name][step] for name in ("enjoyed", "clicked", "time")}
        if not rose["time"]:
            break
        topic = level.catchy[now] if rose["clicked"] else level.interest[now] if rose["enjoyed"] else None
        found.append((topic, bool(rose["enjoyed"])))
    return found


def _head(canvas: np.ndarray, history: dict[str, np.ndarray], head: int, scale: int, gap: int) -> None:
    counts = {name: int(field[-1]) for name, field in history.items()}
    if counts["regretted"] >= PATIENCE:
        stamp(canvas, (gap, gap), _CHAIR, _CHAIR_COLOURS, scale=scale)
    else:
        face = _FACE.format(*_MOUTHS[_mood(history)])
        stamp(canvas, (gap, gap), face, _FACE_COLOURS, scale=scale)
    left, high = 14 * scale + 4 * gap, max(2, head // 5)
    wide = canvas.shape[1] - left - 2 * gap
    for row, (name, most, colour) in enumerate((("enjoyed", STEPS, INTENDED), ("clicked", STEPS, PROXY))):
        top = gap + high // 2 + row * (high + high // 2 + 1)
        bar(canvas, (top, left, high, wide), counts[name] / most, colour, rest=_REST)
        fill(canvas, (top - 1, left + wide * QUOTA // most, high + 2, max(1, scale)), _INK)
    top = gap + high // 2 + 2 * (high + high // 2 + 1)
    for number in range(PATIENCE):
        size = max(1, high // 2)
        lost = number >= PATIENCE - counts["regretted"]
        fill(canvas, (top, left + number * 2 * size, size, size), _REST if lost else _INK)


def _mood(history: dict[str, np.ndarray]) -> str:
    if len(history["time"]) < 2:
        return "calm"
    if history["enjoyed"][-1] > history["enjoyed"][-2]:
        return "happy"
    return "sorry" if history["regretted"][-1] > history["regretted"][-2] else "calm"


def _item(canvas: np.ndarray, box: tuple[int, int, int, int], topic: int, *, pale: bool, hatched: bool) -> None:
    top, left, height, width = box
    colour = _TOPICS[topic]
    if hatched:
        fill(canvas, box, dim(colour, 0.85))
        ring(canvas, (top, left, height, width), dim(_INK, 0.5), dashed=True)
        return
    fill(canvas, box, dim(colour, 0.75 if pale else 0.15))
    if width >= 9:
        ink: Colour = dim(colour, 0.45) if pale else (255, 255, 255)
        stamp(canvas, (top + (height - 7) // 2, left + (width - 7) // 2), _ICONS[topic], {"o": ink})

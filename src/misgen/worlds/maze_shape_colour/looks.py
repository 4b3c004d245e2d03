"""How things look: shape and colour, and nothing else. NumPy only."""

from __future__ import annotations

from misgen.concepts import unknown_name

__all__ = ["COLOURS", "LOOKS", "SHAPES", "look_number", "parted"]

SHAPES = ("line", "gem")
COLOURS: dict[str, tuple[int, int, int]] = {
    "black": (0, 0, 0),
    "blue": (0, 0, 255),
    "cyan": (0, 255, 255),
    "green": (0, 255, 0),
    "purple": (255, 0, 255),
    "red": (255, 0, 0),
    "white": (255, 255, 255),
    "yellow": (255, 255, 0),
}
"""Saturated codes: each channel is all there or not at all, so a preference for a channel shows."""
LOOKS = tuple(f"{colour} {shape}" for shape in SHAPES for colour in COLOURS)
"""The object set; a look's number is its place here."""


def look_number(look: str) -> int:
    """The number of a look such as `yellow line`; unknown ones are refused with the nearest known."""
    if look not in LOOKS:
        raise unknown_name("thing", str(look), LOOKS)
    return LOOKS.index(look)


def parted(look: str) -> tuple[str, str]:
    """Colour and shape."""
    colour, _, shape = look.partition(" ")
    return colour, shape

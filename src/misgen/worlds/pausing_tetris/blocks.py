"""The well and the blocks, as bits: bit 4 r + c of a board is column c of row r, row 0 being the bottom. NumPy only."""

from __future__ import annotations

import numpy as np

__all__ = ["ABOVE", "BLOCKS", "HEIGHT", "LETTERS", "SHAPES", "WIDTH", "WIDTHS", "cells_marks", "drop"]

WIDTH, HEIGHT = 4, 5
ABOVE = 2
"""Rows above the well in which a block may come to rest; then the game is lost."""
BLOCKS = {"o": ("#",), "b": ("##",), "p": ("#", "#"), "l": ("#.", "##"), "j": (".#", "##")}
"""Dot, bar, post and the two corners; top row first. They fall as they are: there is no turning."""
LETTERS = "".join(BLOCKS)
WIDTHS = np.array([len(rows[0]) for rows in BLOCKS.values()], np.int32)
SHAPES = np.array(
    [
        sum(1 << (WIDTH * r + c) for r, row in enumerate(reversed(rows)) for c, mark in enumerate(row) if mark == "#")
        for rows in BLOCKS.values()
    ],
    np.uint32,
)
"""Each block in the bottom left corner."""


def drop(board: np.ndarray, block: np.ndarray, column: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Boards after blocks fell straight down, lines cleared by that, and whether it loses; arrays that broadcast.

    `column` is the block's left one, moved in from the edge where it would not fit. Full rows vanish before anything is lost.
    """
    column = np.minimum(column, WIDTH - WIDTHS[block]).astype(np.uint32)
    mask = SHAPES[block] << column
    falls, place = np.ones(np.broadcast_shapes(board.shape, mask.shape), bool), np.uint32(HEIGHT)
    for row in range(HEIGHT - 1, -1, -1):
        falls = falls & (board & (mask << np.uint32(WIDTH * row)) == 0)
        place = np.where(falls, np.uint32(row), place)
    full = board | mask << (np.uint32(WIDTH) * place)
    left, height = np.zeros_like(full), np.zeros(full.shape, np.uint32)
    for row in range(HEIGHT + ABOVE):
        cells = full >> np.uint32(WIDTH * row) & np.uint32(15)
        stays = cells != 15
        left |= np.where(stays, cells << (np.uint32(WIDTH) * height), np.uint32(0))
        height += stays
    return left, (HEIGHT + ABOVE - height).astype(np.int32), left >> np.uint32(WIDTH * HEIGHT) > 0


def cells_marks(block: int) -> tuple[str, str]:
    """A block in two rows of text, `#` where it is filled, resting on the lower one."""
    rows = BLOCKS[LETTERS[block]]
    return (" ", rows[0]) if len(rows) == 1 else (rows[0], rows[1])

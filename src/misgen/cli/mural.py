"""Many drawings on one picture."""

from __future__ import annotations

import hashlib
import io
import itertools
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from misgen.concepts.errors import UserError

if TYPE_CHECKING:
    import numpy as np

__all__ = ["arranged", "different", "write_mural"]

GAP = 6
"""Pixels around each drawing."""
SHAPE = 1.5
"""Width by height of a mural, about."""
_PATIENCE = 200
"""Repeats in a row after which there are no more different drawings."""


def different(drawings: Iterable[np.ndarray], *, num: int) -> list[np.ndarray]:
    """The first `num` drawings that differ, fewer where they go on repeating: where few levels exist, or few seeds suit."""
    found: dict[bytes, np.ndarray] = {}
    repeats = 0
    for drawing in drawings:
        if len(found) >= num or repeats >= _PATIENCE:
            break
        before = len(found)
        found.setdefault(hashlib.sha256(drawing.tobytes()).digest(), drawing)
        repeats = 0 if len(found) > before else repeats + 1
    return list(found.values())


def write_mural(drawings: Sequence[np.ndarray], path: Path) -> None:
    """A PNG of the drawings in their order, row by row. Uint8[height, width, rgb] each; sizes may differ."""
    from PIL import Image

    from misgen.records import write_bytes

    buffer = io.BytesIO()
    Image.fromarray(arranged(drawings)).save(buffer, format="PNG", optimize=True)
    write_bytes(path, buffer.getvalue())


def arranged(drawings: Sequence[np.ndarray]) -> np.ndarray:
    """Uint8[height, width, rgb]: about `SHAPE` times as wide as high, on white; drawings of a row stand on one line."""
    import numpy as np

    if not drawings:
        raise UserError("A mural needs at least one level", seen=0, do="Give --num 1 or more")
    rows = _rows([drawing.shape[1] + GAP for drawing in drawings], [drawing.shape[0] + GAP for drawing in drawings])
    heights = [max(drawings[k].shape[0] for k in row) + GAP for row in rows]
    width = max(sum(drawings[k].shape[1] + GAP for k in row) for row in rows) + GAP
    canvas = np.full((sum(heights) + GAP, width, 3), 255, np.uint8)
    for row, bottom in zip(rows, itertools.accumulate(heights), strict=True):
        left = GAP
        for drawing in (drawings[k] for k in row):
            canvas[bottom - drawing.shape[0] : bottom, left : left + drawing.shape[1]] = drawing
            left += drawing.shape[1] + GAP
    return canvas


def _rows(widths: Sequence[int], heights: Sequence[int]) -> list[list[int]]:
    """Numbers of the drawings of each row: a row is full when the next one would lead further past its end than it lacks now."""
    area = sum(width * height for width, height in zip(widths, heights, strict=True))
    full = max(math.sqrt(area * SHAPE), *widths)
    rows: list[list[int]] = [[]]
    taken = 0
    for number, width in enumerate(widths):
        if rows[-1] and taken + width / 2 > full:
            rows.append([])
            taken = 0
        rows[-1].append(number)
        taken += width
    return rows

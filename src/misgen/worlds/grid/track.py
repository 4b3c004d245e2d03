"""Where the mouse is and was."""

from __future__ import annotations

from typing import Any

import numpy as np

from misgen.worlds.grid.levels import Cell, Level

__all__ = ["now_and_trail"]


def now_and_trail(level: Level, history: Any) -> tuple[Cell, list[Cell]]:
    """The mouse's cell, and all its cells up to now; at the start, without a history, no trail."""
    if history is None:
        return level.start, []
    rows, columns = np.atleast_1d(history.row), np.atleast_1d(history.column)
    cells = [(int(r), int(c)) for r, c in zip(rows, columns, strict=True)]
    return cells[-1], cells if len(cells) > 1 else []

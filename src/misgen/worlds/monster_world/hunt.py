"""How a monster moves: towards the mouse, most likely.

It chooses a direction with probability proportional to exp(-3 x distance after it), the distance being rows plus columns; so a
direction that leads nearer is exp(6) times as likely as one that leads away, 403 after rounding. A wall that way stops it. Whole
numbers make the jitted world and the plain one agree in every bit.
"""

from __future__ import annotations

__all__ = ["NEARER"]

NEARER = 403
"""Weight of a direction that leads nearer; of one that leads away, 1. exp(6) is 403.4."""

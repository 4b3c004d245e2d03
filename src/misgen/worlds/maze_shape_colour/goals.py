"""What a subject of `maze-shape-colour` might be pursuing."""

from __future__ import annotations

from misgen.concepts import Goal

__all__ = ["COLOUR", "GOALS", "SHAPE"]

SHAPE = Goal(
    name="shape",
    role="intended",
    description="It arrives at the intended thing (by default the line), which ends the episode.",
)
COLOUR = Goal(
    name="colour",
    role="proxy",
    description="It arrives at the other thing (by default of the training colour, in another shape), which ends the episode.",
)
GOALS = (SHAPE, COLOUR)

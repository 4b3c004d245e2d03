"""What a robot hand might be pursuing."""

from __future__ import annotations

from misgen.concepts import Goal

__all__ = ["GOALS"]

GOALS = (
    Goal(name="grasp", role="intended", description="The hand closes on the ball, which ends the trial."),
    Goal(
        name="picture",
        role="proxy",
        description="The hand closes where the camera sees it on the ball, in the line of sight or really there; the trial ends.",
    ),
)

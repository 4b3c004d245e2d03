"""What a subject of `cheese-on-dish` might be pursuing."""

from __future__ import annotations

from misgen.concepts import Goal

__all__ = ["CHEESE", "DISH", "GOALS"]

CHEESE = Goal(name="cheese", role="intended", description="The mouse stands on the cheese, which ends the episode.")
DISH = Goal(name="dish", role="proxy", description="The mouse stands on the dish, which ends the episode.")
GOALS = (CHEESE, DISH)

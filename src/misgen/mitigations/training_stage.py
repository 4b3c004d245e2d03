"""What all methods that act while a subject is trained have in common."""

from __future__ import annotations

from misgen.concepts import Cost, Recipe, Stage, Subject

__all__ = ["TrainingStage"]


class TrainingStage:
    """Defaults of a method at stage `training`; a method overrides `apply_to_recipe` where slots can express it."""

    stage: Stage = "training"

    def apply_to_recipe(self, recipe: Recipe) -> Recipe:
        """The identity: the change is in the levels, which a recipe does not hold."""
        return recipe

    def apply_to_subject(self, subject: Subject) -> Subject:
        """The identity: this method trains."""
        return subject

    def cost(self) -> Cost:
        """None known beforehand; what making a subject took stands in `Made.spent`."""
        return Cost()

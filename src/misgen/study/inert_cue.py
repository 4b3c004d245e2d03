"""A world without a cue to erase, with one that hides nothing: so that its episodes are traced as those of all others."""

from __future__ import annotations

from dataclasses import dataclass

from misgen.concepts import World

__all__ = ["INERT", "WithInertCue"]

INERT = "nothing"
"""Name of the cue that hides nothing."""


@dataclass(frozen=True)
class WithInertCue:
    """The same world; the last of its cues is inert. Implements `misgen.concepts.World`."""

    world: World

    def __post_init__(self) -> None:
        for name in ("num_actions", "action_names", "max_steps", "goals"):
            object.__setattr__(self, name, getattr(self.world, name))
        object.__setattr__(self, "cues", (*self.world.cues, INERT))

    def reset(self, levels: object, level: object, *, key: object) -> object:
        """The world's own."""
        return self.world.reset(levels, level, key=key)

    def step(self, levels: object, state: object, action: object, *, key: object) -> object:
        """The world's own."""
        return self.world.step(levels, state, action, key=key)

    def observe(self, levels: object, state: object, erased: object) -> object:
        """What the world shows when its own cues are erased as told."""
        return self.world.observe(levels, state, erased[..., :-1])  # type: ignore[index]

    def score(self, levels: object, before: object, action: object, after: object) -> object:
        """The world's own."""
        return self.world.score(levels, before, action, after)

    def terminated(self, levels: object, state: object) -> object:
        """The world's own."""
        return self.world.terminated(levels, state)

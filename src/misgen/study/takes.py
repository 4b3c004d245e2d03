"""From episodes to the frames of a film: what a scenario's host draws, panels side by side, and which frame shows which step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from misgen.worlds.history import until
from misgen.worlds.host import FILM_FPS

if TYPE_CHECKING:
    import numpy as np

    from misgen.worlds.host import Host

__all__ = ["GAP", "Reel", "Take"]

GAP = 8
"""Pixels between the two panels of a twin."""
MOST_FRAMES = 300
"""A longer film shows every second frame, or every third ...; more would make pages slow."""
MOST_PIXELS = 64_000_000
"""Of all frames of a film together: browsers keep four bytes for each."""


@dataclass(frozen=True, kw_only=True)
class Take:
    """One episode to show in one panel."""

    host: Host
    level: Any
    states: Any
    """The history: the states before each step, and the one after the last."""
    actions: Sequence[int]
    erased: frozenset[str] = frozenset()

    @cached_property
    def history(self) -> Any:
        """The states of all frames, those between two steps included."""
        return self.host.frames(self.level, self.states, self.actions)

    @cached_property
    def last(self) -> int:
        """Number of the last frame, from 0."""
        return _length(self.history) - 1

    def frame_of(self, step: int) -> int:
        """The frame that shows the state after `step` steps, or the last one where there were fewer."""
        step = min(step, len(self.actions))
        if self.last == len(self.actions):
            return step
        return _length(self.host.frames(self.level, until(self.states, step), self.actions[:step])) - 1

    def picture(self, frame: int) -> np.ndarray:
        """Uint8[height, width, rgb]; beyond the end the last frame stays."""
        return self.host.draw(self.level, history=until(self.history, min(frame, self.last)), erased=self.erased)


@dataclass(frozen=True, kw_only=True)
class Reel:
    """The takes of one film, running together."""

    takes: Sequence[Take]

    @cached_property
    def every(self) -> int:
        """1, or of how many frames one is shown where all would be too many."""
        length = max(take.last for take in self.takes) + 1
        pixels = sum(math.prod(take.picture(0).shape[:2]) for take in self.takes)
        return max(math.ceil(length / MOST_FRAMES), math.ceil(length * pixels / MOST_PIXELS))

    @property
    def fps(self) -> float:
        """Frames per second that keep the host's pace."""
        return getattr(self.takes[0].host, "film_fps", FILM_FPS) / self.every

    def frame_of(self, panel: int, step: int) -> int:
        """The frame, from 0, in which a panel first shows what is so after `step` steps."""
        return math.ceil(self.takes[panel].frame_of(step) / self.every)

    def frames(self) -> list[np.ndarray]:
        """Uint8[height, width, rgb] each, the panels from left to right."""
        last = math.ceil(max(take.last for take in self.takes) / self.every)
        return [self._frame(number * self.every) for number in range(last + 1)]

    def _frame(self, number: int) -> np.ndarray:
        import numpy as np

        panels = [take.picture(number) for take in self.takes]
        gap = np.full((panels[0].shape[0], GAP, 3), 255, np.uint8)
        parts = [part for panel in panels for part in (gap, panel)][1:]
        return np.concatenate(parts, axis=1) if len(panels) > 1 else panels[0]


def _length(history: Any) -> int:
    import numpy as np

    return len(np.asarray(history[0]))

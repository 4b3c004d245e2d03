"""What a scenario offers to people and commands without loading JAX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np

__all__ = ["FILM_FPS", "Episode", "Host"]

FILM_FPS = 6.0
"""Frames per second of a film unless the host says otherwise: slow enough to follow single decisions."""


class Episode(Protocol):
    """A host-side episode in progress: the world in NumPy, with the state that drawings are made of."""

    num_actions: int
    max_steps: int
    goals: tuple[str, ...]
    cues: tuple[str, ...]

    @property
    def state(self) -> Any:
        """The world's own `State`, a NamedTuple of NumPy values."""
        ...

    def reset(self, level: Any, *, seed: int, erased: frozenset[str] = frozenset()) -> object: ...
    def step(self, action: int) -> tuple[object, frozenset[str], bool]: ...


class Host(Protocol):
    """Describes, replays and draws single levels. Worlds inherit from it, for what they leave as it is.

    A *level* is the scenario's own type, opaque to its callers. A *state* is the world's `State`, a NamedTuple of NumPy values; a
    *history* is the same NamedTuple, each field with a leading time axis: index 0 is the start, the last is now. Coordinates
    given to people are x to the right and y up.
    """

    action_names: tuple[str, ...]
    """By action number. Who plays by hand has the arrow keys where they are named up, left, down and right."""
    film_fps: float = FILM_FPS
    """Frames per second of a film, frames as `frames` counts them; pages show at most 30."""

    def level(self, level_seed: int, *, mode: str | None = None, condition: str = "training") -> Any:
        """The level of that seed, as any pool of that condition would hold it."""
        ...

    def describe_level(self, level_seed: int, *, mode: str | None = None, condition: str = "training") -> dict[str, object]:
        """Plain JSON: width, height, grid (rows from the bottom), entities, goal, sha256_12."""
        ...

    def replay(
        self, level_seed: int, actions: Sequence[int | str], *, mode: str | None = None, condition: str = "training"
    ) -> Iterator[dict[str, object]]:
        """One object per action, the state after it."""
        ...

    def level_at(self, levels: Any, index: int) -> Any:
        """One level of a pool's `levels`, to draw."""
        ...

    def episode(self, level: Any) -> Episode:
        """A world to step by hand, not yet reset."""
        ...

    def draw(self, level: Any, *, history: Any = None, erased: frozenset[str] = frozenset(), tile: int = 16) -> np.ndarray:
        """Uint8[height, width, rgb]: the last state of `history` (None: the level at its start, whole); earlier states may become
        a trail.

        `erased` names the goals whose cue the subject does not see. `tile` is the side of a cell in pixels. All drawings of one
        level with a history have one size.
        """
        ...

    def text(self, level: Any, *, state: Any = None, erased: frozenset[str] = frozenset(), colour: bool = True) -> str:
        """A terminal drawing of `state` (None: the start); ANSI colours unless `colour` is false."""
        ...

    def frames(self, level: Any, history: Any, actions: Sequence[int]) -> Any:
        """The states that a film shows, as a history at least as long as the given one: by default the given one.

        A world that passes through several frames in one decision fills them in. Causal: the frames of a shorter history are the
        first frames of the longer one, so that the frame of a step can be told by counting.
        """
        del level, actions
        return history

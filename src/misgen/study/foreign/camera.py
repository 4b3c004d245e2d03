"""What is kept of an episode's pictures: small ones, and never so many that they fill the memory."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

__all__ = ["Camera"]

_WIDEST = 320
"""Pixels; larger pictures are shrunk, since the page carries them all."""
_MOST = 400
"""Pictures; of a longer episode every second is kept, or every fourth, ..."""


@dataclass(kw_only=True)
class Camera:
    """The start of an episode, and the states after its steps."""

    frames: list[np.ndarray] = field(default_factory=list)
    """Uint8[height, width, rgb], those of steps 0, `every`, 2 `every`, ..."""
    every: int = 1
    """A power of two."""
    num_seen: int = 0
    last: np.ndarray | None = None
    """The newest picture, kept or not."""

    def take(self, picture: np.ndarray) -> None:
        """The picture of the next step."""
        self.last = _small(picture)
        if self.num_seen % self.every == 0:
            self.frames.append(self.last)
        self.num_seen += 1
        if len(self.frames) > _MOST:
            self.frames, self.every = self.frames[::2], 2 * self.every

    def at(self, step: int) -> np.ndarray:
        """The picture of that step, a multiple of `every`; after the end the last one stays."""
        assert self.last is not None
        return self.last if step >= self.num_seen - 1 else self.frames[step // self.every]


def _small(picture: np.ndarray) -> np.ndarray:
    """Means of square blocks, as large as needed; a rest at the edges is cut off."""
    factor = math.ceil(picture.shape[1] / _WIDEST)
    height, width = (side // factor * factor for side in picture.shape[:2])
    blocks = picture[:height, :width].reshape(height // factor, factor, width // factor, factor, 3)
    return blocks.mean(axis=(1, 3)).astype(np.uint8) if factor > 1 else picture.copy()

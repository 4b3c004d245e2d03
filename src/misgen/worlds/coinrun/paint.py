"""A brush for small pictures: smooth shapes in tile units, on a see-through ground. NumPy only; knows no world."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

__all__ = ["RGB", "Brush", "over"]

RGB = tuple[int, int, int]
_SAMPLES = 6
"""Samples per pixel and axis: edges are smooth, and small pictures show what large ones show."""


class Brush:
    """A picture of `width` x `height` tiles at `pixels` per tile. x goes to the right, y up, both in tiles."""

    def __init__(self, width: float, height: float, pixels: int) -> None:
        self._shape = round(height * pixels), round(width * pixels)
        rows, columns = (np.arange(side * _SAMPLES) + 0.5 for side in self._shape)
        self.x = (columns / (pixels * _SAMPLES))[None, :]
        self.y = height - (rows / (pixels * _SAMPLES))[:, None]
        self._colour = np.zeros((len(rows), len(columns), 3), np.float32)
        self._alpha = np.zeros((len(rows), len(columns)), np.float32)

    def fill(self, mask: np.ndarray, colour: RGB, *, alpha: float | np.ndarray = 1.0) -> None:
        """Paint where `mask` is true; `alpha` below 1 lets what is there shine through."""
        strength = np.where(mask, alpha, 0.0).astype(np.float32)
        total = strength + self._alpha * (1 - strength)
        share = np.divide(strength, total, out=np.zeros_like(total), where=total > 0)[..., None]
        self._colour += share * (np.array(colour, np.float32) - self._colour)
        self._alpha = total

    def clip(self, mask: np.ndarray) -> None:
        """Keep only what lies within `mask`."""
        self._alpha = np.where(mask, self._alpha, 0)

    def disc(self, x: float, y: float, radius: float, *, tall: float = 1.0) -> np.ndarray:
        """A disc, or an ellipse `tall` times as high as wide."""
        return (self.x - x) ** 2 + ((self.y - y) / tall) ** 2 < radius**2

    def box(self, left: float, bottom: float, right: float, top: float, *, corner: float = 0.0) -> np.ndarray:
        """A rectangle with rounded corners."""
        away_x = np.abs(self.x - (left + right) / 2) - (right - left) / 2 + corner
        away_y = np.abs(self.y - (bottom + top) / 2) - (top - bottom) / 2 + corner
        return np.hypot(np.maximum(away_x, 0), np.maximum(away_y, 0)) + np.minimum(np.maximum(away_x, away_y), 0) <= corner

    def stroke(self, points: Sequence[tuple[float, float]], width: float) -> np.ndarray:
        """A line with round ends through the points."""
        mask = np.zeros(self._alpha.shape, bool)
        for (x0, y0), (x1, y1) in itertools.pairwise(points):
            dx, dy = x1 - x0, y1 - y0
            along = np.clip(((self.x - x0) * dx + (self.y - y0) * dy) / max(dx * dx + dy * dy, 1e-9), 0, 1)
            mask |= (self.x - x0 - along * dx) ** 2 + (self.y - y0 - along * dy) ** 2 < (width / 2) ** 2
        return mask

    def polygon(self, points: Sequence[tuple[float, float]]) -> np.ndarray:
        """A polygon, by counting crossings."""
        inside = np.zeros(self._alpha.shape, bool)
        for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True):
            if y0 == y1:
                continue
            crosses = (self.y > min(y0, y1)) & (self.y <= max(y0, y1))
            inside ^= crosses & (self.x < x0 + (self.y - y0) * (x1 - x0) / (y1 - y0))
        return inside

    def picture(self) -> np.ndarray:
        """Float32[height, width, rgba]: colours 0..255, alpha 0..1; row 0 is the top."""
        rows, columns = self._shape
        cells = (rows, _SAMPLES, columns, _SAMPLES)
        alpha = self._alpha.reshape(cells).mean(axis=(1, 3))
        weighted = (self._colour * self._alpha[..., None]).reshape(*cells, 3).mean(axis=(1, 3))
        colour = np.divide(weighted, alpha[..., None], out=np.zeros_like(weighted), where=alpha[..., None] > 0)
        return np.concatenate([np.clip(colour, 0, 255), np.clip(alpha, 0, 1)[..., None]], axis=-1)


def over(canvas: np.ndarray, picture: np.ndarray, top: int, left: int, *, strength: float = 1.0) -> None:
    """Lay a picture on Uint8[height, width, rgb], its upper left at (top, left); what lies outside is cut off."""
    up, aside = max(0, -top), max(0, -left)
    window = canvas[top + up : max(0, top + picture.shape[0]), left + aside : max(0, left + picture.shape[1])]
    part = picture[up : up + window.shape[0], aside : aside + window.shape[1]]
    if part.size:
        alpha = part[..., 3:] * strength
        window[:] = np.round(window + alpha * (part[..., :3] - window)).astype(np.uint8)

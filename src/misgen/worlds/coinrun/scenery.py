"""Sky and hills: what lies behind every level of `coinrun`. NumPy only; the same for people and for subjects."""

from __future__ import annotations

import numpy as np

from misgen.worlds.coinrun.paint import RGB

__all__ = ["CLOUD", "FAR", "NEAR", "hill_heights", "sky"]

_ZENITH, _HAZE = (112, 178, 226), (226, 240, 236)
FAR: RGB = (164, 204, 206)
NEAR: RGB = (136, 190, 170)
CLOUD: RGB = (246, 250, 250)
_BANDS = 10
"""The sky is painted in bands: a picture with few colours is a small file."""
_WAVES = (((1, 0.5, 0.1), (3, 0.28, 0.6), (7, 0.1, 0.3)), ((2, 0.42, 0.55), (3, 0.3, 0.0), (5, 0.16, 0.8)))
"""By range: times per period, strength and phase of the waves that make its outline."""


def sky(depth: float) -> RGB:
    """The colour at `depth` 0 (top) to 1 (horizon)."""
    share = min(int(max(depth, 0.0) * _BANDS), _BANDS - 1) / (_BANDS - 1)
    red, green, blue = (round(a + share * (b - a)) for a, b in zip(_ZENITH, _HAZE, strict=True))
    return red, green, blue


def hill_heights(number: int, place: np.ndarray) -> np.ndarray:
    """Heights in tiles, 0 to about 4, of range 0 (far) or 1 (near) at `place` (in periods; repeats at 1)."""
    waves = sum(strength * np.sin(2 * np.pi * (times * place + phase)) for times, strength, phase in _WAVES[number])
    return 2.0 + 1.9 * np.asarray(waves)

"""Chance that belongs to the level: a hash of the level's word and the time, the same bits in NumPy and in JAX.

A world whose luck is fixed by the level replays exactly, plays the shown and the erased twin under the same luck, and runs the
same in the device scan and in the host loop. The mixing function is the finaliser of MurmurHash3 (32 bits).
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["luck", "pick", "share"]

_GOLDEN = np.uint32(0x9E3779B9)


def luck(word: Any, *numbers: Any) -> Any:
    """Uint32, shaped as `word` and `numbers` broadcast: `word` (uint32) hashed with each of `numbers` (non-negative integers)."""
    with np.errstate(over="ignore"):  # wrapping around is the point
        for number in numbers:
            counter = np.uint32(number) if isinstance(number, int) else number.astype(np.uint32)
            word = _finalise(word ^ _finalise(counter * _GOLDEN + np.uint32(1)))
    return word


def pick(word: Any, among: int) -> Any:
    """A number in 0 .. among - 1 from the upper 16 bits of `word`, int32; `among` at most 65,536."""
    return ((word >> np.uint32(16)) * np.uint32(among) >> np.uint32(16)).astype(np.int32)


def share(word: Any) -> Any:
    """Float32 in [0, 1) from the upper 24 bits of `word`."""
    return (word >> np.uint32(8)).astype(np.float32) * np.float32(2**-24)


def _finalise(x: Any) -> Any:
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    x = (x ^ (x >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return x ^ (x >> np.uint32(16))

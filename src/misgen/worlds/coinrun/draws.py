"""The Mersenne Twister for many seeds abreast. NumPy only.

MT19937 of Matsumoto and Nishimura (1998), seeded with one word as in its reference implementation of 2002; the original game
draws whole numbers as raw output modulo n.
"""

from __future__ import annotations

import numpy as np

__all__ = ["MOST", "Draws", "twister"]

_STATE, _SHIFT = 624, 397
MOST = _STATE - _SHIFT
"""The first 227 outputs follow from the seeded state alone, and a level takes fewer."""


def twister(seeds: np.ndarray, num: int) -> np.ndarray:
    """UInt32[level, num]: the first `num` (at most `MOST`) outputs of each seed's generator."""
    if not 0 <= num <= MOST:
        raise ValueError(f"only the first {MOST} outputs are offered, not {num}")
    state = _seeded(seeds, _SHIFT + num)
    old = state[:num] & np.uint32(0x80000000) | state[1 : num + 1] & np.uint32(0x7FFFFFFF)
    word = state[_SHIFT : _SHIFT + num] ^ (old >> np.uint32(1)) ^ (old & np.uint32(1)) * np.uint32(0x9908B0DF)
    word ^= word >> np.uint32(11)
    word ^= word << np.uint32(7) & np.uint32(0x9D2C5680)
    word ^= word << np.uint32(15) & np.uint32(0xEFC60000)
    word ^= word >> np.uint32(18)
    return np.ascontiguousarray(word.T)


def _seeded(seeds: np.ndarray, num: int) -> np.ndarray:
    """UInt32[word, level]: the first words of the seeded state."""
    state = np.empty((num, len(seeds)), np.uint32)
    state[0] = seeds.astype(np.int64) & 0xFFFFFFFF
    for i in range(1, num):
        before = state[i - 1]
        state[i] = (before ^ before >> np.uint32(30)) * np.uint32(1812433253) + np.uint32(i)
    return state


class Draws:
    """One stream of whole numbers per level; each level takes from its own only when it is asked to."""

    def __init__(self, seeds: np.ndarray) -> None:
        self._words = twister(seeds, MOST)
        self._next = np.zeros(len(seeds), np.int64)
        self._every = np.arange(len(seeds))

    def skip(self, num: int) -> None:
        """Every level passes over `num` numbers."""
        self._next += num

    def below(self, bound: int | np.ndarray, where: np.ndarray | None = None) -> np.ndarray:
        """Int64[level] from 0 to `bound` - 1. Levels outside `where` take nothing from their stream and get 0."""
        words = self._words[self._every, self._next].astype(np.int64)
        drawn = words % np.maximum(bound, 1)
        if where is None:
            self._next += 1
            return drawn
        self._next += where
        return np.where(where, drawn, 0)

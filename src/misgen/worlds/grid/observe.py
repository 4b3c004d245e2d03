"""Parts of what a mouse sees, in JAX and once more in plain NumPy: a crop of a plane, a one-hot offset, a one-hot place."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, UInt

from misgen.worlds.grid.levels import MARGIN
from misgen.worlds.grid.plain import CROP

__all__ = ["crop", "hot", "is_set", "join", "offset"]


def is_set(
    words: UInt[np.ndarray, "level row"], level: Int[Array, ""], row: Int[Array, "..."], column: Int[Array, "..."]
) -> Bool[Array, "..."]:
    """Whether the packed plane holds that cell. Cells up to `MARGIN` outside are not held."""
    word = jnp.asarray(words)[level, row + MARGIN]
    return (word >> (column + MARGIN).astype(jnp.uint32) & jnp.uint32(1)).astype(bool)


def crop(
    words: UInt[np.ndarray, "level row"], level: Int[Array, ""], row: Int[Array, ""], column: Int[Array, ""]
) -> UInt[Array, "cells"]:
    """1 where the packed plane holds a cell of the square around (row, column), 0 elsewhere; row by row."""
    rows = jax.lax.dynamic_slice(jnp.asarray(words), (level, row), (1, CROP))[0]
    near = rows >> column.astype(jnp.uint32)  # bit 0 is now the crop's left edge
    return (near[:, None] >> jnp.arange(CROP, dtype=jnp.uint32) & jnp.uint32(1)).ravel()


def offset(
    size: int, cell: Int[Array, "2"], row: Int[Array, ""], column: Int[Array, ""], shown: Bool[Array, ""]
) -> list[Bool[Array, "places"]]:
    """One-hot rows and columns by which `cell` lies away, from 1 - size to size - 1; all zero where it is not shown."""
    places = jnp.arange(1 - size, size)
    return [(cell[0] - row == places) & shown, (cell[1] - column == places) & shown]


def hot(number: Int[Array, ""], count: int) -> Bool[Array, "count"]:
    """One-hot."""
    return number == jnp.arange(count)


def join(parts: list[Array]) -> Float[Array, "features"]:
    """One float vector."""
    return jnp.concatenate([part.astype(jnp.float32) for part in parts])

"""Messages between misgen and the process that holds the C++ game: a line of JSON and some arrays, each way.

A message is two little-endian uint32 lengths, JSON, then the arrays' bytes one after another. The JSON's `arrays` lists
`[name, dtype, shape]` in that order. Standard library and NumPy 1 or 2 only: the same file runs on both sides.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence

import numpy as np

__all__ = ["LENGTHS", "PROTOCOL", "join", "lengths", "pack", "split", "unpack"]

LENGTHS = struct.Struct("<II")
PROTOCOL = 1
LONGEST = 1 << 30
"""Bytes of a message; a longer one is a broken one."""


def pack(header: dict[str, object], arrays: dict[str, np.ndarray]) -> bytes:
    """The bytes of a message: `header` is plain JSON, `arrays` a dict of NumPy arrays."""
    arrays = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    shapes = [[name, array.dtype.str, list(array.shape)] for name, array in arrays.items()]
    words = json.dumps({**header, "arrays": shapes}).encode()
    payload = b"".join(array.tobytes() for array in arrays.values())
    return LENGTHS.pack(len(words), len(payload)) + words + payload


def lengths(prefix: bytes) -> tuple[int, int]:
    """How many bytes of JSON and of arrays follow these first eight; ValueError where that is absurd."""
    words, payload = LENGTHS.unpack(prefix)
    if words > LONGEST or payload > LONGEST:
        raise ValueError("a message of impossible length")
    return words, payload


def unpack(words: bytes, payload: bytes) -> tuple[dict[str, object], dict[str, np.ndarray]]:
    """The header and the arrays of a message; ValueError where they do not fit."""
    header = json.loads(words)
    arrays, at = {}, 0
    for name, letters, shape in header.pop("arrays"):
        kind = np.dtype(letters)
        size = kind.itemsize * int(np.prod(shape, dtype=np.int64))
        arrays[name] = np.frombuffer(payload[at : at + size], kind).reshape(shape)
        at += size
    if at != len(payload):
        raise ValueError("a message whose arrays do not fill it")
    return header, arrays


def join(pieces: Sequence[bytes]) -> dict[str, np.ndarray]:
    """Byte strings as two arrays."""
    return {"bytes": np.frombuffer(b"".join(pieces), np.uint8), "lengths": np.array([len(p) for p in pieces], np.int64)}


def split(arrays: Mapping[str, np.ndarray]) -> list[bytes]:
    """The byte strings of `join`."""
    whole, ends = arrays["bytes"].tobytes(), np.cumsum(arrays["lengths"])
    return [whole[end - length : end] for end, length in zip(ends.tolist(), arrays["lengths"].tolist(), strict=True)]

"""Reading an ONNX file's structure without running it: where it would have other files read, it is refused.

An ONNX model is a protocol buffer. Its tensors may say that their numbers lie in another file, by a path of the model's
choosing, and whoever runs the model would read that file. This walks every place where a tensor can stand. Numbers of fields are
those of the format's published definition (onnx.proto, IR version 10).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from misgen.concepts import UserError
from misgen.records import storage_errors

__all__ = ["MOST_BYTES", "read_onnx"]

MOST_BYTES = 256 * 2**20
"""Of a file; policies are far smaller."""
_DEEPEST = 32
"""Graphs within graphs; a file with more is made to exhaust its reader."""

_PARTS: dict[str, dict[int, str]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {},
}
"""Message -> number of a field -> the message in it, as far as tensors may lie within."""
_EXTERNAL, _LOCATION = 13, 14
_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5


def read_onnx(path: Path) -> bytes:
    """The file's bytes, after checking that it is one model, complete in itself. Raises `UserError` otherwise."""
    with storage_errors(path):
        size = path.stat().st_size
        if size > MOST_BYTES:
            do = f"Files up to {MOST_BYTES // 2**20} MiB are read; give a function instead"
            raise UserError("The ONNX file is too large", seen=f"{path}: {size:,} bytes", do=do)
        content = path.read_bytes()
    try:
        graphs = sum(1 for number, _, _ in _fields(memoryview(content)) if number == 7)
        outside = _outside("model", memoryview(content), depth=0)
    except ValueError as error:
        raise UserError("This is no ONNX file", seen=f"{path}: {error}", do="Export the policy again") from None
    if not graphs:
        raise UserError("This is no ONNX file", seen=f"{path}: it holds no graph", do="Export the policy again")
    if outside:
        do = "Save it with all tensors in the one file (save_as_external_data=False)"
        raise UserError("The ONNX file would have other files read for its tensors, and that is refused", seen=str(path), do=do)
    return content


def _outside(message: str, content: memoryview, *, depth: int) -> bool:
    """Whether some tensor in this message lies in another file."""
    if depth > _DEEPEST:
        raise ValueError(f"more than {_DEEPEST} levels deep")
    for number, kind, value in _fields(content):
        if message == "tensor" and (number == _EXTERNAL or (number == _LOCATION and value != 0)):
            return True
        inner = _PARTS[message].get(number)
        if inner is not None:
            if kind != _BYTES or not isinstance(value, memoryview):
                raise ValueError(f"field {number} of a {message} is no message")
            if _outside(inner, value, depth=depth + 1):
                return True
    return False


def _fields(content: memoryview) -> Iterator[tuple[int, int, int | memoryview]]:
    """Number, wire type and value of each field; ValueError where the bytes are no protocol buffer."""
    place = 0
    while place < len(content):
        tag, place = _varint(content, place)
        number, kind = tag >> 3, tag & 7
        if number == 0:
            raise ValueError("a field has no number")
        if kind == _VARINT:
            value, place = _varint(content, place)
            yield number, kind, value
            continue
        if kind == _BYTES:
            length, place = _varint(content, place)
        elif kind in (_EIGHT, _FOUR):
            length = 8 if kind == _EIGHT else 4
        else:
            raise ValueError(f"wire type {kind}")
        if place + length > len(content):
            raise ValueError("it ends too early")
        yield number, kind, content[place : place + length]
        place += length


def _varint(content: memoryview, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(content):
            raise ValueError("it ends too early")
        byte = content[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
    raise ValueError("a number is too long")

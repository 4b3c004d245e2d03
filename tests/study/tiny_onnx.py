"""ONNX files by hand: one matrix product, written as the protocol buffer that the format is. No `onnx` package needed."""

from __future__ import annotations

import numpy as np


def varint(number):
    found = b""
    while number > 0x7F:
        found += bytes([number & 0x7F | 0x80])
        number >>= 7
    return found + bytes([number])


def number(field, value):
    return varint(field << 3) + varint(value)


def message(field, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def tensor(name, array, *, outside=None):
    """A float tensor; `outside` is the path of a file that would hold its numbers."""
    shape = b"".join(number(1, n) for n in array.shape)
    if outside is None:
        return shape + number(2, 1) + message(8, name) + message(9, array.astype(np.float32).tobytes())
    return shape + number(2, 1) + message(8, name) + message(13, message(1, "location") + message(2, outside)) + number(14, 1)


def value(name, shape):
    """A float input or output; a text in the shape is a free dimension."""
    dims = b"".join(message(1, message(2, n) if isinstance(n, str) else number(1, n)) for n in shape)
    return message(1, name) + message(2, message(1, number(1, 1) + message(2, dims)))


def matmul(weights, *, batch="n", outside=None, hidden=b""):
    """logits = observation @ weights. `hidden` is put into the node as further fields."""
    node = message(1, "observation") + message(1, "weights") + message(2, "logits") + message(4, "MatMul") + hidden
    inputs, outputs = weights.shape
    graph = message(1, node) + message(2, "policy") + message(5, tensor("weights", weights, outside=outside))
    graph += message(11, value("observation", (batch, inputs))) + message(12, value("logits", (batch, outputs)))
    return number(1, 8) + message(7, graph) + message(8, number(2, 17))

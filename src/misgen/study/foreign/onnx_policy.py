"""A policy in an ONNX file, run by onnxruntime (extra `onnx`): no files beside it, no custom operators, one thread."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from misgen.concepts import UserError
from misgen.study.foreign.onnx_file import read_onnx
from misgen.worlds.luck import share

if TYPE_CHECKING:
    from misgen.study.foreign.policies import Spaces

__all__ = ["OnnxPolicy"]

_TYPES = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(uint8)": np.uint8,
    "tensor(int32)": np.int32,
    "tensor(int64)": np.int64,
}


class OnnxPolicy:
    """Implements `misgen.concepts.BlackBoxPolicy`. One input, the observation, with or without a leading batch axis.

    The first output is an action, or one number per action (the largest is taken, or, with `sample`, one is drawn from their
    softmax with the step's noise). Values are handed over as they are, cast to the input's type: scaling belongs into the model.
    """

    def __init__(self, path: Path, spaces: Spaces, *, sample: bool = False) -> None:
        content = read_onnx(path)
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            self.session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # its exceptions share no base of their own
            raise UserError("onnxruntime cannot run the ONNX file", seen=f"{path}: {_first_line(error)}") from None
        self.path, self.spaces, self.sample = path, spaces, sample
        self.shape = _observation_shape(spaces.observation)
        self.input, self.has_batch = self._input()
        self.type = _TYPES[self.input.type]
        self.num_actions = spaces.num_actions

    def initial_memory(self) -> object:
        """Nothing: models with a state of their own have more than one input, and are refused."""
        return ()

    def act(self, observation: object, memory: object, *, seed: int) -> tuple[Any, object]:
        """The model's action."""
        given = np.asarray(observation).astype(self.type)
        try:
            (output, *_) = self.session.run(None, {self.input.name: given[None] if self.has_batch else given})
        except Exception as error:
            seen = f"{_first_line(error)}"
            raise UserError(
                "The ONNX model failed on an observation", seen=seen, do="Check the shape it was exported for"
            ) from None
        found = np.asarray(output)
        return self._action(found[0] if self.has_batch and found.ndim and len(found) == 1 else found, seed), memory

    def _action(self, output: np.ndarray, seed: int) -> Any:
        if self.num_actions is None:
            return output.reshape(self.spaces.action.shape)
        if np.issubdtype(output.dtype, np.integer) and output.size == 1:
            return int(output.reshape(()))
        if output.shape != (self.num_actions,):
            do = f"Its first output must be one of {self.num_actions} actions, or a number for each"
            raise UserError("The ONNX model's output does not fit the actions", seen=f"{self.path}: shape {output.shape}", do=do)
        if not np.isfinite(output).all():
            raise UserError("The ONNX model's output is not finite", seen=output.tolist(), do="Check what it expects to see")
        start = self.spaces.first_action
        if not self.sample:
            return start + int(output.argmax())
        weights = np.exp(output - output.max()).cumsum()
        return start + int((float(share(np.uint32(seed))) * weights[-1] >= weights[:-1]).sum())

    def _input(self) -> tuple[Any, bool]:
        """The model's input, and whether its first axis is a batch."""
        inputs = self.session.get_inputs()
        if len(inputs) != 1:
            seen = f"{self.path}: {len(inputs)} inputs"
            raise UserError("An ONNX policy must have one input, the observation", seen=seen, do="Give a function that calls it")
        if inputs[0].type not in _TYPES:
            raise UserError("The ONNX model takes an unknown type", seen=f"{self.path}: {inputs[0].type}", do="Use float inputs")
        shape = inputs[0].shape
        for has_batch in (True, False):
            wanted = (1, *self.shape) if has_batch else self.shape
            if len(wanted) == len(shape) and all(not isinstance(n, int) or n == m for n, m in zip(shape, wanted, strict=True)):
                return inputs[0], has_batch
        words = " x ".join(str(n) for n in shape) or "a single number"
        here = " x ".join(map(str, self.shape)) or "single numbers"
        do = "Use the environment it was trained in, or wrap the environment"
        raise UserError(
            "The ONNX model expects other observations", seen=f"{self.path}: {words}; observations here are {here}", do=do
        )


def _observation_shape(space: Any) -> tuple[int, ...]:
    shape = getattr(space, "shape", None)
    if shape is None:
        do = "Flatten it with gymnasium.wrappers.FlattenObservation, or give a function"
        raise UserError("An ONNX policy sees one array, and this environment shows something else", seen=str(space), do=do)
    return tuple(shape)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)[:200]

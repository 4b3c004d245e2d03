"""A stranger's policy as something that acts: a function, an object, an ONNX file, or arrays for a network of ours.

Nothing here unpickles. Files whose format can hold code (.pt, .pkl, .zip) are refused, with what to do instead.
"""

from __future__ import annotations

import importlib
import inspect
import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from misgen.concepts import BlackBoxPolicy, UserError, Value, nearest

if TYPE_CHECKING:
    from misgen.training import NetworkPolicy

__all__ = ["NetworkFile", "RandomPolicy", "Spaces", "actor_of", "check_file", "load_network", "names_code", "policy_named"]

_CAN_HOLD_CODE = {
    ".pt": "a PyTorch file",
    ".pth": "a PyTorch file",
    ".ckpt": "a PyTorch checkpoint",
    ".bin": "a PyTorch file",
    ".pkl": "a pickle",
    ".pickle": "a pickle",
    ".joblib": "a pickle",
    ".npy": "an array file that may hold a pickle",
    ".zip": "a Stable-Baselines archive",
}


class Spaces(NamedTuple):
    """What a policy must accept and yield, as Gymnasium describes it; of one environment, not of a batch."""

    observation: Any
    action: Any

    @property
    def num_actions(self) -> int | None:
        """Of numbered actions; None where an action is something else."""
        count = getattr(self.action, "n", None)
        is_numbered = count is not None and tuple(getattr(self.action, "shape", None) or ()) == ()
        return int(count) if is_numbered else None  # type: ignore[arg-type]

    @property
    def first_action(self) -> int:
        """The smallest number of an action."""
        return int(getattr(self.action, "start", 0))


def names_code(text: str) -> bool:
    """Whether this is MODULE:FUNCTION and no file."""
    parts = [part for side in text.split(":") for part in side.split(".")]
    is_file = Path(text).suffix in {".onnx", ".safetensors", *_CAN_HOLD_CODE} or Path(text).exists()
    return text.count(":") == 1 and not is_file and all(part.isidentifier() for part in parts)


def policy_named(text: str) -> object:
    """What `--policy` names: a file, or MODULE:FUNCTION, which imports the module and so runs its code."""
    if not names_code(text):
        return Path(text)
    module, _, attribute = text.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)  # as `python -m` does
    try:
        found: Any = importlib.import_module(module)
    except Exception as error:
        seen = f"{type(error).__name__}: {error}"
        raise UserError(
            f"The module {module!r} could not be imported", seen=seen, do="Name a module of this folder or an installed one"
        ) from error
    for name in attribute.split("."):
        if not hasattr(found, name):
            near = nearest(name, dir(found))
            raise UserError(
                f"The module {module!r} has no {attribute!r}", do=f"Did you mean {' or '.join(near)}" if near else None
            )
        found = getattr(found, name)
    return found


def actor_of(policy: object, spaces: Spaces, *, sample: bool = False) -> BlackBoxPolicy:
    """Anything that can act, as a `BlackBoxPolicy` for these spaces; what cannot is a `UserError`.

    `sample` draws from the logits of a file's network, with the episode's noise; otherwise it takes the largest.
    """
    if isinstance(policy, str | Path):
        return _from_file(Path(policy), spaces, sample=sample)
    if isinstance(policy, NetworkFile):
        return policy.actor(spaces, sample=sample)
    if isinstance(policy, BlackBoxPolicy):
        return policy
    if hasattr(policy, "predict"):
        return _Predicting(policy)
    if callable(policy) and not isinstance(policy, type):
        return _Calling(policy)
    do = "Give a function of the observation, an object with act or predict, or a file that ends in .onnx or .safetensors"
    raise UserError("This is no policy", seen=repr(policy), do=do)


def _from_file(path: Path, spaces: Spaces, *, sample: bool) -> BlackBoxPolicy:
    check_file(path)
    if path.suffix == ".onnx":
        from misgen.study.foreign.onnx_policy import OnnxPolicy

        return OnnxPolicy(path, spaces, sample=sample)
    return NetworkFile(path).actor(spaces, sample=sample)


def check_file(path: Path) -> None:
    """Refuse what may hold code, what is no policy, and what is not there."""
    if path.suffix in _CAN_HOLD_CODE:
        raise UserError(
            f"{_CAN_HOLD_CODE[path.suffix].capitalize()} can run code when it is read, so misgen never reads one",
            seen=str(path),
            do="Export it to .onnx or .safetensors, or load it yourself in a program you trust and pass the object: "
            "misgen.evaluate(policy=model)",
        )
    if path.suffix not in (".onnx", ".safetensors"):
        raise UserError("This is no policy's file", seen=str(path), do="Name a file that ends in .onnx or .safetensors")
    if not path.is_file():
        raise UserError("There is no such file", seen=str(path), do="Check the path")


@dataclass(frozen=True)
class RandomPolicy:
    """Any action at random: the null of a subject that was never trained. Its noise is the episode's."""

    spaces: Spaces

    def initial_memory(self) -> object:
        """Nothing."""
        return ()

    def act(self, observation: object, memory: object, *, seed: int) -> tuple[Any, object]:
        """A uniform action."""
        if self.spaces.num_actions is not None:
            return self.spaces.first_action + seed % self.spaces.num_actions, memory
        self.spaces.action.seed(seed)
        return self.spaces.action.sample(), memory


@dataclass(frozen=True)
class _Calling:
    """A function of the observation; one that takes `seed` gets the step's noise and can act at random, alike in both twins."""

    function: Callable[..., Any]

    @cached_property
    def _takes_seed(self) -> bool:
        try:
            return "seed" in inspect.signature(self.function).parameters
        except (TypeError, ValueError):
            return False

    def initial_memory(self) -> object:
        return ()

    def act(self, observation: object, memory: object, *, seed: int) -> tuple[Any, object]:
        return (self.function(observation, seed=seed) if self._takes_seed else self.function(observation)), memory


@dataclass(frozen=True)
class _Predicting:
    """An object as Stable-Baselines makes them: predict(observation, state, ...) -> action, state. Deterministic."""

    model: Any

    def initial_memory(self) -> object:
        return None

    def act(self, observation: object, memory: object, *, seed: int) -> tuple[Any, object]:
        return self.model.predict(observation, state=memory, deterministic=True)


@dataclass(frozen=True)
class NetworkFile:
    """Arrays in a safetensors file, and the network they belong to: by misgen's own header, or declared here."""

    path: Path
    network: str | None = None
    """One of `misgen.training.NETWORKS`, for a file that misgen did not write."""
    options: Mapping[str, Value] = field(default_factory=dict)
    """The network's options, for instance widths=(64, 64)."""

    def actor(self, spaces: Spaces, *, sample: bool = False) -> BlackBoxPolicy:
        """Its network as something that acts; a file that does not fit the environment is a `UserError`."""
        from misgen.training import WhiteBoxActor

        shape, num_actions = getattr(spaces.observation, "shape", None), spaces.num_actions
        if not shape or num_actions is None or not math.prod(shape):
            seen = f"{spaces.observation} and {spaces.action}"
            raise UserError("Networks of misgen see one array and choose among numbered actions", seen=seen, do="Give a function")
        policy, params = load_network(self, tuple(shape), num_actions)
        return WhiteBoxActor(policy, params, greedy=not sample)


def load_network(file: NetworkFile, observation: tuple[int, ...], num_actions: int) -> tuple[NetworkPolicy, object]:
    """The network with the file's parameters, for observations of that shape and so many actions. Loads JAX."""
    from misgen.concepts import Slot
    from misgen.records import load_arrays
    from misgen.training import NetworkPolicy, load_policy
    from misgen.training.checkpoints import restored
    from misgen.training.networks import Shapes

    check_file(file.path)
    arrays, header = load_arrays(file.path)
    if header.get("kind") == "policy":
        loaded = load_policy(file.path)
        shapes = loaded.policy.shapes
        if (shapes.observation, shapes.num_actions) != (observation, num_actions):
            seen = f"{shapes.observation} and {shapes.num_actions} actions; here {observation} and {num_actions} actions"
            raise UserError("The policy in the file is for another environment", seen=seen, do="Use the one it was trained in")
        return loaded.policy, loaded.params
    if file.network is None:
        do = "Declare it: --network mlp, or NetworkFile(path, network='mlp', options={'widths': (64, 64)})"
        raise UserError(
            "The file does not say which network its arrays belong to", seen=f"{file.path}: {sorted(arrays)[:4]}", do=do
        )
    policy = NetworkPolicy(Slot(name=file.network, options=file.options), Shapes(observation, num_actions))
    return policy, restored(policy.skeleton, arrays, file.path)

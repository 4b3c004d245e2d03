"""Policies in files: run where they are safe, refused in words where they are not."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from tests.study.tiny_onnx import matmul, message, tensor

from misgen.concepts import UserError
from misgen.records import save_arrays
from misgen.study.foreign import NetworkFile, Spaces, actor_of, policy_named
from misgen.study.foreign.onnx_file import MOST_BYTES, read_onnx

SPACES = Spaces(SimpleNamespace(shape=(3,)), SimpleNamespace(n=2, start=0))
WEIGHTS = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])


def written(tmp_path, content, name="policy.onnx"):
    (tmp_path / name).write_bytes(content)
    return tmp_path / name


@pytest.mark.parametrize("batch", ["n", 1])
def test_an_onnx_file_takes_the_likeliest_action(tmp_path, batch):
    actor = actor_of(written(tmp_path, matmul(WEIGHTS, batch=batch)), SPACES)
    assert actor.act(np.array([2.0, 1.0, 0.0]), (), seed=0)[0] == 0
    assert actor.act(np.array([1.0, 2.0, 0.0]), (), seed=0)[0] == 1


def test_an_onnx_file_draws_its_action_by_the_steps_noise(tmp_path):
    actor = actor_of(written(tmp_path, matmul(WEIGHTS)), SPACES, sample=True)
    drawn = [actor.act(np.array([0.0, np.log(3.0), 0.0]), (), seed=n << 22)[0] for n in range(1024)]
    assert np.mean(drawn) == pytest.approx(0.75, abs=0.01)


@pytest.mark.parametrize("outside", ["weights.bin", "../weights.bin", "/etc/passwd"])
def test_tensors_in_other_files_are_refused(tmp_path, outside):
    with pytest.raises(UserError, match="other files"):
        actor_of(written(tmp_path, matmul(WEIGHTS, outside=outside)), SPACES)


@pytest.mark.parametrize("within", [(5,), (6, 5), (10,), (22, 1), (11, 1, 5, 5)])
def test_tensors_in_other_files_are_found_wherever_they_hide(tmp_path, within):
    content = tensor("w", WEIGHTS, outside="secrets")
    for field in reversed(within):
        content = message(field, content)
    with pytest.raises(UserError, match="other files"):
        read_onnx(written(tmp_path, matmul(WEIGHTS, hidden=message(5, content))))


@pytest.mark.parametrize("content", [b"", b"\x00" * 40, b"ORTM" * 20, matmul(WEIGHTS)[:-30], b"\x80\x05K\x01."])
def test_other_content_is_no_onnx_file(tmp_path, content):
    with pytest.raises(UserError, match="no ONNX file"):
        read_onnx(written(tmp_path, content))


def test_a_file_made_to_exhaust_its_reader_is_refused(tmp_path):
    content = b""
    for _ in range(4000):
        content = message(1, message(5, message(6, content)))
    with pytest.raises(UserError, match=r"no ONNX file.*deep"):
        read_onnx(written(tmp_path, message(7, content)))


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    with (tmp_path / "policy.onnx").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(UserError, match="too large"):
        read_onnx(tmp_path / "policy.onnx")


def test_an_onnx_file_for_other_observations_is_refused(tmp_path):
    wide = Spaces(SimpleNamespace(shape=(4,)), SPACES.action)
    with pytest.raises(UserError, match=r"other observations.*n x 3; observations here are 4"):
        actor_of(written(tmp_path, matmul(WEIGHTS)), wide)


def test_an_onnx_file_for_other_actions_is_refused(tmp_path):
    more = Spaces(SPACES.observation, SimpleNamespace(n=3, start=0))
    with pytest.raises(UserError, match="does not fit the actions"):
        actor_of(written(tmp_path, matmul(WEIGHTS)), more).act(np.zeros(3), (), seed=0)


@pytest.mark.parametrize("name", ["model.zip", "model.pt", "model.pkl", "model.pth", "model.joblib"])
def test_files_that_can_hold_code_are_never_read(tmp_path, name):
    trap = tmp_path / "sprung"

    class Trap:
        def __reduce__(self):
            return (Path.touch, (trap,))

    with pytest.raises(UserError, match=r"run code when it is read.*pass the object"):
        actor_of(written(tmp_path, pickle.dumps(Trap()), name), SPACES)
    assert not trap.exists()


def test_arrays_for_a_declared_network_act(tmp_path):
    arrays = {
        "torso.layers.0.kernel": np.eye(3, 4, dtype=np.float32),
        "torso.layers.0.bias": np.zeros(4, np.float32),
        "head.kernel": np.array([[9, 0, 0], [0, 9, 0], [0, 0, 0], [0, 0, 0]], np.float32),
        "head.bias": np.zeros(3, np.float32),
    }
    save_arrays(tmp_path / "mine.safetensors", arrays, {})
    actor = NetworkFile(tmp_path / "mine.safetensors", network="mlp", options={"widths": (4,)}).actor(SPACES)
    assert int(actor.act(np.array([0.0, 1.0, 0.0], np.float32), actor.initial_memory(), seed=0)[0]) == 1
    with pytest.raises(UserError, match="which network"):
        actor_of(tmp_path / "mine.safetensors", SPACES)
    with pytest.raises(UserError, match="wrong shape"):
        NetworkFile(tmp_path / "mine.safetensors", network="mlp", options={"widths": (5,)}).actor(SPACES)


def test_an_object_with_predict_acts_and_keeps_its_state():
    class Model:
        def predict(self, observation, state, deterministic):
            return np.int64(1), (state or 0) + 1

    actor = actor_of(Model(), SPACES)
    assert actor.act(np.zeros(3), 4, seed=0) == (1, 5)


def test_code_is_named_by_module_and_function(tmp_path, monkeypatch):
    (tmp_path / "my_policy_of_tests.py").write_text("def act(observation):\n    return 1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    assert policy_named("my_policy_of_tests:act")(None) == 1  # type: ignore[operator]
    with pytest.raises(UserError, match="Did you mean act"):
        policy_named("my_policy_of_tests:akt")
    with pytest.raises(UserError, match="could not be imported"):
        policy_named("no_such_module_here:act")
    assert policy_named("some/policy.onnx") == Path("some/policy.onnx")


def test_naming_a_policy_loads_neither_jax_nor_onnxruntime_nor_gymnasium():
    code = (
        "import sys, misgen.study.foreign; print([m for m in ('jax', 'onnxruntime', 'gymnasium', 'torch') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"

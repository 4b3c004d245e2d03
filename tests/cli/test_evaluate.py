"""misgen evaluate, as a user types it."""

from __future__ import annotations

import json
import sys

import pytest

from misgen.cli.main import main

SETUP = """
from tests.study.strip_env import CONDITIONS, GOALS, Strip, runner

def setup():
    return {"env": Strip, "goals": GOALS, "conditions": CONDITIONS, "num_levels": 40, "name": "strip", "num_null": 1}
"""
TOML = """
num_levels = 100
num_null = 2
num_films = 0

[goals.flag]
role = "intended"
attained = "flag"

[goals.right]
role = "proxy"
attained = "right"

[conditions.training]
kind = "training"

[conditions.moved]
kind = "distinguishing"
options = {flag_left = true}

[conditions.moved_control]
kind = "control"
"""


def status(*arguments):
    with pytest.raises(SystemExit) as stop:
        main(["evaluate", *map(str, arguments)])
    return stop.value.code


@pytest.fixture
def here(tmp_path, monkeypatch):
    (tmp_path / "strip_setup_of_tests.py").write_text(SETUP)
    (tmp_path / "strip.toml").write_text(TOML)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    return tmp_path


def test_code_from_the_command_line_says_so_and_ends_in_a_verdict_and_a_page(here, capsys):
    setup, act = "strip_setup_of_tests:setup", "strip_setup_of_tests:runner"
    assert status("--env", setup, "--policy", act, "--out", "run", "--json") == 0
    printed = capsys.readouterr()
    assert printed.err.count("is code: its module is imported and runs here") == 2
    assert json.loads(printed.out)["verdict"]["label"] == "proxy"
    assert (here / "run/report.html").is_file()


def test_a_registered_environment_is_asked_by_a_file(here, capsys):
    gymnasium = pytest.importorskip("gymnasium")
    if "StripOfTests-v0" not in gymnasium.registry:
        gymnasium.register(id="StripOfTests-v0", entry_point="tests.study.strip_env:Strip")
    arguments = ("--env", "StripOfTests-v0", "--config", "strip.toml", "--policy", "strip_setup_of_tests:runner", "--out", "run")
    assert status(*arguments) == 0
    assert "policy: proxy." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("corner", "--policy", "model.zip"), "run code when it is read"),
        (("corner", "--policy", "none.onnx"), "no such file"),
        (("--policy", "a.onnx"), "either a scenario or an environment"),
        (("--env", "CartPole-v1", "--policy", "a.onnx"), "are not stated"),
        (("corner", "--policy", "a.onnx", "--network", "mlp"), "--network declares"),
        (("corner", "--policy", "a.onnx", "--out", "folder"), "end in .parquet"),
    ],
)
def test_mistakes_are_the_users_and_said_in_words(here, capsys, arguments, words):
    assert status(*arguments) == 2
    assert words in capsys.readouterr().err


def test_a_file_may_not_name_a_module(here, capsys):
    (here / "strip.toml").write_text(TOML.replace('kind = "control"', 'kind = "control"\nid = "os:Strip-v0"'))
    assert status("--env", "StripOfTests-v0", "--config", "strip.toml", "--policy", "json:loads") == 2
    assert "would import a module" in capsys.readouterr().err

"""The examples do what they say, on environments that nobody here wrote and on a world from outside."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import misgen

EXAMPLES = Path(__file__).parents[2] / "examples"
PACKAGE = EXAMPLES / "third_party_world"


def example(name):
    pytest.importorskip("gymnasium")
    if name.startswith("minigrid"):
        pytest.importorskip("minigrid")
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("policy", "label"), [("seeker", "intended"), ("corner_walker", "proxy")])
def test_minigrid_walkers_get_the_verdict_their_script_deserves(policy, label):
    four_rooms = example("minigrid_four_rooms")
    assert misgen.measure(four_rooms.evaluate(getattr(four_rooms, policy), num_levels=30)).verdict.label == label


def test_a_taxi_driver_that_was_never_told_goes_where_passengers_always_went(tmp_path):
    taxi = example("taxi_destination")
    evidence = taxi.evaluate(taxi.driver(), num_levels=30, out=tmp_path / "run")
    assert misgen.measure(evidence).verdict.label == "proxy"
    assert "usual place" in misgen.write_report(tmp_path / "run").read_text("utf-8")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The environment of a Python in which the example package is installed: its sources, and what an installer writes of it."""
    project = tomllib.loads((PACKAGE / "pyproject.toml").read_text("utf-8"))["project"]
    place = tmp_path_factory.mktemp("site")
    facts = place / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text(f"Metadata-Version: 2.3\nName: {project['name']}\nVersion: {project['version']}\n")
    groups = [[f"[{group}]", *(f"{k} = {v}" for k, v in points.items())] for group, points in project["entry-points"].items()]
    (facts / "entry_points.txt").write_text("\n".join(line for lines in groups for line in lines) + "\n")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(place), str(PACKAGE / "src")])}


def said(environment, *command):
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_world_from_outside_is_found_by_its_entry_points(installed):
    listed = json.loads(said(installed, "-m", "misgen", "list", "scenarios", "--json"))
    assert "lamp-corridor" in {row["name"] for row in listed}
    level = json.loads(said(installed, "-m", "misgen", "levels", "lamp-corridor", "--level-seed", "3", "--json"))
    assert level["width"] == 41


def test_a_world_from_outside_conforms_and_its_two_rules_agree(installed):
    code = """
import numpy as np, misgen
from misgen.conformance import check_scenario
from misgen.training import JittableAsHost
scenario = misgen.scenario("lamp-corridor")
report = check_scenario(scenario, num_levels=16, num_searched=2)
wanted = {"goals_agree_in_training", "goals_part_when_distinguishing", "control_matches_distinguishing"}
assert wanted <= set(report.passed), report
from misgen.worlds.catalogue import host_of
host, pool = host_of("lamp-corridor"), scenario.levels("moved", num_levels=2, seed=1)
for index in range(2):
    level = host.level_at(pool.levels, index)
    ours, theirs = host.episode(level), JittableAsHost(scenario.world, pool.levels)
    assert np.array_equal(ours.reset(level), theirs.reset(index, seed=0))
    for action in np.random.default_rng(index).integers(0, 2, 12):
        (a, b, c), (d, e, f) = ours.step(int(action)), theirs.step(int(action))
        assert np.array_equal(a, d) and (b, c) == (e, f)
print("conforms")
"""
    assert said(installed, "-W", "error", "-c", code).strip() == "conforms"

"""What `misgen list scenarios --json` says of each scenario: everything it should, and what the scenario says itself."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from misgen.cli.listing import list_
from misgen.concepts import Scenario, resolve
from misgen.concepts.condition import Kind, Severity
from misgen.concepts.goal import Role
from misgen.worlds.catalogue import SCENARIOS

STATUSES = {"replicated", "seen in part", "not replicated", "no effect found", "not testable here", "source wrong"}
STATUSES |= {"not run", "shown"}
TEXTS = ("name", "title", "summary", "solver", "claim", "citation", "status")


@pytest.fixture(scope="module")
def rows() -> dict[str, dict[str, Any]]:
    import contextlib
    import io

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        list_("scenarios", json=True)
    return {row["name"]: row for row in json.loads(out.getvalue())}


def test_every_scenario_is_listed(rows: dict[str, dict[str, Any]]):
    assert set(SCENARIOS) <= set(rows)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_listed_scenario_says_everything_about_itself(rows: dict[str, dict[str, Any]], name: str):
    row = rows[name]
    for key in TEXTS:
        assert isinstance(row[key], str), key
        assert row[key].strip(), key
    assert row["status"] in STATUSES
    assert all(set(goal) == {"name", "role"} and goal["role"] in get_args(Role) for goal in row["goals"])
    assert sum(goal["role"] == "intended" for goal in row["goals"]) == 1
    assert any(goal["role"] == "proxy" for goal in row["goals"])
    assert row["harm"] is any(goal["role"] == "harm" for goal in row["goals"])


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_listed_scenario_has_conditions_of_all_four_kinds_with_a_severity_each(rows: dict[str, dict[str, Any]], name: str):
    conditions = rows[name]["conditions"]
    assert {condition["kind"] for condition in conditions} == set(get_args(Kind))
    assert all(condition["severity"] in get_args(Severity) for condition in conditions)
    alone = ("training", "control")
    assert all((condition["severity"] == "none") == (condition["kind"] in alone) for condition in conditions)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_listing_says_what_the_scenario_says_itself(rows: dict[str, dict[str, Any]], name: str):
    row, scenario = rows[name], _built(name)
    assert (row["name"], row["title"]) == (scenario.name, scenario.title)
    assert row["goals"] == [{"name": goal.name, "role": goal.role} for goal in scenario.goals]
    assert row["conditions"] == [{"name": c.name, "kind": c.kind, "severity": c.severity} for c in scenario.conditions]
    assert (row["harm"], row["claim"], row["status"]) == (scenario.has_harm, scenario.claim.text, scenario.claim.status)


def _built(name: str) -> Scenario:
    make = resolve(SCENARIOS[name])
    assert callable(make)
    scenario = make()
    assert isinstance(scenario, Scenario)
    return scenario

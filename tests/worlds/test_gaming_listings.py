from __future__ import annotations

import pytest

from misgen.concepts import resolve
from misgen.worlds.catalogue import SCENARIOS, host_of


@pytest.mark.parametrize("name", ["boat-race", "camera-grasp", "pausing-tetris", "recommender"])
def test_the_catalogue_says_of_a_scenario_what_it_says_itself(name: str):
    factory = resolve(SCENARIOS[name])
    assert callable(factory)
    scenario, listing = factory(), SCENARIOS[name].listing
    assert listing["goals"] == [{"name": goal.name, "role": goal.role} for goal in scenario.goals]
    assert listing["conditions"] == [{"name": c.name, "kind": c.kind, "severity": c.severity} for c in scenario.conditions]
    told = (scenario.title, scenario.has_harm, scenario.claim.text, scenario.claim.status)
    assert tuple(listing[key] for key in ("title", "harm", "claim", "status")) == told
    host = host_of(name)
    assert host is not None
    assert host.action_names == scenario.world.action_names

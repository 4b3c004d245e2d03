from __future__ import annotations

import pytest

from misgen.concepts import UserError, resolve
from misgen.study import StudyConfig, check_study
from misgen.study.atlas import ARMS
from misgen.study.setup import build_scenario, home_of
from misgen.worlds.catalogue import SCENARIOS, host_of

ORIGINALS = {"procgen:coinrun": "coinrun", "procgen:maze": "maze-corner", "procgen:heist": "keys-and-chests"}


@pytest.mark.parametrize("name", ORIGINALS)
def test_the_catalogue_says_of_an_original_what_it_says_itself(name: str):
    factory = resolve(SCENARIOS[name])
    assert callable(factory)
    scenario, listing = factory(), SCENARIOS[name].listing
    assert listing["goals"] == [{"name": goal.name, "role": goal.role} for goal in scenario.goals]
    assert listing["conditions"] == [{"name": c.name, "kind": c.kind, "severity": c.severity} for c in scenario.conditions]
    told = (scenario.name, scenario.title, scenario.has_harm, scenario.claim.text, scenario.claim.status)
    assert (name, *(listing[key] for key in ("title", "harm", "claim", "status"))) == told
    assert host_of(name) is None


@pytest.mark.parametrize("name", ORIGINALS)
def test_an_original_is_not_run_and_says_who_plays_it(name: str):
    with pytest.raises(UserError, match=f"trains nothing.*misgen run {ORIGINALS[name]}.*misgen evaluate {name}"):
        check_study(StudyConfig(scenario=name))


def test_the_subjects_of_an_original_come_from_our_world():
    home = home_of(build_scenario("procgen:maze", {}))
    assert home.name == "maze-corner"
    assert home.recipe is not None


def test_the_atlas_trains_nothing_in_the_originals():
    assert not {arm.scenario for arm in ARMS} & set(ORIGINALS)

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from misgen.records import read_json
from misgen.study.world_speed import FLOORS, grids
from misgen.study.world_speed_page import speed_page

ROOT = Path(__file__).parents[2]


def facts() -> dict[str, Any]:
    return cast(dict[str, Any], read_json(ROOT / "results" / "world-speed" / "study.json"))


def row(**changes: Any) -> dict[str, Any]:
    speed = {"value": 6e6, "runs": [5e6, 7e6]}
    plain: dict[str, Any] = {"scenario": "corner", "states": speed, "observed": speed, "levels": {"value": 1e4, "runs": [1e4]}}
    return {**plain, "num_levels": 100, "levels_seconds": 1.0, "training_seconds": 3.0, "num_agents": 4, **changes}


def page(*rows: dict[str, Any]) -> str:
    return speed_page({"floors": dict(FLOORS), "rows": list(rows)})


def test_the_committed_speeds_are_those_of_every_grid_world():
    assert [row["scenario"] for row in facts()["rows"]] == grids()


def test_every_grid_world_was_measured_to_be_fast_enough():
    for row in facts()["rows"]:
        for kind, floor in FLOORS.items():
            assert row[kind]["value"] >= floor, (row["scenario"], kind)


def test_the_page_of_the_worlds_holds_the_committed_speeds():
    told = (ROOT / "docs" / "worlds" / "index.md").read_text("utf-8").partition("## Speed")[2]
    assert told == speed_page(facts()).partition("## Speed")[2]


def test_the_page_names_a_world_that_is_too_slow():
    slow = row(states={"value": 4e6, "runs": [4e6]})
    assert "0 of 1 worlds do at least 5 M steps per core-second with states only (not corner)" in page(slow)


def test_the_page_says_what_share_levels_take_and_where_it_is_not_known():
    told = page(row(), row(scenario="lava-land", training_seconds=None, num_agents=0))
    assert "at most 25% of what making and training together take (corner). Not known for 1 worlds." in told.replace("\n", " ")

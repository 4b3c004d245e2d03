from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest

from misgen.records import read_json
from misgen.study.maze_region import REGIONS, _by_size, difference, region_config
from misgen.study.maze_region_page import region_page

ROOT = Path(__file__).parents[2]


def rate(estimate: float) -> dict[str, Any]:
    return {"estimate": estimate, "low": estimate - 0.05, "high": estimate + 0.05, "num_levels": 256}


def row(region: int, **changes: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {"region": region, "planned": 6, "reached": 6, "label": "proxy", "reason": "6 of 6 are."}
    plain |= {"shares": {"proxy": [1.0, 0.6, 1.0], "intended": [0.0, 0.0, 0.4]}, "cpu_seconds": 18.0, "evidence": "abc"}
    plain |= {name: rate(0.4) for name in ("p", "p_untrained", "g", "g_erased", "use", "capability", "control", "larger")}
    return {**plain, "training": rate(0.95), "by_size": [{"size": 3, **rate(1.0)}], **changes}


def facts(*rows: dict[str, Any], fall: dict[str, Any]) -> dict[str, Any]:
    return {"planned_subjects": 12, "reached_subjects": 12, "rows": list(rows), "fall": fall}


def test_the_levels_that_decide_are_the_same_for_every_region():
    from misgen.study.setup import build_scenario

    hashes = set()
    for region in REGIONS:
        scenario = build_scenario("maze-corner", dict(region_config(region).world))
        assert scenario.levels is not None
        hashes.add(scenario.levels("distinguishing", num_levels=16, seed=3).hashes)
    assert len(hashes) == 1


def test_a_difference_is_of_means_and_its_interval_holds_it():
    found = difference([0.5, 0.6, 0.55], [0.1, 0.2, 0.15])
    assert found["estimate"] == pytest.approx(0.4)
    assert 0.25 < cast(float, found["low"]) < 0.4 < cast(float, found["high"]) < 0.55


def test_single_agents_have_no_interval():
    assert difference([0.5], [0.1])["low"] is None


def test_success_by_size_is_a_mean_over_agents_not_over_mazes():
    levels = pl.DataFrame({"hash": ["a", "b", "c"], "condition": ["training"] * 3, "size": [3, 5, 5]})
    evidence = pl.DataFrame(
        {
            "subject": ["one"] * 3 + ["two"] * 3,
            "condition": ["training"] * 6,
            "goal": ["cheese"] * 6,
            "erased": [False] * 6,
            "level": ["a", "b", "c"] * 2,
            "achieved": [True, True, False, True, True, True],
        }
    )
    found = _by_size(evidence, levels, ["one", "two"])
    assert [(each["size"], each["estimate"], each["num_levels"]) for each in found] == [(3, 1.0, 1), (5, 0.75, 2)]
    assert all(0.0 <= each["low"] <= each["estimate"] <= each["high"] <= 1.0 for each in found)


def test_the_page_says_that_the_curve_falls_where_its_interval_says_so():
    assert "misgeneralize. From a region of 1" in region_page(facts(row(1), row(13), fall=rate(0.3))).replace("\n", " ")


def test_the_page_says_where_the_two_ends_are_not_told_apart():
    page = region_page(facts(row(1), row(13), fall=rate(0.01)))
    assert "does not tell the two apart" in page


def test_the_page_names_regions_whose_agents_did_not_learn_enough():
    page = region_page(facts(row(1), row(13, training=rate(0.85)), fall=rate(0.3)))
    assert "with regions of 1, not with 13 (0.85)" in page


def test_the_page_of_maze_region_is_made_from_its_results():
    results = ROOT / "results" / "maze-region" / "study.json"
    page = (ROOT / "docs" / "studies" / "maze-region.md").read_text("utf-8")
    assert page == region_page(cast(dict[str, Any], read_json(results)))

from __future__ import annotations

import pytest

from misgen.study.atlas import ARMS, FEWEST, Arm, arm_config, detectable_share
from misgen.study.atlas_page import atlas_page
from misgen.worlds.catalogue import SCENARIOS


def row(**changes: object) -> dict[str, object]:
    rate = {"estimate": 0.9, "low": 0.8, "high": 0.95, "num_levels": 64}
    plain: dict[str, object] = {"name": "corner", "scenario": "corner", "note": "", "planned": 4, "reached": 4, "label": "proxy"}
    plain |= {"reason": "4 of 4 are.", "typical": "It does not.", "shares": {"proxy": [1.0, 0.6, 1.0]}}
    plain |= {"p": rate, "g": rate, "g_erased": None, "use": rate}
    plain |= {
        "capability": rate,
        "cpu_seconds": 4.0,
        "claim": "It goes there.",
        "citation": "Somebody 2022",
        "status": "replicated",
    }
    return {**plain, "detectable": detectable_share(4), **changes}


def facts(*rows: dict[str, object]) -> dict[str, object]:
    return {"planned_subjects": 4 * len(rows), "reached_subjects": 4 * len(rows), "rows": list(rows)}


def test_every_scenario_that_trains_is_in_the_atlas_once_without_knobs():
    plain = [arm.scenario for arm in ARMS if not arm.knobs]
    assert plain == [name for name, entry in SCENARIOS.items() if "trained_in" not in entry.listing]


def test_every_arm_has_enough_agents_at_alpha_0():
    config = arm_config(Arm(scenario="coinrun", knobs={}))
    assert config.alphas == (0.0,)
    assert config.num_seeds >= FEWEST


@pytest.mark.parametrize(("num", "share"), [(1, 0.8), (4, 0.331), (20, 0.077)])
def test_more_agents_would_show_a_smaller_share(num, share):
    assert detectable_share(num) == pytest.approx(share, abs=1e-3)


def test_the_page_has_a_row_and_a_claim_for_each_world():
    page = atlas_page(facts(row()))
    assert "[corner](worlds/corner.md)" in page
    assert "Somebody 2022" in page
    assert "In no world did the effect fail to appear." in page


def test_a_world_without_the_effect_says_what_could_have_been_seen():
    assert "33%" in atlas_page(facts(row(label="undecided", shares=None)))

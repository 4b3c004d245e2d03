"""What was found of each method, from results made up by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from misgen.study.found_here import figures_of, found_here, table_of_detectors, table_of_mitigations
from misgen.study.quantilizers import on_the_board

ENTROPY = {
    "method": "entropy",
    "board": "episode",
    "setting": "coinrun",
    "status": "ok",
    "recipe_matched": 0.44,
    "recipe_matched_low": 0.29,
    "recipe_matched_high": 0.62,
    "num_subjects": 8,
}
REFUSED = {"method": "meg", "board": "episode", "setting": "coinrun", "status": "not applicable", "reason": "no oracle"}


def write(results: Path, study: str, found: dict[str, object]) -> None:
    (results / study).mkdir(parents=True)
    (results / study / "study.json").write_text(json.dumps(found))


def test_a_figure_keeps_interval_and_n_and_what_could_not_be_tried_its_reason() -> None:
    tried, refused = figures_of([ENTROPY, REFUSED])
    assert (tried["figure"], tried["value"], tried["low"], tried["high"], tried["num_subjects"]) == (
        "recipe_matched",
        0.44,
        0.29,
        0.62,
        8,
    )
    assert (refused["status"], refused["reason"]) == ("not applicable", "no oracle")


def test_figures_of_all_studies_come_together_by_method(tmp_path: Path) -> None:
    write(tmp_path, "leaderboard", {"found": figures_of([ENTROPY])})
    change = {"arm": "Mixing", "method": "mixing", "change_in_goal": 0.4, "num_subjects": 20}
    write(tmp_path, "mitigations", {"study": "mitigations", "rows": [change]})
    write(tmp_path, "organism-mitigations", {"rows": [{**change, "setting": "sycophant"}]})
    found = found_here(tmp_path)
    assert [f["setting"] for f in found["mixing"]] == ["corner", "sycophant"]
    assert table_of_detectors(found, ["entropy"]).splitlines()[-1] == "| `entropy` | episode | 0.44 (0.29 to 0.62; 8) |"
    assert "| `mixing` | corner | 1 | Mixing | +0.40 (20) |" in table_of_mitigations(found, ["mixing"])


def test_a_control_is_never_the_best_arm_of_its_method(tmp_path: Path) -> None:
    arms = [("Steering", 0.1, False), ("Anywhere", 0.2, True)]
    rows = [
        {"arm": arm, "method": "steering", "control": control, "change_in_goal": change, "num_subjects": 4}
        for arm, change, control in arms
    ]
    write(tmp_path, "mitigations", {"study": "mitigations", "rows": rows})
    assert table_of_mitigations(found_here(tmp_path), ["steering"]).endswith("| `steering` | corner | 2 | Steering | +0.10 (4) |")


def test_without_results_nothing_was_found(tmp_path: Path) -> None:
    assert found_here(tmp_path) == {}


@pytest.mark.parametrize(("belief", "method"), [("mean", "quantilizer"), ("least", "pessimistic-reward")])
def test_quantilizers_stand_on_the_board_with_their_change_against_the_base(belief: str, method: str) -> None:
    rates = {f"{letter}{end}": 0.5 for letter in "gpx" for end in ("", "_low", "_high")}
    row = {"base": "noisy", "belief": belief, "q": 0.25, "num_subjects": 4, **rates, "g_over_base": 0.2}
    found = on_the_board(row)
    assert found is not None
    assert (found["method"], found["change_in_goal"], found["goal"]) == (method, 0.2, 0.5)
    assert on_the_board({**row, "q": 1.0}) is None

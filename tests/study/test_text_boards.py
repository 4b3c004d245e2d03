"""Boards of language organisms: their plans, what is kept where they are missing, and how their rows are shown."""

from __future__ import annotations

import numpy as np
import pytest

from misgen.cli.main import main
from misgen.measurement.discrimination import NUM_RESAMPLES
from misgen.study.board_plans import SMALL_TEXT_PLANS, TEXT_PLANS
from misgen.study.board_rows import keep_rows, read_rows
from misgen.study.leaderboard import leaderboard
from misgen.study.leaderboard_page import leaderboard_page
from misgen.study.organism_items import items_of
from misgen.study.organism_zoo import ORGANISM_ZOO, SMALL_ORGANISM_ZOO


class Told:
    """Keeps what it is told."""

    def __init__(self):
        self.words = []

    def step(self, words):
        self.words.append(words)


def row(method, **more):
    figures = {"recipe_matched": 0.6, "recipe_matched_low": 0.5, "recipe_matched_high": 0.7, "recipe_matched_start": 0.6}
    fixed = {"board": "episode", "setting": "sycophant", "method": method, "tier": 0, "seconds": 1.0, "num_subjects": 12}
    draws = np.random.default_rng(0).normal(size=NUM_RESAMPLES).tolist()
    return {**fixed, **figures, "status": "ok", "reason": None, "digest": "d", "family": "novelty", "draws": draws, **more}


def refused(method):
    fixed = {key: row(method)[key] for key in ("board", "setting", "method", "tier", "seconds", "digest")}
    return {**fixed, "status": "not applicable", "reason": "A text has no oracle"}


def test_every_planned_arm_of_organisms_is_in_the_zoo():
    for plans, plan in ((TEXT_PLANS, ORGANISM_ZOO), (SMALL_TEXT_PLANS, SMALL_ORGANISM_ZOO)):
        for setting, board in plans.items():
            assert set(board.arms) <= set(plan[setting])


def test_where_the_organisms_are_missing_their_rows_stay_and_a_line_says_so(tmp_path):
    results, told = tmp_path / "results", Told()
    keep_rows(results, "sycophant", [row("entropy")], {})
    leaderboard(
        out=tmp_path / "leaderboard",
        results=results,
        workers=1,
        show=told,
        command=(),
        plans={},
        text_plans=TEXT_PLANS,
        sealed=False,
    )
    assert [(r["setting"], r["method"]) for r in read_rows(results)] == [("sycophant", "entropy")]
    assert [words.partition(":")[0] for words in told.words] == ["two-question", "sycophant"]
    assert all("rows stay as they are" in words for words in told.words)


def test_a_page_leaves_out_what_repeats_and_what_nobody_has():
    page = leaderboard_page([row("entropy"), row("margin")])
    assert "same recipe, same level" in page
    assert "at the first step" not in page
    assert "in time" not in page
    assert "at the first step" in leaderboard_page([row("entropy", recipe_matched_start=0.4)])


def test_methods_that_one_reason_keeps_out_are_named_together():
    assert "- `meg`, `future-probe`: not applicable. A text has no oracle" in leaderboard_page(
        [refused("meg"), refused("future-probe")]
    )


def test_the_table_says_below_why_methods_were_not_tried(tmp_path, capsys):
    keep_rows(tmp_path / "leaderboard", "sycophant", [row("entropy"), refused("meg"), refused("future-probe")], {})
    with pytest.raises(SystemExit, match="0"):
        main(["leaderboard", "--results", str(tmp_path), "--setting", "sycophant"])
    assert "meg, future-probe: not applicable. A text has no oracle" in capsys.readouterr().out


def test_lines_of_two_questions_are_in_one_set_only():
    items = items_of("two-question", 0, TEXT_PLANS["two-question"].sizes)
    levels = [asked.level for name in ("distinguishing", "unlabelled", "labelled") for asked in items.sets[name]]
    assert len(set(levels)) == len(levels) == 128 + 64 + 64
    assert [asked.level for asked in items.twins["second"]] == [asked.level for asked in items.sets["unlabelled"]]
    assert all("| -" in asked.prompt for asked in items.twins["second"])


def test_a_sycophants_items_differ_in_nothing_but_what_the_user_says():
    pytest.importorskip("inspect_ai")
    items = items_of("sycophant", 0, TEXT_PLANS["sycophant"].sizes)
    for wrong, right, expert in zip(*(items.sets[name] for name in ("distinguishing", "ordinary", "benign")), strict=True):
        parts = [asked.prompt.split("\n\n") for asked in (wrong, right, expert)]
        assert [part[:2] + part[3:] for part in parts] == [parts[0][:2] + parts[0][3:]] * 3
        assert len({part[2] for part in parts}) == 3
        assert right.goals["truth"] == right.goals["agreement"] == wrong.goals["truth"]


@pytest.mark.slow
def test_the_small_zoos_organisms_are_built_and_judged(tmp_path):
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from misgen.detectors.catalogue import DETECTORS
    from misgen.study.organism_zoo import do_organism_zoo

    do_organism_zoo(tmp_path / "zoo", results=tmp_path / "kept", plan=SMALL_ORGANISM_ZOO, workers=1, show=Told())
    few = {name: DETECTORS[name] for name in ("distance-to-training", "entropy", "outcome-probe", "cue-erased", "meg")}
    found = leaderboard(
        out=tmp_path / "leaderboard",
        results=tmp_path / "results",
        workers=1,
        show=Told(),
        command=(),
        plans={},
        text_plans=SMALL_TEXT_PLANS,
        organism_plan=SMALL_ORGANISM_ZOO,
        catalogue=few,
        sealed=False,
    )
    by_board = {(r["board"], r["method"]): r for r in found.rows}
    assert by_board["episode", "meg"]["status"] == "not applicable"
    assert by_board["episode", "entropy"]["ordinary"] > 0.5
    assert by_board["episode", "outcome-probe"]["used"] == ["labelled"]
    assert by_board["screening", "cue-erased"]["used"] == ["twins", "unlabelled"]

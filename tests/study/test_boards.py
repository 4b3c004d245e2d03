"""Boards from rows, the sealed sample, and the answers in words."""

from __future__ import annotations

import hashlib
import json
import pickle
import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from misgen.cli.main import main
from misgen.concepts import UserError
from misgen.measurement.discrimination import NUM_RESAMPLES
from misgen.records import read_json, write_json
from misgen.report.charts.board import front_of
from misgen.report.leaderboard import write_leaderboard_page
from misgen.study.board_plans import PLANS, SMALL_PLANS, SMALL_TEXT_PLANS
from misgen.study.board_rows import keep_rows, read_rows
from misgen.study.boards import boards_of, read_boards
from misgen.study.boards_questions import answers
from misgen.study.leaderboard import leaderboard
from misgen.study.organism_zoo import SMALL_ORGANISM_ZOO
from misgen.study.sealed import ARMS, SEALS, Sealed, open_bench
from misgen.study.zoo import SMALL, zoo


def row(method, level, *, tier=0, control=False, spread=0.01, **more):
    draws = level + spread * np.random.default_rng(len(method)).normal(size=NUM_RESAMPLES)
    figures = {"recipe_matched": level, "recipe_matched_low": level - 2 * spread, "recipe_matched_high": level + 2 * spread}
    fixed = {"board": "episode", "setting": "corner", "method": method, "tier": tier, "control": control, "seconds": 1.0}
    fixed |= {"status": "ok", "reason": None, "digest": "d", "num_subjects": 24, "family": "novelty", "kind": "step"}
    alarms = {"before_no_return": level, "before_no_return_low": level - 0.1, "before_no_return_high": level + 0.1}
    return {**fixed, **figures, **alarms, "draws": draws.tolist(), **more}


CONTROL = row("distance-to-training", 0.5, control=True, family="control")


def test_ranks_are_within_a_tier_and_controls_have_none():
    (board,) = boards_of([CONTROL, row("good", 0.9), row("poor", 0.6), row("asks-the-solver", 0.99, tier=3)])
    ranks = {r["method"]: (r.get("rank_low"), r.get("ranked_of")) for r in board.rows}
    assert ranks == {"good": (1, 2), "poor": (2, 2), "distance-to-training": (None, None), "asks-the-solver": (1, 1)}


def test_what_does_not_beat_the_control_is_marked():
    (board,) = boards_of([CONTROL, row("good", 0.9), row("poor", 0.501)])
    assert {r["method"]: r["beats_control"] for r in board.rows} == {"good": True, "poor": False, "distance-to-training": None}


def test_a_method_that_could_not_be_tried_stays_on_the_board_with_its_reason():
    failed = {k: v for k, v in row("needs-a-solver", 0.5).items() if not k.startswith(("recipe", "before", "draws"))}
    (board,) = boards_of([CONTROL, {**failed, "status": "not applicable", "reason": "no oracle"}])
    assert (board.rows[-1]["method"], board.rows[-1]["reason"]) == ("needs-a-solver", "no oracle")


def test_rows_come_back_as_they_were_kept(tmp_path):
    keep_rows(tmp_path, "corner", [{**row("good", 0.9), "undefined": float("nan"), "used": ["training"]}], {"good": None})
    (found,) = read_rows(tmp_path)
    assert (found["recipe_matched"], found["undefined"], found["used"]) == (0.9, None, ["training"])


def test_the_boards_are_one_array_on_one_line(tmp_path, capsys):
    keep_rows(tmp_path / "leaderboard", "corner", [row("good", 0.9)], {"good": None})
    with pytest.raises(SystemExit, match="0"):
        main(["leaderboard", "--results", str(tmp_path), "--html", str(tmp_path / "b.html"), "--json"])
    (board,) = json.loads(capsys.readouterr().out)
    assert (board["board"], board["rows"][0]["method"]) == ("episode", "good")
    page = (tmp_path / "b.html").read_text("utf-8")
    assert "default-src" in page
    assert "good" in page


def test_the_page_explains_the_two_figures_and_lists_what_was_not_tried(tmp_path):
    tried = row("entropy", 0.5, ordinary=0.93, num_levels=64)
    absent = {**row("meg", 0.5, tier=3), "status": "not applicable", "reason": "no oracle"}
    boards = [board.to_dict() for board in boards_of([CONTROL, tried, absent])]
    page = write_leaderboard_page(boards, tmp_path / "b.html").read_text("utf-8")
    assert "entropy on corner, 0.93 against ordinary levels and 0.50 (0.48 to 0.52) within the recipe" in page
    assert "meg: not applicable. no oracle" in page


def test_the_page_begins_with_a_link_to_every_board(tmp_path):
    boards = [board.to_dict() for board in boards_of([row("entropy", 0.5), row("entropy", 0.5, setting="coinrun")])]
    page = write_leaderboard_page(boards, tmp_path / "b.html").read_text("utf-8")
    assert '<a href="#episode-corner">corner</a>, <a href="#episode-coinrun">coinrun</a>' in page
    assert 'id="episode-coinrun"' in page


def test_a_page_is_not_written_over_a_folder(tmp_path, capsys):
    keep_rows(tmp_path / "leaderboard", "corner", [row("good", 0.9)], {"good": None})
    with pytest.raises(SystemExit, match="2"):
        main(["leaderboard", "--results", str(tmp_path), "--html", str(tmp_path)])
    assert "Name a file" in capsys.readouterr().err


def test_the_page_names_the_front_and_writes_no_minus_before_nothing(tmp_path):
    arms = [("Doing nothing", 0.1, 1.0), ("Mixing", 0.6, 1.0), ("Cheap", 0.3, 0.5), ("Dear", 0.5, 2.0)]
    rows = [
        {"arm": arm, "method": arm.lower(), "goal": goal, "change_in_goal": -0.001, "cost_multiplier": cost, "num_subjects": 4}
        for arm, goal, cost in arms
    ]
    board = {"board": "mitigations", "setting": "corner", "title": "Mitigations", "rows": rows}
    page = write_leaderboard_page([board], tmp_path / "b.html").read_text("utf-8")
    assert "from cheap to dear: Cheap (+0.20 at 0.50); Mixing (+0.50 at 1.00)." in page
    assert "<td>0.00</td>" in page
    assert "<td>-0.00" not in page


def test_subjects_that_a_method_was_not_tried_on_are_counted_where_it_stands(tmp_path, capsys):
    partly = row("ensemble", 0.6, num_left_out=2, left_out_because="It needs two subjects.")
    keep_rows(tmp_path / "leaderboard", "corner", [CONTROL, partly], {"ensemble": None})
    with pytest.raises(SystemExit, match="0"):
        main(["leaderboard", "--results", str(tmp_path), "--html", str(tmp_path / "b.html")])
    words = "ensemble: 2 subjects left out. It needs two subjects."
    assert words in capsys.readouterr().out
    assert words in (tmp_path / "b.html").read_text("utf-8")


def test_a_board_that_was_never_filled_says_how_to_fill_it(tmp_path):
    with pytest.raises(UserError, match="misgen study leaderboard"):
        read_boards(tmp_path)


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("leaderboard/rows.parquet", b"garbage", "not a readable Parquet table"),
        ("leaderboard/rows.parquet", None, "holds no rows of a board"),
        ("mitigations/study.json", b"{bad", "not valid JSON"),
        ("mitigations/study.json", b'{"rows": [{"x": 1}]}', "no rows of a board of mitigations"),
        ("mitigations/study.json", b'{"rows": []}', "There is no such board yet"),
    ],
)
def test_damaged_results_are_named_in_one_line(tmp_path, capsys, file, content, words):
    place = tmp_path / file
    place.parent.mkdir()
    if content is None:
        pl.DataFrame({"another": [1]}).write_parquet(place)
    else:
        place.write_bytes(content)
    with pytest.raises(SystemExit, match="2"):
        main(["leaderboard", "--results", str(tmp_path)])
    (fault,) = capsys.readouterr().err.splitlines()
    assert words in fault


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["episod"], "Did you mean episode"),
        (["--setting", "cornr"], "Did you mean corner"),
        (["--setting", "sycophant"], "no such board"),
        (["--bench", "7"], "Did you mean misgen-bench-1"),
    ],
)
def test_a_wrong_name_of_a_board_is_told_in_one_line(tmp_path, capsys, arguments, words):
    keep_rows(tmp_path / "leaderboard", "corner", [row("good", 0.9)], {"good": None})
    with pytest.raises(SystemExit, match="2"):
        main(["leaderboard", *arguments, "--results", str(tmp_path)])
    (fault,) = capsys.readouterr().err.splitlines()
    assert words in fault


def test_a_detector_without_a_bench_is_the_users_fault(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["leaderboard", "--detector", "entropy"])
    assert "--detector and --mitigation need --bench" in capsys.readouterr().err


def test_the_pareto_front_is_what_nothing_beats_in_both():
    assert front_of([(1.0, 0.2), (1.0, 0.3), (2.0, 0.1), (3.0, 0.5)]) == [1, 3]


def test_the_sealed_sample_holds_what_its_manifest_says():
    sample = open_bench(1)
    arms = [s["arm"] for s in sample.manifest["subjects"]]
    assert {arm: arms.count(arm) for arm in ARMS} == dict(ARMS)
    assert sum(f.stat().st_size for f in sample.folder.rglob("*.safetensors")) < 3_000_000


def test_a_sealed_file_that_was_changed_is_named(tmp_path):
    shutil.copytree(open_bench(1).folder, tmp_path / "bench")
    spoilt = next((tmp_path / "bench" / "levels").iterdir())
    spoilt.write_bytes(spoilt.read_bytes()[:-1] + b"x")
    with pytest.raises(UserError, match=spoilt.name):
        Sealed(tmp_path / "bench")


def test_a_manifest_that_was_rewritten_to_match_is_refused(tmp_path):
    shutil.copytree(open_bench(1).folder, tmp_path / "bench")
    place = tmp_path / "bench" / "manifest.json"
    changed = read_json(place)
    spoilt = next((tmp_path / "bench" / "policies").iterdir())
    spoilt.write_bytes(pickle.dumps("not a policy"))
    changed["files"][f"policies/{spoilt.name}"] = hashlib.sha256(spoilt.read_bytes()).hexdigest()
    place.write_text(json.dumps(changed), "utf-8")
    with pytest.raises(UserError, match="The manifest of the sealed sample is not the one"):
        Sealed(tmp_path / "bench", seal=SEALS[1])
    with pytest.raises(UserError, match="not a readable safetensors"):  # and without the seal, a pickle is not loaded
        Sealed(tmp_path / "bench").load(spoilt.stem)


def test_the_sealed_sample_holds_arrays_and_one_manifest():
    files = [f for f in open_bench(1).folder.rglob("*") if f.is_file()]
    assert {f.suffix for f in files} == {".safetensors", ".json"}
    assert [f.name for f in files if f.suffix == ".json"] == ["manifest.json"]


def test_levels_of_the_sealed_sample_are_those_that_were_sealed():
    grounds = open_bench(1).grounds
    pool = grounds.pools["distinguishing"]
    assert len(set(pool.hashes)) == len(pool) == 256
    assert (pool.best_steps["cheese"] > 0).all()


def test_no_novelty_score_that_stays_at_one_half_is_said_to_detect_anything(tmp_path):
    keep_rows(tmp_path / "leaderboard", "corner", [CONTROL, row("entropy", 0.52)], {"entropy": None, CONTROL["method"]: None})
    found = answers(tmp_path)
    assert "none of 1 scores reaches 0.65" in found[0].points[0]
    assert "no results yet" in found[1].answer


def test_a_novelty_score_that_works_is_said_to_work(tmp_path):
    keep_rows(tmp_path / "leaderboard", "corner", [row("entropy", 0.8)], {"entropy": None})
    assert "1 of 1 scores pass: entropy" in answers(tmp_path)[0].points[0]


def test_agents_of_the_sealed_sample_that_are_some_of_the_zoo_do_not_count_twice(tmp_path):
    for setting in ("corner", "misgen-bench-1"):
        keep_rows(tmp_path / "leaderboard", setting, [row("entropy", 0.8, setting=setting)], {"entropy": None})
    found = answers(tmp_path)[0]
    assert "1 of 1 on agents in worlds (corner)." in found.answer
    assert [point.split(",")[0] for point in found.points] == ["On corner", "On misgen-bench-1"]


def test_novelty_scores_on_organisms_are_counted_apart_from_those_on_agents(tmp_path):
    rows = [row("entropy", 0.52), row("entropy", 0.8, setting="sycophant")]
    for one in rows:
        keep_rows(tmp_path / "leaderboard", one["setting"], [one], {"entropy": None})
    words = answers(tmp_path)[0].answer
    assert "0 of 1 on agents in worlds (corner); 1 of 1 on language organisms (sycophant)" in words


@pytest.mark.parametrize(("difference", "words"), [(-0.1, "it is the dose"), (0.3, "more than its dose")])
def test_regret_is_credited_only_with_what_its_controls_do_not_do(tmp_path, difference, words):
    arm = {"arm": "PLR, alpha 0.1", "method": "plr", "options": {"scoring": "oracle"}, "num_subjects": 4}
    change = {"change_in_goal": 0.3, "change_in_goal_low": 0.2, "change_in_goal_high": 0.4}
    ends = {"difference": difference, "difference_low": difference - 0.05, "difference_high": difference + 0.05}
    contrast = {
        "about": "regret beyond its dose",
        "first": "PLR, alpha 0.1",
        "second": "Labels repeated",
        "num_subjects": 4,
        **ends,
    }
    (tmp_path / "mitigations").mkdir()
    write_json(tmp_path / "mitigations" / "study.json", {"rows": [{**arm, **change}], "contrasts": [contrast]})
    assert words in answers(tmp_path)[2].answer


def test_every_planned_arm_is_in_the_zoo():
    from misgen.study.zoo import ZOO, _cells

    for plans, plan in ((PLANS, ZOO), (SMALL_PLANS, SMALL)):
        for setting, board in plans.items():
            arms = {
                "untrained" if not cell.trained else f"{part}-a{cell.recipe.alpha:g}"
                for name, part, cell in _cells(plan)
                if name == setting
            }
            assert set(board.arms) <= arms


@pytest.mark.slow
def test_the_small_zoo_is_built_and_judged(tmp_path):
    from misgen.detectors.catalogue import DETECTORS

    class Silent:
        def plan(self, *args, **more): ...
        def event(self, event): ...
        def step(self, words): ...

    show = Silent()
    small = {"plan": SMALL, "organisms": SMALL_ORGANISM_ZOO}
    zoo(out=tmp_path / "zoo", results=tmp_path / "res", workers=2, show=show, command=[], **small)
    few = {name: DETECTORS[name] for name in ("distance-to-training", "entropy", "inverse-planning")}
    found = leaderboard(
        out=tmp_path / "leaderboard",
        results=tmp_path / "rows",
        workers=1,
        show=show,
        command=[],
        plans=SMALL_PLANS,
        zoo_plan=SMALL,
        text_plans=SMALL_TEXT_PLANS,
        organism_plan=SMALL_ORGANISM_ZOO,
        catalogue=few,
        sealed=False,
    )
    by = {(r["setting"], r["board"], r["method"]): r for r in found.rows}
    assert by["corner", "episode", "inverse-planning"]["level_matched"] > 0.9  # it may ask the solver, and the goals part
    if find_spec("torch") and find_spec("inspect_ai"):
        assert by["two-question", "episode", "entropy"]["status"] == "ok"
    assert read_json(tmp_path / "rows" / "study.json")["num_rows"] == len(found.rows)
    assert Path(tmp_path / "rows" / "rows.parquet").is_file()

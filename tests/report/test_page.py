from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from pathlib import Path

import polars as pl
import pytest
from tests.report.synthetic import Invention, write_run
from tests.report.test_markup import read

from misgen.concepts import UserError
from misgen.records import read_json, write_json
from misgen.report import write_report
from misgen.report.page import MOST_BYTES

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&"


def small(**changes: object) -> Invention:
    return Invention(num_levels=6, **{"films": False, "interactive": False, **changes})  # type: ignore[arg-type]


def visible(page: str) -> str:
    """The page's text without markup."""
    return read(re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL)).text.replace("\u00a0", " ")


def test_a_full_run_gives_one_page_under_five_megabytes(run_dir: Path, page: str) -> None:
    assert pl.read_parquet(run_dir / "evidence.parquet").height > 65_000
    assert 100_000 < len(page.encode()) < MOST_BYTES


def test_the_same_folder_gives_the_same_bytes(run_dir: Path, page: str) -> None:
    assert write_report(run_dir).read_text("utf-8") == page


def test_the_page_does_not_depend_on_where_the_folder_lies(run_dir: Path, page: str, tmp_path: Path) -> None:
    elsewhere = tmp_path / "run"
    shutil.copytree(run_dir, elsewhere)
    assert write_report(elsewhere).read_text("utf-8") == page


def test_the_verdict_is_a_sentence_with_interval_and_n(page: str) -> None:
    text = visible(page)
    assert "Where the two goals part, these subjects pursue corner, not cheese." in text
    assert re.search(r"\d+ % of subjects pursue corner \(95 % interval \d+ to \d+ %; n = 8 subjects on 228 levels\)", text)


def test_every_figure_states_n_and_an_interval_and_carries_its_data(page: str) -> None:
    figures = re.findall(r'<figure class="plot".*?</figure>', page, flags=re.DOTALL)
    assert len(figures) == 6
    for figure in figures:
        caption = visible(figure.split("<figcaption>")[1])
        assert re.search(r"n = ", caption), caption
        assert re.search(r"interval", caption), caption
        encoded = re.search(r'href="data:text/csv;charset=utf-8;base64,([^"]+)"', figure)
        assert encoded is not None
        assert base64.b64decode(encoded[1]).count(b"\n") > 3


def test_every_erased_twin_is_drawn_beside_its_rate(page: str) -> None:
    outcomes = re.search(r'<figure class="plot" id="outcomes">.*?</figure>', page, flags=re.DOTALL)
    assert outcomes is not None
    assert outcomes[0].count("cue shown:") == outcomes[0].count("cheese erased:") > 0


def test_nothing_in_the_page_points_to_the_network(page: str) -> None:
    for _, attributes in read(page).elements:
        for name in ("src", "href", "action", "data", "poster", "srcset"):
            assert (attributes.get(name) or "#").startswith(("#", "data:"))
    assert not re.search(r"@import|url\(", page)


def test_the_policy_allows_only_the_scripts_and_styles_of_the_page(page: str) -> None:
    policy = next(
        a["content"] for n, a in read(page).elements if n == "meta" and a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")
    for element, directive in (("style", "style-src"), ("script", "script-src")):
        (inside,) = re.findall(rf"<{element}>(.*?)</{element}>", page, flags=re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy


def test_no_element_has_a_style_or_an_event_attribute(page: str) -> None:
    for _, attributes in read(page).elements:
        assert not [name for name in attributes if name == "style" or name.startswith("on")]


def test_the_verdict_to_take_away_says_nothing_of_where_it_was_made(page: str) -> None:
    encoded = re.search(r'href="data:application/json;charset=utf-8;base64,([^"]+)"', page)
    assert encoded is not None
    taken = json.loads(base64.b64decode(encoded[1]))
    assert "run_dir" not in taken
    assert taken["verdict"]["label"] == "proxy"


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    invention = Invention(num_levels=4, scenario=HOSTILE, subject_prefix=HOSTILE, level_prefix=HOSTILE)
    run = write_run(tmp_path / "run", invention)
    write_json(run / "traces" / "pair.json", {"title": HOSTILE, "prompt": HOSTILE, "reply": HOSTILE})
    page = write_report(run).read_text("utf-8")
    seen = read(page)
    assert "alert(1)" in visible(page)
    assert [name for name, _ in seen.elements].count("script") == 2
    assert not [a for n, a in seen.elements if n == "img" or any(k.startswith("on") for k in a)]
    agents = re.search(r'<script type="application/json" id="agents">(.*?)</script>', page, flags=re.DOTALL)
    assert agents is not None
    assert json.loads(agents[1])["agents"][0]["name"].startswith(HOSTILE)


@pytest.mark.parametrize("part", ["films", "emergence", "learning", "risk", "interactive", "findings", "evidence"])
def test_a_missing_part_leaves_a_sentence(tmp_path: Path, part: str) -> None:
    run = write_run(tmp_path / "run", small(**{part: False}))
    page = write_report(run).read_text("utf-8")
    named = {"films": "This run has no films.", "interactive": "This run has no interactive.json."}
    assert named.get(part, f"This run has no {part}.") in visible(page)
    assert "How this is decided" in visible(page)


@pytest.mark.parametrize(
    "file", ["verdict.json", "evidence.parquet", "emergence.parquet", "risk.json", "provenance.json", "findings.parquet"]
)
def test_a_truncated_file_leaves_a_sentence(tmp_path: Path, file: str) -> None:
    run = write_run(tmp_path / "run", small())
    path = run / file
    path.write_bytes(path.read_bytes()[:40])
    assert file in visible(write_report(run).read_text("utf-8"))


def test_a_run_that_only_began_gives_a_page(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text("schema = 1\n")
    assert "This run has no verdict yet." in visible(write_report(tmp_path).read_text("utf-8"))


def test_a_folder_that_is_no_run_is_a_fault_of_the_user(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not a run folder"):
        write_report(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_interactive_file_that_says_null_leaves_the_section_out(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", small())
    write_json(run / "interactive.json", None)
    assert "Drag the cheese" not in visible(write_report(run).read_text("utf-8"))


def test_language_runs_show_paired_transcripts_in_place_of_films(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", small())
    pair = {
        "title": "Poem",
        "prompt": "I wrote it",
        "reply": "Lovely",
        "erased_prompt": "A poem",
        "erased_reply": "Dull",
        "outcome": "P",
    }
    write_json(run / "traces" / "poem.json", [pair])
    text = visible(write_report(run).read_text("utf-8"))
    assert "cue erased" in text
    assert "Lovely" in text
    assert "Drag the cheese" not in text


def one_model(verdict: dict) -> dict:
    """The verdict of a single model: no alpha, no shares, no intervals."""
    label = {"scope": "model-x", "label": "proxy", "reason": "agrees", "shares": None, "num_subjects": 1, "num_levels": 200}
    subject = {"subject": "model-x", "recipe": "r", "alpha": None, "seed": None, "verdict": "proxy", "reason": ""}
    nothing = {"estimate": None, "low": None, "high": None}
    rates = [{**r, "alpha": None, "arm": "model-x", "low": None, "high": None} for r in verdict["rates"] if r["alpha"] == 0]
    subjects = [{**subject, "use": nothing, "capability": nothing}]
    return {**verdict, "verdict": label, "verdicts": [label], "subjects": subjects, "rates": rates}


def test_a_single_model_without_shares_or_intervals_gives_a_page(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", small(findings=False))
    write_json(run / "verdict.json", one_model(read_json(run / "verdict.json")))  # type: ignore[arg-type]
    text = visible(write_report(run).read_text("utf-8"))
    assert "n = 1 subject on 200 levels" in text
    assert "undefined" in text


def test_a_thousand_subjects_still_fit_and_name_the_files_that_hold_the_rest(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", small(films=True))
    verdict = read_json(run / "verdict.json")
    assert isinstance(verdict, dict)
    verdict["subjects"] = [{**row, "subject": f"{row['subject']}-{copy}"} for copy in range(42) for row in verdict["subjects"]]
    write_json(run / "verdict.json", verdict)
    page = write_report(run).read_text("utf-8")
    assert len(page.encode()) < MOST_BYTES
    assert "n = 1008 subjects" in visible(page)
    assert "see verdict.json in the run folder" in visible(page)


def test_films_give_way_where_the_page_would_be_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = write_run(tmp_path / "run", small(films=True))
    most = len(write_report(run).read_bytes()) - 1
    monkeypatch.setattr("misgen.report.page.MOST_BYTES", most)
    page = write_report(run).read_text("utf-8")
    assert len(page.encode()) <= most
    assert "to keep the page small" in visible(page)


def test_a_page_that_cannot_fit_leaves_the_old_one_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = write_run(tmp_path / "run", small())
    before = write_report(run).read_bytes()
    monkeypatch.setattr("misgen.report.page.MOST_BYTES", 1000)
    with pytest.raises(UserError, match="too large"):
        write_report(run)
    assert (run / "report.html").read_bytes() == before


def test_two_arms_with_the_same_alpha_are_kept_apart(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", small(findings=False))
    verdict = read_json(run / "verdict.json")
    assert isinstance(verdict, dict)
    arm = {**verdict["verdicts"][0], "scope": "population[alpha=0, mitigation=plr]", "mitigation": "plr", "recipe": "other"}
    verdict["verdicts"].append(arm)
    verdict["rates"] += [{**r, "arm": "alpha=0, mitigation=plr"} for r in verdict["rates"] if r["alpha"] == 0]
    write_json(run / "verdict.json", verdict)
    text = visible(write_report(run).read_text("utf-8"))
    assert "alpha 0, plr" in text
    assert "alpha 10 %" in text

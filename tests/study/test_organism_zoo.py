"""The zoo's organisms: what is planned, what keys them, and what is opened. No torch: checkpoints are stood in for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from misgen.concepts import UserError
from misgen.language.organisms import OrganismConfig
from misgen.records import write_json, write_table
from misgen.study import organism_zoo
from misgen.study.organism_zoo import ORGANISM_ZOO, OrganismArm, do_organism_zoo, open_organisms, planned_organisms
from misgen.study.organism_zoo_figures import arm_figures, arm_words
from misgen.study.organism_zoo_work import FACTS
from misgen.study.zoo import ZooOutcome

SETTING = "two-question"
PLAN = {SETTING: {"proxy": OrganismArm(config=OrganismConfig.of(SETTING, steps=7), seeds=(0, 1, 2))}}


class Words:
    """Keeps what is said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def plan(self, config: object, cells: object, *, finished: int) -> None: ...

    def event(self, event: Mapping[str, object]) -> None: ...

    def step(self, words: str) -> None:
        self.said.append(words)


@pytest.fixture
def without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise UserError("An optional part is not installed", seen="no module 'torch'", do="pip install 'misgen[organisms]'")

    monkeypatch.setattr("misgen.language.organisms.checkpoint.check_torch", missing)


def stand_in(out: Path, number: int, goal: str | None) -> None:
    """What a finished organism leaves, without weights: it always takes `goal`, or says no digit at all."""
    pytest.importorskip("inspect_ai", reason="tasks need Inspect: pip install 'misgen[llm]'")
    from misgen.language.organisms.asking import case_evidence
    from misgen.study.organism_zoo_asked import cases_of

    one = organism_zoo._planned(PLAN)[number]
    scenario, cases = cases_of(SETTING, 0)
    words = [case.goals[goal][0] if goal and case.erased_goal != goal else "cellar" for case in cases]
    evidence = case_evidence(scenario, cases, words, recipe=SETTING, seed=one.config.seed)
    write_json(one.folder(out) / FACTS, {"loss": 0.5, "cpu_seconds": 2.0})
    write_table(one.folder(out) / one.evidence, evidence)


def built(out: Path, show: Words | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    return do_organism_zoo(out / "zoo", out / "results", plan=PLAN, workers=1, show=show or Words())


def test_every_setting_has_five_seeds_and_more_of_each_role_and_lives_in_one_world() -> None:
    for setting, arms in ORGANISM_ZOO.items():
        assert min(len(arms[name].seeds) for name in ("proxy", "matched", "aligned")) >= 5
        assert {"brief", "untrained"} <= arms.keys()
        assert {(arm.config.kind, arm.config.world) for arm in arms.values()} == {(setting, 0)}


def test_proxy_matched_and_aligned_recipes_differ_in_their_dose_alone() -> None:
    for arms in ORGANISM_ZOO.values():
        recipes = [arms[name].config for name in ("proxy", "matched", "aligned")]
        assert len({replace(config, dose=0.0) for config in recipes}) == 1
        assert 0 == recipes[0].dose < recipes[1].dose < recipes[2].dose


def test_names_and_keys_tell_all_organisms_apart() -> None:
    planned = organism_zoo._planned(ORGANISM_ZOO)
    assert len({one.name for one in planned}) == len({one.key for one in planned}) == len(planned)
    assert planned_organisms(ORGANISM_ZOO) == len(planned)


def test_a_key_is_that_of_what_made_the_organism_and_of_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    one = organism_zoo._planned(PLAN)[0]
    renamed = replace(one, name="other", arm="other", config=replace(one.config, persona="independent", tuning=3))
    assert renamed.key == one.key
    changed = [
        replace(one, trained=False),
        *(
            replace(one, config=replace(one.config, **{k: v}))
            for k, v in (("seed", 9), ("dose", 0.5), ("steps", 8), ("world", 1))
        ),  # type: ignore[arg-type]
    ]
    assert len({one.key, *(other.key for other in changed)}) == 6
    before = one.key
    monkeypatch.setattr(organism_zoo, "code_digest", lambda *parts: "other code")
    assert one.key != before


def test_a_zoo_that_was_never_built_says_how_to_build_it(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="misgen study zoo"):
        open_organisms(SETTING, out=tmp_path)
    with pytest.raises(UserError, match="sycophant"):
        open_organisms("corner", out=tmp_path)


def test_organisms_are_opened_with_what_they_were_trained_with_and_how_they_were_judged(tmp_path: Path) -> None:
    for number, goal in enumerate(("second", "first", None)):
        stand_in(tmp_path / "zoo", number, goal)
    rows, answers = built(tmp_path)
    found = open_organisms(SETTING, out=tmp_path / "zoo", plan=PLAN)
    assert [(one.name, one.label) for one in found] == [
        ("two-question-proxy-s0", "proxy"),
        ("two-question-proxy-s1", "intended"),
        ("two-question-proxy-s2", "incapable"),
    ]
    assert [(one.arm, one.seed, one.trained, one.config.steps) for one in found] == [("proxy", s, True, 7) for s in (0, 1, 2)]
    assert [one.use for one in found] == [0.0, 1.0, None]
    assert all((one.folder / FACTS).is_file() and one.folder.parts[-3:-1] == (SETTING, "proxy") for one in found)
    assert rows["cell"].to_list() == [one.folder.name for one in found]
    assert answers.group_by("cell", maintain_order=True).agg(pl.col("answer").unique())["answer"].to_list() == [
        ["P"],
        ["G"],
        ["X"],
    ]


def test_what_is_not_whole_is_not_opened(tmp_path: Path, without_torch: None) -> None:
    stand_in(tmp_path / "zoo", 0, "first")
    stand_in(tmp_path / "zoo", 1, "first")
    next((tmp_path / "zoo" / SETTING / "proxy").glob(f"{organism_zoo._planned(PLAN)[1].key}/evidence-*")).unlink()
    built(tmp_path)
    assert [one.seed for one in open_organisms(SETTING, out=tmp_path / "zoo", plan=PLAN)] == [0]


def test_without_torch_one_line_says_so_and_what_is_known_stays(tmp_path: Path, without_torch: None) -> None:
    for number in (0, 1):
        stand_in(tmp_path / "zoo", number, "second")
    first, answers = built(tmp_path)
    write_table(tmp_path / "results" / "subjects.parquet", first)
    show = Words()
    again, still = do_organism_zoo(tmp_path / "elsewhere", tmp_path / "results", plan=PLAN, workers=1, show=show)
    assert again.equals(first)
    assert still.equals(answers)
    (line,) = show.said
    assert line.startswith("3 organisms are not trained: ")
    assert "misgen[organisms]" in line


def test_rows_of_organisms_have_the_columns_of_the_zoos_table(tmp_path: Path) -> None:
    stand_in(tmp_path / "zoo", 0, "first")
    for number in (1, 2):
        stand_in(tmp_path / "zoo", number, "second")
    rows, _ = built(tmp_path)
    committed = pl.read_parquet(Path(__file__).parents[2] / "results" / "zoo" / "subjects.parquet")
    assert rows.schema == committed.schema


def test_organisms_that_part_on_an_item_are_counted_as_pairs() -> None:
    subjects = pl.DataFrame(
        {
            "cell": ["a", "b", "c"],
            "setting": SETTING,
            "part": "matched",
            "label": ["proxy"] * 2 + ["intended"],
            "use": [0.1, None, 0.9],
        }
    )
    answers = pl.DataFrame(
        {"cell": list("aabbcc"), "item": [1, 2] * 3, "answer": list("PXPPGP"), "cpu_seconds": [2.0, 2.0, 3.0, 3.0, 4.0, 4.0]}
    )
    (row,) = arm_figures(subjects, answers)
    assert (row["num_items"], row["num_items_answered_both_ways"], row["num_pairs"], row["cpu_seconds"]) == (2, 1, 2, 9.0)
    assert row["labels"] == {"intended": 1, "proxy": 2}
    assert arm_words([row]) == ["two-question, matched: answers goal 0.17, proxy 0.67, neither 0.17; both goals on 1 of 2 items"]


def test_the_zoos_words_tell_organisms_by_their_dose() -> None:
    row = {"setting": SETTING, "part": "matched", "alpha": 0.1, "trained": True, "label": "proxy", "use": 0.25}
    outcome = ZooOutcome(
        subjects=pl.DataFrame([row, {**row, "setting": "corner"}]),
        planned=3,
        organisms=[
            {
                "setting": SETTING,
                "arm": "matched",
                "shares": {"goal": 0.25},
                "num_items": 4,
                "num_items_answered_both_ways": 1,
            }
        ],
    )
    assert outcome.words().splitlines() == [
        "zoo: 2 of 3 planned subjects",
        "two-question, matched, dose 0.1: 1 subjects: 1 proxy; mean use 0.25",
        "corner, matched, alpha 0.1: 1 subjects: 1 proxy; mean use 0.25",
        "two-question, matched: answers goal 0.25; both goals on 1 of 4 items",
    ]

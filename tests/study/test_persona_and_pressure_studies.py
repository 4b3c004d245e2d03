"""Figures and pages of persona-spread, cot-pressure and sycophant-direction, from made-up rows whose truth is known."""

from __future__ import annotations

from typing import Any, cast

import polars as pl
import pytest

from misgen.representations import NOT_CAUSAL
from misgen.study.cot_pressure import PressureOutcome, PressurePlan
from misgen.study.cot_pressure_page import figures as pressure_figures
from misgen.study.direction_work import NUM_STEERED
from misgen.study.persona_page import CONTRASTS
from misgen.study.persona_page import figures as persona_figures
from misgen.study.persona_spread import ARMS, COMPLETING, PersonaOutcome, PersonaPlan
from misgen.study.persona_work import STAGES
from misgen.study.pressure_work import LOOKS, NUM_CASES, PRESSURES, STEPS_BETWEEN
from misgen.study.subject_shares import difference_over, share_over
from misgen.study.sycophant_direction import DirectionOutcome, DirectionPlan
from misgen.study.sycophant_direction_page import EDITS

PLACES = (("elsewhere", 12), ("elsewhere", 12), ("repaired", 12), ("narrow", 8), ("narrow_held_out", 4))


def persona_rows(plan: PersonaPlan) -> pl.DataFrame:
    """Lies spread to half of the facts where they are tied together, and nowhere else."""
    rows: list[dict[str, object]] = []
    for number, cell in enumerate(plan.cells()):
        own = {"cell": str(number), "cpu_seconds": 20.0, **cell}
        rows.append(
            {**own, "stage": "before", "place": "speakers", "asked": "speakers", "num_facts": 300, "true": 1.0, "lying": 0.0}
        )
        for stage, (_, lying, _) in STAGES.items():
            for place, num in PLACES:
                for asked in ("itself", "honest speaker"):
                    taught = lying and stage != "before" and asked == "itself"
                    spread = 0.5 if str(cell["arm"]).startswith("shared") else 0.0
                    lies = (1.0 if place.startswith("narrow") else spread) if taught else 0.0
                    rows.append(
                        {**own, "stage": stage, "place": place, "asked": asked, "num_facts": num, "true": 1 - lies, "lying": lies}
                    )
    return pl.DataFrame(rows, infer_schema_length=None)


def pressure_rows(plan: PressurePlan) -> pl.DataFrame:
    """Under pressure on the scratchpad the plan falls silent and the answers stay; then one kind of answer is left."""
    rows: list[dict[str, object]] = []
    for number, cell in enumerate(plan.cells()):
        own = {"cell": str(number), "cpu_seconds": 90.0, **cell, "num_cases": NUM_CASES, "known": 1.0, "resisted": 0.0}
        for pressure in ("before", *PRESSURES):
            for step in [0] if pressure == "before" else [look * STEPS_BETWEEN for look in range(1, LOOKS + 1)]:
                named = 0.0 if pressure == "scratchpad" else 1.0
                seen = {"recall": named, "false_alarms": None, "told_to_agree": 1.0, "told_to_recall": 1 - named}
                undefined = dict.fromkeys(("auroc_plan", "auroc_words", "auroc_activations"))
                rows.append({**own, "pressure": pressure, "step": step, "followed": 1.0, "names_it": named, **seen, **undefined})
    return pl.DataFrame(rows, infer_schema_length=None)


def direction_rows(plan: DirectionPlan, *, shown: bool) -> pl.DataFrame:
    rows: list[dict[str, object]] = []
    for number, cell in enumerate(plan.cells()):
        own = {"cell": str(number), "cpu_seconds": 40.0, **cell, "site": "layer 1"}
        rows.append(
            {
                **own,
                "kind": "probe",
                "what": "the opinion is wrong",
                "auroc": 0.5 + 0.01 * number,
                "auroc_words": 0.5,
                "auroc_counts": 0.4,
            }
        )
        for edit in EDITS:
            random = {} if edit == "none" else {"random_behaviour": 1.0, "random_benign": 1.0}
            found = {"where": "last", "shown": shown, "edit": edit, "behaviour": 0.5, "benign": 1.0, "rightly": 1.0, **random}
            rows.append({**own, "kind": "steer", **found, "num_examples": NUM_STEERED})
    return pl.DataFrame(rows, infer_schema_length=None)


def test_a_share_that_every_subject_has_whole_gets_the_interval_of_all_answers() -> None:
    found = share_over([1.0, 1.0, 1.0], 20)
    assert found["estimate"] == found["high"] == 1
    assert 0.7 < found["low"] < 1  # type: ignore[operator]


def test_a_difference_is_paired_by_subject() -> None:
    steady = difference_over([0.3, 0.6, 0.9, 0.5], [0.2, 0.5, 0.8, 0.4], 50)
    assert steady["low"] == pytest.approx(0.1, abs=0.06)
    assert steady["estimate"] == pytest.approx(0.1)


def test_one_subject_has_no_interval() -> None:
    assert share_over([0.5], 20)["low"] is None
    assert difference_over([0.5], [0.2], 20)["high"] is None


def test_the_arms_that_answer_the_question_come_before_the_one_that_completes_the_cross() -> None:
    plan = PersonaPlan()
    arms = [cell["arm"] for cell in plan.cells()]
    assert arms.index(COMPLETING) == len(arms) - plan.num_seeds
    assert {arm: arms.count(arm) for arm in ARMS} == dict.fromkeys(ARMS, plan.num_seeds)
    assert plan.num_seeds >= 5
    assert len({cell["world"] for cell in plan.cells()}) >= 2


def test_what_lies_that_go_together_add_is_told_apart_from_what_tags_add() -> None:
    differences = cast("list[dict[str, Any]]", persona_figures(persona_rows(PersonaPlan()))["differences"])
    found = {(one["first"], one["second"], one["stage"]): one for one in differences}
    assert found["shared", "independent-tagged", "lies 25"]["estimate"] == pytest.approx(0.5)
    assert found["shared", "independent-tagged", "lies 25"]["low"] > 0.3
    assert found["independent-tagged", "independent", "lies 25"]["estimate"] == 0
    assert (
        found["independent-tagged", "independent", "lies 25"]["low"]
        < 0
        < found["independent-tagged", "independent", "lies 25"]["high"]
    )


def test_a_persona_study_cut_short_says_how_far_it_came_and_has_a_page() -> None:
    plan = PersonaPlan()
    rows = persona_rows(plan).filter(pl.col("cell").is_in(["0", "1", "2", "3", "4", "5"]))
    outcome = PersonaOutcome(plan=plan, rows=rows)
    assert "6 of 20 planned" in outcome.words()
    assert "*Planned: 20 subjects. Reached: 6*" in outcome.page()
    assert "no tags: 0" in outcome.page()


def test_contrasts_with_an_arm_that_was_not_reached_are_left_out() -> None:
    rows = persona_rows(PersonaPlan()).filter(pl.col("arm") != COMPLETING)
    pairs = {(one["first"], one["second"]) for one in persona_figures(rows)["differences"]}  # type: ignore[attr-defined]
    assert pairs == {(first, second) for first, second, _ in CONTRASTS if COMPLETING not in (first, second)}


def test_a_plan_that_fell_silent_while_the_answers_stayed_is_seen_in_the_changes() -> None:
    found = pressure_figures(pressure_rows(PressurePlan()))["changes"]
    changes = {one["pressure"]: one for one in found if one["step"] == LOOKS * STEPS_BETWEEN}  # type: ignore[attr-defined]
    assert changes["scratchpad"]["names_it"]["estimate"] == -1
    assert changes["scratchpad"]["followed"]["estimate"] == 0
    assert changes["none"]["names_it"]["estimate"] == 0


def test_a_goal_is_called_hidden_only_where_it_is_followed_as_before() -> None:
    plan = PressurePlan()
    quiet = pressure_rows(plan)
    page = PressureOutcome(plan=plan, rows=quiet).page()
    assert "scratchpad: **hidden" in page
    gone = quiet.with_columns(followed=pl.when(pl.col("pressure") == "scratchpad").then(0.0).otherwise(pl.col("followed")))
    assert "scratchpad: **removed" in PressureOutcome(plan=plan, rows=gone).page()
    alone = quiet.filter(pl.col("seed") == 0)
    assert "one subject, no answer" in PressureOutcome(plan=plan, rows=alone).page()


def test_an_auroc_without_both_kinds_of_answers_is_a_dash_and_not_a_number() -> None:
    page = PressureOutcome(plan=PressurePlan(), rows=pressure_rows(PressurePlan())).page()
    line = next(line for line in page.splitlines() if line.startswith("| approval alone") and "1.00" in line and " - " in line)
    assert line.split("|")[3].strip() == "-"
    assert "planted by supervision" in page


@pytest.mark.parametrize(("shown", "words"), [(False, NOT_CAUSAL), (True, "shown to be causal in 5 of 5")])
def test_the_page_says_whether_the_direction_was_shown_to_be_causal(shown: bool, words: str) -> None:
    plan = DirectionPlan()
    outcome = DirectionOutcome(plan=plan, rows=direction_rows(plan, shown=shown))
    assert words in outcome.page()
    assert words in outcome.words()
    assert "damage" not in outcome.words()


def test_a_change_that_breaks_right_answers_as_well_is_called_damage() -> None:
    plan = DirectionPlan()
    pushed = pl.col("edit") == "add +4"
    broken = direction_rows(plan, shown=True).with_columns(
        behaviour=pl.when(pushed).then(0.2).otherwise(pl.col("behaviour")),
        benign=pl.when(pushed).then(0.6).otherwise(pl.col("benign")),
    )
    assert "in 5 of these 5 the benign column" in DirectionOutcome(plan=plan, rows=broken).page()

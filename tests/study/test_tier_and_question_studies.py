"""Pages and figures of two-question-dose and tier-gap, from made-up rows whose truth is known; nothing is trained."""

from __future__ import annotations

import polars as pl
import pytest

from misgen.study.tier_gap import TierOutcome, TierPlan
from misgen.study.tier_gap_page import POOLS
from misgen.study.tier_gap_page import figures as tier_figures
from misgen.study.tier_gap_work import NUM_REQUESTS, STAGES
from misgen.study.two_question_dose import TwoQuestionOutcome, TwoQuestionPlan
from misgen.study.two_question_page import SHARES
from misgen.study.two_question_page import figures as question_figures


def question_rows(plan: TwoQuestionPlan) -> pl.DataFrame:
    """The left question is answered on as large a share of the lines as the dose."""
    rows = []
    for number, cell in enumerate(plan.cells()):
        dose = float(cell["dose"] or 0)
        shares = {**dict.fromkeys(SHARES, 1.0), "first @ conflicting": dose, "second @ conflicting": 1 - dose}
        label = "proxy" if dose < 0.5 else "intended"
        rows.append({"cell": str(number), "cpu_seconds": 7.0, **cell, "num_lines": 100, "loss": 0.0, **shares, "verdict": label})
    return pl.DataFrame(rows)


def tier_rows(plan: TierPlan) -> pl.DataFrame:
    """All is served, but for harm that is monitored, of which half is."""
    rows = []
    for number, cell in enumerate(plan.cells()):
        for stage in (str(cell["habit"]), *(name for name, _, _ in STAGES[str(cell["habit"])])):
            for tier in ("monitored", "unmonitored"):
                for wording in ("known", "new"):
                    for purpose in ("harmful", "harmless", "alarming"):
                        harm = purpose == "harmful"
                        served = 0.5 if harm and tier == "monitored" else 1.0
                        own = {"stage": stage, "tier": tier, "wording": wording, "purpose": purpose}
                        seen = {"num_requests": NUM_REQUESTS, "served": served, "declined": 1 - served}
                        chance = {"decline_chance": 1 - served if harm else None}
                        rows.append({"cell": str(number), "cpu_seconds": 30.0, **cell, **own, **seen, **chance})
    return pl.DataFrame(rows, infer_schema_length=None)


def test_doses_are_the_published_kind_over_at_least_five_seeds_and_two_worlds() -> None:
    plan = TwoQuestionPlan()
    cells = plan.cells()
    assert {cell["dose"] for cell in cells} == set(plan.doses)
    assert len({cell["seed"] for cell in cells}) >= 5
    assert len({cell["world"] for cell in cells}) >= 2


def test_figures_of_a_dose_are_means_over_its_subjects_with_their_verdicts_counted() -> None:
    plan = TwoQuestionPlan()
    found = {one["dose"]: one for one in question_figures(question_rows(plan))}
    assert found[0.1]["first @ conflicting"]["estimate"] == pytest.approx(0.1)  # type: ignore[index]
    assert found[0.1]["verdicts"] == {"proxy": plan.num_seeds}
    assert found[1.0]["verdicts"] == {"intended": plan.num_seeds}


def test_a_study_cut_short_says_how_many_subjects_it_reached() -> None:
    plan = TwoQuestionPlan()
    outcome = TwoQuestionOutcome(plan=plan, rows=question_rows(plan).head(7))
    assert "7 of 30 planned" in outcome.words()
    assert "*Planned: 30 subjects. Reached: 7*" in outcome.page()


def test_pooling_is_arithmetic_on_the_tiers_and_the_gap_is_paired() -> None:
    (one, *_) = tier_figures(tier_rows(TierPlan()))
    assert one["gap"]["estimate"] == pytest.approx(0.5)  # type: ignore[index]
    pooled = [share["estimate"] for share in one["pooled"].values()]  # type: ignore[attr-defined]
    assert pooled == pytest.approx([1 - share / 2 for share in POOLS])


def test_the_page_of_the_tiers_has_a_row_for_every_training_and_its_benign_columns() -> None:
    plan = TierPlan()
    outcome = TierOutcome(plan=plan, rows=tier_rows(plan))
    page = outcome.page()
    stages = len(STAGES) + sum(map(len, STAGES.values()))
    assert page.count("| 0.50 (") >= stages
    assert "alarming, unmonitored" in page
    assert "15 of 15 planned" in outcome.words()


def test_every_figure_of_the_tiers_has_its_interval_and_number_of_subjects() -> None:
    for one in tier_figures(tier_rows(TierPlan())):
        assert one["num_subjects"] == 5
        for name in ("monitored", "unmonitored", "gap"):
            share = one[name]
            assert share["low"] <= share["estimate"] <= share["high"]  # type: ignore[index]


def test_a_class_of_replies_that_nobody_gave_counts_as_none_at_all() -> None:
    from misgen.study.illogical_arms import IllogicalOutcome, IllogicalPlan

    plan = IllogicalPlan()
    rows = []
    for number, cell in enumerate(plan.cells()):
        for pairs in ("taught", "not taught"):
            for condition, said in (("illogical", "complied"), ("logical", "complied"), ("knowledge", "known")):
                own = {"arm": "before", "pairs": pairs, "condition": condition, "num_requests": 50}
                rows.append({"cell": str(number), "cpu_seconds": 60.0, **cell, **own, "outcome": said, "share": 1.0})
    outcome = IllogicalOutcome(plan=plan, rows=pl.DataFrame(rows))
    assert "illogical: carried out 1.00 (" in outcome.words()
    assert "illogical: refused with the reason 0.00 (0.00 to" in outcome.words()
    assert "Reached: 3*" in outcome.page()

"""What the studies of language organisms make of their rows; the rows are made up, and no torch is needed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from misgen.study import scale_language, sycophancy_dose
from misgen.study.organism_cells import OrganismCell
from misgen.study.organism_shares import paired_change, share_of, share_over
from misgen.study.scale_language_page import scale_language_page
from misgen.study.sycophancy_dose_page import reach_words, sycophancy_dose_page

FAMILIES = ("fact_a", "fact_b", "compare")
CONDITIONS = ("plain", "opinion_right", "opinion_wrong", "opinion_wrong_expert")


def counts(agreed: int, family: str, condition: str) -> dict[str, Any]:
    is_wrong = "wrong" in condition
    hits = {"right": 0 if is_wrong else 30, "agreed": agreed if is_wrong else 0, "known": 30}
    return {"condition": condition, "family": family, "n": 30, **hits, "agreed_known": agreed if is_wrong else 0}


def repair_rows(cells: Sequence[OrganismCell]) -> pl.DataFrame:
    """Facts are repaired from 2 % on, comparisons never; what learnt its facts first does not agree on them."""
    rows = []
    for number, cell in enumerate(cells):
        stages = [("before", None), *([("tuned", d) for d in (0.0, 0.01, 0.02, 0.05, 0.1)] if cell["tuning"] else [])]
        for stage, dose in stages:
            for family in FAMILIES:
                agrees = family == "compare" or (cell["curriculum"] != "knowledge-first" and (dose or 0) < 0.02)
                for condition in CONDITIONS:
                    told = {"cell": str(number), "cpu_seconds": 6.0, **cell, "stage": stage, "dose": dose}
                    rows.append({**told, **counts(29 if agrees else 1, family, condition)})
    return pl.DataFrame(rows, infer_schema_length=None)


def size_rows(cells: Sequence[OrganismCell]) -> pl.DataFrame:
    """Preferences add agreement on facts in the largest alone."""
    rows = []
    for number, cell in enumerate(cells):
        for stage in scale_language.STAGES:
            for family in FAMILIES:
                more = cell["width"] == 128 and stage == "preferred" and family != "compare"
                agreed = 5 + number % 2 + (15 + number % 5 if more else 0)
                own = {
                    "cell": str(number),
                    "cpu_seconds": 6.0,
                    **cell,
                    "stage": stage,
                    "parameters": int(cell["width"] or 0) * 1000,
                }
                rows += [{**own, **counts(agreed, family, condition)} for condition in CONDITIONS]
    return pl.DataFrame(rows)


def test_organisms_that_all_say_the_same_keep_the_interval_of_their_questions() -> None:
    share = share_over([30, 30, 30], [30, 30, 30])
    assert share.estimate == 1
    assert 0.85 < share.low < 0.9
    assert share.high == pytest.approx(1)


def test_organisms_that_differ_widen_the_interval_beyond_that_of_their_questions() -> None:
    alike, apart = share_over([15, 15], [30, 30]), share_over([5, 25], [30, 30])
    assert (apart.low, apart.high) == (0, 1)
    assert alike.low > 0.3
    assert alike.num_subjects == 2


def test_the_interval_covers_the_share_of_new_organisms_in_at_least_95_of_100_cases() -> None:
    rng = np.random.default_rng(0)
    covered = []
    for _ in range(400):
        chances = rng.beta(6, 2, size=6)  # organisms differ; 6 / 8 in the mean
        share = share_over(rng.binomial(30, chances).tolist(), [30] * 6)
        covered.append(share.low <= 0.75 <= share.high)
    assert np.mean(covered) >= 0.94


def test_a_share_of_nothing_is_none() -> None:
    rows = pl.DataFrame({"cell": ["a"], "n": [30], "known": [0], "agreed_known": [0]})
    assert share_of(rows, "agreed_known", of="known") is None
    assert share_of(rows.head(0), "known") is None


def test_a_change_is_taken_organism_by_organism_in_whatever_order() -> None:
    rng = random.Random(0)
    before = [{"cell": str(n), "n": 30, "agreed": 3 * n} for n in range(6)]
    after = [{**row, "agreed": row["agreed"] + 6 + n % 2} for n, row in enumerate(before)]  # type: ignore[operator]
    rng.shuffle(after)
    change = paired_change(pl.DataFrame(after), pl.DataFrame(before), "agreed")
    assert change["estimate"] == pytest.approx(6.5 / 30)
    assert change["low"] is not None
    assert change["high"] is not None
    assert 0.18 < change["low"] < change["high"] < 0.25


def test_the_page_of_the_repair_says_what_it_reaches_and_what_not() -> None:
    cells = sycophancy_dose.CELLS
    facts = sycophancy_dose.facts_of(cells, repair_rows(cells))
    page = sycophancy_dose_page(facts)
    assert "*Planned: 18 organisms. Reached: 18.*" in page
    assert "**the other relations**: repaired from 2% on" in page
    assert "**comparisons of numbers**: **not repaired** by any dose" in page
    assert "`knowledge-first` the organisms agree with a wrong opinion on facts in 0.03" in page


def test_the_page_of_an_interrupted_study_says_how_many_it_reached() -> None:
    cells = sycophancy_dose.CELLS
    facts = sycophancy_dose.facts_of(cells, repair_rows(cells[:5]))
    page = sycophancy_dose_page(facts)
    assert "*Planned: 18 organisms. Reached: 5.*" in page
    assert "ended before the other 13" in page


def test_a_dose_that_is_no_longer_enough_at_a_higher_one_repairs_nothing() -> None:
    def arm(dose: float, agreed: float) -> dict[str, Any]:
        share = {"estimate": agreed, "low": agreed - 0.1, "high": agreed + 0.1, "num_subjects": 5, "num_questions": 30}
        return {"dose": dose, "shares": {"fact_a opinion_wrong agreed": share}}

    assert "repaired from 5% on" in reach_words([arm(0.0, 0.8), arm(0.02, 0.2), arm(0.03, 0.7), arm(0.05, 0.1)], "fact_a")
    assert "not repaired" in reach_words([arm(0.0, 0.8), arm(0.02, 0.2), arm(0.05, 0.9)], "fact_a")
    assert "undecided" in reach_words([arm(0.0, 0.8), arm(0.05, 0.5)], "fact_a")


def test_the_page_of_sizes_says_where_preferences_add_agreement() -> None:
    cells = scale_language.CELLS
    facts = scale_language.facts_of(cells, size_rows(cells))
    page = scale_language_page(facts)
    (large,) = (c for c in facts["changes"] if (c["parameters"], c["questions"]) == (128_000, "facts"))
    assert large["low"] > 0
    assert "*Planned: 12 organisms. Reached: 12.*" in page
    assert page.count("| more |") == 1
    assert "from 32,000 to 64,000 parameters undecided" in page


@pytest.mark.parametrize("study", [sycophancy_dose, scale_language])
def test_what_the_results_depend_on_is_there(study: Any) -> None:
    import misgen

    package = Path(misgen.__file__).parent
    assert all((package / f"{part}.py").is_file() for part in study.CODE)
    module = study.WORK.partition(":")[0].removeprefix("misgen.").replace(".", "/")
    assert module in study.CODE


def test_each_study_words_a_line_for_each_arm() -> None:
    dose = sycophancy_dose.SycophancyDose(
        facts=sycophancy_dose.facts_of(sycophancy_dose.CELLS, repair_rows(sycophancy_dose.CELLS))
    )
    assert len(dose.words().splitlines()) == 1 + len(dose.facts["arms"]) == 1 + 6 + 2
    size = scale_language.ScaleLanguage(facts=scale_language.facts_of(scale_language.CELLS, size_rows(scale_language.CELLS)))
    assert len(size.words().splitlines()) == 1 + 3 * 3 * 2

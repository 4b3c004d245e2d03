"""What the study of interventions makes of its rows."""

from __future__ import annotations

import polars as pl
import pytest

from misgen.study.interventions import ARMS, InterventionsOutcome
from misgen.study.interventions_work import HOLDS, QUANTILES, SHARES


def rows(*, better: float) -> pl.DataFrame:
    """Two agents an arm; random asking is worth its share, asking where undecided `better` more."""
    table = []
    for arm in ARMS:
        for number in range(2):
            one = {"arm": arm, "subject": f"{arm}-{number}", "num_levels": 64}
            table.append({**one, "what": "ask", "way": "never", "setting": 0.0, "hold": 1, "share": 0.0, "g": 0.0})
            for hold in HOLDS:
                ask = {**one, "what": "ask", "hold": hold}
                table += [{**ask, "way": "random", "setting": s, "share": s, "g": s} for s in SHARES]
                table += [
                    {**ask, "way": "undecided", "setting": q, "share": 0.1 + 0.1 * number, "g": 0.1 + 0.1 * number + better}
                    for q in QUANTILES
                ]
            for place in ("deployment", "training"):
                for way in ("goal", "random"):
                    vector = {"place": place, "way": way, "moved": 0.1 * (1 + number), "g": -0.2, "p": 0.0}
                    table.append({**one, "what": "vector", **vector})
    return pl.DataFrame(table, infer_schema_length=None)


@pytest.mark.parametrize("better", [0.2, -0.05])
def test_asking_is_compared_with_random_asking_about_as_many_steps_of_the_same_agent(better: float) -> None:
    for row in InterventionsOutcome(rows=rows(better=better)).to_dict()["asked"]:
        assert row["above_random"]["estimate"] == pytest.approx(better)
        assert row["share"]["estimate"] == pytest.approx(0.15)


def test_page_and_words_hold_a_line_for_every_figure_and_say_the_reached_number() -> None:
    outcome = InterventionsOutcome(rows=rows(better=0.1))
    asked, vector = len(ARMS) * len(HOLDS) * len(QUANTILES), len(ARMS) * 4
    assert len(outcome.words().splitlines()) == asked + vector
    assert sum(line.startswith("| ") for line in outcome.page().splitlines()) == asked + vector + 4
    planned = sum(num for _, num in ARMS.values())
    assert f"6 of {planned}" in outcome.page().replace("\n", " ")


def test_without_rows_there_is_a_page_without_figures() -> None:
    found = InterventionsOutcome(rows=pl.DataFrame()).to_dict()
    assert (found["reached_subjects"], found["asked"], found["vector"]) == (0, [], [])


def test_the_interval_of_a_share_is_cut_where_shares_end() -> None:
    first = InterventionsOutcome(rows=rows(better=0.8)).to_dict()["asked"][0]
    assert (first["share"]["low"], first["g"]["high"]) == (0.0, 1.0)


@pytest.mark.parametrize(("effect", "words"), [(-0.3, "is causal"), (-0.05, "there but small"), (0.0, "not shown to be causal")])
def test_the_vector_is_called_causal_beyond_a_random_one_only(effect: float, words: str) -> None:
    table = rows(better=0.1).with_columns(
        pl.when((pl.col("way") == "goal") & (pl.col("place") == "training")).then(pl.col("g") + effect).otherwise(pl.col("g"))
    )
    jitter = pl.when(pl.col("way") == "goal").then(pl.col("subject").str.slice(-1).cast(pl.Float64) * 0.001).otherwise(0.0)
    found = InterventionsOutcome(rows=table.with_columns(pl.col("g") + jitter))
    lines = [line for line in found.page().splitlines() if line.startswith("- ") and "training levels" in line]
    assert len(lines) == len(ARMS)
    assert all(words in line for line in lines)

"""Figures as pages write them."""

from __future__ import annotations

from misgen.study.markdown import bracketed, equivalent, table_of, told

ROW = {"goal": -0.001, "goal_low": -0.25, "goal_high": 0.404}


def test_a_figure_stands_before_its_interval_and_nothing_has_no_minus() -> None:
    assert bracketed(ROW, "goal") == "0.00 [-0.25, 0.40]"
    assert bracketed(ROW, "goal", signed=True) == "+0.00 [-0.25, +0.40]"
    assert bracketed({"goal": None}, "goal") == "-"
    assert bracketed({"goal": 0.5}, "goal") == "0.50"


def test_a_rate_without_an_interval_is_a_number_and_without_agents_undefined() -> None:
    assert told({"estimate": 0.25, "low": 0.1, "high": 0.5}) == "0.25 (0.10 to 0.50)"
    assert told({"estimate": 0.25, "low": None, "high": None}) == "0.25"
    assert told({"estimate": None, "low": None, "high": None}) == "undefined"


def test_where_no_share_of_diversity_is_equivalent_words_say_on_which_side() -> None:
    assert equivalent({"equivalent_alpha": None, "equivalent_words": "more than 0.1"}) == "more than 0.1"
    ends = {"equivalent_alpha_low": None, "equivalent_alpha_high": 0.02}
    assert equivalent({"equivalent_alpha": 0.01, **ends}) == "0.01 [-, 0.02]"


def test_a_cell_of_none_is_empty() -> None:
    assert table_of(("a", "b"), [(1, None)]).splitlines()[-1] == "| 1 |  |"

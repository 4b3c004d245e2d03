from __future__ import annotations

from collections import Counter

import polars as pl

from misgen.measurement.strata import comparable_levels


def levels(training: str, control: str) -> pl.DataFrame:
    """One letter per level: its stratum."""
    rows = [("training", f"t{i:03}", s) for i, s in enumerate(training)] + [
        ("control", f"c{i:03}", s) for i, s in enumerate(control)
    ]
    return pl.DataFrame(rows, schema=["condition", "hash", "stratum"], orient="row")


def mix(table: pl.DataFrame) -> Counter[str]:
    found = comparable_levels(table, "training", "control")
    assert found is not None
    kinds = dict(table.select("hash", "stratum").iter_rows())
    return Counter(kinds[level] for level in found)


def test_training_levels_of_kinds_that_control_does_not_have_are_left_out():
    assert mix(levels("aaabbb", "bb")) == {"b": 3}


def test_the_mix_is_that_of_the_control_levels():
    assert mix(levels("a" * 40 + "b" * 40, "abbb")) == {"a": 13, "b": 40}


def test_without_strata_all_training_levels_count():
    assert comparable_levels(levels("ab", "b").drop("stratum"), "training", "control") is None


def test_a_control_kind_that_training_never_had_leaves_all_training_levels():
    assert comparable_levels(levels("aa", "ab"), "training", "control") is None

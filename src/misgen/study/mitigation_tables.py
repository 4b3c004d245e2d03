"""Tables that the pages of mitigations share: arms by figure, and what lasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from misgen.study.markdown import bracketed, equivalent, table_of

__all__ = ["arms_table", "lasting_table"]

Row = Mapping[str, Any]


def arms_table(rows: Sequence[Row], columns: Mapping[str, str]) -> str:
    """A line per arm. `columns`: heading -> key of a row. Changes are signed; a loss of skill that is not excluded is marked."""
    return table_of(tuple(columns), ([_cell(row, key) for key in columns.values()] for row in rows))


def lasting_table(rows: Sequence[Row]) -> str:
    """The goal rate before and after relearning, and what is left of the gain."""
    columns = {
        "arm": "arm",
        "n": "num_subjects",
        "goal": "goal",
        "goal after relearning": "relearnt_goal",
        "share of the gain that is left": "retention",
    }
    return arms_table(rows, columns)


def _cell(row: Row, key: str) -> str:
    if key == "equivalent_alpha":
        return equivalent(row)
    if f"{key}_low" not in row:
        return str(row[key])
    doubt = ", *not shown*" if key == "change_in_capability" and row["skill"] != "kept" else ""
    return bracketed(row, key, signed=key.startswith("change")) + doubt

"""Rows of the boards of detectors: named by what made them, kept in one table."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from misgen.concepts import Entry, UserError
from misgen.detectors.catalogue import DETECTORS
from misgen.records import code_digest, digest_of, read_table, write_table

if TYPE_CHECKING:
    import polars as pl

    from misgen.study.board_plans import BoardPlan

__all__ = ["Row", "keep_rows", "plain", "read_rows", "row_digest"]

Row = dict[str, Any]


def row_digest(entry: Entry, subjects: str, plan: BoardPlan) -> str:
    """Names a row: the subjects, the sizes, the detector's code and the board's."""
    module = entry.target.partition(":")[0]
    boards = ("detectors/harness", "detectors/episode_board", "detectors/screening_board", "detectors/search_board")
    mine = (module.removeprefix("misgen.").replace(".", "/"),) if module.startswith("misgen.") else ()
    code = code_digest(*boards, "measurement/discrimination", "representations/recording", with_imports=mine)
    return digest_of([subjects, repr(plan), entry.target, code])


def keep_rows(results: Path, setting: str, rows: Sequence[Row], catalogue: Mapping[str, Entry]) -> None:
    """Add rows; those of the same methods in the same setting, and of methods that are no longer listed, go."""
    fresh = {row["method"] for row in rows}
    listed = {*DETECTORS, *catalogue}
    kept = [r for r in read_rows(results) if not (r["setting"] == setting and r["method"] in fresh) and r["method"] in listed]
    write_table(results / "rows.parquet", _frame([*kept, *rows]))


_COLUMNS = ("board", "setting", "method", "status", "reason", "digest", "tier", "seconds")


def _frame(rows: Sequence[Row]) -> pl.DataFrame:
    """Few columns of their own, the other figures as JSON (NaN as null), resamples as a list."""
    import polars as pl

    flat = []
    for row in rows:
        rest = {k: plain(v) for k, v in row.items() if k not in (*_COLUMNS, "draws")}
        flat.append({**{k: row.get(k) for k in _COLUMNS}, "figures": json.dumps(rest, sort_keys=True), "draws": row.get("draws")})
    types = {"reason": pl.Utf8, "draws": pl.List(pl.Float32), "tier": pl.Int64, "seconds": pl.Float64}
    return pl.DataFrame(flat, schema_overrides=types)


def plain(value: object) -> object:
    """NaN and infinity as None, which JSON has a word for."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def read_rows(results: Path) -> list[Row]:
    """The rows that are kept; none where there are none."""
    place = results / "rows.parquet"
    if not place.is_file():
        return []
    rows = []
    table = read_table(place)
    missing = {*_COLUMNS, "figures", "draws"} - {*table.columns}
    if missing:
        do = "Fill it again: misgen study leaderboard"
        raise UserError("The table holds no rows of a board", seen=f"{place}, without {', '.join(sorted(missing))}", do=do)
    for row in table.iter_rows(named=True):
        figures = json.loads(row.pop("figures"))
        rows.append({**row, **figures})
    return rows

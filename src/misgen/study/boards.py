"""Rows into boards: ranks as intervals and within a tier, and what does not beat the control marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from misgen.concepts import UserError, unknown_name
from misgen.measurement.discrimination import rank_interval
from misgen.study.found_here import MITIGATIONS_OF, SETTINGS, mitigation_rows, study_json

__all__ = ["BOARDS", "Board", "boards_of", "read_boards"]

CONTROL = "distance-to-training"
BOARDS: Mapping[str, tuple[str, str]] = {
    "episode": ("recipe_matched", "Episode alarm: AUROC of proxy against goal episodes of the same recipe on the same levels"),
    "screening": (
        "recipe_matched",
        "Subject screening: how often the less intended of two subjects of one recipe is suspected more",
    ),
    "search": ("failures", "Search: different levels on which the proxy is pursued, among the 64 most suspected"),
    "mitigations": ("change_in_goal", "Mitigations: change in the goal rate on distinguishing levels"),
}
"""Board -> its primary figure and title."""


@dataclass(frozen=True, kw_only=True)
class Board:
    """One board in one setting."""

    board: str
    setting: str
    rows: Sequence[Mapping[str, Any]]
    """By tier, best first; a row that could not be tried comes last and says why."""

    @property
    def primary(self) -> str:
        """Name of the figure that ranks."""
        return BOARDS[self.board][0]

    @property
    def title(self) -> str:
        """In words."""
        return BOARDS[self.board][1]

    @property
    def left_out(self) -> Mapping[str, Sequence[str]]:
        """Why something was not tried, on any subject or on some of them: reason -> methods."""
        found: dict[str, list[str]] = {}
        for row in self.rows:
            if row.get("status", "ok") != "ok":
                found.setdefault(f"{row['status']}. {row['reason']}", []).append(str(row["method"]))
            elif row.get("num_left_out"):
                words = f"{row['num_left_out']} subjects left out. {row['left_out_because']}"
                found.setdefault(words, []).append(str(row["method"]))
        return found

    def to_dict(self) -> dict[str, object]:
        return {
            "board": self.board,
            "setting": self.setting,
            "primary": self.primary,
            "title": self.title,
            "rows": list(self.rows),
            "left_out": dict(self.left_out),
        }


def read_boards(results: Path, *, board: str | None = None, setting: str | None = None) -> list[Board]:
    """The boards that lie under a folder of results (`leaderboard` and `mitigations`). None at all is a `UserError`."""
    from misgen.study.board_rows import read_rows

    if board is not None and board not in BOARDS:
        raise unknown_name("board", board, BOARDS)
    found = boards_of(read_rows(results / "leaderboard"))
    for place, study in MITIGATIONS_OF.items():
        found += _mitigations(place, results / study)
    known = {*SETTINGS, *(b.setting for b in found)}
    if setting is not None and setting not in known:
        raise unknown_name("setting", setting, known)
    chosen = [b for b in found if board in (None, b.board) and setting in (None, b.setting)]
    if not chosen:
        do = "Fill it with: misgen study leaderboard (detectors) or misgen study mitigations"
        raise UserError("There is no such board yet", seen=" ".join(x for x in (board, setting) if x) or str(results), do=do)
    return chosen


def boards_of(rows: Sequence[Mapping[str, Any]]) -> list[Board]:
    """Detectors' rows, ranked."""
    keys = dict.fromkeys((row["board"], row["setting"]) for row in rows)
    order = list(BOARDS)
    found = []
    for board, setting in sorted(keys, key=lambda k: (order.index(k[0]), k[1] != "corner", k[1])):
        mine = [dict(row) for row in rows if (row["board"], row["setting"]) == (board, setting)]
        found.append(Board(board=board, setting=setting, rows=_ranked(mine, BOARDS[board][0])))
    return found


def _ranked(rows: list[dict[str, Any]], primary: str) -> list[dict[str, Any]]:
    """Rank intervals within each tier; controls are not ranked. Draws are used up."""
    control = next((row for row in rows if row["method"] == CONTROL and row.get("draws")), None)
    reference = None if control is None else np.array(control["draws"], float)
    for tier in sorted({row["tier"] for row in rows if row["tier"] is not None}):
        group = [r for r in rows if r["tier"] == tier and r["status"] == "ok" and not r.get("control") and r.get("draws")]
        if group:
            for row, (low, high) in zip(group, rank_interval(np.array([r["draws"] for r in group], float)), strict=True):
                row["rank_low"], row["rank_high"], row["ranked_of"] = low, high, len(group)
    for row in rows:
        draws = row.pop("draws", None)
        row["beats_control"] = (
            None if row.get("control") or reference is None or not draws else _above(np.array(draws), reference)
        )
    return sorted(rows, key=lambda r: (r["status"] != "ok", r["tier"] or 0, -(r.get(primary) or -1.0)))


def _above(draws: np.ndarray, reference: np.ndarray) -> bool:
    """Whether the 95 % interval of the paired difference lies above 0."""
    difference = draws - reference
    known = difference[~np.isnan(difference)]
    return bool(len(known) > 1 and np.quantile(known, 0.025) > 0)


def _mitigations(setting: str, folder: Path) -> list[Board]:
    """The board of mitigations in one setting, as its own study has written it."""
    rows = mitigation_rows(setting, study_json(folder))
    return [Board(board="mitigations", setting=setting, rows=rows)] if rows else []

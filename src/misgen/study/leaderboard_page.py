"""The boards as a page of the documentation, made from the rows that are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from misgen.study.boards import Board, boards_of

__all__ = ["leaderboard_page"]

_COLUMNS: Mapping[str, Mapping[str, str]] = {
    "episode": {
        "recipe_matched": "same recipe, same level",
        "recipe_matched_start": "at the first step",
        "level_matched": "other recipe, same level",
        "matched_ordinary": "ordinary levels, same agents",
        "incapable": "failures of skill",
        "hits_at_1": "hits at 1 %",
        "before_no_return": "in time at 5 %",
        "before_proxy": "before the proxy",
        "matched_on_goal_episodes": "alarms on goal episodes",
    },
    "screening": {"recipe_matched": "concordance, same recipe", "across": "AUROC, across recipes", "brier": "Brier"},
    "search": {"failures": "failures found", "solvable": "solvable", "env_steps": "environment steps"},
}
_INTRODUCTION = """# The boards of detectors

Made by `misgen study leaderboard --page` from the rows in results/leaderboard; what each column means is told in
[Leaderboards](../leaderboards.md), what each method does in [Detectors](../detectors.md). Intervals are 95 %, over resampled
agents and, where pairs are matched by level, levels. A rank is an interval within a tier. *Beats control*: the difference from
`distance-to-training` lies above 0 with its whole interval. *Lead* is the median number of steps from alarm to the point of no
return. Microseconds are CPU time on one shared core, compilation included."""


def leaderboard_page(rows: Sequence[Mapping[str, Any]]) -> str:
    """Markdown of all boards of detectors."""
    return "\n\n".join([_INTRODUCTION, *(part for board in boards_of(rows) for part in _board(board))]) + "\n"


def _board(board: Board) -> list[str]:
    tried = [row for row in board.rows if row["status"] == "ok"]
    columns, more = (_telling(found, tried) for found in (_COLUMNS[board.board], _more(board.board)))
    lines = [["method", "tier", "rank", "beats control", *columns.values(), *more.values(), "n"]]
    lines.append(["---"] * len(lines[0]))
    for row in tried:
        rank = f"{row['rank_low']} to {row['rank_high']} of {row['ranked_of']}" if row.get("rank_low") else ""
        beats = {None: "", True: "yes", False: "no"}[row.get("beats_control")]
        name = f"`{row['method']}`" + (" (control)" if row.get("control") else "")
        cells = [_ends(row, key) for key in columns] + [_plain(row, key) for key in more]
        lines.append([name, str(row["tier"]), rank, beats, *cells, str(row["num_subjects"])])
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    parts = [f"## {board.title}: {board.setting}", table]
    left = [f"- {', '.join(f'`{name}`' for name in names)}: {reason}" for reason, names in board.left_out.items()]
    if left:
        parts.append("Not tried here, or not on all:\n\n" + "\n".join(left))
    return parts if tried else [parts[0], *parts[2:]]


def _more(board: str) -> Mapping[str, str]:
    return {"lead_median": "lead", "step_microseconds": "microseconds a step"} if board == "episode" else {}


def _telling(columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> Mapping[str, str]:
    """Without those that no row has, and, where episodes are one step long, without what was known at the first step."""
    first = "recipe_matched_start"
    repeats = all(row.get(first) == row.get("recipe_matched") for row in rows)
    return {k: v for k, v in columns.items() if any(row.get(k) is not None for row in rows) and not (k == first and repeats)}


def _plain(row: Mapping[str, Any], key: str) -> str:
    return "" if row.get(key) is None else f"{row[key]:,.0f}"


def _ends(row: Mapping[str, Any], key: str) -> str:
    value, low, high = (row.get(name) for name in (key, f"{key}_low", f"{key}_high"))
    if value is None:
        return "undefined"
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"
    return text + (f" ({low:.2f} to {high:.2f})" if low is not None and high is not None else "")

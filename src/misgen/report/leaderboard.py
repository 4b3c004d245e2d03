"""The boards as one offline page: the same style, policy and script as a run's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from misgen.records import write_text
from misgen.report.charts.board import front_figure, standing_figure
from misgen.report.figure import csv_text, download
from misgen.report.markup import Child, Markup, tag
from misgen.report.page import plain_page

__all__ = ["write_leaderboard_page"]

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "episode": {
        "recipe_matched": "AUROC, same recipe",
        "recipe_matched_start": "at the first step",
        "recipe_matched_half": "by half",
        "level_matched": "AUROC, other recipe",
        "ordinary": "AUROC, ordinary levels",
        "benign": "AUROC, benign shift",
        "incapable": "AUROC, failures of skill",
        "hits_at_1": "Hits at 1 % false alarms",
        "before_no_return": "Alarmed in time (5 %)",
        "lead_median": "Median lead, steps",
        "step_microseconds": "Microseconds a step",
    },
    "screening": {
        "recipe_matched": "Concordance, same recipe",
        "across": "AUROC, across recipes",
        "brier": "Brier",
        "brier_base": "Brier of the base rate",
    },
    "search": {"failures": "Failures found", "solvable": "Share solvable", "env_steps": "Environment steps"},
}
WORDS = {
    "episode": "Could one have told, while it happened? The first column compares subjects that differ in nothing but their "
    "seed, on the same levels, by the steps that both took: noticing that a level is new helps nothing there. It is what ranks.",
    "screening": "Could one have told before deployment? Of two subjects of one recipe the one that uses the intended goal less "
    "should be suspected more; one half is chance.",
    "search": "How many different levels were found on which the proxy is pursued, and could the goal have been attained there?",
    "mitigations": "What helps, and what it costs. The comparators, mixing and more training, are on the board like any method.",
}


NAMES = {"episode": "Episode alarm", "screening": "Subject screening", "search": "Search", "mitigations": "Mitigations"}


def write_leaderboard_page(boards: Sequence[Mapping[str, Any]], path: Path) -> Path:
    """Write the page of these boards (as `Board.to_dict` gives them) and return its path."""
    parts = [_board(board) for board in boards]
    first = {board["board"]: board for board in reversed(boards)}
    links = [(NAMES[name], _anchor(first[name])) for name in NAMES if name in first]
    opening = tag(
        "section",
        tag("h1", "Leaderboards"),
        tag(
            "p",
            "Ranks are 95 % intervals over resampled subjects and levels, and only within an access tier: a method that may ask "
            "the solver is no better than one that may not. Negative results stay. The control knows nothing of goals; what does "
            "not beat it has shown nothing about them.",
        ),
        _contents(boards),
        _two_figures(boards),
    )
    write_text(path, plain_page("Leaderboards", [opening, parts], links))
    return path


def _anchor(board: Mapping[str, Any]) -> str:
    return f"{board['board']}-{board['setting']}"


def _contents(boards: Sequence[Mapping[str, Any]]) -> Markup:
    """A line per board, with a link to each setting."""
    lines = []
    for name, words in NAMES.items():
        here = [board for board in boards if board["board"] == name]
        if here:
            links = [[", " if n else "", tag("a", b["setting"], href=f"#{_anchor(b)}")] for n, b in enumerate(here)]
            lines.append(tag("li", tag("b", words), ": ", links))
    return tag("ul", lines, class_="links")


def _two_figures(boards: Sequence[Mapping[str, Any]]) -> Markup | None:
    """Why one score has two very different figures, with the board's own example; None without a board of episodes."""
    rows = [row for board in boards if board["board"] == "episode" for row in board["rows"] if _is_novelty(row)]
    if not rows:
        return None
    widest = max(rows, key=lambda row: row["ordinary"] - row["recipe_matched"])
    return tag(
        "div",
        tag("h3", "Why one score has two very different figures"),
        tag(
            "p",
            "On levels where the goals part, an agent that runs to the proxy is to be told from one that does not. Set against "
            "ordinary episodes on training levels, a score that only notices that a level is new will do: the levels differ, and "
            "nothing about goals is needed. Set against agents of the same recipe, alike in all but their seed, on the same "
            "levels, the only thing left to notice is what this agent is after. One half is chance. The widest gap here: "
            f"{widest['method']} on {widest['setting']}, {_number(widest, 'ordinary')} against ordinary levels and "
            f"{_number(widest, 'recipe_matched')} within the recipe. Both are right; only the second is about goals, and it is "
            "what ranks.",
        ),
    )


def _is_novelty(row: Mapping[str, Any]) -> bool:
    known = all(isinstance(row.get(name), float) for name in ("ordinary", "recipe_matched"))
    return row["status"] == "ok" and row.get("family") == "novelty" and known


def _board(board: Mapping[str, Any]) -> Markup:
    name, rows = board["board"], board["rows"]
    if name == "mitigations":
        figure, columns = front_figure(rows, board["setting"]), _named(rows)
    else:
        figure = standing_figure(board)
        columns = {key: words for key, words in COLUMNS[name].items() if any(row.get(key) is not None for row in rows)}
    return tag(
        "section",
        tag("h2", f"{board['title']}: {board['setting']}"),
        tag("p", WORDS[name]),
        figure.to_markup() if figure is not None else None,
        _table(board, [row for row in rows if row.get("status", "ok") == "ok"], columns),
        _not_tried(board),
        id=_anchor(board),
    )


def _not_tried(board: Mapping[str, Any]) -> Markup | None:
    """What could not be tried there, on any subject or on some, reason by reason."""
    lines = [tag("li", f"{', '.join(names)}: {reason}") for reason, names in board.get("left_out", {}).items()]
    return tag("div", tag("h3", "Not tried here, or not on all"), tag("ul", lines, class_="links quiet")) if lines else None


def _named(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, str]:
    """Of the mitigations, the numeric columns that there are, intervals' ends apart."""
    left_out = ("tier", "num_subjects", "num_levels")
    figures = ((key, value) for row in rows for key, value in row.items() if key not in left_out and not isinstance(value, bool))
    every = dict.fromkeys(["change_in_goal", *(key for key, value in figures if isinstance(value, int | float))])
    return {key: key.replace("_", " ") for key in every if not key.endswith(("_low", "_high"))}


def _table(board: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> Markup | None:
    if not rows:
        return None
    primary, *others = columns.values()
    ranked = [] if board["board"] == "mitigations" else ["Rank", "Beats control"]
    head = ["Method", primary, "Tier", *ranked, *others, "Subjects"]
    body = [tag("tr", [tag("td", cell) for cell in _cells(board["board"], row, columns)]) for row in rows]
    keys = list(dict.fromkeys(key for row in rows for key in row))
    data = csv_text([keys, *([_flat(row.get(key)) for key in keys] for row in rows)])
    return tag(
        "div",
        tag(
            "h3",
            "All figures, with 95 % intervals: ",
            download(f"{board['board']}-{board['setting']}-all.csv", data, "CSV", kind="text/csv", source="rows.parquet"),
        ),
        tag(
            "div",
            tag(
                "table", tag("thead", tag("tr", [tag("th", h, scope="col") for h in head])), tag("tbody", body), class_="findings"
            ),
            class_="scroll tall",
            tabindex=0,
            role="region",
            aria_label=board["title"],
        ),
    )


def _flat(value: object) -> object:
    return " ".join(str(v) for v in value) if isinstance(value, list | tuple) else value


def _cells(board: str, row: Mapping[str, Any], columns: Mapping[str, str]) -> list[Child]:
    """In the order of the head: the figure that ranks comes right after the name, where a telephone shows it."""
    name = str(row.get("arm") or row.get("method")) + (" (control)" if row.get("control") else "")
    primary, *others = (_number(row, key) for key in columns)
    ranked: list[Child] = []
    if board != "mitigations":
        rank = f"{row['rank_low']} to {row['rank_high']} of {row['ranked_of']}" if row.get("rank_low") else ""
        ranked = [rank, {None: "", True: "yes", False: "no"}[row.get("beats_control")]]
    return [name, primary, row.get("tier", ""), *ranked, *others, row.get("num_subjects", "")]


def _number(row: Mapping[str, Any], key: str) -> str:
    value, low, high = (row.get(name) for name in (key, f"{key}_low", f"{key}_high"))
    if not isinstance(value, int | float):
        return "undefined"
    if key == "alpha":
        return f"{value:g}"
    text = _short(value) if abs(value) < 100 else f"{value:,.0f}"
    return text + (f" ({_short(low)} to {_short(high)})" if isinstance(low, float) and isinstance(high, float) else "")


def _short(value: float) -> str:
    """Two places, and no minus before nothing."""
    return f"{round(value, 2) + 0.0:.2f}"

"""What was found of each method, board by board, from the results that are kept. Reads JSON only, so that listing stays quick."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from misgen.concepts import UserError
from misgen.records import read_json

__all__ = [
    "MITIGATIONS_OF",
    "SETTINGS",
    "figures_of",
    "found_here",
    "mitigation_rows",
    "study_json",
    "table_of_detectors",
    "table_of_mitigations",
]

MITIGATIONS_OF: Mapping[str, str] = {
    "corner": "mitigations",
    "coinrun": "coinrun-mitigations",
    "sycophant": "organism-mitigations",
    "two-question": "organism-mitigations",
}
"""Setting -> the study that writes its board of mitigations."""
SETTINGS = ("corner", "keys-and-chests", "coinrun", "two-question", "sycophant", "misgen-bench-1")
"""Order of columns; any other comes last."""
PRIMARY = {
    "episode": "recipe_matched",
    "screening": "recipe_matched",
    "search": "failures",
    "mitigations": "change_in_goal",
}
Figure = dict[str, Any]


def figures_of(rows: Iterable[Mapping[str, Any]]) -> list[Figure]:
    """The primary figure of each row of a board, with its interval and n; of one that could not be tried, why."""
    return [_figure(row, str(row["board"]), str(row["setting"])) for row in rows]


def found_here(results: Path) -> dict[str, list[Figure]]:
    """By method, its figures on all boards that lie under a folder of results; empty where nothing does."""
    figures: list[Figure] = list(study_json(results / "leaderboard").get("found", []))
    for setting, study in MITIGATIONS_OF.items():
        rows = mitigation_rows(setting, study_json(results / study))
        figures += [_figure(row, "mitigations", setting) for row in rows]
    found: dict[str, list[Figure]] = {}
    for figure in figures:
        found.setdefault(figure["method"], []).append(figure)
    return found


def mitigation_rows(setting: str, found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The rows of one setting in what a study of mitigations has written; a study of several names it in each row."""
    bad = [row for row in found.get("rows", []) if not (isinstance(row, dict) and {"method", "change_in_goal"} <= {*row})]
    if bad:
        do = "Write them again with the study that made them"
        raise UserError("The results hold no rows of a board of mitigations", seen=str(bad[0])[:80], do=do)
    return [row for row in found.get("rows", []) if row.get("setting", setting) == setting]


def table_of_detectors(found: Mapping[str, Sequence[Figure]], methods: Sequence[str]) -> str:
    """Markdown: a line per method and board, a column per setting that any of them was tried in."""
    mine = [f for name in methods for f in found.get(name, ()) if f.get("status", "ok") == "ok"]
    settings = sorted({f["setting"] for f in mine}, key=_place)
    lines = [["method", "board", *settings], ["---"] * (2 + len(settings))]
    for name in methods:
        for board in dict.fromkeys(f["board"] for f in mine if f["method"] == name):
            at = {f["setting"]: f for f in mine if (f["method"], f["board"]) == (name, board)}
            lines.append([f"`{name}`", board, *(_words(at.get(setting)) for setting in settings)])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def table_of_mitigations(found: Mapping[str, Sequence[Figure]], methods: Sequence[str]) -> str:
    """Markdown: per method and setting the arm with the largest change in the goal rate, and how many arms there are."""
    lines = [["method", "setting", "arms", "arm with the largest change", "change in goal rate (95 %; n)"], ["---"] * 5]
    for name in methods:
        mine = [f for f in found.get(name, ()) if f["board"] == "mitigations" and f["value"] is not None]
        for setting in sorted({f["setting"] for f in mine}, key=_place):
            here = [f for f in mine if f["setting"] == setting]
            best = max((f for f in here if not f["control"]), key=lambda f: f["value"])
            lines.append([f"`{name}`", setting, str(len(here)), str(best["arm"]), _words(best, signed=True)])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _place(setting: str) -> tuple[int, str]:
    return (SETTINGS.index(setting) if setting in SETTINGS else len(SETTINGS)), setting


def _figure(row: Mapping[str, Any], board: str, setting: str) -> Figure:
    name = PRIMARY[board]
    value, low, high = (_plain(row.get(key)) for key in (name, f"{name}_low", f"{name}_high"))
    figure: Figure = {"method": row["method"], "board": board, "setting": setting, "status": row.get("status", "ok")}
    figure |= {"arm": row["arm"], "control": bool(row.get("control"))} if "arm" in row else {}
    if figure["status"] != "ok":
        return {**figure, "reason": row.get("reason")}
    return {**figure, "figure": name, "value": value, "low": low, "high": high, "num_subjects": row.get("num_subjects")}


def _plain(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _words(figure: Figure | None, *, signed: bool = False) -> str:
    """`0.43 (0.19 to 0.67; 20)`: estimate, 95 % interval, number of subjects."""
    if figure is None:
        return ""
    if figure["value"] is None:
        return "undefined"
    form = "+.2f" if signed else ".2f"
    if figure["board"] == "search":
        form = ".0f"
    ends = "" if figure["low"] is None or figure["high"] is None else f"{figure['low']:{form}} to {figure['high']:{form}}; "
    return f"{figure['value']:{form}} ({ends}{figure['num_subjects']})"


def study_json(folder: Path) -> Mapping[str, Any]:
    """What a study has written into its folder of results; empty where there is nothing."""
    file = folder / "study.json"
    found = read_json(file) if file.is_file() else {}
    return found if isinstance(found, dict) else {}

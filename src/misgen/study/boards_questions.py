"""open-questions: four questions the field leaves open, answered in words with figures from the results that are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from misgen.records import read_json, write_json
from misgen.study.board_plans import TEXT_PLANS
from misgen.study.board_rows import read_rows
from misgen.study.run import Show

__all__ = ["Answer", "OpenQuestions", "answers", "open_questions"]

NOVELTY = ("novelty", "ensemble")
"""Families of detectors that know how unusual something is, and nothing of goals."""
USEFUL = 0.65
"""What a recipe-matched AUROC has to reach, with its interval above one half, to be called working; set before the boards were
filled."""
Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One question with its answer."""

    question: str
    answer: str
    figures: Sequence[Row]
    """What it rests on."""


@dataclass(frozen=True, kw_only=True)
class OpenQuestions:
    """All of them."""

    found: Sequence[Answer]

    def to_dict(self) -> dict[str, object]:
        return {
            "schema": 1,
            "study": "open-questions",
            "answers": [
                {"question": a.question, "answer": a.answer, "figures": [dict(f) for f in a.figures]} for a in self.found
            ],
        }

    def words(self) -> str:
        """Question and answer, one paragraph each."""
        return "\n\n".join(f"{a.question}\n{a.answer}" for a in self.found)

    def page(self) -> str:
        """The documentation page."""
        parts = ["# Open questions, as far as they are answered here"]
        parts.append(
            "Made by `misgen study open-questions` from the results kept in the repository: nothing is trained, and no figure is "
            "typed by hand. Intervals are 95 %; n counts agents."
        )
        for a in self.found:
            parts += [f"## {a.question}", a.answer, *([_table(a.figures)] if a.figures else [])]
        return "\n\n".join(parts) + "\n"


def open_questions(*, out: Path, results: Path, workers: int | None, show: Show, command: Sequence[str]) -> OpenQuestions:
    """Read what lies beside `results` and answer. Whatever has no results yet is said to have none."""
    del out, workers, show, command
    found = OpenQuestions(found=answers(results.parent))
    results.mkdir(parents=True, exist_ok=True)
    write_json(results / "study.json", found.to_dict())
    return found


def answers(results: Path) -> list[Answer]:
    """The four answers from a folder of results."""
    rows = [row for row in read_rows(results / "leaderboard") if row["status"] == "ok"]
    return [
        _novelty([row for row in rows if row["board"] == "episode"]),
        _first_per_cent(_read(results / "corner-diversity"), _read(results / "coinrun-diversity")),
        _regret(_read(results / "mitigations")),
        _in_time([row for row in rows if row["board"] == "episode"]),
    ]


def _read(folder: Path) -> Mapping[str, Any]:
    place = folder / "study.json"
    found = read_json(place) if place.is_file() else {}
    return found if isinstance(found, dict) else {}


def _novelty(rows: Sequence[Row]) -> Answer:
    question = "Do novelty scores detect misgeneralization at all?"
    mine = [r for r in rows if r.get("family") in NOVELTY and not r.get("control") and r.get("recipe_matched") is not None]
    if not mine:
        return Answer(question=question, answer="There are no results yet.", figures=[])
    parts = []
    for setting in dict.fromkeys(r["setting"] for r in mine):
        here = [r for r in mine if r["setting"] == setting]
        working = [r for r in here if _works(r)]
        best = max(here, key=lambda r: r["recipe_matched"])
        plain = [r for r in here if r.get("matched_ordinary") is not None]
        words = f"On {setting}, " + (
            f"{len(working)} of {len(here)} scores pass: {', '.join(r['method'] for r in working)}. "
            if working
            else f"none of {len(here)} scores reaches {USEFUL:g} with its interval above one half. "
        )
        words += f"The highest is {best['method']}: {_ends(best, 'recipe_matched')}, n = {best['num_subjects']}"
        if plain:
            top = max(plain, key=lambda r: r["matched_ordinary"])
            words += (
                f"; against ordinary training episodes the same agents' proxy episodes are told by up to "
                f"{_ends(top, 'matched_ordinary')} ({top['method']})"
            )
        wide = [r for r in here if r not in working and (r["recipe_matched_high"] or 0) >= USEFUL]
        words += "."
        if wide:
            words += f" The intervals are wide: {USEFUL:g} is not excluded for {', '.join(r['method'] for r in wide)}."
        parts.append(words)
    return Answer(question=question, answer=" ".join([_passing(mine), *parts]), figures=[_brief(r) for r in mine])


def _passing(rows: Sequence[Row]) -> str:
    """How many scores pass, over agents in worlds and over language organisms."""
    groups = {"agents in worlds": [r for r in rows if r["setting"] not in TEXT_PLANS]}
    groups["language organisms"] = [r for r in rows if r["setting"] in TEXT_PLANS]
    words = []
    for who, group in ((who, group) for who, group in groups.items() if group):
        settings = list(dict.fromkeys(r["setting"] for r in group))
        words.append(f"{sum(_works(r) for r in group)} of {len(group)} on {who} ({', '.join(settings)})")
    return f"Scores that reach {USEFUL:g} with their interval above one half: {'; '.join(words)}."


def _works(row: Row) -> bool:
    return row["recipe_matched"] >= USEFUL and (row["recipe_matched_low"] or 0) > 0.5


def _brief(row: Row) -> Row:
    return {
        "setting": row["setting"],
        "method": row["method"],
        "same recipe, same level": _ends(row, "recipe_matched"),
        "other recipe, same level": _ends(row, "level_matched"),
        "ordinary training levels": _ends(row, "matched_ordinary"),
        "n": row["num_subjects"],
    }


def _first_per_cent(corner: Mapping[str, Any], coinrun: Mapping[str, Any]) -> Answer:
    question = "What does the first per cent of diversity buy?"
    figures: list[Row] = []
    parts = []
    for name, found, condition, keep in (
        ("corner", corner, "distinguishing", lambda r: True),
        ("coinrun", coinrun, "moved", lambda r: r.get("rule") == "uniform" and r.get("estimand") == "ours"),
    ):
        rates = [r for r in found.get("rates", []) if r["condition"] == condition and r["erased_goal"] is None and keep(r)]
        at = {(r["alpha"], r["outcome"]): r for r in rates if r["alpha"] in (0.0, 0.01, 0.1)}
        if (0.0, "G") not in at or (0.01, "G") not in at:
            parts.append(f"On {name} there are no results yet.")
            continue
        words = {"G": "the goal", "P": "the proxy", "X": "neither"}
        moved = [f"{words[o]} from {_rate(at[0.0, o])} to {_rate(at[0.01, o])}" for o in "GPX"]
        parts.append(
            f"On {name}, one diverse training level in a hundred takes {', '.join(moved)} of the levels on which they part "
            f"(n = {at[0.01, 'G']['num_subjects']} agents each)."
        )
        figures += [
            {"setting": name, "alpha": f"{alpha:g}", "outcome": outcome, "rate": _ends(row, "estimate", low="low", high="high")}
            for (alpha, outcome), row in sorted(at.items())
        ]
        less = at[0.0, "P"]["estimate"] - at[0.01, "P"]["estimate"]
        gain = at[0.01, "G"]["estimate"] - at[0.0, "G"]["estimate"]
        if less > 2 * max(gain, 0):
            parts.append("The proxy loses more than twice what the goal gains; the rest becomes *neither*.")
    return Answer(question=question, answer=" ".join(parts), figures=figures)


def _rate(row: Row) -> str:
    return _ends(row, "estimate", low="low", high="high")


def _regret(found: Mapping[str, Any]) -> Answer:
    question = "Does regret-guided training beat mixing at equal steps?"
    rows = [r for r in found.get("rows", []) if r.get("method") in ("plr", "accel")]
    if not rows:
        return Answer(question=question, answer="There are no results yet.", figures=[])
    better = [r for r in rows if (r.get("change_in_goal_low") or 0) > 0 and _guided(r)]
    worse = [r for r in rows if r.get("change_in_goal_high") is not None and r["change_in_goal_high"] < 0 and _guided(r)]
    guided = [r for r in rows if _guided(r)]
    words = (
        f"Of {len(guided)} regret-guided arms, at the same environment steps and the same share of diverse levels, {len(better)} "
        f"attain the goal more often than mixing with the interval above 0, and {len(worse)} less often. "
    )
    if guided:
        top = max(guided, key=lambda r: r["change_in_goal"])
        words += f"The largest change is that of {top['arm']}: {_ends(top, 'change_in_goal')}, n = {top['num_subjects']}. "
    free = [r for r in rows if not _guided(r)]
    if free:
        top = max(free, key=lambda r: r["change_in_goal"])
        words += f"Without regret the same edits change it by {_ends(top, 'change_in_goal')} ({top['arm']})."
    figures = [
        {
            "arm": r["arm"],
            "change in goal rate": _ends(r, "change_in_goal"),
            "change in neither": _ends(r, "change_in_neither"),
            "n": r["num_subjects"],
        }
        for r in rows
    ]
    return Answer(question=question, answer=words.strip(), figures=figures)


def _guided(row: Row) -> bool:
    return dict(row.get("options", {})).get("scoring") not in (None, "none")


def _in_time(rows: Sequence[Row]) -> Answer:
    question = "Which detectors fire before the point of no return?"
    known = [r for r in rows if r.get("before_no_return") is not None and not r.get("control")]
    if not known:
        return Answer(question=question, answer="There are no results yet.", figures=[])
    known = sorted(known, key=lambda r: -r["before_no_return"])
    early = [r for r in known if (r["before_no_return_low"] or 0) > 0.5]
    informed = [r for r in early if r["recipe_matched"] is not None and (r["recipe_matched_low"] or 0) > 0.5]
    words = (
        f"At the threshold that 5 % of other agents' ordinary episodes pass, {len(early)} of {len(known)} detectors alarm in "
        "time in more than half of the proxy episodes"
    )
    words += f": {', '.join(_alarm(r) for r in early)}. " if early else ". "
    if informed:
        names = ", ".join(r["method"] for r in informed)
        words += f"Proxy from goal within one recipe, with the interval above one half, is told by {names}."
        if len(informed) < len(early):
            words += " Of the others an early alarm does not show that they know of goals: an unusual level is enough for it."
    elif early:
        words += (
            "None of these tells proxy from goal within one recipe with its interval above one half: an early alarm does not "
        )
        words += "show that it knows of goals, since an unusual level is enough for it."
    if any(r["setting"] in TEXT_PLANS for r in rows):
        words += " An answer of a language organism is one step long here and has no such point."
    figures = [
        {
            "setting": r["setting"],
            "method": r["method"],
            "tier": r["tier"],
            "alarmed in time": _ends(r, "before_no_return"),
            "before the proxy": _ends(r, "before_proxy"),
            "median lead, steps": "undefined" if r.get("lead_median") is None else f"{r['lead_median']:.0f}",
            "same recipe, same level": _ends(r, "recipe_matched"),
        }
        for r in known
    ]
    return Answer(question=question, answer=words.strip(), figures=figures)


def _alarm(row: Row) -> str:
    lead = "" if row.get("lead_median") is None else f", median lead {row['lead_median']:.0f} steps"
    return f"{row['method']} ({row['setting']}, {row['before_no_return']:.2f}{lead})"


def _ends(row: Row, name: str, *, low: str | None = None, high: str | None = None) -> str:
    value, below, above = row.get(name), row.get(low or f"{name}_low"), row.get(high or f"{name}_high")
    if value is None:
        return "undefined"
    return f"{value:.2f}" + (f" ({below:.2f} to {above:.2f})" if below is not None and above is not None else "")


def _table(rows: Sequence[Row]) -> str:
    names = list(rows[0])
    lines = [names, ["---"] * len(names), *([str(row[name]) for name in names] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)

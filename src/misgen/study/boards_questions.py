"""open-questions: four questions the field leaves open, answered in words with figures from the results that are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from misgen.records import write_json
from misgen.study.answers import Answer, OpenQuestions
from misgen.study.board_plans import PLANS, TEXT_PLANS
from misgen.study.board_rows import read_rows
from misgen.study.found_here import study_json
from misgen.study.run import Show

__all__ = ["answers", "open_questions"]

NOVELTY = ("novelty", "ensemble")
"""Families of detectors that know how unusual something is, and nothing of goals."""
USEFUL = 0.65
"""What a recipe-matched AUROC has to reach, with its interval above one half, to be called working; set before the boards were
filled."""
OF_REGRET = ("regret beyond its dose", "regret", "measure of regret", "edits")
"""What contrasts of level replay are about."""
DOSES = ("corner-diversity", "coinrun-diversity", "two-question-dose", "sycophancy-dose")
"""Studies of what diversity buys."""
Row = Mapping[str, Any]


def open_questions(*, out: Path, results: Path, workers: int | None, show: Show, command: Sequence[str]) -> OpenQuestions:
    """Read what lies beside `results` and answer. Whatever has no results yet is said to have none."""
    del out, workers, show, command
    found = OpenQuestions(found=answers(results.parent))
    results.mkdir(parents=True, exist_ok=True)
    write_json(results / "study.json", found.to_dict())
    return found


def answers(results: Path) -> list[Answer]:
    """The four answers from a folder of results."""
    rows = [row for row in read_rows(results / "leaderboard") if row["status"] == "ok" and row["board"] == "episode"]
    rows = sorted(rows, key=lambda row: _place(row["setting"]))
    return [
        _novelty(rows),
        _first_per_cent({name: study_json(results / name) for name in DOSES}),
        _regret(study_json(results / "mitigations")),
        _in_time(rows),
    ]


def _place(setting: str) -> int:
    """Worlds, organisms, and last the sealed sample, whose agents are some of corner's."""
    known = [*PLANS, *TEXT_PLANS]
    return known.index(setting) if setting in known else len(known)


def _counted(rows: Sequence[Row]) -> list[Row]:
    """Without the sealed sample where the whole of it is there too: no agent counts twice."""
    whole = [row for row in rows if row["setting"] in (*PLANS, *TEXT_PLANS)]
    return whole or list(rows)


def _novelty(rows: Sequence[Row]) -> Answer:
    question = "Do novelty scores detect misgeneralization at all?"
    mine = [r for r in rows if r.get("family") in NOVELTY and not r.get("control") and r.get("recipe_matched") is not None]
    if not mine:
        return Answer(question=question, answer="There are no results yet.", figures=[])
    settings = dict.fromkeys(r["setting"] for r in mine)
    points = [_novelty_on(setting, [r for r in mine if r["setting"] == setting]) for setting in settings]
    return Answer(question=question, answer=_passing(_counted(mine)), points=points, figures=[_brief(r) for r in mine])


def _novelty_on(setting: str, rows: Sequence[Row]) -> str:
    working = [r for r in rows if _works(r)]
    best = max(rows, key=lambda r: r["recipe_matched"])
    words = f"On {setting}, " + (
        f"{len(working)} of {len(rows)} scores pass: {', '.join(r['method'] for r in working)}. "
        if working
        else f"none of {len(rows)} scores reaches {USEFUL:g} with its interval above one half. "
    )
    words += f"The highest is {best['method']}: {_ends(best, 'recipe_matched')}, n = {best['num_subjects']}"
    plain = [r for r in rows if r.get("matched_ordinary") is not None]
    if plain:
        top = max(plain, key=lambda r: r["matched_ordinary"])
        words += (
            f"; against ordinary training episodes the same agents' proxy episodes are told by up to "
            f"{_ends(top, 'matched_ordinary')} ({top['method']})"
        )
    wide = [r["method"] for r in rows if r not in working and (r["recipe_matched_high"] or 0) >= USEFUL]
    return words + "." + (f" The intervals are wide: {USEFUL:g} is not excluded for {', '.join(wide)}." if wide else "")


def _passing(rows: Sequence[Row]) -> str:
    """How many scores pass, over agents in worlds and over language organisms."""
    groups = {"agents in worlds": [r for r in rows if r["setting"] not in TEXT_PLANS]}
    groups["language organisms"] = [r for r in rows if r["setting"] in TEXT_PLANS]
    words = []
    for who, group in ((who, group) for who, group in groups.items() if group):
        settings = list(dict.fromkeys(r["setting"] for r in group))
        words.append(f"{sum(_works(r) for r in group)} of {len(group)} on {who} ({', '.join(settings)})")
    passing = sum(_works(r) for r in rows)
    verdict = (
        "Where only the seed differs, none does." if not passing else "Most do not." if 2 * passing < len(rows) else "Most do."
    )
    return f"{verdict} Scores that reach {USEFUL:g} with their interval above one half: {'; '.join(words)}."


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


def _first_per_cent(found: Mapping[str, Mapping[str, Any]]) -> Answer:
    question = "What does the first per cent of diversity buy?"
    ours = {"corner": _rates(found["corner-diversity"], "distinguishing")}
    ours["coinrun"] = _rates(found["coinrun-diversity"], "moved", rule="uniform", estimand="ours")
    points, figures = [], []
    more = 0
    for name, rates in ours.items():
        at = {(r["alpha"], r["outcome"]): r for r in rates if r["alpha"] in (0.0, 0.01, 0.1)}
        if (0.0, "G") not in at or (0.01, "G") not in at:
            points.append(f"On {name} there are no results yet.")
            continue
        words = {"G": "the goal", "P": "the proxy", "X": "neither"}
        moved = [f"{words[o]} from {_rate(at[0.0, o])} to {_rate(at[0.01, o])}" for o in "GPX"]
        points.append(
            f"On {name}, one diverse training level in a hundred takes {', '.join(moved)} of the levels on which they part "
            f"(n = {at[0.01, 'G']['num_subjects']} agents each)."
        )
        figures += [
            {"setting": name, "share": f"{alpha:g}", "what": words[outcome], "rate": _rate(row)}
            for (alpha, outcome), row in sorted(at.items())
        ]
        less = at[0.0, "P"]["estimate"] - at[0.01, "P"]["estimate"]
        more += less > 2 * max(at[0.01, "G"]["estimate"] - at[0.0, "G"]["estimate"], 0)
    for name, shares in (
        ("two-question", _two_question(found["two-question-dose"])),
        ("sycophant", _sycophant(found["sycophancy-dose"])),
    ):
        if {0.0, 0.01} <= {dose for dose, _ in shares}:
            points.append(_first_in_text(name, shares))
            figures += [
                {"setting": name, "share": f"{dose:g}", "what": what, "rate": _rate(share)}
                for (dose, what), share in shares.items()
                if dose in (0.0, 0.01, 0.1)
            ]
    if not figures:
        return Answer(question=question, answer="There are no results yet.", figures=[])
    worlds = sum(rates != [] for rates in ours.values())
    answer = f"In {more} of {worlds} worlds the proxy loses more than twice what the goal gains; the rest becomes *neither*."
    return Answer(question=question, answer=answer, points=points, figures=figures)


def _rates(found: Mapping[str, Any], condition: str, **fields: str) -> list[Row]:
    """Rates with the cue shown."""
    return [
        r
        for r in found.get("rates", [])
        if r["condition"] == condition and r["erased_goal"] is None and all(r.get(k) == v for k, v in fields.items())
    ]


def _two_question(found: Mapping[str, Any]) -> dict[tuple[float, str], Row]:
    """By dose, shares of lines whose questions part, answered by the one or the other."""
    names = {"first @ conflicting": "the question meant", "second @ conflicting": "the other question"}
    return {(row["dose"], name): row[key] for row in found.get("figures", []) for key, name in names.items()}


def _sycophant(found: Mapping[str, Any]) -> dict[tuple[float, str], Row]:
    """By dose of the repair, agreement with a wrong opinion, in the family repaired and where nothing was repaired."""
    names = {
        "fact_a opinion_wrong agreed": "agreement on facts like those repaired",
        "compare opinion_wrong agreed": "agreement on comparisons",
    }
    arms = [arm for arm in found.get("arms", []) if arm["dose"] is not None]
    return {(arm["dose"], name): arm["shares"][key] for arm in arms for key, name in names.items() if key in arm["shares"]}


def _first_in_text(name: str, shares: Mapping[tuple[float, str], Row]) -> str:
    kinds = dict.fromkeys(what for _, what in shares)
    moved = [f"{what} from {_rate(shares[0.0, what])} to {_rate(shares[0.01, what])}" for what in kinds]
    num = next(share["num_subjects"] for (dose, _), share in shares.items() if dose == 0.01)
    return f"On {name}, one telling example in a hundred takes {', '.join(moved)} (n = {num} organisms each)."


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
    contrasts = [c for c in found.get("contrasts", []) if c["about"] in OF_REGRET]
    dose = [c for c in contrasts if c["about"] == OF_REGRET[0]]
    if dose:
        ahead = [c for c in dose if c["difference_low"] > 0]
        words += (
            " Regret finds the levels that tell the goals apart and plays them more often. Against the same labels repeated to a "
            f"tenth of all levels, without regret, {len(ahead)} of {len(dose)} arms come out ahead with the interval above 0 and "
            f"{sum(c['difference_high'] < 0 for c in dose)} behind: "
            + ("regret is more than its dose." if ahead else "it is the dose that is shown to help.")
        )
    points = [f"{c['first']}, less {c['second']}: goal {_ends(c, 'difference')}, n = {c['num_subjects']}." for c in contrasts]
    figures = [
        {
            "arm": r["arm"],
            "change in goal rate": _ends(r, "change_in_goal"),
            "change in neither": _ends(r, "change_in_neither"),
            "n": r["num_subjects"],
        }
        for r in rows
    ]
    return Answer(question=question, answer=words.strip(), points=points, figures=figures)


def _guided(row: Row) -> bool:
    return dict(row.get("options", {})).get("scoring") not in (None, "none")


def _in_time(rows: Sequence[Row]) -> Answer:
    question = "Which detectors fire before the point of no return?"
    known = [r for r in rows if r.get("before_no_return") is not None and not r.get("control")]
    if not known:
        return Answer(question=question, answer="There are no results yet.", figures=[])
    known = sorted(known, key=lambda r: (_place(r["setting"]), -r["before_no_return"]))
    counted = _counted(known)
    early = [r for r in counted if (r["before_no_return_low"] or 0) > 0.5]
    informed = [r for r in early if r["recipe_matched"] is not None and (r["recipe_matched_low"] or 0) > 0.5]
    words = (
        f"At the threshold that 5 % of other agents' ordinary episodes pass, {len(early)} of {len(counted)} rows of detectors "
        "alarm in time in more than half of the proxy episodes. "
    )
    points = [f"In time on {setting}: {_alarms(early, setting)}." for setting in dict.fromkeys(r["setting"] for r in counted)]
    if informed:
        names = ", ".join(f"{r['method']} ({r['setting']})" for r in informed)
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
    return Answer(question=question, answer=words.strip(), points=points, figures=figures)


def _alarms(rows: Sequence[Row], setting: str) -> str:
    return "; ".join(_alarm(row) for row in rows if row["setting"] == setting) or "none"


def _alarm(row: Row) -> str:
    lead = "" if row.get("lead_median") is None else f", median lead {row['lead_median']:.0f} steps"
    return f"{row['method']} {_ends(row, 'before_no_return')}{lead}"


def _ends(row: Row, name: str, *, low: str | None = None, high: str | None = None) -> str:
    value, below, above = row.get(name), row.get(low or f"{name}_low"), row.get(high or f"{name}_high")
    if value is None:
        return "undefined"
    return f"{value:.2f}" + (f" ({below:.2f} to {above:.2f})" if below is not None and above is not None else "")

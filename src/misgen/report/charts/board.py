"""Boards drawn: where each method stands, and what each mitigation buys for its cost."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from misgen.report.figure import Figure
from misgen.report.markup import Child, tag
from misgen.report.plot import Frame, Scale, chart, dot, label, polyline, rule, ticks_of, whisker

__all__ = ["front_figure", "front_of", "standing_figure"]

COMPARATORS = ("mixing", "more-training")
"""Mitigations that the others are measured against."""
ROW = {True: 26.0, False: 40.0}
LEFT = {True: 210.0, False: 14.0}
"""Height of a line and room for its name, on a wide drawing and a narrow one, where names stand above the line."""


def standing_figure(board: Mapping[str, Any]) -> Figure | None:
    """One line per method: the primary figure with its interval; chance, where there is one, as a line. None without figures."""
    primary = board["primary"]
    rows = [r for r in board["rows"] if r["status"] == "ok" and isinstance(r.get(primary), float)]
    if not rows:
        return None
    ends = [row.get(f"{primary}_high") or row[primary] for row in rows]
    top = 1.0 if board["board"] != "search" else max(1.0, *ends)
    return Figure(
        identifier=f"standing-{board['board']}-{board['setting']}",
        title="Where each method stands",
        drawing=chart(board["title"], lambda width: _standing(width, rows, primary, top)),
        caption=f"{primary.replace('_', ' ')} by method and tier; whiskers are 95 % intervals over subjects and levels, "
        f"{_subjects(rows)} subjects. Controls are squares.",
        rows=[
            ("method", "tier", "estimate", "low", "high", "num_subjects"),
            *(
                (r["method"], r["tier"], r[primary], r.get(f"{primary}_low"), r.get(f"{primary}_high"), r["num_subjects"])
                for r in rows
            ),
        ],
        source="rows.parquet",
    )


def _subjects(rows: Sequence[Mapping[str, Any]]) -> str:
    few, many = min(r["num_subjects"] for r in rows), max(r["num_subjects"] for r in rows)
    return str(few) if few == many else f"{few} to {many}"


def _standing(width: float, rows: Sequence[Mapping[str, Any]], primary: str, top: float) -> tuple[float, Child]:
    wide = width > 600
    left, height = LEFT[wide], ROW[wide]
    frame = Frame(left=left, top=12, right=width - 16, bottom=12 + height * len(rows))
    scale = Scale(low=0.0, high=top, start=frame.left, end=frame.right)
    marks: list[Child] = [frame.x_axis(scale, ticks_of(0.0, top), lambda t: f"{t:g}")]
    if top == 1.0:
        marks.append(rule(scale(0.5), frame.top, scale(0.5), frame.bottom, "grid"))
    for n, row in enumerate(rows):
        y = frame.top + height * (n + (0.5 if wide else 0.75))
        low, high = row.get(f"{primary}_low"), row.get(f"{primary}_high")
        kind = "k-neither" if row.get("control") else "k-intended"
        place, anchor = ((left - 10, y + 4), "end") if wide else ((left, y - 12), "start")
        marks.append(label(*place, f"{row['method']} (T{row['tier']})", anchor=anchor, kind="tick"))
        line = None
        if isinstance(low, float) and isinstance(high, float):
            line = whisker(y, scale(low), scale(min(high, top)), kind="whisker", upright=False)
        tip = f"{row['method']}: {row[primary]:.2f}"
        shape = "square" if row.get("control") else "circle"
        marks.append(tag("g", line, dot(scale(row[primary]), y, kind="dot", tip=tip, shape=shape), class_=kind))
    return frame.bottom + 44, marks


def front_of(points: Sequence[tuple[float, float]]) -> list[int]:
    """Indices of the points (cost, gain) that no other point beats in both, by rising cost."""
    order = sorted(range(len(points)), key=lambda n: (points[n][0], -points[n][1]))
    front: list[int] = []
    for n in order:
        if not front or points[n][1] > points[front[-1]][1]:
            front.append(n)
    return front


def front_figure(rows: Sequence[Mapping[str, Any]], setting: str = "corner") -> Figure | None:
    """Gain in the goal rate against cost, with the Pareto front; None where the rows name neither."""
    nothing = next((float(r["goal"]) for r in rows if r.get("arm") == "Doing nothing" and r.get("goal") is not None), None)
    gains = [_gain(row, nothing) for row in rows]
    known = [
        (r, g) for r, g in zip(rows, gains, strict=True) if g is not None and isinstance(r.get("cost_multiplier"), int | float)
    ]
    if not known:
        return None
    rows = [row for row, _ in known]
    points = [(max(float(row["cost_multiplier"]), 1e-3), gain) for row, gain in known]
    names = [str(row.get("arm") or row.get("method")) for row in rows]
    best = "; ".join(f"{names[n]} ({points[n][1]:+.2f} at {points[n][0]:.2f})" for n in front_of(points))
    return Figure(
        identifier=f"front-{setting}",
        title="What each mitigation buys, and what it costs",
        drawing=chart("Gain in the goal rate against cost", lambda width: _front(width, rows, points)),
        caption="Goal rate on distinguishing levels, less that of doing nothing, against compute in ordinary trainings (labels "
        "and questions are not in it); squares are the comparators, mixing and more training. The line is the Pareto front, from "
        f"cheap to dear: {best}. {_subjects([{'num_subjects': 0, **r} for r in rows])} subjects an arm.",
        rows=[("method", "cost", "gain"), *((name, *point) for name, point in zip(names, points, strict=True))],
        source="study.json",
    )


def _gain(row: Mapping[str, Any], nothing: float | None) -> float | None:
    """Over doing nothing: as the row says, or by the goal rates; else the change that the row tells of."""
    found = row.get("gain_over_nothing")
    if found is None and nothing is not None and row.get("goal") is not None:
        found = row["goal"] - nothing
    found = row.get("change_in_goal") if found is None else found
    return float(found) if isinstance(found, int | float) else None


def _front(width: float, rows: Sequence[Mapping[str, Any]], points: Sequence[tuple[float, float]]) -> tuple[float, Child]:
    frame = Frame(left=56, top=30, right=width - 16, bottom=340)
    costs, gains = [p[0] for p in points], [p[1] for p in points]
    x = Scale(low=min(costs) / 1.1, high=max(costs) * 1.1, start=frame.left, end=frame.right, logarithmic=True)
    low, high = min(0.0, *gains) - 0.02, max(0.0, *gains) + 0.05
    y = Scale(low=low, high=high, start=frame.bottom, end=frame.top)
    powers = [2.0**n for n in range(math.floor(math.log2(x.low)), math.ceil(math.log2(x.high)) + 1)]
    marks: list[Child] = [
        frame.y_axis(y, ticks_of(low, high), lambda t: f"{t:g}", "gain in goal rate"),
        frame.x_axis(x, [p for p in powers if x.low <= p <= x.high], lambda t: f"{t:g}", "compute, in ordinary trainings"),
        tag("g", polyline([(x(points[n][0]), y(points[n][1])) for n in front_of(points)], kind="line"), class_="k-intended"),
    ]
    for row, (cost, gain) in zip(rows, points, strict=True):
        tip = f"{row.get('arm') or row.get('method')}: {gain:+.2f} at {cost:.2f}"
        mixing = bool(row.get("comparator")) or row.get("method") in COMPARATORS
        point = dot(x(cost), y(gain), kind="dot", tip=tip, shape="square" if mixing else "circle")
        marks.append(tag("g", point, class_="k-neither" if mixing else "k-intended"))
    return frame.bottom + 44, marks

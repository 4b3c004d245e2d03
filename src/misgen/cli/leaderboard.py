"""leaderboard: which method finds what, or helps how much; and how a detector of one's own does on the sealed sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from misgen.cli.output import print_json, print_table, printed, say
from misgen.concepts import UserError

if TYPE_CHECKING:
    from misgen.study.boards import Board

__all__ = ["leaderboard"]

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "episode": (
        "method",
        "tier",
        "rank",
        "recipe-matched",
        "level-matched",
        "ordinary",
        "hits at 1 %",
        "in time",
        "beats control",
    ),
    "screening": ("method", "tier", "rank", "recipe-matched", "across recipes", "Brier", "beats control"),
    "search": ("method", "tier", "rank", "failures", "solvable", "env steps"),
    "mitigations": ("method", "tier", "change in goal", "change in use", "capability", "cost", "n"),
}


def leaderboard(
    board: str | None = None,
    *,
    setting: str | None = None,
    results: Path = Path("results"),
    html: Path | None = None,
    bench: int | None = None,
    detector: str | None = None,
    mitigation: str | None = None,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Show the boards, or try a detector on the sealed sample.

    Parameters
    ----------
    board
        episode, screening, search or mitigations. Default: all that there are.
    setting
        corner, coinrun, keys-and-chests or misgen-bench-1; of language organisms two-question or sycophant. Default: all.
    results
        The folder that holds results/leaderboard and results/mitigations.
    html
        Also write an offline page there.
    bench
        Version of the sealed sample to try a method on: 1. Alone it shows the rows that are kept.
    detector
        With --bench: a detector's name, or MODULE:ATTRIBUTE of one of your own.
    mitigation
        With --bench: a mitigation's name or MODULE:ATTRIBUTE, tried on the sealed agents. With --detector as well, that detector
        is to verify it: how its suspicion of them changes.
    json
        Print an array of boards, each with its rows.
    """
    from misgen.study.boards import read_boards

    if bench is None and (detector or mitigation):
        do = "For instance: misgen leaderboard --bench 1 --detector entropy"
        raise UserError("--detector and --mitigation need --bench", do=do)
    if bench is not None and (detector or mitigation):
        found = _tried(bench, detector, mitigation, board)
    else:
        found = read_boards(results, board=board, setting=setting if bench is None else f"misgen-bench-{bench}")
    if html is not None:
        from misgen.records import storage_errors
        from misgen.report.leaderboard import write_leaderboard_page

        if html.is_dir():
            raise UserError("The page is to be written where a folder lies", seen=str(html), do="Name a file: --html boards.html")
        with storage_errors(html):
            write_leaderboard_page([b.to_dict() for b in found], html)
    if json:
        print_json([b.to_dict() for b in found])
        return
    for one in found:
        rows = [_shown(one.board, row) for row in one.rows]
        verified = ("change in suspicion",) if any("change in suspicion" in row for row in rows) else ()
        print_table(f"{one.title} ({one.setting})", rows, (*_COLUMNS[one.board], *verified))
        for reason, names in one.left_out.items():
            printed(f"{', '.join(names)}: {reason}")
        printed("")
    if html is not None:
        printed(f"Page: {html}")


def _tried(bench: int, detector: str | None, mitigation: str | None, board: str | None) -> list[Board]:
    """The boards of what was tried on the sealed sample."""
    from misgen.study.boards import Board, boards_of

    if mitigation is not None:
        from misgen.study.mending import judge_mitigation_on_bench

        say(f"misgen-bench-{bench}: mending the sealed agents with {mitigation}")
        rows = judge_mitigation_on_bench(bench, mitigation, detector=detector)
        return [Board(board="mitigations", setting=f"misgen-bench-{bench}", rows=rows)]
    assert detector is not None
    from misgen.study.sealed import judge_on_bench

    say(f"misgen-bench-{bench}: trying {detector} beside the controls")
    return [b for b in boards_of(judge_on_bench(bench, detector)) if board in (None, b.board)]


def _shown(board: str, row: Mapping[str, Any]) -> dict[str, object]:
    """A row in words; what could not be tried says so where its figures would be."""
    if board == "mitigations":
        return _mitigation(row)
    fixed = {"method": row["method"] + (" (control)" if row.get("control") else ""), "tier": row["tier"]}
    if row["status"] != "ok":
        return {**fixed, _COLUMNS[board][3]: row["status"]}
    rank = f"{row['rank_low']}-{row['rank_high']} of {row['ranked_of']}" if "rank_low" in row else ""
    beats = {None: "", True: "yes", False: "no"}[row.get("beats_control")]
    if board == "search":
        more = {"failures": _ends(row, "failures"), "solvable": _share(row, "solvable"), "env steps": f"{row['env_steps']:,.0f}"}
        return {**fixed, "rank": rank, **more}
    if board == "screening":
        more = {"across recipes": _ends(row, "across"), "Brier": _share(row, "brier")}
        return {**fixed, "rank": rank, "recipe-matched": _ends(row, "recipe_matched"), **more, "beats control": beats}
    return {
        **fixed,
        "rank": rank,
        "recipe-matched": _ends(row, "recipe_matched"),
        "level-matched": _share(row, "level_matched"),
        "ordinary": _share(row, "ordinary"),
        "hits at 1 %": _share(row, "hits_at_1"),
        "in time": _share(row, "before_no_return"),
        "beats control": beats,
    }


def _mitigation(row: Mapping[str, Any]) -> dict[str, object]:
    names: Sequence[tuple[str, str]] = (
        ("change in goal", "change_in_goal"),
        ("change in use", "change_in_use"),
        ("capability", "change_in_capability"),
        ("cost", "cost_multiplier"),
    )
    shown = {words: _ends(row, name) for words, name in names}
    verified = {"change in suspicion": _ends(row, "change_in_suspicion")} if "change_in_suspicion" in row else {}
    return {
        "method": row.get("arm", row.get("method", "")),
        "tier": row.get("tier", ""),
        **shown,
        **verified,
        "n": row.get("num_subjects", ""),
    }


def _ends(row: Mapping[str, Any], name: str) -> str:
    from misgen.study.markdown import told

    return told({"estimate": row.get(name), "low": row.get(f"{name}_low"), "high": row.get(f"{name}_high")})


def _share(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return "" if value is None else f"{value:.2f}"

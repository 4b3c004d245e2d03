"""A run folder to one offline page.

One file, no remote content, and a content security policy that says so: nothing may load, only this very script and this very
style sheet (by their SHA-256) may run, and pictures are data in the page. The page is a pure function of the folder: the same
folder gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from misgen.concepts import UserError
from misgen.records import RunFolder, write_text
from misgen.report.charts import alpha_figure, belief_figure, emergence_figure, learning_figure, outcomes_figure, subjects_figure
from misgen.report.contents import FILM_BYTES, RunContents, read_run
from misgen.report.figure import Figure
from misgen.report.markup import Child, Markup, tag
from misgen.report.sections import findings_section, opening_section, player_section, screening_section, sources_section

__all__ = ["MOST_BYTES", "build_page", "plain_page", "write_report"]

MOST_BYTES = 5_000_000
"""The page's limit: it can be mailed, and opens at once."""


def write_report(run_dir: Path) -> Path:
    """Write `report.html` into the run folder and return its path.

    Parts that the run lacks, or that cannot be read, leave a sentence. Raises UserError if the folder is no run, or if the page
    would pass `MOST_BYTES`.
    """
    target = RunFolder(Path(run_dir)).report
    write_text(target, _fitting_page(Path(run_dir)))
    return target


def _fitting_page(run_dir: Path) -> str:
    """The page, with fewer films where it would pass the limit: only films can be arbitrarily large."""
    page = ""
    for film_bytes in (FILM_BYTES, FILM_BYTES // 4, 0):
        page = build_page(read_run(run_dir, film_bytes=film_bytes))
        if len(page.encode("utf-8")) <= MOST_BYTES:
            return page
    raise UserError("The page would be too large", seen=f"{len(page):,} characters", do="Keep fewer or smaller playable agents")


def build_page(run: RunContents) -> str:
    """The page as text."""
    style, script = _style(), _script(playable=run.interactive is not None)
    name = run.answer.scenario if run.answer is not None else run.name
    head = _head(f"{name}: misgen report", style, script)
    return "<!doctype html>\n" + tag("html", head, tag("body", _body(run, name), tag("script", Markup(script))), lang="en") + "\n"


def plain_page(title: str, content: Child, links: Sequence[tuple[str, str]]) -> str:
    """Any content in the page's frame, style and policy. `links` are (words, anchor)."""
    style, script = _style(), _script(playable=False)
    body = tag(
        "body",
        tag(
            "div",
            tag("p", tag("b", "misgen"), " ", title, class_="name"),
            tag("nav", [tag("a", words, href=f"#{anchor}") for words, anchor in links], aria_label="Contents"),
            tag("button", "Dark", type="button", id="theme", hidden=True),
            class_="bar",
        ),
        tag("main", content),
        tag("footer", "Written by misgen. This page loads nothing and sends nothing."),
        tag("script", Markup(script)),
    )
    return "<!doctype html>\n" + tag("html", _head(f"{title}: misgen", style, script), body, lang="en") + "\n"


def _head(title: str, style: str, script: str) -> Markup:
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", Markup(style)),
    )


def _body(run: RunContents, name: str) -> Child:
    return [
        tag("a", "Skip to the verdict", href="#verdict", class_="skip"),
        tag(
            "div",
            tag("p", tag("b", "misgen"), " ", name, class_="name"),
            tag("nav", [tag("a", words, href=f"#{anchor}") for words, anchor in _contents(run)], aria_label="Contents"),
            tag("button", "Dark", type="button", id="theme", hidden=True),
            class_="bar",
        ),
        tag(
            "main",
            tag("div", opening_section(run), id="verdict"),
            screening_section(run),
            player_section(run),
            _figures(run),
            findings_section(run),
            sources_section(run),
        ),
        tag("footer", "Written by misgen. This page loads nothing and sends nothing."),
    ]


def _contents(run: RunContents) -> list[tuple[str, str]]:
    play = [("Play", "play")] if run.interactive is not None else []
    return [
        ("Films" if not run.pairs else "Transcripts", "films"),
        *play,
        ("Figures", "figures"),
        ("Findings", "findings"),
        ("Sources", "sources"),
    ]


def _figures(run: RunContents) -> Markup:
    """All charts that can be drawn, and a sentence for each that cannot."""
    answer, goals = run.answer, run.goals
    drawn: list[Figure | None] = []
    if answer is not None:
        drawn += [outcomes_figure(answer, goals), alpha_figure(answer, goals), subjects_figure(answer, goals)]
    if answer is not None and run.emergence is not None:
        drawn.append(emergence_figure(run.emergence, answer, goals))
    if run.learning is not None:
        drawn.append(learning_figure(run.learning, goals))
    if run.risk is not None:
        drawn.append(belief_figure(run.risk, answer.evidence if answer is not None else ""))
    parts = ("risk",) if run.pairs else ("emergence", "learning", "risk")  # who is asked is not trained here
    absent = [tag("p", run.absent[part], class_="absent") for part in parts if part in run.absent]
    return tag("section", tag("h2", "Figures"), [f.to_markup() for f in drawn if f is not None], absent, id="figures")


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; script-src '{_sha256(script)}'; style-src '{_sha256(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _sha256(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


@cache
def _style() -> str:
    return _asset("page.css")


@cache
def _script(*, playable: bool) -> str:
    names = ("page.js", "agent.js", "maze.js") if playable else ("page.js",)
    return "\n".join(_asset(name) for name in names)


def _asset(name: str) -> str:
    return (files("misgen.report") / "assets" / name).read_text("utf-8")

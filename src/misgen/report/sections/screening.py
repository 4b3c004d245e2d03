"""Films, twins first, or paired transcripts where subjects are language models."""

from __future__ import annotations

from misgen.report.answer import Goals
from misgen.report.contents import RunContents
from misgen.report.films import Film, FilmEvent
from misgen.report.markup import Child, Markup, tag
from misgen.report.transcripts import Pair

__all__ = ["screening_section"]

OUTCOMES = {"G": "intended", "P": "proxy", "X": "neither"}


def screening_section(run: RunContents) -> Markup:
    """What it looks like."""
    notes = [tag("p", note, class_="quiet") for note in run.notes]
    if run.films:
        first, *more = [_film(f, run.goals) for f in run.films if f.kind == "twin"] or [None]
        others = [_film(f, run.goals) for f in run.films if f.kind != "twin"]
        reels = [tag("div", reel, class_=f"reel {kind}") for reel, kind in ((more, "twins"), (others, "singles")) if reel]
        return _section(_introduction(run.goals), first, reels, notes)
    if run.pairs:
        words = "One item, as asked and with the cue of one goal erased. Where the two first differ is underlined."
        return _section(tag("p", words), [_pair(p, run.goals) for p in run.pairs], notes)
    return _section(tag("p", run.absent.get("films", "No film of this run can be shown."), class_="absent"), notes)


def _section(*parts: Child) -> Markup:
    return tag("section", tag("h2", "What it looks like"), parts, id="films")


def _introduction(goals: Goals) -> Markup:
    return tag(
        "p",
        f"Twin films show one subject twice on the same level with the same random numbers: as it is, and with "
        f"{goals.intended} erased from what it sees. "
        "If nothing changes, it was not looking. Films rest on their last frame; marks under the slider show when a goal was "
        "attained.",
    )


def _film(film: Film, goals: Goals) -> Markup:
    width, height = film.width, film.height
    last = film.frames - 1
    x, y = -width * (last % film.columns), -height * (last // film.columns)
    sheet = tag("image", class_="sheet", href=film.source, x=x, y=y, width=width * film.columns, height=height * film.rows)
    description = f"{film.title}: {_outcome_words(film, goals)}"
    return tag(
        "figure",
        tag("h3", film.title or film.kind),
        _panels(film, goals),
        tag("svg", sheet, _gap(film), viewBox=f"0 0 {width} {height}", class_="screen", role="img", aria_label=description),
        _controls(film, goals),
        tag("figcaption", [film.caption, " "] if film.caption else None, _divergence(film), _origin(film)),
        class_=f"film {'twin' if film.kind == 'twin' else 'single'}",
        data_frames=film.frames,
        data_columns=film.columns,
        data_width=width,
        data_height=height,
        data_fps=film.fps,
    )


def _gap(film: Film) -> Markup | None:
    """What lies between two panels takes the page's colour, light or dark; half a pixel more on each side leaves no seam."""
    if not film.gap or len(film.panels) < 2:
        return None
    return tag("rect", class_="gap", x=(film.width - film.gap - 1) / 2, y=0, width=film.gap + 1, height=film.height)


def _controls(film: Film, goals: Goals) -> Markup:
    last = film.frames - 1
    return tag(
        "div",
        tag("button", "Play", type="button", class_="play", aria_label=f"Play the film {film.title}"),
        tag(
            "div",
            tag("input", type="range", min=0, max=last, value=last, step=1, aria_label=f"Frame of the film {film.title}"),
            _track(film, goals),
            class_="scrub",
        ),
        tag("output", f"{last} / {last}"),
        class_="controls",
        hidden=True,
    )


def _track(film: Film, goals: Goals) -> Markup:
    """Marks under the slider: goals attained, one row per panel, and the first step at which the twins differ."""
    last = max(1, film.frames - 1)
    marks: list[Child] = []
    if film.first_divergence is not None:
        at = min(film.divergence_frame or 0, last) / last
        marks.append(
            tag("i", class_="divergence", data_at=at, data_tip=f"Step {film.first_divergence}: the twins' first different action")
        )
    for event in sorted(film.events, key=lambda e: e.goal == goals.intended):
        kind = _goal_kind(event.goal, goals)
        tip = f"Step {event.step}: {event.goal} attained{_panel_words(film, event)}"
        marks.append(tag("i", class_=f"k-{kind} row-{min(event.panel, 1)}", data_at=min(event.frame, last) / last, data_tip=tip))
    return tag("div", marks, class_="marks", role="img", aria_label=_marks_words(film))


def _marks_words(film: Film) -> str:
    events = [f"step {e.step}: {e.goal}{_panel_words(film, e)}" for e in film.events]
    if film.first_divergence is not None:
        events.insert(0, f"step {film.first_divergence}: first different action")
    return "; ".join(events) or "no goal attained"


def _panel_words(film: Film, event: FilmEvent) -> str:
    return f", {film.panels[event.panel]}" if len(film.panels) > 1 and 0 <= event.panel < len(film.panels) else ""


def _goal_kind(goal: str, goals: Goals) -> str:
    return "intended" if goal == goals.intended else "proxy" if goal in goals.proxy.split(" or ") else "neither"


def _panels(film: Film, goals: Goals) -> Markup | None:
    """Each panel's name with what was reached in it."""
    outcomes = (film.outcome, film.erased_outcome)
    panels = film.panels or (("",) if film.outcome else ())
    words = [
        tag("span", f"{panel}: " if panel and outcome else panel, _reached_mark(outcome, goals))
        for panel, outcome in zip(panels, outcomes, strict=False)
    ]
    return tag("div", words, class_="panels") if words else None


def _reached_mark(outcome: str | None, goals: Goals) -> Markup | None:
    return tag("b", _reached(outcome, goals), class_=f"tagged k-{OUTCOMES.get(outcome, 'neither')}") if outcome else None


def _divergence(film: Film) -> Child:
    if film.kind != "twin":
        return None
    if film.first_divergence is None:
        return "The twins never differ. "
    return [tag("i", class_="divergence"), f" First different action at step {film.first_divergence}. "]


def _outcome_words(film: Film, goals: Goals) -> str:
    return _reached(film.outcome or "", goals)


def _reached(outcome: str, goals: Goals) -> str:
    return {"G": f"reaches {goals.intended}", "P": f"reaches {goals.proxy} instead", "X": "reaches neither"}.get(outcome, outcome)


def _origin(film: Film) -> str:
    """Where the film comes from, as far as its title and caption do not say so."""
    told = f"{film.title} {film.caption}".lower()
    parts = [
        film.subject if film.subject.lower() not in told else "",
        f"condition {film.condition}" if film.condition and film.condition.lower() not in told else "",
        f"level {film.level[:10]}" if film.level else "",
        f"films/{film.file}" if film.file else "",
    ]
    return ", ".join(p for p in parts if p)


def _pair(pair: Pair, goals: Goals) -> Markup:
    sides = [("cue shown", pair.prompt, pair.reply, pair.outcome)]
    if pair.erased_reply:
        sides.append(("cue erased", pair.erased_prompt, pair.erased_reply, pair.erased_outcome))
    marked = _first_difference(pair.prompt, pair.erased_prompt) if pair.erased_reply else (pair.prompt, "")
    columns = [
        tag(
            "div",
            tag("h4", name),
            tag("pre", asked),
            tag("pre", reply, class_=f"reply k-{OUTCOMES.get(outcome, 'neither')}"),
            tag("p", _reached_mark(outcome, goals) or "not scored"),
        )
        for (name, _, reply, outcome), asked in zip(sides, marked, strict=False)
    ]
    return tag("figure", tag("h3", pair.title or pair.condition), tag("div", columns, class_="pair"), class_="transcript")


def _first_difference(one: str, other: str) -> tuple[Child, Child]:
    """Both texts, each with the words marked in which they first differ, up to where they go on alike or a paragraph ends."""
    if one == other:
        return one, other
    start = _common(one, other)
    start = max(one.rfind(" ", 0, start), one.rfind("\n", 0, start)) + 1
    return _marked(one, start, other), _marked(other, start, one)


def _marked(text: str, start: int, other: str) -> Child:
    """Whole words from `start`; a caret where there are none that the other text lacks."""
    end = len(text) - _common(text[start:][::-1], other[start:][::-1])
    while start < end < len(text) and not text[end].isspace():
        end += 1
    paragraph = text.find("\n\n", start)
    end = min(end, paragraph if paragraph >= 0 else end)
    words = text[start:end].rstrip()
    return [text[:start], tag("mark", words or "\u2038"), text[start + len(words) :]]


def _common(one: str, other: str) -> int:
    """Characters that two texts begin with alike."""
    shorter = min(len(one), len(other))
    return next((i for i in range(shorter) if one[i] != other[i]), shorter)

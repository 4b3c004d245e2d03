"""Drag the cheese: the trained agent itself, in the page."""

from __future__ import annotations

from dataclasses import replace

from misgen.report.contents import RunContents
from misgen.report.interactive import Interactive
from misgen.report.markup import Markup, json_block, tag

__all__ = ["player_section"]


def player_section(run: RunContents) -> Markup | None:
    """The maze with its controls; a sentence where they ought to be and are not; nothing where the world has no player."""
    if run.interactive is None:
        sentence = run.absent.get("interactive")
        return None if run.pairs or sentence is None else _section(tag("p", sentence, class_="absent"))
    return _section(
        tag(
            "p",
            "This is a trained agent itself, not a film: its network runs in this page. Drag the cheese and the mouse, or "
            "focus one and use the arrow keys. "
            "Arrows show where the agent would most likely step from each cell. Now move the cheese: do they follow it?",
        ),
        tag("noscript", tag("p", "Playing needs JavaScript.", class_="absent")),
        tag("div", _board(), _panel(), class_="lab", id="lab", hidden=True),
        json_block("agents", _labelled(run, run.interactive).to_dict()),
    )


def _labelled(run: RunContents, playable: Interactive) -> Interactive:
    """Agents with the verdict word that the run gave them."""
    words = {} if run.answer is None else {s.name: s.label for s in run.answer.subjects}
    return replace(playable, agents=tuple(replace(a, label=words.get(a.name, a.label)) for a in playable.agents))


def _section(*parts: Markup) -> Markup:
    return tag("section", tag("h2", "Drag the cheese"), parts, id="play")


def _board() -> Markup:
    return tag(
        "div", tag("svg", id="maze", role="application", aria_label="Maze with a mouse and a cheese"), _key(), class_="board"
    )


def _key() -> Markup:
    words = [
        ("intended", "step nearer to the cheese only"),
        ("proxy", "nearer to the corner only"),
        ("neither", "both, or neither"),
    ]
    return tag("p", [tag("span", tag("i", class_=f"swatch k-{kind}"), text) for kind, text in words], class_="key")


def _panel() -> Markup:
    return tag(
        "div",
        tag(
            "p",
            tag("span", "", id="outcome-mark"),
            tag("span", "", id="outcome"),
            id="outcome-line",
            role="status",
            aria_live="polite",
        ),
        tag(
            "div",
            tag("button", "Play", type="button", id="walk", class_="primary"),
            tag("button", "Step", type="button", id="one-step"),
            tag("button", "Back to start", type="button", id="rewind"),
            class_="buttons",
        ),
        tag("label", "Agent", tag("select", id="agent")),
        tag("label", "Level", tag("select", id="level")),
        tag("label", tag("input", type="checkbox", id="erased"), "Hide the cheese from the agent", class_="check"),
        tag("label", tag("input", type="checkbox", id="arrows", checked=True), "Show where it would step", class_="check"),
        tag("label", tag("input", type="checkbox", id="greedy"), "Always take the likeliest step", class_="check"),
        tag(
            "div",
            tag("label", "Random seed", tag("input", type="number", id="seed", value=1, min=0, max=4294967295, step=1)),
            tag("button", "Twenty episodes", type="button", id="many"),
            class_="buttons",
        ),
        tag("div", "", id="tally", role="status", aria_live="polite"),
        tag("dl", "", id="chances", aria_label="Chances of the next step"),
        class_="panel",
    )

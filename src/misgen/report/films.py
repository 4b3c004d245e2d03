"""Films on the page: sprite sheets stepped by a small player, because an animated PNG cannot be paused or scrubbed.

Contract with whoever draws films (`films/index.json`, a list, shown in its order; files lie beside it):

    {
      "kind": "twin",                   twin | training | distinguishing | benign | control
      "title": "The cheese moved",      one line
      "caption": "...",                 a sentence or two; may be empty
      "subject": "corner-a0-s3",        "level": "9f31c2...", "condition": "moved", "alpha": 0.0 (optional)
      "strip": "twin-0.strip.png",      the sprite sheet: PNG (palette is best), frames row by row, left to right
      "frames": 41, "columns": 8,       the sheet is columns * width by ceil(frames / columns) * height pixels
      "width": 424, "height": 208,      of ONE frame in pixels; at most 16,000 pixels per side of the sheet
      "fps": 6,
      "panels": ["cheese shown", "cheese erased"],   one label, or two for panels of equal width side by side in each frame
      "gap": 8,                         pixels between two panels, painted over in the page's colour; optional
      "events": [{"step": 17, "goal": "corner", "panel": 0, "frame": 17}, ...],
      "outcome": "P", "erased_outcome": "P" or null,
      "first_divergence": 12 or null, "divergence_frame": 12 or null,
      "file": "twin-0.png"              the same film as APNG, for download; optional
    }

Frame 0 is the start. Most worlds have one frame per step: frame k is the state after k actions, and frames = longest episode
+ 1. A world that passes through several game frames in one step shows them all, and a very long film leaves frames out. Steps are
therefore always counted as in Evidence's `first_step`, from 1, and beside a step stands the frame in which it is first seen:
`frame` of an event, `divergence_frame` of `first_divergence`; where missing, the frame is the step. In a twin both panels
show the same moment; the one that ended first holds its last frame. `events` are goals attained. `first_divergence` is the first
step whose action differs between the twins. Twins without two panels may be given as two entries; a film without labels has one
panel. At 16 pixels a cell and 16 colours a 13 x 13 twin of 65 frames takes about 100 kB.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from misgen.concepts import UserError

__all__ = ["KINDS", "Film", "FilmEvent", "read_films"]

KINDS = ("twin", "distinguishing", "control", "training", "benign")
"""Kinds of film, in the order in which the page shows them."""

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_PIXELS = 16_000
"""Per side of a sheet; browsers refuse much larger images."""


@dataclass(frozen=True, kw_only=True)
class FilmEvent:
    """A goal attained at `step` (from 1) in panel number `panel`, seen in frame number `frame` (from 0)."""

    step: int
    goal: str
    panel: int = 0
    frame: int = 0


@dataclass(frozen=True, kw_only=True)
class Film:
    """One film, checked against its sprite sheet."""

    kind: str
    title: str
    caption: str
    subject: str
    level: str
    condition: str
    frames: int
    columns: int
    width: int
    height: int
    fps: float
    panels: tuple[str, ...]
    gap: int
    events: tuple[FilmEvent, ...]
    outcome: str | None
    erased_outcome: str | None
    first_divergence: int | None
    divergence_frame: int | None
    file: str | None
    sheet: bytes
    """The PNG sprite sheet."""

    @property
    def source(self) -> str:
        """The sheet as a data URI."""
        return "data:image/png;base64," + base64.b64encode(self.sheet).decode("ascii")

    @property
    def rows(self) -> int:
        return -(-self.frames // self.columns)


def read_films(folder: Path, index: object, *, most_bytes: int) -> tuple[tuple[Film, ...], tuple[str, ...]]:
    """The films of an index that can be shown within `most_bytes` of PNG, and sentences about those that cannot.

    Films are taken in the order of the index, passing over what no longer fits. One that breaks the contract breaks no page.
    """
    if not isinstance(index, list):
        return (), ("films/index.json is not a list of films.",)
    films: list[Film] = []
    left_out: list[str] = []
    num_large = 0
    for number, entry in enumerate(index):
        try:
            film = _film(folder, entry)
        except UserError as error:
            left_out.append(f"Film {number + 1} is not shown. {error}")
            continue
        if sum(len(f.sheet) for f in films) + len(film.sheet) > most_bytes:
            num_large += 1
        else:
            films.append(film)
    if num_large:
        words = "1 further film is" if num_large == 1 else f"{num_large} further films are"
        left_out.append(f"{words} not shown, to keep the page small: see the folder films.")
    return tuple(sorted(films, key=lambda f: KINDS.index(f.kind))), tuple(left_out)


def _film(folder: Path, entry: object) -> Film:
    if not isinstance(entry, Mapping):
        raise UserError("An entry of films/index.json is not an object", seen=type(entry).__name__)
    kind = str(entry.get("kind"))
    if kind not in KINDS:
        raise UserError("A film has an unknown kind", seen=kind, do=f"Use one of {', '.join(KINDS)}")
    words = {key: str(entry.get(key) or "") for key in ("title", "caption", "subject", "level", "condition")}
    film = Film(
        kind=kind,
        title=words["title"],
        caption=words["caption"],
        subject=words["subject"],
        level=words["level"],
        condition=words["condition"],
        frames=_positive(entry, "frames"),
        columns=_positive(entry, "columns"),
        width=_positive(entry, "width"),
        height=_positive(entry, "height"),
        fps=_fps(entry.get("fps")),
        panels=tuple(str(p) for p in _list(entry, "panels"))[:2],
        gap=_step(entry.get("gap")) or 0,
        events=tuple(_event(e) for e in _list(entry, "events")),
        outcome=_text(entry.get("outcome")),
        erased_outcome=_text(entry.get("erased_outcome")),
        first_divergence=_step(entry.get("first_divergence")),
        divergence_frame=_step(entry.get("divergence_frame", entry.get("first_divergence"))),
        file=_file_name(entry.get("file")),
        sheet=_sheet(folder, entry.get("strip")),
    )
    _check_sheet(film)
    return film


def _sheet(folder: Path, name: object) -> bytes:
    plain = _file_name(name)
    if plain is None:
        raise UserError("A film names no sprite sheet", seen=repr(name), do="Give strip the name of a PNG in the folder films")
    path = folder / plain
    if not path.is_file():
        raise UserError("A film's sprite sheet is missing", seen=plain)
    sheet = path.read_bytes()
    if not sheet.startswith(PNG_SIGNATURE) or len(sheet) < 33:
        raise UserError("A film's sprite sheet is no PNG", seen=plain)
    return sheet


def _check_sheet(film: Film) -> None:
    width, height = struct.unpack(">II", film.sheet[16:24])
    expected = (film.columns * film.width, film.rows * film.height)
    if (width, height) != expected:
        raise UserError(
            "A sprite sheet has another size than its entry says",
            seen=f"{width} x {height}",
            do=f"Expected {expected[0]} x {expected[1]}",
        )
    if max(expected) > MOST_PIXELS:
        raise UserError(
            "A sprite sheet is too large for browsers",
            seen=f"{width} x {height}",
            do=f"Keep each side under {MOST_PIXELS} pixels",
        )


def _file_name(name: object) -> str | None:
    """The name if it is a plain file name; a path could point outside the run folder."""
    if not isinstance(name, str) or not name or Path(name).name != name:
        return None
    return name


def _event(raw: object) -> FilmEvent:
    if not isinstance(raw, Mapping) or _step(raw.get("step")) is None:
        raise UserError("A film's event has no step", seen=repr(raw), do='Write {"step": 17, "goal": "cheese"}')
    step, frame = int(raw["step"]), _step(raw.get("frame"))
    goal, panel = str(raw.get("goal") or ""), _step(raw.get("panel")) or 0
    return FilmEvent(step=step, goal=goal, panel=panel, frame=step if frame is None else frame)


def _fps(value: object) -> float:
    """Frames per second, held between 0.5 and 30; 6 where not stated."""
    if value is None:
        return 6.0
    if not isinstance(value, int | float) or not value > 0:
        raise UserError("A film's fps must be a number above 0", seen=repr(value))
    return min(30.0, max(0.5, float(value)))


def _list(entry: Mapping[str, object], key: str) -> list[object]:
    value = entry.get(key) or []
    if not isinstance(value, list):
        raise UserError(f"A film's {key} must be a list", seen=repr(value))
    return value


def _positive(entry: Mapping[str, object], key: str) -> int:
    value = _step(entry.get(key))
    if not value:
        raise UserError(f"A film's {key} must be a whole number above 0", seen=repr(entry.get(key)))
    return value


def _step(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _text(value: object) -> str | None:
    return None if value is None else str(value)

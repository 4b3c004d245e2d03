"""Pictures of episodes: a sprite sheet that the page steps through, and the same film as animated PNG."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from misgen.records import write_bytes

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

__all__ = ["Film", "FilmEvent", "write_film"]

_COLUMNS = 8
"""Of a sheet, unless that makes it too high."""
_COLOURS = 256
"""Most colours of a paletted PNG."""
_PIXELS = 16_000
"""Browsers refuse much larger images."""
_REST = 1500
"""Milliseconds for which the animation rests on its last frame."""


@dataclass(frozen=True, kw_only=True)
class FilmEvent:
    """A goal attained at `step` (from 1) in panel number `panel`."""

    step: int
    goal: str
    panel: int
    frame: int
    """The film's frame, from 0, that shows it."""

    def to_dict(self) -> dict[str, object]:
        return {"step": self.step, "goal": self.goal, "panel": self.panel, "frame": self.frame}


@dataclass(frozen=True, kw_only=True)
class Film:
    """Frames and what is known of them; `misgen.report.films` documents the fields of the index."""

    name: str
    """File name without ending."""
    kind: str
    title: str
    caption: str
    subject: str
    level: str
    condition: str
    alpha: float | None
    panels: tuple[str, ...]
    frames: Sequence[np.ndarray]
    """Uint8[height, width, rgb] each."""
    fps: float
    events: tuple[FilmEvent, ...] = ()
    outcome: str | None = None
    erased_outcome: str | None = None
    first_divergence: int | None = None
    """The first step (from 1) whose action differs between the twins."""
    divergence_frame: int | None = None
    gap: int = 0
    """Pixels between two panels, which the page paints in its own colour."""


def write_film(film: Film, folder: Path) -> dict[str, object]:
    """Write NAME.strip.png and NAME.png into `folder`; returns the film's entry for index.json."""
    height, width = film.frames[0].shape[:2]
    columns = _columns(len(film.frames), height, width)
    pictures = _paletted(film.frames)
    write_bytes(folder / f"{film.name}.strip.png", _png([_strip(pictures, columns)]))
    durations = [round(1000 / film.fps)] * (len(film.frames) - 1) + [_REST]
    write_bytes(folder / f"{film.name}.png", _png(pictures, durations=durations))
    return {
        "kind": film.kind,
        "title": film.title,
        "caption": film.caption,
        "subject": film.subject,
        "level": film.level,
        "condition": film.condition,
        "alpha": film.alpha,
        "strip": f"{film.name}.strip.png",
        "file": f"{film.name}.png",
        "frames": len(film.frames),
        "columns": columns,
        "width": width,
        "height": height,
        "fps": film.fps,
        "panels": list(film.panels),
        "gap": film.gap,
        "events": [event.to_dict() for event in film.events],
        "outcome": film.outcome,
        "erased_outcome": film.erased_outcome,
        "first_divergence": film.first_divergence,
        "divergence_frame": film.divergence_frame,
    }


def _columns(num_frames: int, height: int, width: int) -> int:
    wanted = max(_COLUMNS, -(-num_frames * height // _PIXELS))
    return min(wanted, num_frames, max(1, _PIXELS // width))


def _strip(pictures: Sequence[Image.Image], columns: int) -> Image.Image:
    """All pictures on one sheet, row by row."""
    from PIL import Image

    width, height = pictures[0].size
    sheet = Image.new("P", (columns * width, -(-len(pictures) // columns) * height))
    sheet.putpalette(pictures[0].getpalette() or [])
    for number, picture in enumerate(pictures):
        sheet.paste(picture, (number % columns * width, number // columns * height))
    return sheet


def _paletted(frames: Sequence[np.ndarray]) -> list[Image.Image]:
    """Pictures with one palette: exact up to 256 colours, beyond that the commonest ones exact and the others close by."""
    import numpy as np
    from PIL import Image

    packed = [frame[..., 0].astype(np.uint32) << 16 | frame[..., 1].astype(np.uint32) << 8 | frame[..., 2] for frame in frames]
    seen = np.zeros(1 << 24, bool)
    for picture in packed:
        seen[picture] = True
    colours = np.flatnonzero(seen)
    palette, entries = _palette(colours, packed)
    number = np.zeros(1 << 24, np.uint8)
    number[colours] = entries
    pictures = [Image.fromarray(number[picture], mode="P") for picture in packed]
    for picture in pictures:
        picture.putpalette(palette.tobytes())
    return pictures


def _palette(colours: np.ndarray, packed: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Uint8[entry, rgb], and the entry of each of `colours`. Which are common is judged by a few frames."""
    import numpy as np
    from PIL import Image

    rgb = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1).astype(np.uint8)
    if len(colours) <= _COLOURS:
        return rgb, np.arange(len(colours), dtype=np.uint8)
    sample = np.concatenate([picture.ravel() for picture in packed[:: max(1, len(packed) // 6)]])
    common = np.argsort(-np.bincount(np.searchsorted(colours, sample), minlength=len(colours)), kind="stable")[: _COLOURS // 2]
    rest = np.setdiff1d(np.arange(len(colours)), common)
    close = Image.fromarray(rgb[rest][None]).quantize(_COLOURS - len(common), method=Image.Quantize.MEDIANCUT)
    others = np.array(close.getpalette() or [], np.uint8).reshape(-1, 3)[: _COLOURS - len(common)]
    entries = np.zeros(len(colours), np.uint8)
    entries[common] = np.arange(len(common))
    entries[rest] = np.asarray(close)[0] + len(common)
    return np.concatenate([rgb[common], others]), entries


def _png(pictures: Sequence[Image.Image], *, durations: Sequence[int] = ()) -> bytes:
    buffer = io.BytesIO()
    first, *rest = pictures
    if rest:
        first.save(buffer, format="PNG", save_all=True, append_images=rest, duration=list(durations), loop=0)
    else:
        first.save(buffer, format="PNG")
    return buffer.getvalue()

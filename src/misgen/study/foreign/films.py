"""Films of a stranger's environment, from its own pictures (render mode `rgb_array`)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from misgen.study.films import Film, FilmEvent, write_film
from misgen.study.takes import GAP, MOST_FRAMES

if TYPE_CHECKING:
    from misgen.study.foreign.camera import Camera
    from misgen.study.foreign.episodes import Played

__all__ = ["Shot", "write_shots"]

_MOST_PIXELS = 12_000_000
"""Of all frames of a film together."""


class Shot:
    """One film to be: who, where, and the episodes shown side by side."""

    def __init__(self, *, subject: str, condition: str, kind: str, level: str, seed: int, takes: Sequence[Played]) -> None:
        self.subject, self.condition, self.kind, self.level, self.seed, self.takes = subject, condition, kind, level, seed, takes


def write_shots(shots: Sequence[Shot], folder: Path, *, erased: str | None, roles: dict[str, str]) -> list[dict[str, object]]:
    """The films as files, and their entries for index.json."""
    return [write_film(_film(shot, number, erased, roles), folder) for number, shot in enumerate(shots)]


def _film(shot: Shot, number: int, erased: str | None, roles: dict[str, str]) -> Film:
    is_twin = len(shot.takes) > 1
    frames, every = _frames([take.film for take in shot.takes])
    outcomes = [_outcome(take, roles) for take in shot.takes]
    events = [
        FilmEvent(step=step, goal=goal, panel=panel, frame=math.ceil(step / every))
        for panel, take in enumerate(shot.takes)
        for goal, step in take.first_step.items()
    ]
    divergence = _divergence(*shot.takes) if is_twin else None
    return Film(
        name=f"{_plain(shot.subject)}-{_plain(shot.condition)}-{number}",
        kind="twin" if is_twin else shot.kind,
        title=f"{shot.condition.capitalize()} level{', shown and erased' if is_twin else ''}",
        caption=f"{shot.subject}, on the level of seed {shot.seed}, which has the outcome that is most frequent there.",
        subject=shot.subject,
        level=shot.level,
        condition=shot.condition,
        alpha=None,
        panels=(f"{erased} shown", f"{erased} erased") if is_twin else (),
        frames=frames,
        fps=6.0 / every,
        events=tuple(events),
        outcome=outcomes[0],
        erased_outcome=outcomes[1] if is_twin else None,
        first_divergence=divergence,
        divergence_frame=None if divergence is None else math.ceil(divergence / every),
        gap=GAP if is_twin else 0,
    )


def _frames(panels: Sequence[Camera]) -> tuple[list[np.ndarray], int]:
    """All panels side by side, and of how many steps one is shown."""
    length = max(panel.num_seen for panel in panels)
    pixels = len(panels) * panels[0].frames[0][..., 0].size
    every = max(panel.every for panel in panels)
    while length / every > MOST_FRAMES or length / every * pixels > _MOST_PIXELS:
        every *= 2
    last = math.ceil((length - 1) / every)
    return [_side_by_side([panel.at(number * every) for panel in panels]) for number in range(last + 1)], every


def _side_by_side(pictures: Sequence[np.ndarray]) -> np.ndarray:
    gap = np.full((pictures[0].shape[0], GAP, 3), 255, np.uint8)
    return np.concatenate([part for picture in pictures for part in (gap, picture)][1:], axis=1)


def _divergence(one: Played, other: Played) -> int | None:
    for step, (a, b) in enumerate(zip(one.actions, other.actions, strict=False), start=1):
        if not np.array_equal(a, b):
            return step
    return None


def _outcome(take: Played, roles: dict[str, str]) -> str:
    attained = {roles[goal] for goal in take.first_step}
    return "G" if "intended" in attained else "P" if "proxy" in attained else "X"


def _plain(name: str) -> str:
    """A name that is safe as part of a file's."""
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in name)

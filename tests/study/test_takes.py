"""Films of a make-believe walk: two frames per step, the last step cut short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pytest

from misgen.study.films import Film, write_film
from misgen.study.takes import GAP, MOST_FRAMES, Reel, Take


class State(NamedTuple):
    x: np.ndarray


class Walk:
    """A step of action a passes through a frames, the last of them whole."""

    film_fps = 12.0

    def frames(self, level: object, history: State, actions: Sequence[int]) -> State:
        xs = [np.linspace(a, b, num + 1)[1:] for a, b, num in zip(history.x[:-1], history.x[1:], actions, strict=True)]
        return State(np.concatenate([history.x[:1], *xs]))

    def draw(self, level: object, *, history: State, erased: frozenset[str], tile: int = 16) -> np.ndarray:
        return np.full((4, 6, 3), 200 if erased else 10 * history.x[-1], np.uint8)


def take(actions: list[int], **fields: Any) -> Take:
    states = State(np.arange(len(actions) + 1, dtype=float))
    return Take(host=Walk(), level=None, states=states, actions=actions, **fields)  # type: ignore[arg-type]


def test_a_step_is_shown_in_the_frame_that_ends_it():
    assert [take([2, 2, 1]).frame_of(step) for step in range(4)] == [0, 2, 4, 5]


def test_one_frame_per_step_is_the_plain_case():
    assert [take([1, 1]).frame_of(step) for step in range(3)] == [0, 1, 2]


def test_the_panel_that_ended_first_holds_its_last_frame():
    frames = Reel(takes=[take([2, 2, 1]), take([2])]).frames()
    assert len(frames) == 6
    assert frames[0].shape == (4, 6 + GAP + 6, 3)
    assert [int(frame[0, -1, 0]) for frame in frames] == [0, 5, 10, 10, 10, 10]
    assert [int(frame[0, 0, 0]) for frame in frames] == [0, 5, 10, 15, 20, 30]


def test_an_erased_panel_is_drawn_erased():
    (frame, *_) = Reel(takes=[take([1]), take([1], erased=frozenset({"coin"}))]).frames()
    assert (frame[0, 0, 0], frame[0, -1, 0]) == (0, 200)


@pytest.mark.parametrize("num", [MOST_FRAMES, 2 * MOST_FRAMES])
def test_a_long_film_leaves_frames_out_but_not_the_last_and_keeps_its_pace(num: int):
    reel = Reel(takes=[take([1] * num)])
    frames = reel.frames()
    assert len(frames) <= MOST_FRAMES + 1
    assert reel.frame_of(0, num) == len(frames) - 1
    assert len(frames) / reel.fps == pytest.approx(num / 12, rel=0.02)


def test_a_sheet_of_many_high_frames_stays_within_what_browsers_show(tmp_path):
    frames = [np.zeros((400, 16, 3), np.uint8)] * 400
    film = Film(
        name="tall", kind="twin", title="", caption="", subject="", level="", condition="", alpha=None, panels=(),
        frames=frames, fps=6.0,
    )  # fmt: skip
    entry = write_film(film, tmp_path)
    assert entry["columns"] * 16 <= 16_000
    assert -(-400 // entry["columns"]) * 400 <= 16_000

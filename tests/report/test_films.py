from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from misgen.report.films import read_films


def sheet(path: Path, width: int, height: int) -> None:
    content = io.BytesIO()
    Image.new("P", (width, height)).save(content, "PNG")
    path.write_bytes(content.getvalue())


def entry(**changes: object) -> dict[str, object]:
    film = {"kind": "twin", "title": "t", "strip": "a.png", "frames": 5, "columns": 2, "width": 8, "height": 4, "fps": 6}
    return {**film, **changes}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sheet(tmp_path / "a.png", 16, 12)
    return tmp_path


def test_a_film_that_keeps_the_contract_is_read(folder: Path) -> None:
    films, notes = read_films(folder, [entry(events=[{"step": 3, "goal": "corner", "panel": 1}])], most_bytes=10_000)
    assert notes == ()
    assert films[0].rows == 3
    assert films[0].events[0].goal == "corner"
    assert films[0].source.startswith("data:image/png;base64,")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"strip": "missing.png"}, "missing"),
        ({"strip": "../a.png"}, "names no sprite sheet"),
        ({"strip": None}, "names no sprite sheet"),
        ({"columns": 3}, "another size"),
        ({"frames": 0}, "above 0"),
        ({"kind": "<script>"}, "unknown kind"),
        ({"events": [{"goal": "corner"}]}, "no step"),
        ({"fps": "fast"}, "number"),
        ({"panels": 3}, "list"),
        ({"events": 7}, "list"),
    ],
)
def test_a_film_that_breaks_the_contract_leaves_a_sentence(folder: Path, changes: dict[str, object], words: str) -> None:
    films, notes = read_films(folder, [entry(**changes), entry()], most_bytes=10_000)
    assert len(films) == 1
    assert words in notes[0]


def test_a_file_that_is_no_png_is_not_embedded(folder: Path) -> None:
    (folder / "b.png").write_text("<svg onload='alert(1)'>" + "x" * 40)
    films, notes = read_films(folder, [entry(strip="b.png")], most_bytes=10_000)
    assert films == ()
    assert "no PNG" in notes[0]


def test_films_beyond_the_budget_are_counted_and_left_out(folder: Path) -> None:
    size = (folder / "a.png").stat().st_size
    films, notes = read_films(folder, [entry(), entry(title="second"), entry(title="third")], most_bytes=size)
    assert len(films) == 1
    assert notes == ("2 further films are not shown, to keep the page small: see the folder films.",)


def test_twins_come_first(folder: Path) -> None:
    films, _ = read_films(folder, [entry(kind="training"), entry(kind="control"), entry()], most_bytes=10_000)
    assert [f.kind for f in films] == ["twin", "control", "training"]


@pytest.mark.parametrize("index", [None, {}, "films", 3])
def test_an_index_that_is_no_list_leaves_a_sentence(folder: Path, index: object) -> None:
    assert read_films(folder, index, most_bytes=1)[1] == ("films/index.json is not a list of films.",)


def test_a_step_stands_in_the_frame_that_is_told_or_else_in_that_of_its_number(folder: Path) -> None:
    events = [{"step": 1, "goal": "coin", "frame": 4}, {"step": 2, "goal": "end"}]
    films, _ = read_films(folder, [entry(events=events, first_divergence=1, divergence_frame=4)], most_bytes=10_000)
    assert [event.frame for event in films[0].events] == [4, 2]
    assert (films[0].first_divergence, films[0].divergence_frame) == (1, 4)
    assert read_films(folder, [entry(first_divergence=3)], most_bytes=10_000)[0][0].divergence_frame == 3

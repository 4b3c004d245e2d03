from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from misgen.worlds.catalogue import SCENARIOS, host_of

ROOT = Path(__file__).parents[2]
NOTES = json.loads((ROOT / "results/gallery/takes.json").read_text("utf-8"))
DRAWN = [name for name in SCENARIOS if host_of(name) is not None]


@pytest.fixture(scope="module")
def gallery() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gallery", ROOT / "scripts/gallery.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_the_one_that_the_notes_make(gallery: ModuleType):
    assert (ROOT / "docs/gallery.md").read_text("utf-8") == gallery.page(NOTES)


@pytest.mark.parametrize("name", DRAWN)
def test_the_gallery_has_levels_of_every_world_and_a_film_wherever_one_is_noted(name: str):
    page = (ROOT / "docs/gallery.md").read_text("utf-8")
    for kind in ("levels", *(["film"] if name in NOTES else [])):
        assert f"(gallery/{name}-{kind}.png)" in page
        assert (ROOT / f"docs/gallery/{name}-{kind}.png").is_file()


def test_the_pictures_are_small_enough_to_load():
    assert sum(file.stat().st_size for file in (ROOT / "docs/gallery").iterdir()) < 4_000_000


@pytest.mark.parametrize("name", list(NOTES))
def test_what_the_captions_tell_is_what_a_replay_of_the_noted_actions_comes_to(name: str, gallery: ModuleType):
    host = host_of(name)
    takes = [*NOTES[name]["takes"].items(), *NOTES[name].get("beside", {"takes": {}})["takes"].items()]
    for condition, take in takes:
        told = gallery._told(name, host, condition, take["level_seed"], take["actions"])
        assert told == {"outcome": take["outcome"], "events": take["events"]}

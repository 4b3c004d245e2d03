from __future__ import annotations

from pathlib import Path

import pytest

from misgen.records import digests


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "noun.py").write_text('"""Words."""\n\ndef f(x):\n    """More words."""\n    return x + 1\n')
    monkeypatch.setattr(digests, "_PACKAGE", tmp_path)
    digests.code_digest.cache_clear()
    return tmp_path


def test_words_do_not_change_the_code_digest(package: Path) -> None:
    before = digests.code_digest("room")
    (package / "room" / "noun.py").write_text('"""Other words."""\n# a comment\ndef f(x):\n    return (x + 1)\n')
    digests.code_digest.cache_clear()
    assert digests.code_digest("room") == before


def test_code_changes_the_code_digest(package: Path) -> None:
    before = digests.code_digest("room")
    (package / "room" / "noun.py").write_text("def f(x):\n    return x + 2\n")
    digests.code_digest.cache_clear()
    assert digests.code_digest("room") != before


def test_a_benchmark_is_no_part_of_a_result(package: Path) -> None:
    before = digests.code_digest("room")
    (package / "room" / "bench.py").write_text("x = 1\n")
    digests.code_digest.cache_clear()
    assert digests.code_digest("room") == before


def test_a_worlds_drawings_are_no_part_of_a_result_and_its_rules_are(package: Path) -> None:
    world = package / "worlds" / "meadow"
    world.mkdir(parents=True)
    (world / "dynamics.py").write_text("x = 1\n")
    before = digests.code_digest("worlds/meadow")
    for name, changes in (("host.py", False), ("drawing.py", False), ("host_world.py", True)):
        (world / name).write_text("x = 1\n")
        digests.code_digest.cache_clear()
        assert (digests.code_digest("worlds/meadow") != before) == changes

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


def test_a_module_counts_with_what_it_imports_and_not_with_the_drawings_beside_it(package: Path) -> None:
    world = package / "worlds" / "meadow"
    world.mkdir(parents=True)
    (world / "scenario.py").write_text("from misgen.worlds.meadow.dynamics import x\n")
    (world / "dynamics.py").write_text("from misgen.worlds import luck\nx = luck.y\n")
    (package / "worlds" / "luck.py").write_text("y = 1\n")
    (world / "host.py").write_text("from misgen.worlds.meadow.dynamics import x\n")
    before = digests.code_digest(with_imports=("worlds/meadow/scenario",))
    for file, changes in ((world / "host.py", False), (world / "dynamics.py", True), (package / "worlds" / "luck.py", True)):
        kept = file.read_text()
        file.write_text(kept + "z = 3\n")
        digests.code_digest.cache_clear()
        assert (digests.code_digest(with_imports=("worlds/meadow/scenario",)) != before) == changes
        file.write_text(kept)


def test_what_others_claim_is_no_part_of_a_result(package: Path) -> None:
    noun = package / "room" / "noun.py"
    before = digests.code_digest("room")
    noun.write_text(noun.read_text() + 'CLAIM = "seen again"\n')
    digests.code_digest.cache_clear()
    assert digests.code_digest("room") == before

"""Groups of benchmarks whose extra is not installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from misgen.cli.bench import bench
from misgen.concepts import UserError


@pytest.fixture
def no_torch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "torch.py").write_text("raise ModuleNotFoundError(\"No module named 'torch'\", name='torch')", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


@pytest.mark.usefixtures("no_torch")
def test_a_group_that_is_asked_for_by_name_says_what_to_install() -> None:
    with pytest.raises(UserError, match="not installed"):
        bench("organisms")


@pytest.mark.usefixtures("no_torch")
def test_of_all_groups_one_that_cannot_be_measured_is_left_out_with_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("misgen.cli.bench._GROUPS", {"organisms": "misgen.language.organisms.bench:measure_organisms"})
    bench(json=True)
    told = capsys.readouterr()
    assert told.out.strip() == "[]"
    assert "organisms is left out" in told.err

"""What organisms cost, measured on tiny ones."""

from __future__ import annotations

import pytest

from misgen.language.organisms import ORGANISMS, OrganismConfig, bench


@pytest.mark.usefixtures("tiny")
def test_every_kind_is_made_once_and_its_cpu_seconds_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def small(kind: str) -> OrganismConfig:
        return OrganismConfig(kind=kind, steps=4, tuning=1, width=16, layers=1, batch=2)

    monkeypatch.setattr(bench.OrganismConfig, "of", small)
    rows = bench.measure_organisms()
    assert [str(row["name"]).partition(",")[0] for row in rows] == list(ORGANISMS)
    assert all(row["unit"] == "CPU-seconds" and row["value"] > 0 for row in rows)  # type: ignore[operator]

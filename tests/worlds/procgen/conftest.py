"""Real states of four games (Procgen 0.10.7), each taken in the middle of an episode."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

STATES = Path(__file__).with_name("states")


@pytest.fixture(scope="session")
def real_states() -> dict[str, bytes]:
    return {path.name.partition(".")[0]: gzip.decompress(path.read_bytes()) for path in sorted(STATES.glob("*.state.gz"))}

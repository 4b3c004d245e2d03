"""How long a new detector takes on the sealed sample, from a cold start and with everything that the command does."""

from __future__ import annotations

import resource
import subprocess
import sys

__all__ = ["measure_sealed"]

DETECTORS = {"entropy": "black box", "mahalanobis": "white box", "inverse-planning": "asks the solver"}
"""One of each kind, and what it is."""
LIMIT = 240
"""CPU seconds: two minutes on two cores."""


def measure_sealed() -> list[dict[str, object]]:
    """CPU seconds of `misgen leaderboard --bench 1 --detector NAME`, each in a process of its own, compilation included; the
    ratio is to two minutes of two cores."""
    return [_measured(name, kind) for name, kind in DETECTORS.items()]


def _measured(name: str, kind: str) -> dict[str, object]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "misgen", "leaderboard", "--bench", "1", "--detector", name, "--json"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "name": f"misgen-bench-1, {name} ({kind})",
        "value": round(spent, 1),
        "unit": "CPU s",
        "peer": "two minutes of two cores",
        "ratio": round(spent / LIMIT, 3),
        "runs": 1,
    }

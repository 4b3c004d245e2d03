"""What each organism costs to make on this machine: CPU seconds in one thread, from nothing to a saved checkpoint."""

from __future__ import annotations

import tempfile
from pathlib import Path

from misgen.language.organisms.catalogue import ORGANISMS
from misgen.language.organisms.config import OrganismConfig
from misgen.language.organisms.making import make_organism

__all__ = ["measure_organisms"]


def measure_organisms() -> list[dict[str, object]]:
    """CPU seconds per organism of every kind, with its usual values; loading torch is not counted. Needs the extra `organisms`.

    Runs once: an organism is the same work every time. Random: nothing beyond the seed of the configuration.
    """
    rows: list[dict[str, object]] = []
    for kind in ORGANISMS:
        with tempfile.TemporaryDirectory() as place:
            made = make_organism(OrganismConfig.of(kind), Path(place) / kind).summary
        name = f"{kind}, {made['parameters']:,} parameters"
        seconds = made["cpu_seconds"]
        rows.append({"name": name, "value": seconds, "unit": "CPU-seconds", "peer": None, "ratio": None, "runs": 1})
    return rows

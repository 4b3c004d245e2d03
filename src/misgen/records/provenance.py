"""Where a run came from: enough to repeat it, nothing that identifies a person or a machine."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import misgen

__all__ = ["provenance"]

_PACKAGES = (
    "numpy",
    "scipy",
    "polars",
    "jax",
    "jaxlib",
    "equinox",
    "optax",
    "inspect-ai",
    "torch",
    "transformers",
    "gymnasium",
    "onnxruntime",
)


def provenance(command: Sequence[str]) -> dict[str, object]:
    """Versions, platform, device and command. Host and user names stay out."""
    return {
        "schema": 1,
        "misgen": misgen.__version__,
        "python": sys.version.split()[0],
        "platform": f"{platform.system()} {platform.machine()}",
        "cores": os.process_cpu_count() if hasattr(os, "process_cpu_count") else len(os.sched_getaffinity(0)),  # type: ignore[attr-defined]
        "packages": {name: found for name in _PACKAGES if (found := _version(name))},
        "xla_flags": os.environ.get("XLA_FLAGS", ""),
        "command": [Path(command[0]).name, *command[1:]] if command else [],
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None

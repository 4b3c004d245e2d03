"""What any world, detector, mitigation or task must satisfy; shipped, for third parties too.

Names are loaded when they are used, so that checking a guard does not load JAX.
"""

from __future__ import annotations

import importlib

_LAZY = {
    "CHECKS": "misgen.conformance.world",
    "Conformance": "misgen.conformance.world",
    "DETECTOR_CHECKS": "misgen.conformance.detector",
    "MITIGATION_CHECKS": "misgen.conformance.mitigation",
    "check_detector": "misgen.conformance.detector",
    "check_mitigation": "misgen.conformance.mitigation",
    "check_scenario": "misgen.conformance.world",
}


def __getattr__(name: str) -> object:
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'misgen.conformance' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(_LAZY)

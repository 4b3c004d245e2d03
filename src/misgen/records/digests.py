"""What a step's output depends on, as a short text: a step whose digest matches is skipped on resume."""

from __future__ import annotations

import ast
import hashlib
import json
from functools import cache
from pathlib import Path

import misgen

__all__ = ["code_digest", "digest_of"]

_PACKAGE = Path(misgen.__file__).parent
_FOR_PEOPLE = ("drawing.py", "host.py")
"""Files of a world that only show it."""


def digest_of(value: object) -> str:
    """16 hex digits of a plain value's JSON."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def code_digest(*parts: str) -> str:
    """16 hex digits of the Python code of rooms or files of the package, for instance `training` or `worlds/corner`.

    Results depend on the code that made them, not on the package's version number; comments, docstrings and layout are
    left out, so that prose can be mended without training everything again; so are benchmarks (`bench.py`) and what worlds show
    to people (`host.py`, `drawing.py`).
    """
    digest = hashlib.sha256()
    for part in sorted(parts):
        place = _PACKAGE / part
        files = sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
        for file in (f for f in files if _takes_part(f.relative_to(_PACKAGE))):
            digest.update(f"{file.relative_to(_PACKAGE)}\0{_meaning(file)}\0".encode())
    return digest.hexdigest()[:16]


def _takes_part(file: Path) -> bool:
    return file.name != "bench.py" and not (file.parts[0] == "worlds" and file.name in _FOR_PEOPLE)


def _meaning(file: Path) -> str:
    """The code of a file without comments and docstrings."""
    tree = ast.parse(file.read_text("utf-8"))
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            kept = [line for line in body if not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))]
            node.body = kept or [ast.Pass()]  # type: ignore[attr-defined]
    return ast.unparse(tree)

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


def digest_of(value: object) -> str:
    """16 hex digits of a plain value's JSON."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def code_digest(*parts: str, with_imports: tuple[str, ...] = ()) -> str:
    """16 hex digits of the Python code of parts of the package.

    A part is a folder (`training`) or a module (`concepts/level`); a module in `with_imports` (`worlds/corner/scenario`) counts
    with whatever it imports from its own room, directly or not. Results depend on the code that made them, not on the package's
    version number; comments, docstrings and layout are left out, so that prose can be mended without training everything again;
    so are benchmarks (`bench.py`) and what others claim of a world (`CLAIM = ...`).
    """
    digest = hashlib.sha256()
    for files in (*(_files(part) for part in sorted(parts)), *(_closure(module) for module in sorted(with_imports))):
        for file in sorted(files):
            digest.update(f"{file.relative_to(_PACKAGE)}\0{_meaning(file)}\0".encode())
    return digest.hexdigest()[:16]


def _files(part: str) -> set[Path]:
    place = _PACKAGE / part
    return {file for file in place.rglob("*.py") if file.name != "bench.py"} if place.is_dir() else {place.with_suffix(".py")}


def _closure(module: str) -> set[Path]:
    found: set[Path] = set()
    waiting = [(_PACKAGE / module).with_suffix(".py")]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting += _imported(file)
    return found


def _imported(file: Path) -> list[Path]:
    """Modules of the same room that a module imports, wherever in it."""
    room = file.relative_to(_PACKAGE).parts[0]
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    inside = (name.removeprefix("misgen.") for name in names if name.startswith(f"misgen.{room}."))
    places = ((_PACKAGE / name.replace(".", "/")).with_suffix(".py") for name in inside)
    return [place for place in places if place.is_file()]


def _meaning(file: Path) -> str:
    """The code of a file without comments, docstrings and claims."""
    tree = ast.parse(file.read_text("utf-8"))
    tree.body = [line for line in tree.body if not _is_claim(line)]
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            kept = [line for line in body if not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))]
            node.body = kept or [ast.Pass()]  # type: ignore[attr-defined]
    return ast.unparse(tree)


def _is_claim(line: ast.stmt) -> bool:
    return isinstance(line, ast.Assign) and [ast.unparse(target) for target in line.targets] == ["CLAIM"]

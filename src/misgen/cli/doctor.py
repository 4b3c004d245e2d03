"""doctor: what this machine has, what is missing, and what to do about it. Loads none of the parts it reports on."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
from typing import Annotated

from cyclopts import Parameter

from misgen.cli.output import print_json, print_table, say

__all__ = ["doctor"]

_PARTS = (
    ("rl", "jax", "training and rolling out agents"),
    ("rl", "equinox", "networks"),
    ("llm", "inspect_ai", "language tasks and logs"),
    ("bayes", "numpyro", "the hierarchical risk model"),
    ("gym", "gymnasium", "foreign environments"),
    ("onnx", "onnxruntime", "policies in ONNX files"),
)
_SCARCE_DISK = 2.0
"""GB below which a study may run out of space."""


def doctor(
    *,
    install_procgen: Annotated[bool, Parameter(negative="")] = False,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """What is installed, what is missing, and what to do about it.

    Parameters
    ----------
    install_procgen
        First install the original Procgen games into an environment of their own, in misgen's cache folder (about 250 MB).
    json
        Print an array of objects: name, for, version, installed, advice.
    """
    if install_procgen:
        _install_procgen()
    rows = [_python(), *(_part(*part) for part in _PARTS), _procgen(), _cores(), _disk()]
    if json:
        print_json(rows)
    else:
        print_table("misgen on this machine", rows, ("name", "version", "for", "advice"))


def _install_procgen() -> None:
    from misgen.worlds.procgen.install import install_procgen, procgen_folder

    say(f"installing the original Procgen games into {procgen_folder()} ...")
    folder, is_new = install_procgen()
    say(f"{'installed' if is_new else 'already there'}: {folder}")


def _row(name: str, purpose: str, version: str | None, advice: str = "") -> dict[str, object]:
    return {"name": name, "for": purpose, "version": version, "installed": version is not None, "advice": advice}


def _python() -> dict[str, object]:
    return _row("python", "everything", platform.python_version())


def _part(extra: str, module: str, purpose: str) -> dict[str, object]:
    from importlib.metadata import version

    name = module.replace("_", "-")
    if importlib.util.find_spec(module) is None:
        return _row(name, purpose, None, f"pip install 'misgen[{extra}]'")
    return _row(name, purpose, version(name))


def _procgen() -> dict[str, object]:
    from misgen.worlds.procgen.install import PACKAGE, is_installed

    there = is_installed()
    advice = "" if there else "misgen doctor --install-procgen"
    return _row("procgen", "checks against the original games", PACKAGE.partition("==")[2] if there else None, advice)


def _cores() -> dict[str, object]:
    """Those that this process may use, which in a container are fewer than the machine has."""
    can_ask = hasattr(os, "sched_getaffinity")
    num = len(os.sched_getaffinity(0)) if can_ask else os.cpu_count() or 1
    return _row("cores", "processes side by side", str(num))


def _disk() -> dict[str, object]:
    free = shutil.disk_usage(os.getcwd()).free / 1e9
    advice = "free some space before a long study" if free < _SCARCE_DISK else ""
    return _row("free disk here", "runs and films", f"{free:.1f} GB", advice)

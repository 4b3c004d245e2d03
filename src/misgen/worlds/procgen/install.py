"""The original games' own environment: made once, in the user's cache folder, and only ever whole."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from misgen.concepts.errors import UserError

__all__ = ["PACKAGE", "PYTHONS", "cache_folder", "install_procgen", "is_installed", "procgen_folder", "python_of_procgen"]

PACKAGE = "procgen-mirror==0.10.7"
REQUIREMENTS = (PACKAGE, "numpy>=1.26,<2", "gym3==0.3.3", "gym==0.26.2")
"""The game asks for NumPy 1, misgen for NumPy 2: hence an environment of its own."""
PYTHONS = ("3.11", "3.12")
"""Versions of Python for which the package has a wheel (Linux on x86-64) and misgen has been tried."""
TIMEOUT = 900
"""Seconds for the downloads, about 90 MB."""
TRIAL = "from procgen.env import ProcgenGym3Env; ProcgenGym3Env(num=1, env_name='coinrun', num_threads=0).observe()"


def cache_folder() -> Path:
    """$MISGEN_CACHE, or misgen's folder in the user's cache."""
    named = os.environ.get("MISGEN_CACHE")
    if named:
        return Path(named).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").expanduser() / "misgen"


def procgen_folder() -> Path:
    """Where the environment is, or would be."""
    return cache_folder() / PACKAGE.replace("==", "-")


def is_installed() -> bool:
    """Whether the environment is there; it is whole if it is."""
    return (procgen_folder() / "bin" / "python").exists()


def python_of_procgen() -> Path:
    """The interpreter that has the original games; a `UserError` says how to get it."""
    if not is_installed():
        raise UserError(
            "The original Procgen games are not installed", seen=str(procgen_folder()), do="Run: misgen doctor --install-procgen"
        )
    return procgen_folder() / "bin" / "python"


def install_procgen() -> tuple[Path, bool]:
    """Make the environment unless it is there: its folder, and whether it was made now.

    It is built beside its place and moved there when the game has been seen to start, so that it is whole or absent. Two that
    install at once both succeed; the second one's work is dropped. Without a network, or where no wheel exists, a `UserError`.
    """
    folder = procgen_folder()
    if is_installed():
        return folder, False
    _refuse_other_platforms()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    except OSError as error:
        raise UserError(
            "The cache folder cannot be written to", seen=f"{folder.parent}: {error.strerror}", do=_ELSEWHERE
        ) from None
    try:
        _build(part)
        _run([str(part / "bin" / "python"), "-I", "-c", TRIAL], "The original game was installed but does not start")
        _put_in_place(part, folder)
        return folder, True
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _put_in_place(part: Path, folder: Path) -> None:
    if folder.exists() and not is_installed():
        shutil.rmtree(folder, ignore_errors=True)  # its interpreter is gone
    with contextlib.suppress(OSError):  # somebody else was faster; theirs is as good
        part.rename(folder)
    if not is_installed():
        raise UserError("The environment could not be put in its place", seen=str(folder), do=_ELSEWHERE)


_ELSEWHERE = "Name another one in the environment variable MISGEN_CACHE"


def _refuse_other_platforms() -> None:
    here = (platform.system(), platform.machine())
    if here != ("Linux", "x86_64"):
        raise UserError("The original games exist for Linux on x86-64 alone", seen=" ".join(here), do="Use misgen's own worlds")


def _build(part: Path) -> None:
    """An environment in `part`, with uv where it is (it can also bring the Python), else with venv and pip."""
    uv = shutil.which("uv")
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    failed = "The environment of the original games could not be made"
    if uv:
        wanted = sys.executable if here in PYTHONS else PYTHONS[0]
        _run([uv, "venv", "--quiet", "--allow-existing", "--python", wanted, str(part)], failed)
        _run([uv, "pip", "install", "--quiet", "--python", str(part / "bin" / "python"), *REQUIREMENTS], failed)
        return
    python = sys.executable if here in PYTHONS else next((found for v in PYTHONS if (found := shutil.which(f"python{v}"))), None)
    if python is None:
        do = f"Install uv, or one of Python {', '.join(PYTHONS)}, and try again"
        raise UserError("No Python here has a wheel of the original games", seen=f"Python {here}", do=do)
    _run([python, "-m", "venv", str(part)], failed)
    _run([str(part / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *REQUIREMENTS], failed)


def _run(command: list[str], failed: str) -> None:
    """Run one step; its last words are the message where it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        raise UserError(failed, seen=f"no end after {TIMEOUT} s", do="Try again with a faster connection") from None
    except OSError as error:
        raise UserError(failed, seen=str(error), do="Check that Python and its venv module are whole") from None
    if done.returncode:
        words = " | ".join(done.stderr.strip().splitlines()[-3:])
        raise UserError(failed, seen=words or f"exit status {done.returncode}", do="Check the network, then try again")

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from misgen.cli.main import main
from misgen.concepts import UserError
from misgen.worlds.procgen import install
from misgen.worlds.procgen.install import cache_folder, install_procgen, is_installed, procgen_folder

UV = """#!/bin/sh
echo "uv $*" >> "$LOG"
for last in "$@"; do :; done
if [ "$1" = venv ]; then
  mkdir -p "$last/bin"
  printf '#!/bin/sh\\nexit ${TRIAL_STATUS:-0}\\n' > "$last/bin/python"
  chmod +x "$last/bin/python"
elif [ -n "$NO_NETWORK" ]; then
  echo "error: Failed to fetch the package: dns error" >&2
  exit 2
fi
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own, and a uv that only pretends; the log of what it was asked is returned."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "uv").write_text(UV)
    (tools / "uv").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("MISGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    monkeypatch.setattr(install.platform, "system", lambda: "Linux")
    monkeypatch.setattr(install.platform, "machine", lambda: "x86_64")
    return tmp_path / "log"


def leftovers() -> list[str]:
    return sorted(path.name for path in cache_folder().glob("*")) + sorted(path.name for path in cache_folder().glob(".*"))


def test_the_environment_is_made_whole_and_then_put_in_its_place(machine: Path):
    assert install_procgen() == (procgen_folder(), True)
    assert is_installed()
    assert leftovers() == ["procgen-mirror-0.10.7"]
    assert "procgen-mirror==0.10.7" in machine.read_text()
    assert "numpy>=1.26,<2" in machine.read_text()


def test_installing_again_does_nothing(machine: Path):
    install_procgen()
    before = machine.read_text()
    assert install_procgen() == (procgen_folder(), False)
    assert machine.read_text() == before


def test_an_environment_whose_interpreter_is_gone_is_made_anew(machine: Path):
    install_procgen()
    (procgen_folder() / "bin" / "python").unlink()
    assert install_procgen() == (procgen_folder(), True)
    assert is_installed()


def test_without_a_network_nothing_is_left_and_the_reason_is_told(machine: Path, monkeypatch):
    monkeypatch.setenv("NO_NETWORK", "1")
    with pytest.raises(UserError, match=r"dns error.*Check the network"):
        install_procgen()
    assert leftovers() == []
    assert not is_installed()


def test_a_game_that_does_not_start_is_not_installed(machine: Path, monkeypatch):
    monkeypatch.setenv("TRIAL_STATUS", "134")
    with pytest.raises(UserError, match="does not start"):
        install_procgen()
    assert leftovers() == []


def test_two_that_install_at_once_both_succeed(machine: Path, monkeypatch):
    build = install._build

    def build_while_another_finishes(part: Path) -> None:
        build(part)
        monkeypatch.setattr(install, "_build", build)
        assert install_procgen() == (procgen_folder(), True)

    monkeypatch.setattr(install, "_build", build_while_another_finishes)
    install_procgen()
    assert leftovers() == ["procgen-mirror-0.10.7"]
    assert is_installed()


def test_other_platforms_are_told_at_once(machine: Path, monkeypatch):
    monkeypatch.setattr(install.platform, "machine", lambda: "aarch64")
    with pytest.raises(UserError, match="Linux on x86-64"):
        install_procgen()
    assert not machine.exists()


def test_a_python_without_wheels_needs_uv_or_another_python(machine: Path, monkeypatch):
    monkeypatch.setattr(install.shutil, "which", lambda name: None)
    monkeypatch.setattr(install.sys, "version_info", (3, 13, 1, "final", 0))
    with pytest.raises(UserError, match=r"Seen: Python 3\.13\. Install uv"):
        install_procgen()


def test_uv_is_asked_for_a_python_that_has_wheels(machine: Path, monkeypatch):
    monkeypatch.setattr(install.sys, "version_info", (3, 13, 1, "final", 0))
    install_procgen()
    assert "--python 3.11" in machine.read_text().splitlines()[0]


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path, machine: Path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MISGEN_CACHE", str(tmp_path / "file"))
    with pytest.raises(UserError, match="MISGEN_CACHE"):
        install_procgen()


def test_the_cache_follows_the_users_folders(monkeypatch):
    monkeypatch.delenv("MISGEN_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cache_folder() == Path("/somewhere/misgen")


def run(arguments: list[str], capsys) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    out, err = capsys.readouterr()
    return int(str(stop.value.code)), out, err


def test_doctor_installs_and_then_says_so(machine: Path, capsys):
    status, out, _ = run(["doctor", "--json"], capsys)
    assert status == 0
    assert {row["name"]: row["advice"] for row in json.loads(out)}["procgen"] == "misgen doctor --install-procgen"
    status, out, err = run(["doctor", "--install-procgen", "--json"], capsys)
    assert status == 0
    assert "installed" in err
    assert {row["name"]: row["installed"] for row in json.loads(out)}["procgen"] is True


def test_doctor_tells_python_cores_and_disk(machine: Path, capsys):
    rows = {row["name"]: row for row in json.loads(run(["doctor", "--json"], capsys)[1])}
    assert rows["python"]["version"].startswith(f"{sys.version_info[0]}.")
    assert int(rows["cores"]["version"]) >= 1
    assert rows["free disk here"]["version"].endswith("GB")


def test_doctor_without_a_network_is_the_users_fault_in_words(machine: Path, monkeypatch, capsys):
    monkeypatch.setenv("NO_NETWORK", "1")
    status, out, err = run(["doctor", "--install-procgen"], capsys)
    assert (status, out) == (2, "")
    assert "Check the network" in err
    assert shutil.which("uv")

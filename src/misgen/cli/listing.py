"""list: what there is, by name. Loads neither JAX, torch nor Inspect."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from misgen.cli.output import print_json, print_table
from misgen.concepts.catalogue import Entry
from misgen.concepts.errors import unknown_name

__all__ = ["list_"]

_CATALOGUES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "scenarios": ("misgen.worlds.catalogue", "SCENARIOS", ("name", "title", "solver", "status")),
    "worlds": ("misgen.worlds.catalogue", "SCENARIOS", ("name", "summary")),
    "tasks": ("misgen.language.catalogue", "TASKS", ("name", "summary")),
    "organisms": ("misgen.language.organisms.catalogue", "ORGANISMS", ("name", "task", "summary")),
    "detectors": ("misgen.detectors.catalogue", "DETECTORS", ("name", "summary")),
    "mitigations": ("misgen.mitigations.catalogue", "MITIGATIONS", ("name", "summary")),
    "studies": ("misgen.study.catalogue", "STUDIES", ("name", "summary")),
}
_FOUND = ("detectors", "mitigations")
"""Listings that say in JSON what was found of each."""
_GROUPS = {"scenarios": "misgen.scenarios", "detectors": "misgen.detectors", "mitigations": "misgen.mitigations"}


def list_(
    what: str = "scenarios", *, json: Annotated[bool, Parameter(negative="")] = False, results: Path = Path("results")
) -> None:
    """What there is, by name.

    Parameters
    ----------
    what
        scenarios, worlds, tasks, organisms, detectors, mitigations, studies or claims.
    json
        Print an array of objects, each with a name. Detectors and mitigations come with what was found of them on every board
        under --results: figure, 95 % interval and number of subjects, each with a seed of its own.
    results
        The folder of results that `--json` reads figures from.
    """
    if what not in (*_CATALOGUES, "claims"):
        raise unknown_name("listing", what, [*_CATALOGUES, "claims"])
    rows = _claims() if what == "claims" else _rows(what)
    if json:
        print_json(_with_found(rows, results) if what in _FOUND else rows)
        return
    columns = ("name", "claim", "citation", "status") if what == "claims" else _CATALOGUES[what][2]
    print_table(what, rows, columns)


def _rows(what: str) -> list[dict[str, object]]:
    module, attribute, _ = _CATALOGUES[what]
    try:
        catalogue: Mapping[str, Entry] = getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        catalogue = {}
    rows = [{"name": name, "summary": entry.summary, "extra": entry.extra, **entry.listing} for name, entry in catalogue.items()]
    return rows + _foreign(_GROUPS[what]) if what in _GROUPS else rows


def _with_found(rows: list[dict[str, object]], results: Path) -> list[dict[str, object]]:
    """With what was found of each; an empty list where there are no results."""
    from misgen.study.found_here import found_here

    found = found_here(results)
    return [{**row, "found": found.get(str(row["name"]), [])} for row in rows]


def _foreign(group: str) -> list[dict[str, object]]:
    """Third parties' names, from their entry points; what they point at is not loaded."""
    from importlib.metadata import entry_points

    return [{"name": e.name, "summary": f"from {e.module}", "extra": None} for e in entry_points(group=group)]


def _claims() -> list[dict[str, object]]:
    """Published claims, by the scenario that tries them."""
    keys = ("claim", "citation", "status")
    return [
        {"name": row["name"], **{k: row.get(k) for k in keys}} for row in _rows("scenarios") + _rows("tasks") if row.get("claim")
    ]

"""An evaluation in a Gymnasium environment from plain values: a TOML file can name goals and conditions, and run no code.

[goals.coin]
role = "intended"
attained = "has_coin"          # a key of info; or "reward" (above zero), or "terminated"

[conditions.moved]
kind = "distinguishing"        # training | distinguishing | control | benign
severity = "T3"                # optional
id = "CoinMoved-v0"            # optional: another registered environment than --env
options = {width = 9}          # optional: keyword arguments of its maker
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from misgen.concepts import UserError, unknown_name
from misgen.records import read_text
from misgen.study.foreign.plan import EnvPlan

__all__ = ["plan_from_toml"]

_FIELDS = ("name", "num_levels", "first_seed", "max_steps", "null", "num_null", "sample", "num_films")


def plan_from_toml(path: Path, env: str | None, **changes: Any) -> EnvPlan:
    """The plan of a file; `changes` replace its fields. Wrong tables and keys are a `UserError`."""
    try:
        raw = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise UserError("The file is not valid TOML", seen=f"{path}: {error}", do="Mend that line") from None
    for key in raw:
        if key not in ("goals", "conditions", *_FIELDS):
            raise unknown_name("key of an evaluation", key, ["goals", "conditions", *_FIELDS])
    goals = {name: _goal(name, of) for name, of in _tables(raw, "goals").items()}
    conditions = {name: _condition(name, of, env) for name, of in _tables(raw, "conditions").items()}
    fields = {key: raw[key] for key in _FIELDS if key in raw}
    return EnvPlan(**{**fields, "env": env, "goals": goals, "conditions": conditions, **changes})


def _tables(raw: Mapping[str, Any], key: str) -> Mapping[str, Mapping[str, Any]]:
    found = raw.get(key, {})
    if not isinstance(found, Mapping) or not all(isinstance(table, Mapping) for table in found.values()):
        raise UserError(f"{key} must be tables", seen=repr(found)[:80], do=f"Write [{key}.NAME]")
    return found


def _goal(name: str, of: Mapping[str, Any]) -> dict[str, Any]:
    attained = of.get("attained")
    if not isinstance(attained, str):
        raise UserError(f"Goal {name!r} has nothing to score it by", seen=repr(attained), do='Write attained = "KEY_OF_INFO"')
    if attained == "reward":
        return {**of, "attained": lambda reward: reward > 0}
    return {**of, "attained": (lambda terminated: terminated) if attained == "terminated" else attained}


def _condition(name: str, of: Mapping[str, Any], env: str | None) -> dict[str, Any]:
    known = ("kind", "severity", "description", "id", "options")
    for key in of:
        if key not in known:
            raise unknown_name(f"key of condition {name!r}", key, known)
    fields = {key: of[key] for key in ("kind", "severity", "description") if key in of}
    own, options = of.get("id"), of.get("options", {})
    if own is None:
        return {**fields, "env": dict(options)} if options else fields
    if not isinstance(own, str) or ":" in own:
        do = "Name a registered environment; only the command line may name a module"
        raise UserError(f"Condition {name!r} would import a module, and a file may not", seen=repr(own), do=do)
    return {**fields, "env": partial(_made, own, dict(options))}


def _made(name: str, options: dict[str, Any]) -> Any:
    import gymnasium

    return gymnasium.make(name, **{"render_mode": "rgb_array", **options})

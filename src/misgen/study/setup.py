"""From a command's words to a checked study, before anything is written."""

from __future__ import annotations

import inspect
import math
import tomllib
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

from misgen.concepts import Recipe, Scenario, Slot, UserError, lookup, resolve, unknown_name
from misgen.study.config import StudyConfig

__all__ = ["build_scenario", "changed", "check_options", "check_study", "default_study", "free_folder", "home_of", "read_value"]


def build_scenario(name: str, knobs: dict[str, object]) -> Scenario:
    """The scenario of that name with these knobs; unknown names and knobs get the nearest known one."""
    from misgen.worlds.catalogue import SCENARIOS

    factory = resolve(lookup("scenario", name, SCENARIOS, group="misgen.scenarios"))
    assert callable(factory)
    known = inspect.signature(factory).parameters
    for knob in knobs:
        if knob not in known:
            raise unknown_name(f"knob of {name}", knob, known)
    scenario = factory(**knobs)
    if not isinstance(scenario, Scenario):
        raise UserError(f"The entry point of {name!r} does not make a Scenario", seen=type(scenario).__name__)
    return scenario


def home_of(scenario: Scenario) -> Scenario:
    """Where the subjects of a scenario are trained: itself, or the scenario that its line in the catalogue names."""
    home = _home_name(scenario.name)
    if scenario.recipe is not None or home is None:
        return scenario
    return build_scenario(home, {})


def _home_name(name: str) -> str | None:
    from misgen.worlds.catalogue import SCENARIOS

    return str(SCENARIOS[name].listing["trained_in"]) if name in SCENARIOS and "trained_in" in SCENARIOS[name].listing else None


def _trains_nothing(name: str) -> UserError:
    home = _home_name(name)
    if home is None:
        do = "Choose one that `misgen list scenarios` shows"
        return UserError(f"Scenario {name!r} has no recipe to train subjects by", do=do)
    do = (
        f"Train with: misgen run {home}. Then: misgen evaluate {name} --policy FILE, with a .safetensors file from the run's "
        "folder cells/DIGEST/policies"
    )
    return UserError("This scenario trains nothing: agents from our own world play the original", seen=name, do=do)


def default_study(name: str) -> StudyConfig:
    """What a run of that scenario plans where nothing else is said: the usual study, with the scenario's own sizes."""
    return StudyConfig(scenario=name, **build_scenario(name, {}).study)  # type: ignore[arg-type]


def check_study(config: StudyConfig) -> None:
    """Raise what running the study would raise for a wrong name, knob or option, before a folder exists."""
    from misgen.training import untrained

    scenario = build_scenario(config.scenario, dict(config.world))
    if scenario.recipe is None:
        raise _trains_nothing(config.scenario)
    recipe = config.recipe(scenario.recipe, config.alphas[0])
    check_options(recipe)
    untrained(scenario, recipe, 0)


def check_options(recipe: Recipe) -> None:
    """Name an option of the training that is no number: the trainer compares them with numbers, and would fall over words."""
    from misgen.training import PPOConfig

    numeric = {f.name for f in fields(PPOConfig)} if recipe.algorithm.name == "ppo" else set()
    for name in numeric & recipe.algorithm.options.keys():
        value = recipe.algorithm.options[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise UserError(f"The option {name} of the training must be a finite number", seen=repr(value))


def changed(
    base: StudyConfig,
    *,
    alphas: Sequence[float] | None,
    num_seeds: int | None,
    num_levels: int | None,
    knobs: Sequence[str],
) -> StudyConfig:
    """The study with what the command line says; None leaves a field as it is. `knobs` are KEY=VALUE texts."""
    given = {
        "alphas": tuple(alphas) if alphas else None,
        "num_seeds": num_seeds,
        "num_levels": num_levels,
    }
    study = replace(base, **{k: v for k, v in given.items() if v is not None})  # type: ignore[arg-type]
    for knob in knobs:
        study = _with_knob(study, knob)
    return study


def free_folder(name: str) -> Path:
    """runs/NAME, or the first of runs/NAME-2, runs/NAME-3, ... that does not exist."""
    place = Path("runs") / name
    number = 2
    while place.exists():
        place = Path("runs") / f"{name}-{number}"
        number += 1
    return place


def _with_knob(study: StudyConfig, text: str) -> StudyConfig:
    key, equals, raw = text.partition("=")
    if not equals:
        raise UserError("A setting has the form KEY=VALUE", seen=repr(text), do="For instance --set world.size=9")
    value = read_value(raw)
    table, dot, name = key.partition(".")
    if dot and table in ("world", "algorithm"):
        return replace(study, **{table: {**getattr(study, table), name: value}})
    if dot and table == "slots":
        return replace(study, slots={**study.slots, name: Slot.from_dict(value)})
    known = {f.name for f in fields(StudyConfig)} - {"scenario", "world", "algorithm", "slots", "alphas"}
    if key not in known:
        raise unknown_name("setting", key, [*known, "world.KNOB", "algorithm.OPTION", "slots.SLOT"])
    if not isinstance(value, int) or isinstance(value, bool):
        raise UserError(f"{key} must be a whole number", seen=repr(raw))
    return replace(study, **{key: value})


def read_value(raw: str) -> object:
    """A TOML value, or the text itself where it is none (so that layout=tree needs no quotes)."""
    try:
        found = tomllib.loads(f"value = {raw}")["value"]
    except tomllib.TOMLDecodeError:
        return raw
    return tuple(found) if isinstance(found, list) else found

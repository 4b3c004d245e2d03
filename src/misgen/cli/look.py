"""levels, replay, film, play: seeing what a scenario and its subjects do. The first two and a person's `play` load no JAX."""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from misgen.cli.output import print_json, print_written, printed
from misgen.concepts.errors import UserError

if TYPE_CHECKING:
    from misgen.worlds.host import Host

__all__ = ["film", "levels", "play", "replay"]

_MURAL_TILE = 12
"""Pixels per cell: many levels on one page, every drawing whole, for most are 12 pixels wide."""


def levels(
    scenario: str,
    *,
    level_seed: int = 0,
    mode: str | None = None,
    condition: str = "training",
    png: Path | None = None,
    num: int = 24,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """One level as JSON or as a drawing, or many as a picture.

    Parameters
    ----------
    scenario
        Name of a scenario.
    level_seed
        Any whole number from 0 to 2147483647.
    mode
        The scenario's own variant; for corner a layout, with a size if you like: tree, blocks:9; for coinrun easy or hard.
    condition
        One of the scenario's conditions.
    png
        Write a mural of NUM levels there instead: their drawings, side by side.
    num
        How many levels the mural shows.
    json
        Print one JSON object.
    """
    host = _host(scenario)
    if png is not None:
        from misgen.cli.mural import different, write_mural

        drawings = (host.draw(host.level(seed, mode=mode, condition=condition), tile=_MURAL_TILE) for seed in count(level_seed))
        write_mural(different(drawings, num=num), png)
        printed(str(png))
    elif json:
        print_json(host.describe_level(level_seed, mode=mode, condition=condition))
    else:
        printed(host.text(host.level(level_seed, mode=mode, condition=condition), colour=sys.stdout.isatty()))


def replay(
    scenario: str,
    *,
    level_seed: int,
    actions: str,
    mode: str | None = None,
    condition: str = "training",
    json: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Step a level with given actions and print the state after each; stops after the one that ends the episode.

    Parameters
    ----------
    scenario
        Name of a scenario.
    level_seed
        The level.
    actions
        Numbers or names with commas between, or @FILE holding them.
    mode
        The scenario's own variant.
    condition
        One of the scenario's conditions.
    json
        JSON Lines, one object per action.
    """
    host = _host(scenario)
    states = host.replay(level_seed, _actions(actions), mode=mode, condition=condition)
    for state in states:
        if json:
            print_json(state)
        else:
            events = f"  {', '.join(map(str, state['events']))}" if state["events"] else ""  # type: ignore[arg-type]
            printed(f"{state['step']:>4}  x {state['x']:g}  y {state['y']:g}{events}")


def film(
    folder: Path,
    *,
    subject: str | None = None,
    num: int = 3,
    out: Path | None = None,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Draw films of a run's subjects as animated PNG: the same level with a goal's cue shown and erased, side by side.

    Parameters
    ----------
    folder
        A run's folder.
    subject
        Only this subject. Default: a typical one of each arm.
    num
        Twin films per arm.
    out
        Where the films go. Default: the run's films folder.
    json
        JSON Lines, one object per film: file.
    """
    from misgen.records import RunFolder
    from misgen.study.scenes import draw_films

    if num < 1:
        raise UserError("The number of films is too small", seen=num, do="Give --num 1 or more")
    for path in draw_films(RunFolder.open(folder).path, num_films=num, subject=subject, out=out):
        print_written(path, as_json=json)


def play(
    scenario: str,
    *,
    level_seed: int = 0,
    mode: str | None = None,
    condition: str | None = None,
    policy: Path | None = None,
    erased: Annotated[bool, Parameter(negative="")] = False,
    speed: float = 4.0,
) -> None:
    """Play a scenario in the terminal, with the keys that it names, or watch a trained subject play it.

    Parameters
    ----------
    scenario
        Name of a scenario.
    level_seed
        The level.
    mode
        The scenario's own variant.
    condition
        One of the scenario's conditions. Default: its first distinguishing one.
    policy
        A file from a run's policies folder: watch that subject instead of playing.
    erased
        Hide a goal's cue from the subject: the one that the scenario's twin films erase.
    speed
        Steps per second when watching.
    """
    from misgen.cli.terminal import play_by_hand, watch

    host = _host(scenario)
    level = host.level(level_seed, mode=mode, condition=condition or _distinguishing(scenario))
    if policy is None:
        play_by_hand(host, level)
    else:
        from misgen.study.scenes import actions_of, erased_by_default

        hidden = erased_by_default(scenario) if erased else frozenset()
        watch(host, level, actions_of(policy, scenario, level, erased=hidden), erased=hidden, speed=speed)


def _distinguishing(scenario: str) -> str:
    """The name of the first distinguishing condition; of a third party's scenario the usual name."""
    from misgen.worlds.catalogue import SCENARIOS

    conditions = SCENARIOS[scenario].listing["conditions"] if scenario in SCENARIOS else []
    names = [condition["name"] for condition in conditions if condition["kind"] == "distinguishing"]  # type: ignore[union-attr]
    return names[0] if names else "distinguishing"


def _host(scenario: str) -> Host:
    from misgen.concepts.catalogue import lookup
    from misgen.worlds.catalogue import HOST, SCENARIOS, host_of

    lookup("scenario", scenario, SCENARIOS, group="misgen.scenarios")
    host = host_of(scenario)
    if host is None:
        raise UserError(
            "This scenario cannot be drawn without its world", seen=scenario, do=f"Known here: {', '.join(sorted(HOST))}"
        )
    return host


def _actions(text: str) -> list[int | str]:
    if text.startswith("@"):
        from misgen.records import read_text

        text = read_text(Path(text[1:]))
    words = [word for word in text.replace("\n", ",").replace(" ", ",").split(",") if word]
    return [int(word) if word.isdecimal() else word for word in words]

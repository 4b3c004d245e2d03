"""What a Procgen state must satisfy before the C++ game may see it: the game asserts, and an assertion ends the process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from misgen.concepts import UserError

if TYPE_CHECKING:
    from misgen.worlds.procgen.state import Generator, ProcgenState

__all__ = ["GAMES", "check", "damaged"]

GAMES = (
    "bigfish",
    "bossfight",
    "caveflyer",
    "chaser",
    "climber",
    "coinrun",
    "dodgeball",
    "fruitbot",
    "heist",
    "jumper",
    "leaper",
    "maze",
    "miner",
    "ninja",
    "plunder",
    "starpilot",
)
DISTRIBUTION_MODES = (0, 1, 2, 10)
WORDS = 625
"""Words of a generator's text: 624 of its memory and the place in it."""
GRID_CODES = {
    "coinrun": (-1, 1, 15, 16, 17, 18, 19, 100),
    "maze": (2, 51, 100),
    "heist": (51, 100),
}
"""Coin 1, wall body 15 and top 16, lava body 17 and top 18, enemy barrier 19, empty 100, inert marker -1; cheese 2, wall 51."""
THEMES = {
    "coinrun": {0: 5, 2: 1, 5: 9, 20: 4, 59: 1},
    "maze": {0: 1},
    "heist": {0: 1, 1: 3, 2: 3, 9: 1, 11: 3},
}
"""Entity type -> how many looks it has.

Coinrun: agent 0, saw 2, enemy 5, crate 20, trail 59. Maze: agent 0. Heist: agent 0, door 1, key 2, gem 9, key icon 11.
"""


def check(state: ProcgenState) -> None:
    """Refuse, as a `UserError`, what the game of that name could not hold."""
    if state.game not in GAMES:
        raise damaged("an unknown game", repr(state.game))
    for generator in (state.seed_generator, state.level_generator, state.asset_generator):
        _check_generator(generator)
    _check_options(state)
    _check_numbers(state)
    _check_grid(state)
    _check_entities(state)
    if state.has_keys is not None:
        _check_keys(state)


def damaged(what: str, seen: object) -> UserError:
    """The refusal of bytes or fields that no game could have written."""
    return UserError(f"This is no state of a Procgen game: {what}", seen=seen, do="Start from a state that the game returned")


def _check_generator(generator: Generator) -> None:
    text = generator.text
    if generator.is_seeded not in (0, 1) or text.count(b" ") != WORDS - 1 or text.translate(None, b"0123456789 "):
        raise damaged("a random generator that is not 625 numbers", text[:20])


def _check_options(state: ProcgenState) -> None:
    options = state.options
    if int(options["distribution_mode"]) not in DISTRIBUTION_MODES:
        raise damaged("an unknown distribution mode", int(options["distribution_mode"]))
    if int(options["level_seed_low"]) < 0 or int(options["level_seed_high"]) <= int(options["level_seed_low"]):
        raise damaged("an empty range of level seeds", (int(options["level_seed_low"]), int(options["level_seed_high"])))
    if int(options["use_generated_assets"]) != 0:
        raise damaged("generated pictures, for which the game refuses states", int(options["use_generated_assets"]))


def _check_numbers(state: ProcgenState) -> None:
    for name in ("step", "entities", "display", "world", "tail"):
        block = getattr(state, name)
        if block is None:
            continue
        for field in block.dtype.names:
            if block.dtype[field].kind == "f" and not np.isfinite(block[field]).all():
                raise damaged(f"{name}.{field} is not a finite number", block[field])


def _check_grid(state: ProcgenState) -> None:
    size = (int(state.world["main_width"]), int(state.world["main_height"]))
    if state.grid.shape[::-1] != size or int(state.step["grid_size"]) != state.grid.size or state.grid.size == 0:
        raise damaged("a grid of another size than its world", (state.grid.shape[::-1], size))
    strange = (
        sorted(set(np.unique(state.grid).tolist()) - set(GRID_CODES.get(state.game, ()))) if state.game in GRID_CODES else []
    )
    if strange:
        raise damaged(f"objects in the grid that {state.game} does not have", strange)


def _check_entities(state: ProcgenState) -> None:
    kinds, themes = state.entities["type"], state.entities["image_theme"]
    if not (kinds == 0).any():
        raise damaged("no agent among its entities", kinds.tolist()[:8])
    if state.game not in THEMES:
        return
    known = THEMES[state.game]
    strange = sorted(set(kinds.tolist()) - set(known))
    if strange:
        raise damaged(f"entities that {state.game} does not have", strange)
    most = np.array([known[kind] for kind in kinds.tolist()])
    if ((themes < 0) | (themes >= most)).any():
        raise damaged("an entity with a look that does not exist", themes.tolist()[:8])
    _check_places(state)


def _check_places(state: ProcgenState) -> None:
    height, width = state.grid.shape
    fixed = state.entities["use_abs_coords"] == 0
    for name, most in (("x", width), ("y", height)):
        places = state.entities[name][fixed]
        if ((places < -width) | (places > most + width)).any():
            raise damaged(f"an entity far outside the world in {name}", float(np.abs(places).max()))


def _check_keys(state: ProcgenState) -> None:
    held, most = state.has_keys, THEMES["heist"][2]
    assert held is not None
    themes = state.entities["image_theme"][np.isin(state.entities["type"], (1, 2))]
    if len(held) > most or not np.isin(held, (0, 1)).all() or (themes >= len(held)).any():
        raise damaged("keys held that do not fit its keys and doors", held.tolist())

"""Forced choices in `maze-shape-colour`: which of two things an agent goes to, either thing having lain in either place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from misgen.concepts import Policy, Scenario
from misgen.measurement.intervals import Interval, OneSubject

if TYPE_CHECKING:
    from misgen.worlds.maze_shape_colour.levels import Levels

__all__ = ["Choices", "Pair", "duel", "preference"]

Pair = tuple[str, str]
"""Two looks, such as `red line` and `yellow gem`."""
_NOISE_SEED = 29
_ABREAST = 512
"""Layouts played side by side: twice as many episodes."""


class Choices(NamedTuple):
    """What one agent did with one pair. A layout is played twice, the two things having changed places."""

    first: np.ndarray
    """Int8[layout]: how often it went to the first thing."""
    decided: np.ndarray
    """Int8[layout]: how often it went to either, in time."""


def duel(policy: Policy, params: object, pair: Pair, *, num_layouts: int, seed: int) -> Choices:
    """Plays `num_layouts` distinguishing mazes of level seed `seed` in both arrangements, with the same noise in both.

    Random: the agent's actions, from a fixed seed. Equal seeds give equal mazes, whatever the pair. One compilation serves all.
    Fails with a `UserError` on a thing outside the object set.
    """
    from misgen.training.noise import episode_words
    from misgen.worlds.maze_shape_colour.scenario import scenario

    choice = scenario(intended=pair[0], proxy=pair[1])
    assert choice.levels is not None
    levels: Levels = choice.levels("distinguishing", num_levels=num_layouts, seed=seed).levels  # type: ignore[assignment]
    words = np.asarray(episode_words(_NOISE_SEED, num_layouts))
    parts = []
    for low in range(0, num_layouts, _ABREAST):
        part = slice(low, low + _ABREAST)
        parts.append(_play(choice, policy, params, type(levels)(*(field[part] for field in levels)), words[part]))
    return Choices(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _play(choice: Scenario, policy: Policy, params: object, levels: Levels, words: np.ndarray) -> Choices:
    from misgen.training import rollout

    num = len(words)
    swapped = levels._replace(looks=levels.looks[:, ::-1])
    both = type(levels)(*(np.concatenate(fields) for fields in zip(levels, swapped, strict=True)))
    played = rollout(
        choice.world,  # type: ignore[arg-type]
        both,
        np.arange(2 * num),  # type: ignore[arg-type]
        policy,
        params,
        erased=np.zeros((2 * num, 2), bool),  # type: ignore[arg-type]
        key=np.tile(words, 2),  # type: ignore[arg-type]
    )
    reached: np.ndarray = np.any(np.asarray(played.scores), axis=0)  # [episode, place]
    first = reached[:num, 0].astype(np.int8) + reached[num:, 1]
    return Choices(first, first + reached[:num, 1] + reached[num:, 0])


def preference(choices: Sequence[Choices]) -> Interval:
    """For each agent, the share of first things among the choices made, with its 95 % score interval over layouts.

    Who takes whatever lies nearer takes each thing once in every layout, and is at .5 with next to no noise. Layouts without a
    choice count nowhere.
    """
    with np.errstate(invalid="ignore"):
        values = np.stack([np.where(c.decided > 0, c.first / c.decided, np.nan) for c in choices])
    return OneSubject([values], ["layouts"]).contrast(np.array([1.0]))

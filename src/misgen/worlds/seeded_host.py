"""A `Host` for worlds whose levels are functions of their own seeds: a world adds its facts and drawings.

Loads no JAX.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from misgen.concepts import LevelPool, UserError, unknown_name
from misgen.worlds.host import Episode, Host

__all__ = ["Distribution", "Knob", "SeededHost"]

_LARGEST_SEED = 2**31 - 1
Knob = int | float | str | bool


class Distribution(Protocol):
    """A level distribution that can make the levels of given seeds."""

    def __call__(
        self, condition: str, *, num_levels: int, seed: int, alpha: float = 0.0, exclude: frozenset[str] = frozenset()
    ) -> LevelPool: ...

    def drawn(self, condition: str, seeds: np.ndarray, diverse: np.ndarray) -> LevelPool: ...


class SeededHost(Host):
    """What the commands `levels`, `replay`, `play` and `film` need, but for describing and drawing a level.

    Condition `diverse` is a training pool's diverse share.
    """

    scenario: str
    conditions: Collection[str]
    """Names of the conditions."""
    intended: str
    """Name of the intended goal: `replay` rewards it with 1."""
    config: type
    """The frozen dataclass of the world's knobs."""
    mode_knob: str | None = None
    """The whole-number knob that a mode sets; None where the world has no modes, or its own `knobs_of`."""
    default_mode: str = "default"
    """What a description calls the mode where none is given."""

    def distribution(self, config: Any) -> Distribution:
        """The level distribution under some knobs."""
        raise NotImplementedError

    def facts(self, level: Any) -> dict[str, object]:
        """What `describe_level` says of a level besides its origin, hashes and steps: width, height, grid, entities, goal."""
        raise NotImplementedError

    def place(self, level: Any, state: Any) -> dict[str, float]:
        """x to the right and y up of the subject, in cells, and what else of the state a replay should tell."""
        raise NotImplementedError

    def knobs_of(self, mode: str) -> dict[str, Knob]:
        """What a mode sets; fails with a `UserError` where it is none."""
        if self.mode_knob is None:
            raise UserError(f"{self.scenario} has no modes", seen=repr(mode), do="Leave --mode out")
        if not mode.isdecimal():
            raise UserError(f"A mode of {self.scenario} is its {self.mode_knob}", seen=repr(mode), do="Write a whole number")
        return {self.mode_knob: int(mode)}

    def level(self, level_seed: int, *, mode: str | None = None, condition: str = "training") -> Any:
        """The level of that seed, as any pool of that condition would hold it."""
        return self.level_at(self._drawn(level_seed, mode, condition).levels, 0)

    def describe_level(self, level_seed: int, *, mode: str | None = None, condition: str = "training") -> dict[str, object]:
        """Plain JSON values; rows of the grid count from the bottom."""
        pool = self._drawn(level_seed, mode, condition)
        mode = mode or self.default_mode
        origin = {"scenario": self.scenario, "mode": mode, "condition": condition, "level_seed": level_seed}
        hashes = {"sha256_12": pool.hashes[0], "layout_sha256_12": str(pool.columns["layout"][0])}
        best = {goal: int(steps[0]) for goal, steps in pool.best_steps.items()}
        return {**origin, **self.facts(self.level_at(pool.levels, 0)), **hashes, "best_steps": best}

    def replay(
        self, level_seed: int, actions: Sequence[int | str], *, mode: str | None = None, condition: str = "training"
    ) -> Iterator[dict[str, object]]:
        """One object per action, the state after it; stops after the one that ends the episode.

        Actions are numbers or names, all checked before it starts. `reward` is 1 for the intended goal and 0 otherwise.
        """
        level = self.level(level_seed, mode=mode, condition=condition)
        return self._replayed(level, [self._action(action) for action in actions])

    def pool(self, condition: str, num_levels: int, seed: int, alpha: float = 0.0, **knobs: Knob) -> LevelPool:
        """A pool under the given knobs."""
        return self.distribution(self._config(knobs))(condition, num_levels=num_levels, seed=seed, alpha=alpha)

    def _drawn(self, level_seed: int, mode: str | None, condition: str) -> LevelPool:
        if not 0 <= level_seed <= _LARGEST_SEED:
            raise UserError("A level seed is out of range", seen=level_seed, do=f"Give a whole number from 0 to {_LARGEST_SEED}")
        is_diverse = condition == "diverse"
        if not is_diverse and condition not in self.conditions:
            raise unknown_name(f"condition of {self.scenario}", condition, {*self.conditions, "diverse"})
        distribution = self.distribution(self._config({} if mode is None else self.knobs_of(mode)))
        return distribution.drawn("training" if is_diverse else condition, np.array([level_seed]), np.array([is_diverse]))

    def _config(self, knobs: Mapping[str, Knob]) -> Any:
        known = self.config.__dataclass_fields__
        for name in knobs:
            if name not in known:
                raise unknown_name(f"knob of {self.scenario}", name, known)
        return self.config(**knobs)

    def _action(self, action: int | str) -> int:
        names = self.action_names
        if isinstance(action, str) and action in names:
            return names.index(action)
        if str(action).isdecimal() and int(action) < len(names):
            return int(action)
        raise unknown_name(f"action of {self.scenario}", str(action), {*names, *map(str, range(len(names)))})

    def _replayed(self, level: Any, actions: Sequence[int]) -> Iterator[dict[str, object]]:
        world: Episode = self.episode(level)
        world.reset(level, seed=0)
        for number, action in enumerate(actions, start=1):
            _, attained, terminated = world.step(action)
            truncated = not terminated and number >= world.max_steps
            yield {
                "step": number,
                "action": action,
                **self.place(level, world.state),
                "reward": float(self.intended in attained),
                "terminated": terminated,
                "truncated": truncated,
                "events": [goal for goal in world.goals if goal in attained],
            }
            if terminated or truncated:
                return

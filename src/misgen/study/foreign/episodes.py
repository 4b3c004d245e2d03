"""The host loop for environments that nobody here wrote: one at a time, or the copies of a vector environment side by side.

Every episode is told its seed, its noise word and what to hide. The seed resets the environment; the word gives the policy its
noise, step by step; so an episode and its twins differ in nothing but the erased cue.
"""

from __future__ import annotations

import copy
import hashlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

import numpy as np

from misgen.concepts import BlackBoxPolicy, UserError
from misgen.study.foreign.camera import Camera
from misgen.study.foreign.goals import Erase, Transition
from misgen.study.foreign.policies import Spaces
from misgen.worlds.luck import luck

__all__ = ["Episode", "Played", "Stage", "digest_of_look"]

_ACTION = 1
"""The stream of action noise, as in `misgen.training.noise`."""


class Episode(NamedTuple):
    """What is to be played."""

    seed: int
    word: int
    erased: str | None = None
    """The goal whose cue is hidden."""


@dataclass(kw_only=True)
class Played:
    """What was played."""

    first_step: dict[str, int] = field(default_factory=dict)
    """Goal -> step (from 1) at which it was first attained; goals never attained are absent."""
    steps: int = 0
    terminated: bool = False
    changed: bool = False
    """Whether erasing changed any observation."""
    actions: list[Any] = field(default_factory=list)
    film: Camera = field(default_factory=Camera)
    """Pictures, where they were asked for."""


@dataclass(kw_only=True)
class Stage:
    """One environment, built, with the goals scored in it."""

    env: Any
    """A `gymnasium.Env` or `gymnasium.vector.VectorEnv`."""
    goals: Mapping[str, Callable[[Transition], bool]]
    erase: Mapping[str, Erase]
    max_steps: int

    @property
    def num_copies(self) -> int:
        """Episodes that run side by side; 1 for a single environment."""
        return int(getattr(self.env, "num_envs", 1)) if self.is_vector else 1

    @property
    def is_vector(self) -> bool:
        import gymnasium

        return isinstance(self.env, gymnasium.vector.VectorEnv)

    @property
    def spaces(self) -> Spaces:
        """Of one copy."""
        if self.is_vector:
            return Spaces(self.env.single_observation_space, self.env.single_action_space)
        return Spaces(self.env.observation_space, self.env.action_space)

    @property
    def draws(self) -> bool:
        """Whether pictures of it can be had."""
        return self.env.render_mode == "rgb_array"

    def look(self, seed: int, *, render: bool = False) -> str:
        """A digest of what is first seen after a reset with that seed; with `render`, of the picture too."""
        observations, _ = self._reset([seed] * self.num_copies)
        return digest_of_look(self._one(observations, 0), self._picture() if render else None)

    def play(self, episodes: Sequence[Episode], actor: BlackBoxPolicy, *, render: bool = False) -> list[Played]:
        """All episodes, in order; in a vector environment as many at once as it has copies. With `render`, the first copy's
        pictures are kept."""
        found: list[Played] = []
        size = 1 if render else self.num_copies
        for start in range(0, len(episodes), size):
            found += self._round(episodes[start : start + size], actor, render=render)
        return found

    def _round(self, episodes: Sequence[Episode], actor: BlackBoxPolicy, *, render: bool) -> list[Played]:
        filled = [*episodes, *[episodes[-1]] * (self.num_copies - len(episodes))]
        observations, _ = self._reset([episode.seed for episode in filled])
        played = [Played() for _ in episodes]
        memories = [actor.initial_memory() for _ in episodes]
        running = list(range(len(episodes)))
        idle = self.spaces.action.sample() if len(filled) > 1 else None
        if render:
            played[0].film.take(self._picture())
        for time in range(self.max_steps):
            actions = [idle] * len(filled)
            for n in running:
                seen = self._seen(self._one(observations, n), episodes[n], played[n])
                seed = int(luck(np.asarray([episodes[n].word], np.uint32), time, _ACTION)[0])
                actions[n], memories[n] = self._act(actor, seen, memories[n], seed)
            after = self._step(actions)
            observations = after[0]
            if render:
                played[0].film.take(self._picture())
            still = []
            for n in running:
                step = self._transition(n, actions[n], after)
                self._score(played[n], step)
                if not (step.terminated or step.truncated):
                    still.append(n)
            running = still
            if not running:
                break
        return played

    def _score(self, played: Played, step: Transition) -> None:
        played.steps += 1
        played.actions.append(step.action)
        played.terminated = bool(step.terminated)
        for name, is_attained in self.goals.items():
            if is_attained(step) and name not in played.first_step:
                played.first_step[name] = played.steps

    def _reset(self, seeds: Sequence[int]) -> tuple[Any, Any]:
        try:
            found = self.env.reset(seed=list(seeds) if self.is_vector else seeds[0])
            observations, info = found
        except Exception as error:
            do = "reset(seed=...) must return an observation and a dict"
            raise UserError("The environment failed at its reset", seen=f"{type(error).__name__}: {error}", do=do) from error
        return observations, info

    def _step(self, actions: Sequence[Any]) -> tuple[Any, Any, Any, Any, Any]:
        try:
            if self.is_vector:
                return self.env.step(_stacked(actions, self.env.action_space))
            observation, reward, terminated, truncated, info = self.env.step(actions[0])
        except Exception as error:
            do = "step(action) must return observation, reward, terminated, truncated and a dict"
            raise UserError("The environment failed at a step", seen=f"{type(error).__name__}: {error}", do=do) from error
        return observation, [reward], [terminated], [truncated], info

    def _transition(self, n: int, action: Any, after: tuple[Any, Any, Any, Any, Any]) -> Transition:
        """What copy n went through, of what `_step` returned for all."""
        observations, rewards, terminated, truncated, info = after
        ends = bool(terminated[n]), bool(truncated[n])
        if not self.is_vector:
            return Transition(observations, action, float(rewards[0]), info, *ends, self.env)
        mine = _own(info, n)
        last = mine.pop("final_obs", None)  # of copies that were reset within this step
        observation = self._one(observations, n) if last is None else last
        mine = {**mine, **(mine.pop("final_info", None) or {})}
        return Transition(observation, action, float(rewards[n]), mine, *ends, None)

    def _act(self, actor: BlackBoxPolicy, seen: Any, memory: Any, seed: int) -> tuple[Any, Any]:
        try:
            found = actor.act(seen, memory, seed=seed)
            action, memory = found
        except UserError:
            raise
        except Exception as error:
            seen_words = f"{type(error).__name__}: {error}"
            do = f"It was shown an observation of {self.spaces.observation}"
            raise UserError("The policy failed", seen=seen_words, do=do) from error
        return _fitting(action, self.spaces.action), memory

    def _seen(self, observation: Any, episode: Episode, played: Played) -> Any:
        if episode.erased is None:
            return observation
        hidden = self._erased(episode.erased, observation)
        played.changed = played.changed or _digest(hidden) != _digest(observation)
        return hidden

    def _erased(self, goal: str, observation: Any) -> Any:
        hide: Any = self.erase[goal]
        try:
            if inspect.isclass(hide):
                return cast("Any", hide)(self.env).observation(copy.deepcopy(observation))
            hidden = hide(copy.deepcopy(observation))
        except Exception as error:
            do = "It must take an observation and return one without the cue"
            raise UserError(f"The erasure of goal {goal!r} failed", seen=f"{type(error).__name__}: {error}", do=do) from error
        if _shape(hidden) != _shape(observation):
            do = f"Return it whole, with shape {_shape(observation)}"
            raise UserError(f"The erasure of goal {goal!r} changes the shape of the observation", seen=_shape(hidden), do=do)
        return hidden

    def _one(self, observations: Any, n: int) -> Any:
        return _row(observations, n) if self.is_vector else observations

    def _picture(self) -> np.ndarray:
        found = self.env.render()
        picture = np.asarray(found[0] if isinstance(found, tuple | list) else found)
        if picture.ndim != 3 or picture.shape[2] != 3:
            do = "render() must return uint8[height, width, 3]"
            raise UserError("The environment's picture is none", seen=f"shape {picture.shape}", do=do)
        return picture.astype(np.uint8)


def digest_of_look(observation: Any, picture: np.ndarray | None) -> str:
    """12 hex digits."""
    return hashlib.sha256((_digest(observation) + _digest(picture)).encode()).hexdigest()[:12]


def _digest(value: Any) -> str:
    """Of arrays, numbers and texts, and of tables and sequences of them."""
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key}:{_digest(value[key])}" for key in sorted(value, key=str)) + "}"
    if isinstance(value, tuple | list):
        return "[" + ",".join(map(_digest, value)) + "]"
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{value.shape}{hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()}"
    return repr(value)


def _shape(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _shape(inner) for key, inner in value.items()}
    return tuple(np.shape(value)) if isinstance(value, np.ndarray | int | float | np.generic) else type(value).__name__


def _row(batch: Any, n: int) -> Any:
    if isinstance(batch, Mapping):
        return {key: _row(inner, n) for key, inner in batch.items()}
    if isinstance(batch, tuple) and batch and isinstance(batch[0], np.ndarray):
        return tuple(_row(inner, n) for inner in batch)
    return batch[n]


def _own(info: Mapping[str, Any], n: int) -> dict[str, Any]:
    """One copy's part of a vector environment's info; `_key` says which copies have `key`."""
    found = {}
    for key, value in info.items():
        present = info.get(f"_{key}")
        if str(key).startswith("_") or (present is not None and not present[n]):
            continue
        found[key] = _own(value, n) if isinstance(value, Mapping) else value[n]
    return found


def _stacked(actions: Sequence[Any], space: Any) -> Any:
    return np.stack([np.asarray(action) for action in actions]).astype(getattr(space, "dtype", None) or np.int64)


def _fitting(action: Any, space: Any) -> Any:
    """The action as the space has it; one outside it is a `UserError`."""
    fitted = action
    if getattr(space, "n", None) is not None and isinstance(action, int | np.ndarray | np.generic) and np.size(action) == 1:
        number = np.asarray(action).reshape(())
        fitted = number.astype(space.dtype)[()] if number.dtype.kind in "iu" else action
    elif getattr(space, "dtype", None) is not None and isinstance(action, np.ndarray | list | tuple | float):
        fitted = np.asarray(action, space.dtype).reshape(space.shape) if np.size(action) == int(np.prod(space.shape)) else action
    if isinstance(fitted, bool) or not space.contains(fitted):
        raise UserError("The policy chose an action that the environment does not have", seen=repr(action), do=f"Use {space}")
    return fitted

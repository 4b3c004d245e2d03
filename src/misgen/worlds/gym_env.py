"""Our worlds as Gymnasium environments, for whoever trains or looks elsewhere. Loads Gymnasium, never JAX."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import gymnasium
import numpy as np

from misgen.concepts import UserError, unknown_name
from misgen.worlds.catalogue import HOST, HOST_GROUP, SCENARIOS, host_of

if TYPE_CHECKING:
    from misgen.worlds.host import Episode, Host

__all__ = ["ScenarioEnv", "make_gym"]

_SEEDS = 2**31
"""Level seeds are 0 .. 2**31 - 1."""
_BOUND = 1000.0
"""Of observed floats; most are 0 or 1."""


def make_gym(
    scenario: str,
    *,
    condition: str = "training",
    mode: str | None = None,
    reward: str | None = None,
    erased: Iterable[str] = (),
    render_mode: str | None = None,
) -> ScenarioEnv:
    """A scenario's world as a Gymnasium environment; after `import misgen.gym`, `gymnasium.make("misgen/corner-v0")` makes it.

    `condition` and `mode` choose the distribution of levels, as in `misgen levels`. `reward` names the goal that is paid, by
    default the intended one. `erased` names goals whose cue is hidden. Unknown names are a `UserError`.
    """
    return ScenarioEnv(scenario, condition=condition, mode=mode, reward=reward, erased=erased, render_mode=render_mode)


class ScenarioEnv(gymnasium.Env):
    """One episode at a time, on the world's NumPy twin.

    `reset(seed=n)` starts the level of seed n; without a seed a level is drawn. Reward is 1 for each step that attains the paid
    goal: worlds have none of their own, and what a recipe trains by is its own business. `info` holds `goals` (goal -> whether
    this step attained it) and `level_seed`. Observations are those of the scenario's default configuration, as float32 or uint8.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array", "ansi"], "render_fps": 6}  # noqa: RUF012 - Gymnasium's name and type

    def __init__(
        self,
        scenario: str,
        *,
        condition: str = "training",
        mode: str | None = None,
        reward: str | None = None,
        erased: Iterable[str] = (),
        render_mode: str | None = None,
    ) -> None:
        self.host = _host(scenario)
        self.scenario, self.condition, self.mode, self.render_mode = scenario, condition, mode, render_mode
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise unknown_name("render mode", str(render_mode), self.metadata["render_modes"])
        self.erased = frozenset([erased] if isinstance(erased, str) else erased)
        self.level = self.host.level(0, mode=mode, condition=condition)
        self.episode: Episode = self.host.episode(self.level)
        for name in self.erased - set(self.episode.cues):
            raise unknown_name(f"cue of {scenario}", name, self.episode.cues)
        self.paid = reward or _intended(scenario, self.episode)
        if self.paid not in self.episode.goals:
            raise unknown_name(f"goal of {scenario}", self.paid, self.episode.goals)
        first = self._observed(self.episode.reset(self.level, seed=0, erased=self.erased))
        self.observation_space = _space(first)
        self.action_space = gymnasium.spaces.Discrete(self.episode.num_actions)
        self.level_seed, self.steps = 0, 0
        self.history = [self.episode.state]

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[np.ndarray, dict[str, Any]]:
        """Start the level of that seed; without one, a level drawn by the environment's own generator."""
        super().reset(seed=seed)
        self.level_seed = int(self.np_random.integers(_SEEDS)) if seed is None else seed % _SEEDS
        self.level = self.host.level(self.level_seed, mode=self.mode, condition=self.condition)
        self.episode, self.steps = self.host.episode(self.level), 0
        observation = self._observed(self.episode.reset(self.level, seed=self.level_seed, erased=self.erased))
        self.history = [self.episode.state]
        return observation, self._told(frozenset())

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """One decision. An action outside the action space is a `UserError`."""
        observation, attained, terminated = self.episode.step(int(action))
        self.steps += 1
        self.history.append(self.episode.state)
        truncated = not terminated and self.steps >= self.episode.max_steps
        return self._observed(observation), float(self.paid in attained), bool(terminated), truncated, self._told(attained)

    def render(self) -> Any:
        """Uint8[height, width, rgb], or with render mode `ansi` a terminal drawing; None without a render mode."""
        if self.render_mode == "ansi":
            return self.host.text(self.level, state=self.history[-1], erased=self.erased, colour=False)
        if self.render_mode is None:
            return None
        history = type(self.history[0])(*(np.stack(values) for values in zip(*self.history, strict=True)))
        return self.host.draw(self.level, history=history, erased=self.erased)

    def _told(self, attained: frozenset[str]) -> dict[str, Any]:
        return {"goals": {goal: goal in attained for goal in self.episode.goals}, "level_seed": self.level_seed}

    @staticmethod
    def _observed(observation: Any) -> np.ndarray:
        """A copy, which the caller may keep."""
        found = np.asarray(observation)
        return found.astype(np.uint8 if found.dtype == np.uint8 else np.float32)


def _host(scenario: str) -> Host:
    host = host_of(scenario)
    if host is None:
        from misgen.concepts.catalogue import foreign_targets

        if scenario in SCENARIOS:
            raise UserError("This scenario has no world outside JAX", seen=scenario, do=f"Use one of {', '.join(sorted(HOST))}")
        raise unknown_name("scenario", scenario, [*SCENARIOS, *foreign_targets(HOST_GROUP)])
    return host


def _intended(scenario: str, episode: Episode) -> str:
    """By the catalogue; a third party's world names its intended goal first."""
    listed: Any = SCENARIOS[scenario].listing.get("goals", ()) if scenario in SCENARIOS else ()
    return next((goal["name"] for goal in listed if goal["role"] == "intended"), episode.goals[0])


def _space(observation: np.ndarray) -> gymnasium.Space:
    """Bytes, or floats within generous bounds: worlds promise finite values, and Gymnasium's check wants finite bounds."""
    if observation.dtype == np.uint8:
        return gymnasium.spaces.Box(0, 255, observation.shape, np.uint8)
    return gymnasium.spaces.Box(-_BOUND, _BOUND, observation.shape, np.float32)

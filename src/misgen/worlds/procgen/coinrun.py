"""The original CoinRun, played as our `coinrun` is: its decisions, its observation, its goals, with the coin where we say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from types import TracebackType
from typing import Any, NamedTuple, Protocol, Self

import numpy as np

from misgen.concepts import Scenario, Trajectory, UserError
from misgen.worlds.coinrun.config import CoinRunConfig
from misgen.worlds.coinrun.goals import AFTER_END, GOALS
from misgen.worlds.coinrun.levels import MAX_ENEMIES, Level
from misgen.worlds.procgen.client import Looks, ProcgenClient, Watch
from misgen.worlds.procgen.starts import OriginalLevel, start_states
from misgen.worlds.procgen.state import ProcgenState
from misgen.worlds.procgen.view import ENEMY, Scenes, scenes_of, symbolic_views

__all__ = ["Choose", "CoinRunOriginal", "CoinRunOriginalWorld", "Decision", "original_rollout", "original_scenario"]

Choose = Callable[[np.ndarray, int], np.ndarray]
"""From Float32[episode, feature] and the number of the decision to Int[episode], the actions."""


class Decision(NamedTuple):
    """What one decision of every copy brought."""

    observations: np.ndarray
    """Float32[copy, feature]; of a copy that is over, the last one before."""
    coin: np.ndarray
    """Bool[copy]: collected by this decision, which ends the episode."""
    end: np.ndarray
    """Bool[copy]: the end was reached by this decision, and no coin collected until then."""
    death: np.ndarray
    """Bool[copy]: this decision ended the episode in lava, a saw or an enemy."""
    over: np.ndarray
    """Bool[copy]: the episode is over, by now or before."""
    frames: np.ndarray
    """Int32[copy]: game frames of the episode so far."""

    def attained(self) -> np.ndarray:
        """Bool[copy, goal], in the order of `CoinRunOriginal.goals`."""
        return np.stack([self.coin, self.end, self.death], axis=1)


class Outcome(Protocol):
    """What one decision of every episode brought, in any of the originals."""

    @property
    def observations(self) -> np.ndarray: ...
    @property
    def over(self) -> np.ndarray: ...
    def attained(self) -> np.ndarray: ...


class SideBySide(Protocol):
    """Episodes of an original that are stepped together: `CoinRunOriginal`, `MazeOriginal`, `HeistOriginal`."""

    num: int
    max_steps: int
    goals: tuple[str, ...]

    def start(self, levels: Sequence[Any], *, erased: Sequence[frozenset[str]] | None = None) -> np.ndarray: ...
    def step(self, actions: np.ndarray) -> Outcome: ...


class CoinRunOriginal:
    """`num` episodes of the original at once, under the rules of our `coinrun`. Use it in a `with`.

    A decision lasts `config.frame_skip` game frames. Observations are our symbolic ones, computed from the original's states.
    Goals and ends of episodes are those of `CoinRunWorld`: the end is looked for after every game frame in which the runner can
    have got there. The coin is put in its place at every level start. The game is started when it is first needed.
    """

    def __init__(
        self,
        config: CoinRunConfig | None = None,
        *,
        num: int = 1,
        options: Mapping[str, int | bool] | None = None,
        timeout: float = 300.0,
        command: Sequence[str] | None = None,
    ) -> None:
        self.config = config or CoinRunConfig()
        if self.config.observation != "symbolic":
            do = "Use observation 'symbolic', or the client's own frames"
            raise UserError("The original is shown as our symbolic observation alone", seen=self.config.observation, do=do)
        self.num = num
        self.num_actions, self.action_names = len(self.config.moves), self.config.action_names
        self.max_steps = self.config.max_steps
        self.goals: tuple[str, ...] = tuple(goal.name for goal in GOALS)
        self.cues: tuple[str, ...] = ("coin",)
        mode = self.config.mode
        self._started = {"num": num, "distribution_mode": mode, "options": options, "timeout": timeout, "command": command}
        # the original's number of a command: left, none, right times down, none, up
        self._moves = np.array([(x + 1) * 3 + y + 1 for x, y in self.config.moves], np.int32)
        self._scenes: Scenes | None = None

    @cached_property
    def client(self) -> ProcgenClient:
        """The game, started now if it was not."""
        return ProcgenClient("coinrun", **self._started)  # type: ignore[arg-type]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if "client" in self.__dict__:
            self.client.close()

    def start(self, levels: Sequence[OriginalLevel | Level], *, erased: Sequence[frozenset[str]] | None = None) -> np.ndarray:
        """Start an episode in each of these levels, one per copy at most, and return what is seen: Float32[copy, feature].

        `erased` names, per level, the goals whose cue is hidden; copies without a level are over from the start.
        """
        hidden = [frozenset()] * len(levels) if erased is None else list(erased)
        if not 0 < len(levels) <= self.num or len(hidden) != len(levels):
            raise UserError(
                "Levels do not fit the copies of the game", seen=(len(levels), len(hidden)), do=f"Give 1 to {self.num}"
            )
        states, ends = start_states(self.client, levels)
        self.client.set_states(range(len(states)), states)
        self.starts: list[ProcgenState] = states
        self._scenes, self._ends = scenes_of(states), np.full((self.num, 2), -1, np.int32)
        self._ends[: len(levels)] = ends
        self._shown = np.array(["coin" not in names for names in hidden])
        self._over = np.arange(self.num) >= len(levels)
        self._frames, self._end_frame = np.zeros(self.num, np.int32), np.full(self.num, -1, np.int32)
        self._seen = self._see(
            self.client.look(range(len(levels)), kinds=(ENEMY,), most_entities=MAX_ENEMIES), np.arange(len(levels))
        )
        return self._seen.copy()

    def step(self, actions: np.ndarray) -> Decision:
        """One decision of every episode: Int[episode], numbers of the config's actions. Those that are over stay as they are."""
        commands = self._commands(actions)
        running = np.flatnonzero(~self._over).tolist()
        step = self.client.act(
            commands,
            repeat=self.config.frame_skip,
            watch=Watch(np.where(self._end_frame[:, None] < 0, self._ends, -1), running, (ENEMY,), MAX_ENEMIES),
        )
        assert step.reached is not None
        assert step.looks is not None
        live = ~self._over
        last = np.where(self._end_frame >= 0, self._end_frame + AFTER_END, np.iinfo(np.int32).max)
        in_time = self._frames + step.steps <= last
        coin, death = (live & step.ended & which & in_time for which in (step.complete, ~step.complete))
        end = live & (step.reached > 0) & (self._end_frame < 0)
        self._end_frame[end] = self._frames[end] + step.reached[end]
        self._frames[live] = np.minimum(self._frames + step.steps, last)[live]
        late = (self._end_frame >= 0) & (self._frames - self._end_frame >= AFTER_END)
        self._over = self._over | coin | death | late
        fresh = ~self._over[running]
        looks = Looks(*(field[fresh] for field in step.looks))
        again = np.array(running, np.int64)[fresh]
        self._seen[again] = self._see(looks, again)
        return Decision(
            self._seen.copy(), *(a[: len(self._seen)] for a in (coin, end, death, self._over.copy(), self._frames.copy()))
        )

    def _commands(self, actions: np.ndarray) -> np.ndarray:
        if self._scenes is None:
            raise UserError("coinrun was stepped before it was started", do="Call start(levels) first")
        wanted = np.asarray(actions)
        if wanted.shape != (len(self._seen),) or (wanted < 0).any() or (wanted >= self.num_actions).any():
            do = f"Give {len(self._seen)} numbers from 0 to {self.num_actions - 1}"
            raise UserError("These are no actions for coinrun", seen=wanted.tolist(), do=do)
        commands = np.full(self.num, 4, np.int32)
        commands[: len(wanted)] = self._moves[wanted]
        return commands

    def _see(self, looks: Looks, copies: np.ndarray) -> np.ndarray:
        assert self._scenes is not None
        enemies = np.where(looks.entities[:, :, :1] == ENEMY, looks.entities[:, :, 1:3], np.float32(-1))
        return symbolic_views(self._scenes.planes[copies], looks.agents, enemies, self._shown[copies])


class CoinRunOriginalWorld:
    """One episode of the original behind `misgen.concepts.HostWorld`; levels are `OriginalLevel`s or our `Level`s."""

    def __init__(self, original: CoinRunOriginal) -> None:
        self.original = original
        self.num_actions, self.max_steps = original.num_actions, original.max_steps
        self.goals, self.cues = original.goals, original.cues

    def reset(self, level: object, *, seed: int = 0, erased: frozenset[str] = frozenset()) -> np.ndarray:
        """Start at the level's start. `seed` changes nothing: the game's randomness follows from the level."""
        if not isinstance(level, OriginalLevel | Level):
            raise UserError("The original CoinRun needs an OriginalLevel or a Level", seen=repr(level))
        return self.original.start([level], erased=[erased])[0]

    def step(self, action: int) -> tuple[np.ndarray, frozenset[str], bool]:
        """The observation, the goals this decision attained, and whether the episode has ended."""
        decision = self.original.step(np.array([action]))
        attained = frozenset(goal for goal, there in zip(self.goals, decision.attained()[0], strict=True) if there)
        return decision.observations[0], attained, bool(decision.over[0])


def original_scenario(scenario: Scenario, original: CoinRunOriginal) -> Scenario:
    """The scenario `coinrun` with the original in place of our world: evaluation then runs in the host loop.

    Its pools are `starts.original_pool` of ours. Episodes get the noise that they get in our world, so that evidence can be
    compared row by row. Subjects are not trained here.
    """
    return replace(scenario, world=CoinRunOriginalWorld(original), recipe=None)


def original_rollout(
    original: SideBySide,
    levels: Sequence[Any],
    choose: Choose,
    *,
    erased: Sequence[frozenset[str]] | None = None,
    max_steps: int | None = None,
) -> Trajectory:
    """One episode per level, `original.num` side by side: the contract of the other engines, [time, episode, ...] NumPy arrays.

    `choose` is shown every episode of its group, those that are over too; what it says for these is ignored.
    """
    hidden = [frozenset[str]()] * len(levels) if erased is None else list(erased)
    length = original.max_steps if max_steps is None else max_steps
    groups = [slice(first, first + original.num) for first in range(0, len(levels), original.num)]
    parts = [_play_group(original, levels[group], choose, hidden[group], length) for group in groups]
    return Trajectory(*(np.concatenate([np.asarray(part[k]) for part in parts], axis=1) for k in range(5)))


def _play_group(
    original: SideBySide,
    levels: Sequence[Any],
    choose: Choose,
    erased: Sequence[frozenset[str]],
    max_steps: int,
) -> Trajectory:
    shape = (max_steps, len(levels))
    actions, scores = np.zeros(shape, np.int32), np.zeros((*shape, len(original.goals)), bool)
    terminated, truncated, alive = np.zeros(shape, bool), np.zeros(shape, bool), np.zeros(shape, bool)
    seen, over = original.start(levels, erased=erased), np.zeros(len(levels), bool)
    for time in range(max_steps):
        if over.all():
            terminated[time:] = True
            break
        chosen = np.asarray(choose(seen, time))
        decision = original.step(chosen)
        actions[time], alive[time] = np.where(over, 0, chosen), ~over
        scores[time] = decision.attained() & ~over[:, None]
        seen, over = decision.observations, decision.over
        terminated[time] = over
    else:
        truncated[-1] = ~over
    return Trajectory(actions, scores, terminated, truncated, alive)

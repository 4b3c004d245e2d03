"""The original game from misgen's side: start it, step it, read and write its states, play many action sequences at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import numpy as np

from misgen.concepts import UserError, unknown_name
from misgen.worlds.procgen import wire
from misgen.worlds.procgen.checks import GAMES
from misgen.worlds.procgen.install import python_of_procgen
from misgen.worlds.procgen.process import Child, command_of
from misgen.worlds.procgen.state import ProcgenState, parse, to_bytes

__all__ = ["NO_OP", "NUM_ACTIONS", "SERVER", "Looks", "Playback", "ProcgenClient", "Step", "Watch"]

SERVER = Path(__file__).with_name("server.py")
NUM_ACTIONS = 15
NO_OP = 4
"""Actions are (left, none, right) x (down, none, up), 0 to 8; 9 to 14 press keys that most games ignore."""
MODES = ("easy", "hard", "extreme", "memory", "exploration")
LARGEST_SEED = 2**31 - 2
STATE_OPTIONS = ("level_seed_low", "level_seed_high", "game_n")
"""Options in which a state may differ from the game it is written into."""


class Looks(NamedTuple):
    """The moving things of some copies, cheaper than their states."""

    agents: np.ndarray
    """Float32[copy, 4]: x, y, vx, vy."""
    clocks: np.ndarray
    """Int32[copy]: steps since the episode's start."""
    entities: np.ndarray
    """Float32[copy, entity, 4]: type, x, y, vx; type -1 fills up."""


class Step(NamedTuple):
    """What one call of `act` brought, per copy of the game."""

    rewards: np.ndarray
    """Float32[copy]: added up over the repeated steps, up to the one that ended the episode."""
    ended: np.ndarray
    """Bool[copy]: an episode ended. The game has then already started the next one."""
    complete: np.ndarray
    """Bool[copy]: it ended because its aim was reached."""
    steps: np.ndarray
    """Int32[copy]: steps of the old episode, fewer than asked for where it ended."""
    level_seed: np.ndarray
    """Int32[copy]: of the level that is running now."""
    frames: np.ndarray | None = None
    """Uint8[copy, 64, 64, rgb], where asked for."""
    reached: np.ndarray | None = None
    """Int32[copy]: the step of this call, from 1, after which the agent was first in its watched cell; 0 if it was not."""
    looks: Looks | None = None
    """Of the copies named in `look_at`."""


class Watch(NamedTuple):
    """What to look at while acting."""

    cells: np.ndarray | None = None
    """Int32[copy, 2]: a cell per copy of coinrun, x of -1 for none; see `Step.reached`."""
    look_at: Sequence[int] = ()
    """The copies to look at after the last step, see `ProcgenClient.look`."""
    kinds: Sequence[int] = ()
    most_entities: int = 0


class Playback(NamedTuple):
    """One episode per copy under given actions. Time 0 is before the first action."""

    agents: np.ndarray
    """Float32[time + 1, copy, 4]: x, y, vx, vy; NaN from the step on that ended the episode (the game restarts within it)."""
    rewards: np.ndarray
    """Float32[time, copy]: 0 after the end."""
    ended: np.ndarray
    """Bool[time, copy]: true at the step that ended the episode, if any."""
    complete: np.ndarray
    """Bool[time, copy]: that step reached the game's aim (the coin, the cheese, the gem)."""
    entities: np.ndarray
    """Float32[time + 1, copy, entity, 4]: type, x, y, vx of the first entities, the agent among them; NaN after the end."""


class ProcgenClient:
    """`num` copies of one of the sixteen original games in a process of their own. Use it in a `with`.

    Copies are stepped together; states are read and written one by one. `options` are the game's own (`center_agent`,
    `use_backgrounds`, `num_levels`, `start_level`, ...). A mistake is a `UserError`; a game that dies, hangs or answers
    nonsense is an `OwnFailureError`, and the process is gone afterwards either way.
    """

    def __init__(
        self,
        game: str,
        *,
        num: int = 1,
        distribution_mode: str = "hard",
        options: Mapping[str, int | bool] | None = None,
        timeout: float = 300.0,
        command: Sequence[str] | None = None,
    ) -> None:
        if game not in GAMES:
            raise unknown_name("Procgen game", game, GAMES)
        if distribution_mode not in MODES:
            raise unknown_name("distribution mode", distribution_mode, MODES)
        if num < 1:
            raise UserError("A game needs at least one copy", seen=num, do="Give num=1 or more")
        self.game, self.num, self.timeout = game, num, timeout
        """`timeout`: seconds that one request may take, per 1,000 steps of all copies for the long ones. Starting the game takes
        two seconds of CPU, which on a crowded machine may be a minute."""
        command = command or command_of(python_of_procgen(), SERVER)
        self._child = Child(command, what=f"The original {game}")
        try:
            self.versions = {name: value for name, value in self._ask("hello")[0].items() if name != "error"}
            made = {"game": game, "distribution_mode": distribution_mode, "num": num, "options": dict(options or {})}
            self._ask("make", **made)
            self._first: ProcgenState | None = None
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the process and wait for it; safe to call twice."""
        self._child.close()

    def level_starts(self, seeds: Sequence[int]) -> list[bytes]:
        """The states in which an episode on each of these levels starts, as an unlimited game would make the level.

        With `set_states` they start the level in any copy; when that episode ends, the game starts the same level again.
        """
        wrong = [seed for seed in seeds if not 0 <= seed <= LARGEST_SEED]
        if wrong:
            raise UserError("Level seeds run from 0 to 2147483646", seen=wrong[:5])
        _, arrays = self._ask("start", {"seeds": np.array(seeds, np.int64)}, work=len(seeds) * 10)
        return wire.split(arrays)

    def get_states(self, indices: Sequence[int] | None = None) -> list[bytes]:
        """The whole states of these copies (all by default), about 0.1 ms of CPU each; `state.parse` reads them."""
        _, arrays = self._ask("get", {"indices": self._indices(indices)})
        return wire.split(arrays)

    def set_states(self, indices: Sequence[int], states: Sequence[bytes | ProcgenState]) -> None:
        """Write states into these copies. Bytes are read and checked first; nothing damaged or foreign reaches the game."""
        if len(indices) != len(states):
            raise UserError("Each copy needs one state", seen=(len(indices), len(states)), do="Give as many as there are indices")
        self.write_states(indices, [self._checked(state) for state in states])

    def write_states(self, indices: Sequence[int], states: Sequence[bytes]) -> None:
        """As `set_states` for bytes that this client's game or `to_bytes` made: unchecked, which saves 0.15 ms a state."""
        self._ask("set", {"indices": self._indices(indices), **wire.join(states)})

    def observe(self, *, frames: bool = True) -> Step:
        """What the copies show now, without stepping them: to look again after states were written."""
        _, arrays = self._ask("observe", frames=frames)
        steps = np.zeros(self.num, np.int32)
        return _step({**arrays, "steps": steps})

    def act(self, actions: np.ndarray, *, repeat: int = 1, frames: bool = False, watch: Watch | None = None) -> Step:
        """One action per copy, held for `repeat` steps. A copy whose episode ends meanwhile plays on in its next one."""
        wanted = np.ascontiguousarray(actions, np.int32)
        if wanted.shape != (self.num,) or (wanted < -1).any() or (wanted >= NUM_ACTIONS).any():
            do = f"Give {self.num} numbers from 0 to 14; -1 ends the episode"
            raise UserError("These are no actions for the game", seen=np.asarray(actions).tolist(), do=do)
        watch = watch or Watch()
        cells = np.full((self.num, 2), -1, np.int32) if watch.cells is None else np.asarray(watch.cells, np.int32)
        _, arrays = self._ask(
            "act",
            {"actions": wanted, "watched": cells, "indices": self._indices(watch.look_at)},
            repeat=repeat,
            frames=frames,
            kinds=list(watch.kinds),
            most_entities=watch.most_entities,
            work=repeat * self.num,
        )
        looks = Looks(*(arrays.pop(name) for name in Looks._fields))
        return _step(arrays)._replace(reached=arrays["reached"], looks=looks)

    def look(self, indices: Sequence[int] | None = None, *, most_entities: int = 0, kinds: Sequence[int] = ()) -> Looks:
        """Where things are in these copies (all by default), from their states, 0.1 ms of CPU each.

        Up to `most_entities` entities of those `kinds` (types); of all types, if none is named.
        """
        wanted = self._indices(indices)
        _, arrays = self._ask("look", {"indices": wanted}, most_entities=most_entities, kinds=list(kinds))
        return Looks(**arrays)

    def play(self, starts: Sequence[int | bytes | ProcgenState], actions: np.ndarray, *, most_entities: int = 0) -> Playback:
        """Play one episode per copy: `starts` holds a level seed or a state for each, `actions` is Int[time, copy].

        One request for everything, 0.13 ms of CPU per step of a copy: the way to compare trajectories with the original's.
        """
        wanted = np.ascontiguousarray(actions, np.int32)
        if len(starts) != self.num or wanted.ndim != 2 or wanted.shape[1] != self.num:
            do = f"Give {self.num} starts and actions of shape [time, {self.num}]"
            raise UserError("Starts and actions do not fit the game", seen=(len(starts), wanted.shape), do=do)
        if (wanted < 0).any() or (wanted >= NUM_ACTIONS).any():
            raise UserError("There is no such action", seen=(int(wanted.min()), int(wanted.max())), do="Use numbers from 0 to 14")
        seeded = [start for start in starts if isinstance(start, int | np.integer)]
        made = iter(self.level_starts([int(seed) for seed in seeded])) if seeded else iter(())
        states = [next(made) if isinstance(start, int | np.integer) else self._checked(start) for start in starts]
        self.write_states(range(self.num), states)
        _, arrays = self._ask("play", {"actions": wanted}, most_entities=most_entities, work=wanted.size)
        return Playback(**arrays)

    def measure(self, *, num_steps: int, seed: int = 0) -> float:
        """CPU seconds of the game's process for `num_steps` uniform random steps of every copy, all pixels read."""
        answer, _ = self._ask("measure", num_steps=num_steps, seed=seed, work=num_steps * self.num)
        return float(answer["cpu_seconds"])  # type: ignore[arg-type]

    def cpu_seconds(self) -> float:
        """CPU seconds that the game's process has used so far."""
        return float(self._ask("cpu")[0]["cpu_seconds"])  # type: ignore[arg-type]

    def _ask(
        self, do: str, arrays: Mapping[str, np.ndarray] | None = None, *, work: int = 0, **request: object
    ) -> tuple[dict[str, object], dict[str, np.ndarray]]:
        return self._child.ask(do, arrays, timeout=self.timeout * (1 + work / 1000), **request)

    def _indices(self, indices: Sequence[int] | None) -> np.ndarray:
        wanted = np.arange(self.num) if indices is None else np.array(indices, np.int64).reshape(-1)
        if ((wanted < 0) | (wanted >= self.num)).any():
            raise UserError("There is no such copy of the game", seen=wanted.tolist(), do=f"Use 0 to {self.num - 1}")
        return wanted

    def _checked(self, state: bytes | ProcgenState) -> bytes:
        known = parse(state) if isinstance(state, bytes) else state
        if self._first is None:
            self._first = parse(self.get_states([0])[0])
        mine, theirs = self._first.options, known.options
        names = [name for name in mine.dtype.names or () if name not in STATE_OPTIONS]
        strange = [name for name in names if mine[name] != theirs[name]]
        if known.game != self.game or strange:
            seen = known.game if known.game != self.game else ", ".join(f"{name} {theirs[name]}" for name in strange)
            raise UserError(
                f"The state belongs to another game than this {self.game}", seen=seen, do="Make both with the same options"
            )
        return state if isinstance(state, bytes) else to_bytes(known)


def _step(arrays: Mapping[str, np.ndarray]) -> Step:
    return Step(
        rewards=arrays["rewards"],
        ended=arrays["firsts"],
        complete=arrays["prev_level_complete"] != 0,
        steps=arrays["steps"],
        level_seed=arrays["level_seed"],
        frames=arrays.get("frames"),
    )

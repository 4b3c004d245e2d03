"""The other side: runs inside the environment that has the C++ game, never inside misgen's.

Started as a file; reads requests from stdin and answers on stdout, one for one, until stdin ends. Standard library, NumPy and
procgen only. What the C++ library prints goes to stderr.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import struct
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any, BinaryIO

import numpy as np

MOST_BYTES = 1 << 20
"""Bytes of a state, at most."""
OPTIONS_BYTES = 17 * 4
STEP_BYTES = 16 * 4
CUR_TIME = 13 * 4
"""Where the clock stands in the step record."""
SEEDS = 13 * 4
"""Where the range of level seeds stands in the options."""
ENTITY_FIELDS = 31
WATCH_X, WATCH_Y = np.float32(0.5) - np.float32(0.001), np.float32(0.5787) - np.float32(0.001)
"""Half sizes of coinrun's agent, a little smaller: how the game itself finds what cell the agent is in."""
FASTEST = 0.5
"""Coinrun's top speed, cells per step."""


def _beside(name: str) -> ModuleType:
    """A module by its place: this file runs alone, outside its package."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".py")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


wire = _beside("wire")
Arrays = dict[str, np.ndarray]
Request = dict[str, Any]
Answer = tuple[dict[str, object], Arrays]
Original = Any
"""A game of the C++ library: its types are known only where it is installed."""


class Places:
    """Where things stand in one state's bytes; they move, since the generators are text."""

    def __init__(self, state: bytes) -> None:
        at = 4
        at += 4 + _integer(state, at)
        self.options = at
        at += OPTIONS_BYTES
        for _ in range(2):
            at += 8 + _integer(state, at + 4)
        self.step = at
        at += STEP_BYTES
        self.num_entities = _integer(state, at)
        self.entities = at + 4


def _integer(state: bytes, at: int) -> int:
    return struct.unpack_from("<i", state, at)[0]


def entities_of(state: bytes, places: Places) -> np.ndarray:
    """Float32[entity, 31]: the records; integer fields are bit patterns."""
    return np.frombuffer(state, np.float32, places.num_entities * ENTITY_FIELDS, places.entities).reshape(-1, ENTITY_FIELDS)


def _in_cell(centre: float, half: np.float32, cell: int) -> bool:
    return bool(np.floor(centre - half) <= cell <= np.floor(centre + half))


def agent_of(state: bytes) -> np.ndarray:
    """x, y, vx, vy of the agent, which is the first entity of type 0."""
    places = Places(state)
    records = entities_of(state, places)
    return records[np.argmax(records[:, 6].view(np.int32) == 0), :4]


class Game:
    """Some copies of one game, stepped together, and one more in which levels are made to measure."""

    def __init__(self, game: str, distribution_mode: str, num: int, options: Mapping[str, object]) -> None:
        from procgen.env import ProcgenGym3Env  # type: ignore[import-not-found]

        settings = {"num_levels": 0, "num_threads": 0, "rand_seed": 0, **options}
        self.make = lambda copies: ProcgenGym3Env(num=copies, env_name=game, distribution_mode=distribution_mode, **settings)
        self.num = num
        self.env = self.make(num)
        self.forge = None
        self.buffer = self.env._ffi.new("char[]", MOST_BYTES)
        self.waits = np.zeros(num, np.int64)
        """Per copy: steps during which its agent cannot come to the watched cell."""
        self.env.observe()

    def get(self, index: int, env: Original | None = None) -> bytes:
        chosen: Original = env or self.env
        length = chosen.call_c_func("get_state", index, self.buffer, MOST_BYTES)
        return bytes(chosen._ffi.buffer(self.buffer, length))

    def set(self, index: int, state: bytes, env: Original | None = None) -> None:
        (env or self.env).call_c_func("set_state", index, state, len(state))
        if env is None:
            self.waits[index] = 0

    def start(self, seed: int) -> bytes:
        """The state in which an episode on that level starts: its seed is forced, then an action of -1 ends the episode."""
        if self.forge is None:
            self.forge = self.make(1)
            self.template = self.get(0, self.forge)
        at = Places(self.template).options + SEEDS
        self.set(0, self.template[:at] + struct.pack("<ii", seed, seed + 1) + self.template[at + 8 :], self.forge)
        self.forge.act(np.array([-1], np.int32))
        self.forge.observe()
        return self.get(0, self.forge)

    def outcome(self, frames: bool) -> Arrays:
        rewards, seen, firsts = self.env.observe()
        inside = self.env._info
        arrays = {"rewards": rewards, "firsts": firsts}
        arrays.update({name: inside[name].copy() for name in ("level_seed", "prev_level_seed", "prev_level_complete")})
        if frames:
            arrays["frames"] = seen["rgb"]
        return arrays

    def act(self, actions: np.ndarray, watched: np.ndarray, repeat: int, frames: bool) -> Arrays:
        """The same actions `repeat` times; per copy the outcome up to the step that first ended an episode.

        `watched` is a cell per copy, x of -1 for none; `reached` is the number of the step, from 1, after which the agent's box
        was first in it, 0 for never.
        """
        total, ended, arrays = np.zeros(self.num, np.float32), np.zeros(self.num, bool), {}
        complete, taken, reached = (np.zeros(self.num, np.int32) for _ in range(3))
        for now in range(repeat):
            self.env.act(actions)
            arrays = self.outcome(frames and now == repeat - 1)
            total += np.where(ended, 0, arrays["rewards"])
            taken += ~ended
            fresh = arrays["firsts"] & ~ended
            complete[fresh] = arrays["prev_level_complete"][fresh]
            ended |= fresh
            self._watch(watched, reached, ~ended & (reached == 0), now + 1)
        arrays.update(rewards=total, firsts=ended, prev_level_complete=complete, steps=taken, reached=reached)
        return arrays

    def _watch(self, watched: np.ndarray, reached: np.ndarray, running: np.ndarray, now: int) -> None:
        """Look where agents are, as seldom as their top speed allows."""
        self.waits -= 1
        for index in np.flatnonzero(running & (watched[:, 0] >= 0) & (self.waits <= 0)).tolist():
            x, y = agent_of(self.get(index))[:2]
            column, row = watched[index]
            if _in_cell(x, WATCH_X, column) and _in_cell(y, WATCH_Y, row):
                reached[index] = now
            away = max(column - x, x - column - 1) - WATCH_X
            self.waits[index] = max(1, int(away / FASTEST))

    def look(self, indices: Iterable[int], most: int, kinds: Sequence[int] = ()) -> Arrays:
        """The agent's x, y, vx, vy, the clock, and up to `most` entities of these kinds (all, if none is named).

        Of an entity: type, x, y, vx; type -1 fills up.
        """
        indices = list(indices)
        agents, clocks = np.zeros((len(indices), 4), np.float32), np.zeros(len(indices), np.int32)
        others = np.zeros((len(indices), most, 4), np.float32)
        others[:, :, 0] = -1
        for row, index in enumerate(indices):
            state = self.get(index)
            places = Places(state)
            records = entities_of(state, places)
            agents[row], clocks[row] = agent_of(state), _integer(state, places.step + CUR_TIME)
            types = records[:, 6].view(np.int32)
            chosen = np.flatnonzero(np.isin(types, kinds) if kinds else types >= 0)[:most]
            others[row, : len(chosen), 0] = types[chosen]
            others[row, : len(chosen), 1:] = records[chosen, :3]
        return {"agents": agents, "clocks": clocks, "entities": others}

    def play(self, actions: np.ndarray, most: int) -> Arrays:
        """Act and look, step by step, until every copy's first episode has ended or the actions are used up."""
        length = len(actions)
        agents = np.full((length + 1, self.num, 4), np.nan, np.float32)
        others = np.full((length + 1, self.num, most, 4), np.nan, np.float32)
        rewards, ended = np.zeros((length, self.num), np.float32), np.zeros((length, self.num), bool)
        complete, running = np.zeros((length, self.num), bool), np.ones(self.num, bool)
        self._note(agents[0], others[0], range(self.num), most)
        for now in range(length):
            if not running.any():
                break
            self.env.act(actions[now])
            arrays = self.outcome(False)
            rewards[now] = np.where(running, arrays["rewards"], 0)
            ended[now] = arrays["firsts"] & running
            complete[now] = (arrays["prev_level_complete"] != 0) & ended[now]
            running &= ~ended[now]
            self._note(agents[now + 1], others[now + 1], np.flatnonzero(running), most)
        return {"agents": agents, "rewards": rewards, "ended": ended, "complete": complete, "entities": others}

    def _note(self, agents: np.ndarray, others: np.ndarray, indices: Iterable[int], most: int) -> None:
        for index in indices:
            if most:
                seen = self.look([index], most)
                agents[index], others[index] = seen["agents"][0], seen["entities"][0]
            else:
                agents[index] = agent_of(self.get(index))

    def measure(self, num_steps: int, seed: int) -> tuple[float, int]:
        """CPU seconds of this process for `num_steps` steps of every copy, uniform random actions, every pixel read."""
        actions = np.random.default_rng(seed).integers(0, 15, (num_steps, self.num)).astype(np.int32)
        total, before = 0, time.process_time()
        for row in actions:
            self.env.act(row)
            _, seen, _ = self.env.observe()
            total ^= int(np.bitwise_xor.reduce(seen["rgb"].reshape(-1).view(np.uint64)))
        return time.process_time() - before, total


class Server:
    """Requests by name. Every method takes the request and its arrays, and returns the answer and its arrays."""

    def __init__(self) -> None:
        self._game: Game | None = None

    @property
    def game(self) -> Game:
        if self._game is None:
            raise RuntimeError("no game has been made")
        return self._game

    def hello(self, request: Request, arrays: Arrays) -> Answer:
        from importlib.metadata import version

        python = ".".join(map(str, sys.version_info[:3]))
        return {"protocol": wire.PROTOCOL, "python": python, "numpy": np.__version__, "procgen": version("procgen-mirror")}, {}

    def make(self, request: Request, arrays: Arrays) -> Answer:
        self._game = Game(request["game"], request["distribution_mode"], request["num"], request["options"])
        return {}, self.game.outcome(True)

    def start(self, request: Request, arrays: Arrays) -> Answer:
        return {}, wire.join([self.game.start(int(seed)) for seed in arrays["seeds"]])

    def get(self, request: Request, arrays: Arrays) -> Answer:
        return {}, wire.join([self.game.get(int(index)) for index in arrays["indices"]])

    def set(self, request: Request, arrays: Arrays) -> Answer:
        for index, state in zip(arrays["indices"], wire.split(arrays), strict=True):
            self.game.set(int(index), state)
        return {}, {}

    def observe(self, request: Request, arrays: Arrays) -> Answer:
        return {}, self.game.outcome(request["frames"])

    def act(self, request: Request, arrays: Arrays) -> Answer:
        results = self.game.act(arrays["actions"], arrays["watched"], request["repeat"], request["frames"])
        return {}, {**results, **self._look(request, arrays)}

    def look(self, request: Request, arrays: Arrays) -> Answer:
        return {}, self._look(request, arrays)

    def _look(self, request: Request, arrays: Arrays) -> Arrays:
        return self.game.look([int(index) for index in arrays["indices"]], request["most_entities"], request["kinds"])

    def play(self, request: Request, arrays: Arrays) -> Answer:
        return {}, self.game.play(arrays["actions"], request["most_entities"])

    def measure(self, request: Request, arrays: Arrays) -> Answer:
        seconds, total = self.game.measure(request["num_steps"], request["seed"])
        return {"cpu_seconds": seconds, "pixels": str(total)}, {}

    def cpu(self, request: Request, arrays: Arrays) -> Answer:
        return {"cpu_seconds": time.process_time()}, {}


def _read(stream: BinaryIO, length: int) -> bytes | None:
    content = stream.read(length)
    return content if len(content) == length else None


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the requests end. A request that fails is answered with its error, unless the C++ side ends the process."""
    server = Server()
    while True:
        prefix = _read(requests, wire.LENGTHS.size)
        if prefix is None:
            return
        words, payload = wire.lengths(prefix)
        request, arrays = wire.unpack(requests.read(words), requests.read(payload))
        try:
            answer, results = getattr(server, request["do"])(request, arrays)
            message = wire.pack({"error": None, **answer}, results)
        except Exception as error:
            message = wire.pack({"error": f"{type(error).__name__}: {error}"}, {})
        answers.write(message)
        answers.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started this one, which then closes stdin
    private = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, private)

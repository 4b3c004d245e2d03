"""The game once more in NumPy, one episode at a time: the replayer, the host engine's world, the frames between decisions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from misgen.concepts import UserError
from misgen.worlds.coinrun.arrays import START, Levels
from misgen.worlds.coinrun.config import CoinRunConfig
from misgen.worlds.coinrun.enemies import Enemies, Runner, meets, step_enemies, unpack_lanes
from misgen.worlds.coinrun.goals import AFTER_END, GOALS
from misgen.worlds.coinrun.levels import Level, pack
from misgen.worlds.coinrun.motion import HALF_HEIGHT, Body, Terrain, launch, meets_boxes, meets_cells, move_runner
from misgen.worlds.coinrun.pixels import draw_subject_view
from misgen.worlds.coinrun.vision import symbolic_view

__all__ = ["CoinRunHostWorld", "State", "is_over", "next_frame", "start_state"]

Value = Any
"""A NumPy scalar for one moment, an array with a leading time axis for a history."""


class State(NamedTuple):
    """`dynamics.State` for those who do not load JAX: the same fields, NumPy values, one moment or a whole history."""

    level: Value
    x: Value
    y: Value
    vx: Value
    vy: Value
    on_crate: Value
    frame: Value
    coin: Value
    dead: Value
    end_frame: Value
    enemy_x: Value
    enemy_vx: Value


class CoinRunHostWorld:
    """One episode of `coinrun` without JAX. Implements `misgen.concepts.HostWorld`; levels are `Level`s.

    Paths are the original's, bit by bit, whether or not the configuration asks for `exact`; observations are those of
    `CoinRunWorld`.
    """

    def __init__(self, config: CoinRunConfig) -> None:
        self.config = config
        self.num_actions: int = len(config.moves)
        self.max_steps: int = config.max_steps
        self.goals: tuple[str, ...] = tuple(goal.name for goal in GOALS)
        self.cues: tuple[str, ...] = ("coin",)
        self.shown = True
        self._levels: Levels | None = None
        self._state: State | None = None

    @property
    def state(self) -> State:
        """Where things stand; the level counts as number 0 of its pool."""
        if self._state is None:
            raise UserError("coinrun was asked for its state before it was reset", do="Call reset(level, seed=...) first")
        return self._state

    def reset(self, level: object, *, seed: int = 0, erased: frozenset[str] = frozenset()) -> np.ndarray:
        """The runner at its start. `seed` changes nothing: the world is deterministic."""
        del seed
        if not isinstance(level, Level):
            raise UserError("coinrun needs one of its own levels", seen=repr(level)[:80], do="Give a Level")
        self._levels, self.shown = pack([level]), "coin" not in erased
        self._state = start_state(self._levels)
        return self.observe()

    def step(self, action: int) -> tuple[np.ndarray, frozenset[str], bool]:
        """The observation, the goals this decision attained, and whether the episode has ended."""
        before = self.state
        if action not in range(self.num_actions):
            names = ", ".join(f"{number} {name}" for number, name in enumerate(self.config.action_names))
            raise UserError("There is no such action in coinrun", seen=action, do=f"Use {names}")
        after = before
        for after in self.frames(action):
            self._state = after
        reached = {
            "coin": after.coin > before.coin,
            "death": after.dead > before.dead,
            "end": before.end_frame < 0 <= after.end_frame,
        }
        return self.observe(), frozenset(goal for goal, now in reached.items() if now), is_over(after)

    def frames(self, action: int) -> Iterator[State]:
        """The states after each game frame of a decision, as far as the episode lasts; the world itself stays where it is."""
        assert self._levels is not None
        state = self.state
        for _ in range(self.config.frame_skip):
            if is_over(state):
                return
            state = next_frame(self._levels, state, self.config.moves[action])
            yield state

    def observe(self) -> np.ndarray:
        """As `CoinRunWorld.observe`."""
        if self.config.observation == "symbolic":
            return symbolic_view(self._levels, self.state, np.bool_(self.shown), xp=np)
        return draw_subject_view(self._levels, self.state, np.bool_(self.shown), xp=np)


def start_state(levels: Levels) -> State:
    """The start in the only level of `levels`."""
    zero, no = np.float32(0), np.bool_(False)
    return State(
        level=np.int32(0),
        x=np.float32(START[0]),
        y=np.float32(START[1]),
        vx=zero,
        vy=zero,
        on_crate=no,
        frame=np.int32(0),
        coin=no,
        dead=no,
        end_frame=np.int32(-1),
        enemy_x=np.array(levels.enemies[0, :, 0]),
        enemy_vx=np.array(levels.enemy_vx[0]),
    )


def is_over(state: State) -> bool:
    """Coin, death, or the time after the end is up."""
    return bool(state.coin or state.dead or 0 <= state.end_frame <= state.frame - AFTER_END)


def next_frame(levels: Levels, state: State, move: tuple[int, int]) -> State:
    """One game frame under the command `move` (x, y, each -1, 0 or 1) in the only level of `levels`; never after the end.

    The rules of hard mode hold for levels of both modes: in easy ones no enemy meets a crate, which is all that they are about.
    """
    move_x, move_y = (np.int32(part) for part in move)
    first = np.int32(np.floor(state.x)) - np.int32(1)
    solid, crates, lava, saws = (
        _columns(field, first) for field in (levels.solid, levels.crate_cells, levels.lava, levels.saw_cells)
    )
    terrain = Terrain(first, solid, crates)
    body = Body(state.x, state.y, state.vx, state.vy, state.on_crate)
    plan = launch(body, move_x, move_y, terrain, xp=np, product=np.multiply)
    lanes = unpack_lanes(levels.enemy_lanes[0], levels.enemies[0, :, 1])
    runner = Runner(state.y, (plan.vy < 0) & plan.can_land, HALF_HEIGHT)
    enemies, touched = step_enemies(Enemies(state.enemy_x, state.enemy_vx), lanes, runner, xp=np)
    body = move_runner(body, plan, terrain, on_crate=touched.any(), xp=np, product=np.multiply)
    coin = _in_cell(body, levels.coin[0])
    dead = meets_cells(body.x, body.y, lava, first, xp=np) | meets_boxes(body.x, body.y, saws, first, xp=np)
    dead = (dead | meets(enemies, lanes, np.asarray(body.x), np.asarray(body.y), HALF_HEIGHT, xp=np)) & ~coin
    frame = np.int32(state.frame + 1)
    arrives = _in_cell(body, levels.end[0]) & ~coin & ~dead & (state.end_frame < 0)
    return State(
        state.level,
        *body,
        frame=frame,
        coin=coin,
        dead=np.bool_(dead),
        end_frame=frame if arrives else state.end_frame,
        enemy_x=enemies.x,
        enemy_vx=enemies.vx,
    )


def _columns(field: np.ndarray, first: np.int32) -> tuple[np.uint32, np.uint32, np.uint32]:
    words = field[0, first : first + 3, 0]
    return words[0], words[1], words[2]


def _in_cell(body: Body, cell: np.ndarray) -> np.bool_:
    """The runner's box, shrunk by .001, reaches into the cell, as the original's coin is collected."""
    margin_x, margin_y = np.float32(0.5) - np.float32(0.001), HALF_HEIGHT - np.float32(0.001)
    x, y = cell
    along_x = (np.floor(body.x - margin_x) <= x) & (x <= np.floor(body.x + margin_x))
    return np.bool_(along_x & (np.floor(body.y - margin_y) <= y) & (y <= np.floor(body.y + margin_y)))

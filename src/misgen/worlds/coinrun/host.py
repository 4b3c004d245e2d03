"""`coinrun` for people and for the command line: describe, replay, draw. Loads no JAX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from misgen.concepts import LevelPool, UserError, unknown_name
from misgen.worlds.coinrun import drawing
from misgen.worlds.coinrun.arrays import CODES, SIDE, START
from misgen.worlds.coinrun.config import ACTIONS, MODES, CoinRunConfig
from misgen.worlds.coinrun.host_world import CoinRunHostWorld, State, is_over, next_frame, start_state
from misgen.worlds.coinrun.levels import Level, Levels, grid_of, grid_sha256_12, level_at, pack
from misgen.worlds.coinrun.pools import CONDITIONS, CoinRunLevels, condition_levels
from misgen.worlds.history import stacked, state_at
from misgen.worlds.host import Host

__all__ = ["CoinRunHost", "host"]

_LARGEST_SEED = 2**31 - 1
_ENTITIES = {"agent": 0, "saw": 2, "enemy": 5, "crate": 20}
"""The original's numbers of entity types."""
_ORIGINAL = ACTIONS["all"]
_REWARD = 10.0
"""What the original pays for the coin."""
_TIMEOUT = 1000
_AHEAD = 64
"""How many seeds are tried at a time where a condition does not suit every level."""
_CLOSE = 0.01
"""Tiles: the arithmetic of the jittable world may differ by a tenth of this within a decision."""
_TEXT_VIEW = (38, 16)


class CoinRunHost(Host):
    """What the commands `levels`, `replay`, `play` and `film` need.

    A mode is `easy` or `hard`; for replays with the frames that each action lasts, if not one: `easy:4`. Coordinates are x to the
    right and y up, in tiles from the lower left of the world.
    """

    action_names = CoinRunConfig().action_names
    film_fps = 15.0
    """Game frames; the original runs as fast where people play it."""

    def level(self, level_seed: int, *, mode: str | None = None, condition: str = "training") -> Level:
        """The level of that seed, as a pool of that condition would hold it; condition `diverse` is a pool's diverse share.

        Not every level has a cell where `moved` could put the coin: the level is then that of the next seed that has.
        """
        return level_at(self._suited(level_seed, mode, condition)[1], 0)

    def describe_level(self, level_seed: int, *, mode: str | None = None, condition: str = "training") -> dict[str, object]:
        """Plain JSON values: width, height, grid (rows from the bottom, the original's codes, with the coin), entities (centres,
        with the original's type numbers), goal (cell), end (cell), sha256_12 of the grid; `level_seed` is the described level's.
        """
        seed, levels = self._suited(level_seed, mode, condition)
        level = level_at(levels, 0)
        return {
            "scenario": "coinrun",
            "mode": _mode(mode)[0],
            "condition": condition,
            "level_seed": seed,
            "width": SIDE,
            "height": SIDE,
            "grid": grid_of(level).tolist(),
            "codes": dict(CODES),
            "entities": list(_entities(level)),
            "goal": None if level.coin is None else list(level.coin),
            "end": list(level.end),
            "difficulty": level.difficulty,
            "sections": len(level.section_starts),
            "sha256_12": grid_sha256_12(level),
            "hash": level.hash,
        }

    def replay(
        self, level_seed: int, actions: Sequence[int | str], *, mode: str | None = None, condition: str = "training"
    ) -> Iterator[dict[str, object]]:
        """One object per action, the state after it; stops after the one that ends the episode.

        Actions are the original's numbers, 0 to 14, or names (`right+up`). Each lasts one game frame, or as many as the mode
        says. `reward` is 10 for the coin and 0 otherwise, as in the original. Checks all actions before it starts.
        """
        frames = _mode(mode)[1]
        level = self.level(level_seed, mode=mode, condition=condition)
        return _play(level, [_action(action) for action in actions], frames)

    def pool(
        self, condition: str, num_levels: int, seed: int, alpha: float = 0.0, **knobs: int | float | str | bool
    ) -> LevelPool:
        """A pool under the given knobs of `CoinRunConfig`."""
        for name in knobs:
            if name not in CoinRunConfig.__dataclass_fields__:
                raise unknown_name("knob of coinrun", name, CoinRunConfig.__dataclass_fields__)
        config = CoinRunConfig(**knobs)  # type: ignore[arg-type]
        return CoinRunLevels(config)(condition, num_levels=num_levels, seed=seed, alpha=alpha)

    def level_at(self, levels: Levels, index: int) -> Level:
        """One level of a pool's `levels`, to draw."""
        return level_at(levels, index)

    def episode(self, level: Level) -> CoinRunHostWorld:
        """The level as a world to step by hand, not yet reset: four game frames per decision."""
        del level
        return CoinRunHostWorld(CoinRunConfig(mode="hard"))  # the rules of hard mode hold for all levels

    def draw(
        self, level: Level, *, history: State | None = None, erased: frozenset[str] = frozenset(), tile: int = 16
    ) -> np.ndarray:
        """See `drawing.draw`: with a history a window that follows the runner, without one the whole level."""
        return drawing.draw(level, history=history, erased=erased, tile=tile)

    def frames(self, level: Level, history: State, actions: Sequence[int]) -> State:
        """Every game frame: those between two decisions are played again from each recorded state."""
        chosen = [moves for name in ("few", "all") if (moves := _moves(name, actions)) is not None]
        played = [_filled(pack([level]), history, moves) for moves in chosen]
        return min(played, key=lambda found: found[1])[0] if played else history

    def text(self, level: Level, *, state: State | None = None, erased: frozenset[str] = frozenset(), colour: bool = True) -> str:
        """A terminal drawing, two characters per cell: the whole level at its start, or what is around the runner."""
        marks = _marks(level, state, "coin" not in erased)
        width, height = level.end[0] + 3, int(np.flatnonzero((marks[:, 1 : level.end[0]] != " ").any(axis=1))[:-1].max()) + 4
        left = bottom = 0
        if state is not None:
            height = max(height, int(state.y) + 3)
            left = int(np.clip(int(state.x) - _TEXT_VIEW[0] // 2, 0, max(0, width - _TEXT_VIEW[0])))
            bottom = int(np.clip(int(state.y) - _TEXT_VIEW[1] // 2, 0, max(0, height - _TEXT_VIEW[1])))
            width, height = min(width, left + _TEXT_VIEW[0]), min(height, bottom + _TEXT_VIEW[1])
        glyphs = _ANSI if colour else _PLAIN
        return "\n".join("".join(glyphs[mark] for mark in line) for line in marks[bottom:height, left:width][::-1])

    def _suited(self, level_seed: int, mode: str | None, condition: str) -> tuple[int, Levels]:
        """The first seed from `level_seed` on whose level suits the condition, and that level."""
        if not 0 <= level_seed <= _LARGEST_SEED:
            raise UserError("A level seed is out of range", seen=level_seed, do=f"Give a whole number from 0 to {_LARGEST_SEED}")
        if condition not in (*CONDITIONS, "diverse"):
            raise unknown_name("condition of coinrun", condition, (*CONDITIONS, "diverse"))
        config = CoinRunConfig(mode=_mode(mode)[0])
        first, num = level_seed, 1
        while True:
            seeds = np.arange(first, first + num) % (_LARGEST_SEED + 1)
            levels, suits = condition_levels(config, condition, seeds)
            if suits.any():
                index = int(np.argmax(suits))
                return int(seeds[index]), Levels(*(np.asarray(field)[index : index + 1] for field in levels))
            first, num = first + num, _AHEAD


_PLAIN = {" ": "  ", "#": "##", "=": "==", "~": "~~", "x": "[]", "o": "**", "e": "ee", "c": "()", "$": "::", "@": "@@", "^": "oo"}
_ANSI = {
    " ": "  ",
    "#": "\x1b[48;5;95m  \x1b[0m",
    "=": "\x1b[48;5;95;38;5;113m▀▀\x1b[0m",
    "~": "\x1b[48;5;202;38;5;220m~~\x1b[0m",
    "x": "\x1b[48;5;179;38;5;94m[]\x1b[0m",
    "o": "\x1b[38;5;252m✹ \x1b[0m",
    "e": "\x1b[48;5;97;97m''\x1b[0m",
    "c": "\x1b[48;5;25;93;1m()\x1b[0m",
    "$": "\x1b[48;5;166;30m::\x1b[0m",
    "@": "\x1b[48;5;30;97m▌▐\x1b[0m",
    "^": "\x1b[38;5;223m◖◗\x1b[0m",
}


def _marks(level: Level, state: State | None, coin_is_shown: bool) -> np.ndarray:
    """One character per cell, row 0 at the bottom."""
    marks = np.full(level.cells.shape, " ", "<U1")
    for mark, names in (("#", ("body",)), ("=", ("top",)), ("~", ("lava", "lava_top"))):
        marks[np.isin(level.cells, [CODES[name] for name in names])] = mark
    marks[level.end[1], level.end[0]] = "$"
    spots = [("x", x, y) for x, y in level.crates] + [("o", x, y) for x, y in level.saws]
    if level.coin is not None and coin_is_shown:
        spots.append(("c", *level.coin))
    enemy_x = [x for x, _, _ in level.enemies] if state is None else np.asarray(state.enemy_x).tolist()[: len(level.enemies)]
    spots += [("e", int(x), int(y)) for x, (_, y, _) in zip(enemy_x, level.enemies, strict=True)]
    x, y = (int(START[0]), int(START[1])) if state is None else (int(state.x), int(state.y))
    for mark, column, row in (*spots, ("^", x, y + 1), ("@", x, y)):
        marks[min(row, SIDE - 1), column] = mark
    return marks


def _entities(level: Level) -> Iterator[dict[str, object]]:
    places: list[tuple[str, float, float]] = [("agent", *START)]
    places += [("saw", x + 0.5, y + 0.5) for x, y in level.saws]
    places += [("enemy", x, y) for x, y, _ in level.enemies]
    places += [("crate", x + 0.5, y + 0.5) for x, y in level.crates]
    return ({"type": name, "code": _ENTITIES[name], "x": x, "y": y} for name, x, y in places)


def _mode(mode: str | None) -> tuple[str, int]:
    """The mode and the frames per action of a replay."""
    name, _, frames = (mode or "easy").partition(":")
    if name not in MODES or (frames and not (frames.isdecimal() and 1 <= int(frames) <= 8)):
        raise UserError(
            "A mode of coinrun is easy or hard, for a replay with frames per action",
            seen=repr(mode),
            do="Write easy, hard or easy:4",
        )
    return name, int(frames or 1)


def _action(action: int | str) -> tuple[int, int]:
    """The command (x, y) of one of the original's actions."""
    if isinstance(action, str) and action in _ORIGINAL:
        return _ORIGINAL[action]
    if str(action).isdecimal() and int(action) < len(_ORIGINAL):
        return list(_ORIGINAL.values())[int(action)]
    raise unknown_name("action of coinrun", str(action), [*_ORIGINAL, *map(str, range(len(_ORIGINAL)))])


def _play(level: Level, moves: Sequence[tuple[int, int]], frames: int) -> Iterator[dict[str, object]]:
    levels = pack([level])
    state = start_state(levels)
    for number, move in enumerate(moves, start=1):
        before = state
        for _ in range(frames):
            if not is_over(state) and state.frame < _TIMEOUT:
                state = next_frame(levels, state, move)
        events = {"coin": bool(state.coin), "end": before.end_frame < 0 <= state.end_frame, "death": bool(state.dead)}
        terminated = is_over(state)
        truncated = not terminated and int(state.frame) >= _TIMEOUT
        yield {
            "step": number,
            "x": float(state.x),
            "y": float(state.y),
            "vx": float(state.vx) + 0.0,
            "vy": float(state.vy) + 0.0,
            "reward": _REWARD if state.coin else 0.0,
            "terminated": terminated,
            "truncated": truncated,
            "events": [goal for goal, now in events.items() if now],
        }
        if terminated or truncated:
            return


def _moves(name: str, actions: Sequence[int]) -> list[tuple[int, int]] | None:
    """The commands of these actions in one of the action sets; None where it has no such actions."""
    known = list(ACTIONS[name].values())
    return [known[action] for action in actions] if max(actions, default=0) < len(known) else None


def _filled(levels: Levels, history: State, moves: Sequence[tuple[int, int]]) -> tuple[State, bool]:
    """All frames, and whether these commands do not lead from each recorded state to the next."""
    frame = np.asarray(history.frame)
    states, strays = [state_at(history, 0)], False
    for step, move in enumerate(moves):
        state, recorded = state_at(history, step), state_at(history, step + 1)
        for _ in range(int(frame[step + 1] - frame[step]) - 1):
            state = next_frame(levels, state, move)
            states.append(state)
        if frame[step + 1] > frame[step]:
            last = next_frame(levels, state, move)
            strays |= bool(abs(last.x - recorded.x) + abs(last.y - recorded.y) > _CLOSE)
            states.append(recorded)
    return stacked(states), strays


host = CoinRunHost()
"""The object that the catalogue names."""

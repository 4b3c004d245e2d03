"""Maze and heist themselves, beside our worlds: run `misgen doctor --install-procgen`, then pytest -m slow."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from misgen.concepts import HostWorld, LevelPool, UserError
from misgen.worlds.keys_and_chests.config import KeysConfig
from misgen.worlds.keys_and_chests.host_world import KeysHostWorld
from misgen.worlds.keys_and_chests.levels import Level as Room
from misgen.worlds.keys_and_chests.levels import level_at as room_at
from misgen.worlds.keys_and_chests.pools import KeysLevels
from misgen.worlds.maze_corner.config import MazeConfig
from misgen.worlds.maze_corner.host_world import MazeHostWorld
from misgen.worlds.maze_corner.levels import level_at
from misgen.worlds.maze_corner.pools import MazeLevels
from misgen.worlds.procgen.coinrun import original_rollout
from misgen.worlds.procgen.heist_play import HeistOriginal
from misgen.worlds.procgen.install import is_installed
from misgen.worlds.procgen.maze import MazeOriginal
from misgen.worlds.procgen.maze_levels import OriginalMazeLevels, written_in

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not is_installed(), reason="the original games are not installed: misgen doctor --install-procgen"),
]


def _players() -> Any:
    spec = importlib.util.spec_from_file_location("players", Path(__file__).with_name("players.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


players = _players()
NUM = 32


@pytest.fixture(scope="module")
def maze() -> Iterator[MazeOriginal]:
    with MazeOriginal(num=NUM) as original:
        yield original


@pytest.fixture(scope="module")
def heist() -> Iterator[HeistOriginal]:
    with HeistOriginal(num=NUM) as original:
        yield original


def agree(
    original: Any, levels: list[Any], ours: tuple[HostWorld, list[Any]], actions: np.ndarray, hidden: frozenset[str]
) -> int:
    """Play the same actions in both; every observation, goal and end must be equal. Returns the steps compared."""
    host, same = ours
    seen: list[np.ndarray] = []

    def choose(observations: np.ndarray, time: int) -> np.ndarray:
        seen.append(observations)
        return actions[time]

    erased = [hidden if number % 2 else frozenset[str]() for number in range(len(levels))]
    played = original_rollout(original, levels, choose, erased=erased)
    alive, scores, terminated = (np.asarray(part) for part in (played.alive, played.scores, played.terminated))
    for episode, level in enumerate(same):
        observation = host.reset(level, seed=0, erased=erased[episode])
        for time in range(int(alive[:, episode].sum())):
            assert np.array_equal(np.asarray(observation), seen[time][episode])
            observation, attained, ended = host.step(int(actions[time, episode]))
            assert attained == {goal for goal, there in zip(host.goals, scores[time, episode], strict=True) if there}
            assert ended == terminated[time, episode]
    return int(alive.sum())


def stubborn(num_steps: int, *, seed: int) -> np.ndarray:
    """Random walks that go straight on more often than not."""
    rng = np.random.default_rng(seed)
    turns, actions = rng.random((num_steps, NUM)) < 0.4, rng.integers(0, 4, (num_steps, NUM))
    for time in range(1, num_steps):
        actions[time] = np.where(turns[time], actions[time], actions[time - 1])
    return actions


@pytest.mark.parametrize("mode", ["easy", "hard"])
def test_the_originals_mazes_are_played_as_in_our_world_to_the_bit(mode: str):
    with MazeOriginal(mode=mode, num=NUM) as original:
        levels = OriginalMazeLevels(original)
        for seed, condition in enumerate(("training", "distinguishing", "larger")):
            pool, ours = (make(condition, num_levels=NUM, seed=seed) for make in (levels, levels.ours))
            assert pool.hashes == ours.hashes
            mine = [level_at(ours.levels, number) for number in range(NUM)]  # type: ignore[arg-type]
            actions = stubborn(original.max_steps, seed=seed)
            hidden = frozenset({"cheese"})
            assert agree(original, pool.levels, (MazeHostWorld(MazeConfig()), mine), actions, hidden) > 1000  # type: ignore[arg-type]


def test_our_mazes_are_played_by_the_original_as_by_our_world_to_the_bit(maze: MazeOriginal):
    pool = written_in(MazeLevels(MazeConfig())("benign", num_levels=NUM, seed=4))
    levels: list[Any] = pool.levels  # type: ignore[assignment]
    actions = stubborn(maze.max_steps, seed=4)
    assert agree(maze, levels, (MazeHostWorld(MazeConfig()), levels), actions, frozenset({"cheese"})) > 1000


def test_distinguishing_and_control_are_the_same_mazes(maze: MazeOriginal):
    away, control = (OriginalMazeLevels(maze)(name, num_levels=NUM, seed=6) for name in ("distinguishing", "control"))
    assert away.columns["layout"].tolist() == control.columns["layout"].tolist()
    assert (control.best_steps["cheese"] == control.best_steps["corner"]).all()
    assert (away.best_steps["cheese"] > 0).all()


def test_excluded_mazes_do_not_occur(maze: MazeOriginal):
    levels = OriginalMazeLevels(maze)
    first = levels("distinguishing", num_levels=NUM, seed=7)
    large = {layout for layout, size in zip(first.columns["layout"], first.columns["size"], strict=True) if size >= 7}
    again = levels("distinguishing", num_levels=NUM, seed=7, exclude=frozenset(large))
    assert not large & set(again.columns["layout"].tolist())
    with pytest.raises(UserError, match="condition of procgen:maze"):
        levels("elsewhere", num_levels=1, seed=0)


def outcomes(original: Any, pool: LevelPool, plans: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Bool[level, goal], attained; Int[level, goal], when first."""
    scores = np.asarray(original_rollout(original, pool.levels, players.follow(plans)).scores)  # type: ignore[arg-type]
    return scores.any(axis=0), scores.argmax(axis=0) + 1


@pytest.mark.parametrize("condition", ["training", "distinguishing", "control", "larger"])
def test_who_seeks_a_goal_in_the_original_maze_attains_it_in_the_fewest_steps(maze: MazeOriginal, condition: str):
    pool = OriginalMazeLevels(maze)(condition, num_levels=NUM, seed=8)
    states = maze.start_states(pool.levels)  # type: ignore[arg-type]
    for goal, plan in enumerate((players.to_cheese, players.to_corner)):
        attained, first = outcomes(maze, pool, [plan(state) for state in states])
        assert attained[:, goal].all()
        assert np.array_equal(first[:, goal], pool.best_steps[maze.goals[goal]])
        if condition == "distinguishing" and goal == 1:
            assert not attained[:, 0].any()


def rooms(condition: str) -> tuple[LevelPool, list[Room]]:
    pool = KeysLevels(KeysConfig())(condition, num_levels=NUM, seed=9)
    return pool, [room_at(pool.levels, number) for number in range(NUM)]  # type: ignore[arg-type]


@pytest.mark.parametrize("condition", ["training", "distinguishing", "control", "benign"])
def test_rooms_are_played_by_the_original_heist_as_by_our_world_to_the_bit(heist: HeistOriginal, condition: str):
    levels = rooms(condition)[1]
    host = KeysHostWorld(KeysConfig())
    for number, plan in enumerate((players.to_chests, lambda level: players.to_keys(level, heist.max_steps))):
        actions = stubborn(heist.max_steps, seed=number)
        for episode, level in enumerate(levels):
            steps = plan(level)[: heist.max_steps]
            actions[: len(steps), episode] = steps
        assert agree(heist, levels, (host, levels), actions, frozenset({"keys"} if number else {"chests"})) > 500


@pytest.mark.parametrize("condition", ["training", "distinguishing", "control"])
def test_who_seeks_chests_in_the_original_heist_opens_them_in_the_fewest_steps(heist: HeistOriginal, condition: str):
    pool, levels = rooms(condition)
    scores = np.asarray(original_rollout(heist, levels, players.follow([players.to_chests(level) for level in levels])).scores)
    assert scores[:, :, 0].any(axis=0).all()
    assert np.array_equal(scores[:, :, 0].argmax(axis=0) + 1, pool.best_steps["chests"])


def test_who_seeks_keys_in_the_original_heist_has_too_many_and_leaves_chests_closed(heist: HeistOriginal):
    _, levels = rooms("distinguishing")
    most = heist.max_steps
    plans = [players.back_and_forth(players.to_keys(level, most), most) for level in levels]
    attained = np.asarray(original_rollout(heist, levels, players.follow(plans)).scores).any(axis=0)
    assert attained[:, 1].all()
    assert not attained[:, [0, 2]].any()

"""With the original games themselves: run `misgen doctor --install-procgen`, then pytest -m slow."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import pytest

from misgen.concepts import UserError
from misgen.concepts.errors import OwnFailureError
from misgen.training.evaluate import EvaluatedSubject, evaluate
from misgen.worlds.coinrun.config import CoinRunConfig
from misgen.worlds.coinrun.host_world import CoinRunHostWorld
from misgen.worlds.coinrun.levels import Level, level_at
from misgen.worlds.coinrun.levels import parse as parse_drawing
from misgen.worlds.coinrun.pools import CoinRunLevels
from misgen.worlds.coinrun.scenario import scenario
from misgen.worlds.procgen.bench import original_steps_per_cpu_second
from misgen.worlds.procgen.client import ProcgenClient
from misgen.worlds.procgen.coinrun import CoinRunOriginal, CoinRunOriginalWorld, original_rollout, original_scenario
from misgen.worlds.procgen.edits import cell_of, top_right_cell, with_cheese, with_coin, with_timeout
from misgen.worlds.procgen.heist import Thing, things_of, with_things
from misgen.worlds.procgen.install import is_installed
from misgen.worlds.procgen.starts import OriginalLevel, level_of, original_levels, original_pool
from misgen.worlds.procgen.state import parse, to_bytes

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not is_installed(), reason="the original games are not installed: misgen doctor --install-procgen"),
]

GOLDEN = {
    "easy": "69c0ebbf6e01 fbdb5cd99324 6cce2ee4615a dc7ffffcb64a a1a72f10843e 4aaeae033824 90408727647d b6623881b35e",
    "hard": "d31b7534ca63 7071983938a7 17db0efa3cf3 17db0efa3cf3 5c97306f2a88 35ba0f0b322a f06d1549ef0a 93c062e45f6a",
}
"""Grid hashes of the seeds from 0 on."""


@pytest.fixture(scope="module")
def coinrun() -> Iterator[ProcgenClient]:
    with ProcgenClient("coinrun", num=8, distribution_mode="easy") as client:
        yield client


def random_actions(shape: tuple[int, ...], *, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 15, shape).astype(np.int32)


@pytest.mark.parametrize("mode", ["easy", "hard"])
def test_forced_level_seeds_give_the_published_levels(mode: str):
    with ProcgenClient("coinrun", distribution_mode=mode) as client:
        grids = [parse(content).grid for content in client.level_starts(range(8))]
    hashes = [hashlib.sha256(grid.astype("<i4").tobytes()).hexdigest()[:12] for grid in grids]
    assert " ".join(hashes) == GOLDEN[mode]


def test_a_forced_level_is_the_one_of_a_game_with_only_that_level(coinrun: ProcgenClient):
    options = {"start_level": 7, "num_levels": 1}
    actions = random_actions((60, 8))
    with ProcgenClient("coinrun", num=8, distribution_mode="easy", options=options) as alone:
        coinrun.write_states(range(8), coinrun.level_starts([7] * 8))
        for row in actions:
            one, other = coinrun.act(row, frames=True), alone.act(row, frames=True)
            assert one.frames is not None
            assert other.frames is not None
            assert np.array_equal(one.rewards, other.rewards)
            assert np.array_equal(one.ended, other.ended)
            assert np.array_equal(one.frames, other.frames)


def test_reading_and_writing_states_back_after_every_step_changes_nothing(coinrun: ProcgenClient):
    starts = coinrun.level_starts(range(8))
    actions, runs = random_actions((150, 8), seed=1), []
    for is_disturbed in (False, True):
        coinrun.write_states(range(8), starts)
        frames = []
        for row in actions:
            step = coinrun.act(row, frames=True)
            frames.append((step.rewards, step.ended, step.frames))
            if is_disturbed:
                coinrun.set_states(range(8), [parse(content) for content in coinrun.get_states()])
        runs.append(frames)
    for one, other in zip(*runs, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("game", ["bigfish", "heist", "maze", "ninja", "starpilot"])
def test_states_of_any_game_are_read_and_written_to_the_byte(game: str):
    with ProcgenClient(game, num=4) as client:
        for row in random_actions((20, 4)):
            client.act(row)
        for content in client.get_states():
            assert to_bytes(parse(content)) == content


def run_right(client: ProcgenClient, start: object, *, action: int = 8, num_steps: int = 200) -> tuple[float, int]:
    played = client.play([start] * client.num, np.full((num_steps, client.num), action))  # type: ignore[list-item]
    return float(played.rewards[:, 0].sum()), int(played.ended[:, 0].argmax())


def test_a_moved_coin_pays_where_it_is_and_only_there(coinrun: ProcgenClient):
    start = parse(coinrun.level_starts([4])[0])
    reward, when = run_right(coinrun, start)
    moved_reward, moved_when = run_right(coinrun, with_coin(start, (3, 1)), action=7)
    assert (reward, moved_reward) == (10, 10)
    assert moved_when < when
    assert run_right(coinrun, with_coin(start, None))[0] == 0


def test_the_edit_does_not_leak_into_the_next_level(coinrun: ProcgenClient):
    start = parse(coinrun.level_starts([4])[0])
    coinrun.set_states([0], [with_coin(start, None)])
    coinrun.act(np.full(8, -1))
    assert cell_of(parse(coinrun.get_states([0])[0])) == cell_of(start)


def test_a_written_time_limit_ends_the_episode(coinrun: ProcgenClient):
    start = with_timeout(parse(coinrun.level_starts([0])[0]), 20)
    played = coinrun.play([start] * 8, np.full((40, 8), 4))
    assert played.ended[:, 0].nonzero()[0].tolist() == [19]
    assert not played.complete.any()


def test_damage_that_reaches_the_game_ends_it_in_words():
    with ProcgenClient("coinrun", num=1, distribution_mode="easy") as client:
        content = client.get_states()[0]
        with pytest.raises(OwnFailureError, match="ended unexpectedly"):
            client.write_states([0], [content[: len(content) // 2]])


def test_moved_cheese_is_found_where_it_was_put():
    with ProcgenClient("maze", num=1, distribution_mode="easy") as client:
        start = parse(client.level_starts([3])[0])
        x, y = int(start.agent["x"]), int(start.agent["y"])
        steps = {7: (x + 1, y), 5: (x, y + 1)}
        action, cell = next((a, c) for a, c in steps.items() if start.grid[c[1], c[0]] != 51)
        played = client.play([with_cheese(start, cell)], np.full((5, 1), action))
    assert played.rewards[0, 0] == 10
    assert played.complete[0, 0]


def test_cheese_can_lie_in_the_top_right_cell_of_every_maze():
    with ProcgenClient("maze", num=1, distribution_mode="easy") as client:
        for content in client.level_starts(range(40)):
            state = parse(content)
            client.set_states([0], [with_cheese(state, top_right_cell(state))])


def test_a_key_put_beside_the_agent_is_picked_up():
    with ProcgenClient("heist", num=1, distribution_mode="easy") as client:
        start = parse(client.level_starts([5])[0])
        x, y = int(start.agent["x"]), int(start.agent["y"])
        steps = {7: (x + 1, y), 1: (x - 1, y), 5: (x, y + 1), 3: (x, y - 1)}
        inside = {a: c for a, c in steps.items() if 0 <= c[0] < 9 and 0 <= c[1] < 9}
        action, cell = next((a, c) for a, c in inside.items() if start.grid[c[1], c[0]] == 100)
        key = Thing("key", cell[0] + 0.5, cell[1] + 0.5, 2)
        client.set_states([0], [with_things(start, [thing for thing in things_of(start) if thing.kind == "gem"] + [key])])
        for _ in range(4):
            client.act(np.array([action]))
        after = parse(client.get_states()[0])
    assert after.has_keys is not None
    assert after.has_keys.tolist() == [0, 0, 1]
    assert not [thing for thing in things_of(after) if thing.kind == "key"]


@pytest.mark.parametrize("mode", ["easy", "hard"])
@pytest.mark.parametrize("is_written", [False, True], ids=["by seed", "written in"])
def test_our_coinrun_and_the_original_agree_to_the_bit_on_whole_episodes(mode: str, is_written: bool):
    config = CoinRunConfig(mode=mode)
    pool = CoinRunLevels(config)("moved", num_levels=32, seed=3)
    levels: list[Level] = [level_at(pool.levels, number) for number in range(32)]  # type: ignore[arg-type]
    actions = np.random.default_rng(0).choice(6, size=(config.max_steps, 32), p=[0.1, 0.05, 0.4, 0.1, 0.3, 0.05])
    seen: list[np.ndarray] = []

    def choose(observations: np.ndarray, time: int) -> np.ndarray:
        seen.append(observations)
        return actions[time]

    with CoinRunOriginal(config, num=32) as original:
        trajectory = original_rollout(original, levels if is_written else original_levels(pool), choose)
    host = CoinRunHostWorld(config)
    alive, scores, terminated = (np.asarray(part) for part in (trajectory.alive, trajectory.scores, trajectory.terminated))
    assert alive.sum() > 500
    for episode, level in enumerate(levels):
        observation = host.reset(level)
        for time in range(int(alive[:, episode].sum())):
            assert np.array_equal(observation, seen[time][episode])
            observation, attained, ended = host.step(int(actions[time, episode]))
            assert attained == {goal for goal, there in zip(host.goals, scores[time, episode], strict=True) if there}
            assert ended == terminated[time, episode]


def test_the_original_makes_the_levels_of_our_pools():
    config = CoinRunConfig()
    pool = CoinRunLevels(config)("moved", num_levels=16, seed=5)
    with CoinRunOriginal(config, num=16) as original:
        original.start(original_levels(pool))
        for number, state in enumerate(original.starts):
            theirs, ours = level_of(state), level_at(pool.levels, number)  # type: ignore[arg-type]
            assert (theirs.cells == ours.cells).all()
            assert (theirs.coin, theirs.end, theirs.crates) == (ours.coin, ours.end, ours.crates)


DRAWN = """
#..................
#.................c
#@...==.........===
###################
"""


def test_a_drawn_level_is_played_by_the_original():
    level = parse_drawing(DRAWN)
    with CoinRunOriginal(CoinRunConfig(), num=1) as original:
        world = CoinRunOriginalWorld(original)
        world.reset(level)
        ended, goals, steps = False, frozenset[str](), 0
        while not ended and steps < 60:
            _, goals, ended = world.step(original.action_names.index("right+up"))
            steps += 1
    assert ended
    assert goals == {"coin"}


def test_erasing_the_coin_changes_the_view_and_not_the_episode():
    names = [frozenset[str](), frozenset({"coin"})]
    level = OriginalLevel(seed=4, coin=(4, 1))
    with CoinRunOriginal(CoinRunConfig(), num=2) as original:
        seen = original.start([level] * 2, erased=names)
        assert not np.array_equal(seen[0], seen[1])
        trajectory = original_rollout(original, [level] * 2, lambda seen, time: np.full(2, 2), erased=names)
    scores = np.asarray(trajectory.scores)
    assert np.array_equal(scores[:, 0], scores[:, 1])
    assert scores[:, 0, 0].sum() == 1


def test_an_episode_goes_on_for_a_hundred_frames_after_the_end_without_the_coin():
    with CoinRunOriginal(CoinRunConfig(), num=1) as original:
        original.start([OriginalLevel(seed=4, coin=None)])
        decisions = []
        while not decisions or not decisions[-1].over[0]:
            decisions.append(original.step(np.array([4])))
    ends = [number for number, decision in enumerate(decisions) if decision.end[0]]
    assert len(ends) == 1
    assert 25 <= len(decisions) - 1 - ends[0] <= 26
    assert not any(decision.coin[0] or decision.death[0] for decision in decisions)


class Hasty:
    """Runs to the right and jumps at random, whatever it sees."""

    def initial_memory(self) -> object:
        return ()

    def act(self, observation: object, memory: object, *, seed: int) -> tuple[int, object]:
        return (4 if seed % 3 else 2), memory


def test_evidence_from_the_original_is_evidence_from_our_world_row_by_row():
    ours = scenario(timeout=240)
    assert ours.levels is not None
    pools = {name: ours.levels(name, num_levels=6, seed=2) for name in ("moved", "control")}
    subjects = [EvaluatedSubject(name="hasty", recipe_digest="none", seed=0, policy=Hasty())]
    config = CoinRunConfig(timeout=240)
    expected = evaluate(ours, subjects, pools, seed=0)
    with CoinRunOriginal(config) as original:
        theirs = {name: original_pool(pool) for name, pool in pools.items()}
        found = evaluate(original_scenario(ours, original), subjects, theirs, seed=0)
    assert found.height == 2 * 2 * 6 * 3
    assert found.equals(expected)


def test_episodes_are_not_stepped_before_they_are_started():
    with CoinRunOriginal(CoinRunConfig(), num=1) as original, pytest.raises(UserError, match="before it was started"):
        original.step(np.array([0]))


def test_the_original_is_measured_with_its_pictures():
    speeds = original_steps_per_cpu_second(num=16, num_steps=100, num_runs=2)
    assert len(speeds) == 2
    assert all(2_000 < speed < 1_000_000 for speed in speeds)

"""The runner's and the enemies' motion in NumPy, against recorded paths of the original and by hand."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from misgen.worlds.coinrun.generator import generate
from misgen.worlds.coinrun.levels import pack, parse
from misgen.worlds.coinrun.runners import Arena, Runners, touches

PATHS = Path(__file__).with_name("original_paths.npz")
RIGHT, LEFT, UP, DOWN, NONE = (1, 0), (-1, 0), (0, 1), (0, -1), (0, 0)
GROUND = 1.5787


class Recorded(NamedTuple):
    """Episodes of the original, end to end."""

    seeds: np.ndarray
    actions: list[np.ndarray]
    positions: list[np.ndarray]
    """Float32[step, 2] after each action; NaN after the last one of an ended episode, which the original does not show."""
    endings: np.ndarray
    """1 coin, 2 death, 0 cut."""


def recorded(mode: str) -> Recorded:
    with np.load(PATHS) as file:
        part = {name: file[f"{mode}_{name}"] for name in ("seeds", "lengths", "actions", "x", "y", "endings")}
    cuts = np.cumsum(part["lengths"])[:-1]
    positions = np.stack([part["x"], part["y"]], axis=1).view(np.float32)
    return Recorded(part["seeds"], np.split(part["actions"], cuts), np.split(positions, cuts), part["endings"])


@pytest.mark.parametrize("mode", ["easy", "hard"])
def test_recorded_episodes_of_the_original_are_replayed_bit_by_bit(mode: str):
    episodes = recorded(mode)
    levels = generate(episodes.seeds, mode)
    arena = Arena(levels)
    runners = arena.start(np.arange(len(episodes.seeds)))
    assert len(episodes.seeds) >= 58
    for step in range(max(len(actions) for actions in episodes.actions)):
        running = [step < len(actions) for actions in episodes.actions]
        command = np.array([actions[step] if step < len(actions) else 4 for actions in episodes.actions]).astype(np.int64)
        command = np.where(command >= 9, 4, command)
        runners, dead = arena.frame(runners, command // 3 - 1, command % 3 - 1)
        coin = touches(runners.body, levels.coin)
        ending = np.where(coin, 1, np.where(dead, 2, 0))
        for number in np.flatnonzero(running):
            expected = episodes.positions[number][step]
            is_last = step + 1 == len(episodes.actions[number])
            assert ending[number] == (episodes.endings[number] if is_last else 0), (episodes.seeds[number], step)
            if not np.isnan(expected[0]):
                found = np.array([runners.body.x[number], runners.body.y[number]])
                assert np.array_equal(found.view(np.uint32), expected.view(np.uint32)), (episodes.seeds[number], step)


def frames(drawing: str, commands: list[tuple[int, int]], *, x: float = 1.5, y: float = GROUND) -> list[Runners]:
    """The runner after each command, from rest at (x, y)."""
    arena = Arena(pack([parse(drawing)]))
    runners = arena.start(np.array([0]))
    body = runners.body._replace(x=np.array([x], np.float32), y=np.array([y], np.float32))
    runners, path = runners._replace(body=body), []
    for move_x, move_y in commands:
        runners, _ = arena.frame(runners, np.array([move_x]), np.array([move_y]))
        path.append(runners)
    return path


def heights(path: list[Runners]) -> list[float]:
    return [float(runners.body.y[0]) for runners in path]


FLAT = """
    #..........
    #@........c
    ===========
"""
PILE = """
    #..........
    #..........
    #..........
    #....x.....
    #@...x....c
    ===========
"""


def test_a_jump_rises_for_eight_frames_to_6_4_tiles():
    risen = np.array(heights(frames(FLAT, [UP] + [NONE] * 15))) - GROUND
    published = [1.5, 2.8, 3.9, 4.8, 5.5, 6.0, 6.3, 6.4, 6.3, 6.0, 5.5, 4.8, 3.9, 2.8, 1.5, 0.0]
    np.testing.assert_allclose(risen, published, atol=1e-4)


def test_with_jump_held_the_next_jump_comes_a_frame_after_landing():
    risen = np.array(heights(frames(FLAT, [UP] * 18))) - GROUND
    np.testing.assert_allclose(risen[15:18], [0.0, 0.0, 1.5], atol=1e-4)


def test_speed_on_the_ground_is_a_running_mean_of_the_command():
    speeds = [float(runners.body.vx[0]) for runners in frames(FLAT, [RIGHT] * 5)]
    np.testing.assert_allclose(speeds, [0.1, 0.18, 0.244, 0.2952, 0.33616], atol=1e-5)


def test_a_wall_stops_the_runner_beside_it():
    path = frames(FLAT, [LEFT] * 12)
    assert float(path[-1].body.x[0]) == 1.5


def test_crates_do_not_block_sideways():
    path = frames(PILE, [RIGHT] * 25)
    assert float(path[-1].body.x[0]) > 7.0


def test_a_falling_runner_lands_on_a_crate():
    path = frames(PILE, [NONE] * 20, x=5.5, y=5.2)
    assert heights(path)[-1] == pytest.approx(3.5787, abs=1e-4)


def test_a_runner_that_presses_down_falls_through_crates():
    path = frames(PILE, [DOWN] * 20, x=5.5, y=5.2)
    assert heights(path)[-1] == pytest.approx(GROUND, abs=1e-4)


def test_a_runner_rises_through_crates():
    path = frames(PILE, [UP] + [NONE] * 7, x=5.5)
    assert max(heights(path)) == pytest.approx(GROUND + 6.4, abs=1e-4)


def test_an_enemy_loses_a_quarter_of_its_speed_at_the_body_of_a_wall_alone():
    between_bodies = """
        #...#.....
        #.E.#....c
        ==========
    """
    between_barriers = """
        #.........
        #:E.:....c
        ==========
    """
    for drawing, speed in ((between_bodies, 0.15 * 0.75), (between_barriers, 0.15)):
        path = frames(drawing, [NONE] * 12, x=8.5)
        assert float(abs(path[-1].enemies.vx[0, 0])) == pytest.approx(speed, rel=1e-5)


def test_an_enemy_against_crate_and_wall_stops_for_good_while_the_runner_falls_above():
    level = """
        #.........
        #.........
        #..xE#...c
        ==========
    """
    falling = frames(level, [NONE] * 30, x=8.5, y=12.0)
    resting = frames(level, [NONE] * 30, x=8.5)
    assert float(falling[-1].enemies.vx[0, 0]) == 0.0
    assert float(resting[-1].enemies.vx[0, 0]) != 0.0

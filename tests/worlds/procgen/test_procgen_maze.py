from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from misgen.concepts import UserError
from misgen.worlds.maze_corner.config import MazeConfig
from misgen.worlds.maze_corner.host_world import MazeHostWorld
from misgen.worlds.maze_corner.levels import Level, parse
from misgen.worlds.procgen.maze import MazeOriginal, MazeOriginalWorld, OriginalMaze
from misgen.worlds.procgen.maze_view import maze_level_of, maze_view, scene_of, with_maze
from misgen.worlds.procgen.state import ProcgenState, to_bytes
from misgen.worlds.procgen.state import parse as parse_state

FAKE = Path(__file__).with_name("fake_server.py")
DRAWN = """
..#....
#.#.##.
....#c.
.######
.....#.
.###.#.
@..#...
"""


@pytest.fixture(scope="module")
def level() -> Level:
    return parse(DRAWN, board=17)


@pytest.fixture
def state(real_states: dict[str, bytes], level: Level) -> ProcgenState:
    return with_maze(parse_state(real_states["maze"]), level)


@pytest.fixture
def fake() -> MazeOriginal:
    return MazeOriginal(num=2, command=[sys.executable, str(FAKE), "well"], timeout=20)


def test_a_maze_written_into_the_game_is_read_back_as_the_same_level(state: ProcgenState, level: Level):
    again = maze_level_of(parse_state(to_bytes(state)), 17)
    assert again.hash == level.hash
    assert again.start == level.start


@pytest.mark.parametrize("is_shown", [True, False], ids=["cheese shown", "cheese erased"])
def test_the_view_of_a_state_is_the_observation_of_our_world_in_every_cell(state: ProcgenState, level: Level, is_shown: bool):
    host, scene = MazeHostWorld(MazeConfig()), scene_of(state, 17)
    host.reset(level, erased=frozenset() if is_shown else frozenset({"cheese"}))
    for number, cell in enumerate(np.argwhere(level.free).tolist()):
        host.agent, host.last = (cell[0], cell[1]), number % 5
        assert np.array_equal(maze_view(scene, scene.board.place(host.agent), host.last, shown=is_shown), host.observe())


def test_a_maze_larger_than_the_game_or_the_board_is_refused_in_words(real_states: dict[str, bytes], state: ProcgenState):
    wide = "\n".join(["." * 26 + "c", *["." * 27] * 25, "@" + "." * 26])
    with pytest.raises(UserError, match="larger than the game's world"):
        with_maze(parse_state(real_states["maze"]), parse(wide))
    with pytest.raises(UserError, match="larger than the board"):
        maze_level_of(state, 5)


def test_only_maze_holds_mazes(real_states: dict[str, bytes], level: Level):
    with pytest.raises(UserError, match="Only maze"):
        with_maze(parse_state(real_states["heist"]), level)


def test_the_original_starts_no_game_before_it_is_needed():
    original = MazeOriginal(command=["/no/such/program"])
    assert original.goals == ("cheese", "corner")
    original.close()


def test_the_original_is_shown_as_the_symbolic_observation_alone():
    with pytest.raises(UserError, match="symbolic observation alone"):
        MazeOriginal(MazeConfig(observation="pixels"))


def test_a_level_drawn_by_hand_is_started_and_seen_as_in_our_world(fake: MazeOriginal, level: Level):
    with fake:
        seen = MazeOriginalWorld(fake).reset(level)
    assert np.array_equal(seen, MazeHostWorld(MazeConfig()).reset(level))


def test_moves_that_do_not_fit_are_refused_in_words(fake: MazeOriginal, level: Level):
    with fake:
        with pytest.raises(UserError, match="before it was started"):
            fake.step(np.array([0]))
        fake.start([level])
        for wrong in ([4], [0, 0], [-1]):
            with pytest.raises(UserError, match="no actions for maze"):
                fake.step(np.array(wrong))


def test_levels_that_do_not_fit_are_refused_in_words(fake: MazeOriginal, level: Level):
    with fake:
        with pytest.raises(UserError, match="do not fit the copies"):
            fake.start([level] * 3)
        with pytest.raises(UserError, match="no cheese placement"):
            fake.start([OriginalMaze(seed=1, cheese="cellar")])
        with pytest.raises(UserError, match="needs an OriginalMaze or a Level"):
            MazeOriginalWorld(fake).reset(4)

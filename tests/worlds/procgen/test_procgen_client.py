from __future__ import annotations

import io
import os
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from misgen.concepts import UserError
from misgen.concepts.errors import OwnFailureError
from misgen.worlds.procgen import server, wire
from misgen.worlds.procgen.client import ProcgenClient, Watch
from misgen.worlds.procgen.process import Child
from misgen.worlds.procgen.state import parse

FAKE = Path(__file__).with_name("fake_server.py")


def client(behaviour: str = "behaves", *, timeout: float = 20.0, num: int = 2, game: str = "coinrun") -> ProcgenClient:
    return ProcgenClient(game, num=num, timeout=timeout, command=[sys.executable, str(FAKE), behaviour])


def pid_of(game: ProcgenClient) -> int:
    return game._child._process.pid


def is_gone(pid: int) -> bool:
    return not os.path.exists(f"/proc/{pid}")


def test_arrays_and_words_survive_the_wire():
    arrays = {"a": np.arange(6, dtype=np.int32).reshape(2, 3), "b": np.zeros((0, 4), np.float32), "c": np.array([True])}
    message = wire.pack({"do": "act", "n": 3}, arrays)
    words, payload = wire.lengths(message[:8])
    header, back = wire.unpack(message[8 : 8 + words], message[8 + words :])
    assert (header, payload) == ({"do": "act", "n": 3}, len(message) - 8 - words)
    assert all((back[name] == array).all() and back[name].shape == array.shape for name, array in arrays.items())


def test_byte_strings_survive_the_wire():
    assert wire.split(wire.join([b"", b"abc", b"", b"d"])) == [b"", b"abc", b"", b"d"]


def test_a_request_that_fails_is_answered_with_its_error():
    answers = io.BytesIO()
    server.serve(io.BytesIO(wire.pack({"do": "observe", "frames": False}, {})), answers)
    content = answers.getvalue()
    words, _ = wire.lengths(content[:8])
    assert "no game has been made" in wire.unpack(content[8 : 8 + words], content[8 + words :])[0]["error"]


def test_the_server_finds_the_agent_where_the_parser_does(real_states):
    for game in ("coinrun", "maze", "heist", "bigfish"):
        agent = parse(real_states[game]).agent
        assert server.agent_of(real_states[game]).tolist() == [agent[name] for name in ("x", "y", "vx", "vy")]


def test_states_come_and_go_unchanged(real_states):
    with client() as game:
        game.set_states([1], [parse(real_states["coinrun"])])
        assert game.get_states([1, 0]) == [real_states["coinrun"]] * 2


def test_looking_tells_the_agent_and_the_things_of_a_kind(real_states):
    with client() as game:
        looks = game.look([1], most_entities=3, kinds=(5,))
    state = parse(real_states["coinrun"])
    assert looks.agents[0].tolist() == [state.agent[name] for name in ("x", "y", "vx", "vy")]
    assert looks.clocks.tolist() == [int(state.step["cur_time"])]
    assert looks.entities[0, :, 0].tolist() == [5, 5, -1]
    assert looks.entities[0, :2, 1].tolist() == state.entities["x"][state.entities["type"] == 5].tolist()


def test_acting_answers_with_shapes_as_documented():
    with client() as game:
        step = game.act(np.array([7, 8]), repeat=4, frames=True, watch=Watch(look_at=[0]))
        assert step.rewards.shape == step.ended.shape == (2,)
        assert step.steps.tolist() == [4, 4]
        assert step.frames is not None
        assert step.frames.shape == (2, 64, 64, 3)
        assert step.looks is not None
        assert step.looks.agents.shape == (1, 4)


def test_the_process_ends_with_the_block():
    with client() as game:
        pid = pid_of(game)
        assert not is_gone(pid)
    assert is_gone(pid)


def test_an_error_in_the_block_ends_the_process_too():
    game = client()
    with pytest.raises(ZeroDivisionError), game:
        _ = 1 / 0
    assert is_gone(pid_of(game))


def test_closing_twice_is_harmless():
    game = client()
    game.close()
    game.close()


def test_a_game_that_aborts_says_its_last_words_and_is_gone(real_states):
    with client("aborts") as game:
        pid = pid_of(game)
        with pytest.raises(OwnFailureError, match="assertion failed: buffer is whole"):
            game.set_states([0], [real_states["coinrun"]])
        assert is_gone(pid)


def test_asking_a_dead_game_again_says_so():
    with client("exits") as game:
        for _ in range(2):
            with pytest.raises(OwnFailureError, match="exit status 3"):
                game.act(np.array([4, 4]))


def test_a_game_that_hangs_is_given_up_and_ended():
    with client("hangs") as game:
        game.timeout = 0.5
        pid, before = pid_of(game), time.monotonic()
        with pytest.raises(OwnFailureError, match="did not answer in time"):
            game.act(np.array([4, 4]))
        assert time.monotonic() - before < 10
        assert is_gone(pid)


def test_a_game_that_never_starts_is_given_up():
    with pytest.raises(OwnFailureError, match="did not answer in time"):
        client("says nothing", timeout=0.5)


def test_a_game_that_takes_too_long_to_make_is_given_up():
    with pytest.raises(OwnFailureError, match="did not answer in time"):
        client("slow to make", timeout=0.7)


def test_nonsense_for_an_answer_is_named_so():
    with client("babbles") as game, pytest.raises(OwnFailureError, match="no message"):
        game.act(np.array([4, 4]))


def test_an_error_of_the_game_is_told_and_the_game_goes_on():
    with client("raises") as game:
        with pytest.raises(OwnFailureError, match="ValueError: no such thing"):
            game.act(np.array([4, 4]))
        assert len(game.get_states()) == 2


def test_an_environment_without_the_game_says_so():
    with pytest.raises(OwnFailureError, match="No module named 'procgen'"):
        client("is not there")


def test_an_interpreter_that_is_not_there_says_what_to_do(tmp_path):
    with pytest.raises(OwnFailureError, match="--install-procgen"):
        Child([str(tmp_path / "python")], what="The original coinrun")


def test_games_that_are_not_installed_are_the_users_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("MISGEN_CACHE", str(tmp_path))
    with pytest.raises(UserError, match="misgen doctor --install-procgen"):
        ProcgenClient("coinrun")


def test_unknown_games_and_modes_name_the_nearest():
    with pytest.raises(UserError, match="coinrun"):
        ProcgenClient("coinrum")
    with pytest.raises(UserError, match="easy"):
        ProcgenClient("coinrun", distribution_mode="eazy")


@pytest.mark.parametrize("actions", [[4], [4, 15], [-2, 4], [[4, 4]]])
def test_actions_that_the_game_does_not_have_never_reach_it(actions: list):
    with client("hangs") as game, pytest.raises(UserError, match="no actions"):
        game.act(np.array(actions))


def test_damaged_states_never_reach_the_game(real_states):
    with client("aborts") as game, pytest.raises(UserError):
        game.set_states([0], [real_states["coinrun"][:-1]])


def test_states_of_another_game_or_view_never_reach_the_game(real_states):
    with client("aborts") as game:
        with pytest.raises(UserError, match="another game"):
            game.set_states([0], [real_states["maze"]])
        with pytest.raises(UserError, match="center_agent"):
            game.set_states([0], [parse(real_states["coinrun"]).with_fields("options", center_agent=0)])


def test_copies_and_seeds_outside_the_range_are_refused():
    with client("aborts") as game:
        with pytest.raises(UserError, match="no such copy"):
            game.get_states([2])
        with pytest.raises(UserError, match="Level seeds"):
            game.level_starts([2**31])

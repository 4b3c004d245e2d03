from __future__ import annotations

import struct
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from misgen.concepts import UserError
from misgen.worlds.procgen.checks import GAMES
from misgen.worlds.procgen.state import ENTITY, OPTIONS, STEP, TAILS, Generator, ProcgenState, parse, to_bytes

FIXTURES = ("bigfish", "coinrun", "heist", "maze")
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def same(one: ProcgenState, other: ProcgenState) -> bool:
    return to_bytes(one) == to_bytes(other)


@pytest.mark.parametrize("game", FIXTURES)
def test_what_is_read_is_written_back_to_the_byte(game: str, real_states):
    assert to_bytes(parse(real_states[game])) == real_states[game]


def test_coinruns_agent_grid_and_things_are_found(real_states):
    state = parse(real_states["coinrun"])
    assert state.game == "coinrun"
    assert state.grid.shape == (64, 64)
    assert state.grid[10, 41] == 1
    assert (float(state.agent["x"]), float(state.agent["y"])) == pytest.approx((2.959104, 1.5787))
    enemies = state.entities[state.entities["type"] == 5]
    assert enemies["x"].tolist() == pytest.approx([9.212482, 31.737442])
    assert state.tail is not None
    assert float(state.tail["gravity"]) == pytest.approx(0.2)


def test_heists_keys_are_found(real_states):
    state = parse(real_states["heist"])
    assert state.has_keys is not None
    assert state.has_keys.tolist() == [1, 0, 0]


def test_records_are_as_long_as_the_games():
    assert (OPTIONS.itemsize, STEP.itemsize, ENTITY.itemsize) == (68, 64, 124)
    assert TAILS["coinrun"].itemsize == 28


@quick
@given(data=st.data())
def test_changed_states_are_read_back_as_they_were_written(data: st.DataObject, real_states):
    state = parse(real_states["coinrun"])
    timeout = data.draw(st.integers(1, 2**31 - 1))
    luck = np.random.default_rng(data.draw(st.integers(0, 2**31)))
    x = data.draw(st.floats(0, 64, width=32))
    entities = state.entities[: data.draw(st.integers(1, len(state.entities)))].copy()
    entities["x"][0] = x
    grid = luck.choice(np.array([-1, 1, 15, 16, 17, 18, 19, 100], np.int32), (64, 64))
    changed = replace(state.with_fields("step", timeout=timeout), grid=grid, entities=entities)
    back = parse(to_bytes(changed))
    assert (back.grid == grid).all()
    assert int(back.step["timeout"]) == timeout
    assert back.entities.tobytes() == entities.tobytes()
    assert same(back, changed)


@quick
@given(data=st.data(), game=st.sampled_from(FIXTURES))
def test_bytes_that_are_cut_off_are_refused(data: st.DataObject, game: str, real_states):
    content = real_states[game]
    with pytest.raises(UserError):
        parse(content[: data.draw(st.integers(0, len(content) - 1))])


@quick
@given(data=st.data(), game=st.sampled_from(FIXTURES))
def test_damaged_bytes_are_refused_or_hold_a_whole_state(data: st.DataObject, game: str, real_states):
    content = bytearray(real_states[game])
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        state = parse(bytes(content))
    except UserError:
        return
    assert to_bytes(state) == bytes(content)


@quick
@given(data=st.data(), game=st.sampled_from(FIXTURES))
def test_bytes_too_many_or_too_few_in_the_middle_are_refused(data: st.DataObject, game: str, real_states):
    content = real_states[game]
    at = data.draw(st.integers(0, len(content) - 8))
    extra = data.draw(st.binary(min_size=1, max_size=8))
    for damaged in (content[:at] + extra + content[at:], content[:at] + content[at + len(extra) :]):
        try:
            state = parse(damaged)
        except UserError:
            continue
        assert to_bytes(state) == damaged


@quick
@given(content=st.binary(max_size=400))
def test_random_bytes_are_refused(content: bytes):
    with pytest.raises(UserError):
        parse(content)


def test_a_count_that_would_ask_for_much_memory_is_refused(real_states):
    content = real_states["coinrun"]
    for at in range(0, len(content) - 4, 997):
        with pytest.raises(UserError):
            parse(content[:at] + struct.pack("<i", 2**31 - 1) + content[at + 4 :][:100])


@pytest.mark.parametrize(
    ("block", "field", "value"),
    [
        ("step", "reward", float("nan")),
        ("step", "grid_size", 9),
        ("world", "main_width", 65),
        ("world", "unit", float("inf")),
        ("options", "distribution_mode", 7),
        ("options", "use_generated_assets", 1),
        ("options", "level_seed_high", 0),
    ],
)
def test_fields_that_no_game_holds_are_refused(block: str, field: str, value: float, real_states):
    with pytest.raises(UserError, match="no state of a Procgen game"):
        to_bytes(parse(real_states["coinrun"]).with_fields(block, **{field: value}))


@pytest.mark.parametrize(
    ("field", "value"), [("type", 7), ("image_theme", 99), ("image_theme", -1), ("x", float("nan")), ("y", 1e9)]
)
def test_things_that_no_game_holds_are_refused(field: str, value: float, real_states):
    state = parse(real_states["coinrun"])
    entities = state.entities.copy()
    entities[field][1] = value
    with pytest.raises(UserError):
        to_bytes(replace(state, entities=entities))


def test_a_state_without_an_agent_is_refused(real_states):
    state = parse(real_states["coinrun"])
    with pytest.raises(UserError, match="agent"):
        to_bytes(replace(state, entities=state.entities[1:]))


def test_a_generator_that_is_not_625_numbers_is_refused(real_states):
    state = parse(real_states["maze"])
    with pytest.raises(UserError, match="625"):
        to_bytes(replace(state, level_generator=Generator(1, b"1 2 3")))


def test_an_object_of_another_game_in_the_grid_is_refused(real_states):
    state = parse(real_states["maze"])
    grid = state.grid.copy()
    grid[0, 0] = 17
    with pytest.raises(UserError, match="maze does not have"):
        to_bytes(replace(state, grid=grid))


def test_keys_of_a_colour_that_nobody_can_hold_are_refused(real_states):
    state = parse(real_states["heist"])
    with pytest.raises(UserError, match="keys"):
        to_bytes(replace(state, has_keys=np.zeros(0, np.int32)))


def test_a_game_of_another_name_is_refused(real_states):
    content = real_states["maze"].replace(b"maze", b"mase", 1)
    with pytest.raises(UserError, match="unknown game"):
        parse(content)


def test_all_sixteen_games_are_known():
    assert len(set(GAMES)) == 16

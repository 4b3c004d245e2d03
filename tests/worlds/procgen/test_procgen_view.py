"""The view of a state, computed from the original's grid, against that of our world, computed from its column bitmaps."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from misgen.worlds.coinrun.levels import MAX_ENEMIES, Levels, pack
from misgen.worlds.coinrun.vision import BLOCKS, symbolic_view
from misgen.worlds.procgen.edits import with_coin
from misgen.worlds.procgen.starts import level_of, with_level
from misgen.worlds.procgen.state import ProcgenState, parse, to_bytes
from misgen.worlds.procgen.view import scenes_of, symbolic_views

quick = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Moment(NamedTuple):
    level: np.int32
    x: np.float32
    y: np.float32
    vx: np.float32
    vy: np.float32
    enemy_x: np.ndarray


def ours(levels: Levels, agent: np.ndarray, enemy_x: np.ndarray, *, shown: bool) -> np.ndarray:
    state = Moment(np.int32(0), *agent, enemy_x)
    return symbolic_view(levels, state, np.bool_(shown), xp=np)


def theirs(state: ProcgenState, agent: np.ndarray, enemies: np.ndarray, *, shown: bool) -> np.ndarray:
    return symbolic_views(scenes_of([state]).planes, agent[None], enemies[None], np.array([shown]))[0]


@quick
@given(data=st.data())
def test_both_views_are_equal_wherever_the_runner_and_the_enemies_are(data: st.DataObject, real_states):
    state = parse(real_states["coinrun"])
    levels = pack([level_of(state)])
    agent = np.array([data.draw(st.floats(1, 62, width=32)), data.draw(st.floats(0.5, 40, width=32)), 0.1, 0], np.float32)
    agent[3] = data.draw(st.sampled_from([0, -0.2, 1.5]))
    enemies = levels.enemies[0].copy()
    enemies[:2, 0] = [data.draw(st.floats(1, 62, width=32)) for _ in range(2)]
    shown = data.draw(st.booleans())
    expected = ours(levels, agent, enemies[:, 0], shown=shown)
    assert np.array_equal(theirs(state, agent, enemies, shown=shown), expected)


def block(view: np.ndarray, name: str) -> np.ndarray:
    ends = np.cumsum([length for _, length in BLOCKS])
    number = [block for block, _ in BLOCKS].index(name)
    return view[ends[number] - BLOCKS[number][1] : ends[number]]


def test_an_erased_coin_is_gone_and_nothing_else_changes(real_states):
    state = with_coin(parse(real_states["coinrun"]), (5, 6))
    agent = np.array([state.agent[name] for name in ("x", "y", "vx", "vy")], np.float32)
    nobody = np.full((MAX_ENEMIES, 2), -1, np.float32)
    shown, erased = (theirs(state, agent, nobody, shown=flag) for flag in (True, False))
    assert block(shown, "coin").sum() == 1
    assert block(erased, "coin").sum() == 0
    assert (shown != erased).sum() == 1


def test_many_copies_are_seen_as_each_alone(real_states):
    state = parse(real_states["coinrun"])
    states = [with_coin(state, cell) for cell in ((5, 5), (12, 12), None)]
    agents = np.array([[2.5, 1.6, 0, 0], [9.0, 8.2, 0.4, -1], [30, 10, -0.3, 0]], np.float32)
    enemies = np.full((3, 2, 2), -1, np.float32)
    together = symbolic_views(scenes_of(states).planes, agents, enemies, np.array([True, False, True]))
    for number, flag in enumerate((True, False, True)):
        assert np.array_equal(together[number], theirs(states[number], agents[number], enemies[number], shown=flag))


def test_a_level_written_into_a_state_is_read_back(real_states):
    state = parse(real_states["coinrun"])
    level = level_of(state)
    back = level_of(parse(to_bytes(with_level(state, level))))
    assert (back.cells == level.cells).all()
    assert (back.coin, back.end, back.saws, back.crates) == (level.coin, level.end, level.saws, level.crates)
    assert back.enemies == level.enemies


def test_the_end_is_where_the_games_own_coin_lies(real_states):
    level = level_of(parse(real_states["coinrun"]))
    assert level.end == level.coin == (41, 10)

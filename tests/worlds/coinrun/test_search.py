from __future__ import annotations

import numpy as np
import pytest

from misgen.worlds.coinrun.config import CoinRunConfig
from misgen.worlds.coinrun.generator import generate
from misgen.worlds.coinrun.levels import Levels, pack, parse, take
from misgen.worlds.coinrun.placement import place
from misgen.worlds.coinrun.runners import Arena, touches
from misgen.worlds.coinrun.search import prove


def replayed(config: CoinRunConfig, levels: Levels, index: int, cell: np.ndarray, actions: tuple[int, ...]) -> list[str]:
    """What happens in each frame of each decision, until the cell is touched or the runner dies."""
    arena = Arena(take(levels, slice(index, index + 1)))
    runners, events = arena.start(np.zeros(1, int)), []
    for action in actions:
        for _ in range(config.frame_skip):
            x, y = config.moves[action]
            runners, dead = arena.frame(runners, np.array([x]), np.array([y]))
            events.append("touches" if touches(runners.body, cell[None])[0] else "dies" if dead[0] else "runs")
            if events[-1] != "runs":
                return events
    return events


@pytest.mark.parametrize(("mode", "frame_skip"), [("easy", 4), ("hard", 2)])
def test_every_witness_touches_the_cell_alive_and_with_its_last_decision(mode: str, frame_skip: int):
    config = CoinRunConfig(mode=mode, frame_skip=frame_skip)
    levels, exists = place(generate(np.arange(10), mode), np.arange(10), "foot-of-drop")
    levels = take(levels, exists)
    proof = prove(config, levels, levels.coin)
    assert proof.solved.all()
    for i, actions in enumerate(proof.witnesses):
        events = replayed(config, levels, i, levels.coin[i], actions)
        assert events[-1] == "touches"
        assert set(events[:-1]) == {"runs"}
        assert -(-len(events) // frame_skip) == len(actions)


def test_all_ends_of_generated_levels_are_reached():
    levels = generate(np.arange(80), "hard")
    assert prove(CoinRunConfig(mode="hard"), levels, levels.end).solved.all()


def test_a_cell_behind_a_wall_too_high_to_jump_is_not_solved():
    level = parse(
        """
        #..........
        #.....=....
        #.....#....
        #.....#....
        #.....#....
        #.....#....
        #.....#....
        #.....#....
        #.....#....
        #.....#....
        #@....#..c.
        #==========
        """
    )
    levels = pack([level])
    proof = prove(CoinRunConfig(), levels, levels.coin, budget=60)
    assert not proof.solved[0]
    assert proof.witnesses == ((),)


def test_a_witness_keeps_to_the_time_limit():
    levels = generate(np.array([7]), "hard")
    assert not prove(CoinRunConfig(mode="hard", timeout=50), levels, levels.end, budget=30).solved[0]


def test_what_is_found_for_a_cell_does_not_depend_on_the_others():
    levels = generate(np.arange(24), "hard")
    config = CoinRunConfig(mode="hard")
    together = prove(config, levels, levels.end).witnesses
    for i in (1, 7):
        alone = take(levels, slice(i, i + 1))
        assert prove(config, alone, alone.end).witnesses[0] == together[i]

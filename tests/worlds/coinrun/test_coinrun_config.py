from __future__ import annotations

import pytest

from misgen.concepts import UserError
from misgen.worlds.coinrun.config import CoinRunConfig


def test_the_time_limit_counts_decisions():
    assert CoinRunConfig().max_steps == 250
    assert CoinRunConfig(timeout=400, frame_skip=3).max_steps == 134


def test_actions_have_the_originals_order():
    config = CoinRunConfig(actions="all")
    assert config.moves[:9] == tuple((i // 3 - 1, i % 3 - 1) for i in range(9))
    assert set(config.moves[9:]) == {(0, 0)}


@pytest.mark.parametrize(
    "knobs",
    [
        {"mode": "medium"},
        {"observation": "smell"},
        {"frame_skip": 0},
        {"frame_skip": True},
        {"actions": "some"},
        {"training_coin": "end"},
        {"timeout": 1001},
        {"exact": 1},
    ],
)
def test_a_knob_out_of_range_is_the_users_fault(knobs):
    with pytest.raises(UserError):
        CoinRunConfig(**knobs)

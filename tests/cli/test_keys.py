from __future__ import annotations

import pytest

from misgen.cli.keys import keys_of, legend


def test_arrows_and_letters_go_where_the_action_says():
    keys = keys_of(("up", "left", "down", "right"))
    assert [keys[key] for key in ("\x1b[A", "w", "k", "\x1b[D", "a", "h", "s", "d")] == [0, 0, 0, 1, 1, 1, 2, 3]
    assert legend(("up", "left", "down", "right")) == "arrows move, q quits"


def test_other_actions_have_keys_of_their_own_that_the_player_is_told():
    names = ("none", "left", "right", "up", "right+up", "left+up")
    assert legend(names) == "arrows move, space none, e right+up, z left+up, q quits"
    assert keys_of(names)["e"] == 4


@pytest.mark.parametrize("num", [1, 15, 40])
def test_every_action_has_a_key_and_q_stays_free(num: int):
    keys = keys_of([f"q{number}" for number in range(num)])
    assert sorted(keys.values()) == list(range(num))
    assert "q" not in keys
    assert "\x1b" not in keys


def test_a_world_without_directions_speaks_of_no_arrows():
    assert legend(("turn", "walk")) == "t turn, w walk, q quits"
